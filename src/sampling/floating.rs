//! Planned work that waits for a good moment, and is called off when something fails meanwhile.

use crate::model::Floating;
use crate::units::Seconds;

use super::process::Process;
use super::timeline::Timeline;

/// Planned work that waits for a good moment.
#[derive(Clone, Debug)]
pub(super) struct Float {
    within: Seconds,
    pub(super) unless: Vec<u32>,
    recall: Option<Seconds>,
}

impl Float {
    pub(super) fn new(floating: &Floating) -> Self {
        Self {
            within: floating.within,
            unless: Vec::new(),
            recall: floating.recall,
        }
    }

    /// The first moment from `planned` on at which nothing watched is at work elsewhere.
    pub(super) fn begins(
        &self,
        planned: Seconds,
        process: &Process,
        timeline: &Timeline,
    ) -> Option<Seconds> {
        let mut start = planned;
        loop {
            let busy = timeline
                .at_work(&self.unless)
                .filter(|event| event.start <= start && start < event.end)
                .filter(|event| process.is_elsewhere(event, timeline))
                .map(|event| event.end)
                .max();
            match busy {
                None => break,
                Some(end) => start = end,
            }
        }
        (start - planned <= self.within).then_some(start)
    }

    /// When work from `start` to `end` is over: earlier, if something watched calls it off.
    pub(super) fn ends(
        &self,
        start: Seconds,
        end: Seconds,
        process: &Process,
        timeline: &Timeline,
    ) -> Seconds {
        let Some(recall) = self.recall else {
            return end;
        };
        let called_off = timeline
            .at_work(&self.unless)
            .filter(|event| start < event.start && event.start < end)
            .filter(|event| process.is_elsewhere(event, timeline))
            .map(|event| event.start + recall)
            .min();
        called_off.map_or(end, |over| over.min(end))
    }
}
