//! The event loop: one replication from its first second to its last.

use crate::sampling::Timeline;
use crate::units::Seconds;

use super::settings::RunError;
use super::state::State;
use super::world::World;

/// Who follows a replication.
pub(super) trait Follower {
    /// A disruption begins or ends; the state does not show it yet.
    fn disruption(&mut self, _timeline: &Timeline, _index: usize, _begins: bool, _at: Seconds) {}

    /// A time in which all flows are constant.
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>);
}

/// Plays one replication under the disruptions of `timeline`.
pub(super) fn play(
    world: &World<'_>,
    state: &mut State<'_>,
    replication: u64,
    timeline: &Timeline,
    follower: &mut impl Follower,
) -> Result<(), RunError> {
    play_with(
        world,
        state,
        replication,
        timeline,
        follower,
        world.remembers(),
    )
}

/// The same.
///
/// - `remembers`: whether what flows may depend on the past; if not, capacities alone are looked at.
pub(super) fn play_with(
    world: &World<'_>,
    state: &mut State<'_>,
    replication: u64,
    timeline: &Timeline,
    follower: &mut impl Follower,
    remembers: bool,
) -> Result<(), RunError> {
    state.restart();
    if let Some(answers) = &mut state.answers {
        answers.begin(timeline);
    }
    let horizon = world.model.horizon;
    let changes = &world.calendar.changes;
    let mut notices = std::mem::take(&mut state.notices);
    world.announcements.read(timeline, &mut notices);
    let mut notice = 0;
    let mut budget = Budget::new(
        replication,
        changes.len() + notices.len() + timeline.edge_count(),
        state.tanks.len(),
        state.most_steps(horizon),
    );
    let (mut change, mut edge) = (0, 0);
    let mut now = Seconds::ZERO;
    while now < horizon {
        while let Some(due) = changes.get(change).filter(|change| change.time <= now) {
            state.set(due.entry, due.value);
            change += 1;
        }
        while let Some((_, index, begins)) = timeline.edge_at(edge).filter(|edge| edge.0 <= now) {
            let disruption = timeline.disruptions()[index];
            if begins {
                state.begin(disruption.slot, disruption.hazard, disruption.left);
            } else {
                state.end(disruption.slot, disruption.hazard, disruption.left);
            }
            follower.disruption(timeline, index, begins, now);
            edge += 1;
        }
        while let Some(&due) = notices.get(notice).filter(|notice| notice.time <= now) {
            state.notice(due);
            notice += 1;
        }
        let mut next = horizon;
        if let Some(due) = notices.get(notice) {
            next = next.min(due.time);
        }
        if let Some(due) = changes.get(change) {
            next = next.min(due.time);
        }
        if let Some((time, ..)) = timeline.edge_at(edge) {
            next = next.min(time);
        }
        if remembers {
            span(state, now, next, follower, &mut budget)?;
        } else {
            state.allocate_by_capacity();
            follower.epoch(now, next, state);
            state.now = next;
        }
        now = next;
    }
    state.notices = notices;
    if !remembers && state.has_failed() {
        return Err(unsolved(replication));
    }
    Ok(())
}

/// Plays the time between two events, with the epochs of tanks and ramps in it.
fn span(
    state: &mut State<'_>,
    from: Seconds,
    to: Seconds,
    follower: &mut impl Follower,
    budget: &mut Budget,
) -> Result<(), RunError> {
    state.unmerge_tanks();
    let mut now = from;
    while now < to {
        budget.spend()?;
        state.allocate();
        if state.has_failed() {
            return Err(unsolved(budget.replication));
        }
        let until = now + Seconds(state.seconds_to_epoch((to - now).0));
        let until = until.min(state.next_opening());
        // What arrives changes while all flows stay as they are.
        while now < until {
            let part = until.min(state.next_arrival());
            follower.epoch(now, part, state);
            state.pass((part - now).0);
            now = part;
        }
    }
    Ok(())
}

/// Why a replication ends for which the allocation found no answer.
pub(super) fn unsolved(replication: u64) -> RunError {
    RunError::Unsolved {
        place: format!("replication {replication}"),
    }
}

/// Guards against tanks and fields that never come to rest.
struct Budget {
    replication: u64,
    limit: u64,
    left: u64,
}

impl Budget {
    fn new(replication: u64, events: usize, tanks: usize, steps: u64) -> Self {
        let limit = 100 * (events as u64 + tanks as u64 + 1) + 10 * steps;
        Self {
            replication,
            limit,
            left: limit,
        }
    }

    fn spend(&mut self) -> Result<(), RunError> {
        let error = RunError::TooManyEpochs {
            replication: self.replication,
            limit: self.limit,
        };
        self.left = self.left.checked_sub(1).ok_or(error)?;
        Ok(())
    }
}
