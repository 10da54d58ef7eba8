//! Means with control variates: what hazards took of their targets, whose means are known, beside
//! what was lost for it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::accumulate::EXACT;
use crate::metrics::{ControlSums, Controlled, KnownMean};
use crate::results::{self, ControlVariates, Metrics};
use crate::sampling::{ControlSpace, Controls, Timeline};

use super::world::World;

/// Metrics that are estimated with controls too, the first of those whose exact sample is kept:
/// volumes.
const VALUES: usize = 3;
/// Products of controls that are formed at most for coefficients to be learnt…
const MOST_PRODUCTS: u64 = 1 << 24;
/// … but of so many replications at least: twenty for each of the most controls there are.
const LEAST_LEARNT: u64 = 4096;
/// Disruptions begin and end at whole seconds, so that no mean is known better, s.
const TOLERANCE: f64 = 0.5;

/// What is known of the controls of a model.
#[derive(Debug)]
pub(super) struct ControlPlan {
    controls: Controls,
    known: Vec<KnownMean>,
    /// Replications before this one are learnt from.
    learnt_before: u64,
}

impl ControlPlan {
    /// - `first`: number of the first replication.
    pub(super) fn of(world: &World<'_>, first: u64) -> Self {
        let controls = Controls::of(world.model, &world.timelines);
        let known = controls.list().iter().map(|control| KnownMean {
            mean: control.mean,
            occurs: control.occurs,
        });
        let known: Vec<KnownMean> = known.collect();
        let count = known.len() as u64;
        let products = (count * (count + 1) / 2).max(1);
        let learnt = (MOST_PRODUCTS / products).max(LEAST_LEARNT) & !31;
        Self {
            controls,
            known,
            learnt_before: first.saturating_add(learnt),
        }
    }

    /// Sums with nothing in them.
    pub(super) fn sums(&self) -> ControlSums {
        ControlSums::new(self.known.len(), VALUES)
    }

    /// The mean of a metric by its place in [`EXACT`], in its whole units.
    pub(super) fn estimate(&self, sums: &ControlSums, metric: usize) -> Option<Controlled> {
        let is_volume = metric < VALUES;
        is_volume.then(|| sums.estimate(metric, &self.known, TOLERANCE))?
    }

    /// Puts what was found beside the means of a model.
    ///
    /// - `scale`: of a whole unit, by place in [`EXACT`].
    pub(super) fn tell(
        &self,
        world: &World<'_>,
        sums: &ControlSums,
        scales: &[f64; EXACT.len()],
        metrics: &mut Metrics,
    ) -> ControlVariates {
        let mut used = 0;
        for (at, (name, scale)) in EXACT.iter().zip(scales).enumerate() {
            let (Some(metric), Some(found)) = (metrics.get_mut(*name), self.estimate(sums, at))
            else {
                continue;
            };
            used = used.max(found.coefficients.len());
            let std_error = found.std_error * scale;
            let crude = metric.std_error.unwrap_or(0.0);
            metric.controlled = Some(results::Controlled {
                mean: found.mean * scale,
                std_error,
                variance_ratio: (std_error > 0.0).then(|| (crude / std_error).powi(2)),
            });
        }
        let mut left_out = BTreeMap::new();
        for &(hazard, reason) in self.controls.left_out() {
            let id = &world.model.hazards[hazard].id;
            left_out.insert(id.clone(), reason.to_owned());
        }
        ControlVariates {
            known: self.known.len(),
            used,
            ended_run: false,
            why_none: (used == 0 && !world.model.hazards.is_empty()).then(|| self.why_none(sums)),
            left_out,
        }
    }

    fn why_none(&self, sums: &ControlSums) -> String {
        if self.controls.is_too_large() {
            let most = Controls::MOST;
            return format!(
                "hazards hit more than {most} targets, and each pair takes room and time"
            );
        }
        if self.known.is_empty() {
            return "the mean time that it takes is known of no hazard".to_owned();
        }
        let done = sums.count();
        format!(
            "{done} replications are too few, or what was lost did not vary: each control takes \
             20 replications, and 30 occurrences"
        )
    }
}

/// What one thread keeps of controls.
pub(super) struct ControlKeeper {
    /// Of the replications of a chunk so far, one after the other.
    rows: Vec<i64>,
    space: ControlSpace,
    pub(super) sums: ControlSums,
}

impl ControlKeeper {
    pub(super) fn new(plan: &ControlPlan) -> Self {
        Self {
            rows: Vec::new(),
            space: ControlSpace::default(),
            sums: plan.sums(),
        }
    }

    /// Reads the controls of a replication.
    pub(super) fn note(
        &mut self,
        plan: &ControlPlan,
        world: &World<'_>,
        replication: u64,
        timeline: &Timeline,
    ) {
        let (controls, timelines) = (&plan.controls, &world.timelines);
        controls.read(
            timelines,
            replication,
            timeline,
            &mut self.space,
            &mut self.rows,
        );
    }

    /// Adds the replications that were read, now that what they gave is known.
    pub(super) fn close(
        &mut self,
        plan: &ControlPlan,
        range: &Range<u64>,
        exact: &[Vec<i64>; EXACT.len()],
    ) {
        let values: [&[i64]; VALUES] = std::array::from_fn(|at| exact[at].as_slice());
        let learns = range.start < plan.learnt_before;
        self.sums.add(&self.rows, &values, learns);
        self.rows.clear();
    }
}
