//! Outages of stated things for a stated time, one set of them after another, with tanks, lags,
//! diversions and restarts, and nothing else going wrong.

use std::sync::Mutex;

use crate::accumulate::{RecoveryRule, ShortfallRule, Shortfalls};
use crate::metrics::Recovery;
use crate::model::Model;
use crate::sampling::{Disruption, Timeline};
use crate::units::{Fraction, Seconds, round_half_even};

use super::parallel::Threads;
use super::recorder::bbl;
use super::removals::{Removal, as_hazards};
use super::replication::{Follower, play};
use super::settings::{Observer, Progress, RunError};
use super::state::State;
use super::undisturbed::Undisturbed;
use super::world::World;

/// Sets that a thread plays before progress is told.
const PART: usize = 16;

/// Things that are away together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Removals, by their number.
    pub removals: Vec<u32>,
    /// When they go.
    pub from: Seconds,
    /// When they come back; at the horizon or later for never.
    pub until: Seconds,
}

/// What an absence does, against the course in which nothing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suffered {
    /// Delivered less by the end of the horizon, bbl.
    pub lost_bbl: i64,
    /// Shut in by the end of the horizon, beyond what is shut in anyway, bbl: fields that could
    /// produce and cannot ship. What a field out of order does not produce is not shut in.
    pub shut_in_bbl: i64,
    /// The least that was delivered while something was away or after, b/d.
    pub least_bpd: i64,
    /// Time from the beginning of the absence until deliveries fall short.
    pub time_to_shortfall: Option<Seconds>,
    /// How deliveries come back.
    pub recovery: Recovery,
}

/// Plays absences, each alone, on so many threads; `None` if the observer cancelled.
///
/// # Errors
/// [`RunError`] if tanks do not come to rest, or some state has no answer.
pub fn absences(
    model: &Model,
    removals: &[Removal],
    asked: &[Absence],
    threads: usize,
    observer: &mut dyn Observer,
) -> Result<Option<Vec<Suffered>>, RunError> {
    let world = World::new(model, &as_hazards(removals, model.horizon), 0, 0)?;
    let undisturbed = Undisturbed::of(&world)?;
    let slots: Vec<Vec<(u32, Fraction)>> = removals
        .iter()
        .map(|removal| {
            let parts = removal.parts.iter().filter_map(|(part, left)| {
                let slots = world.timelines.slots();
                let slot = slots.binary_search(&(part.element, part.unit)).ok()?;
                Some((slot as u32, *left))
            });
            parts.collect()
        })
        .collect();
    let mut usual = Sums::new(model, &undisturbed, model.horizon);
    let nothing = Timeline::default();
    play(
        &world,
        &mut State::new(&world, false),
        0,
        &nothing,
        &mut usual,
    )?;
    let usual = usual.told().shut_in_bbl;
    let threads = Threads::new(threads)?;
    let workers = Mutex::new(Vec::new());
    let worker = || (State::new(&world, false), Timeline::default());
    let mut found = Vec::with_capacity(asked.len());
    for wave in asked.chunks(PART * threads.count()) {
        if observer.is_cancelled() {
            return Ok(None);
        }
        let parts: Vec<&Absence> = wave.iter().collect();
        let played: Vec<Result<Suffered, RunError>> =
            threads.map(&workers, worker, parts, |(state, timeline), absence| {
                let end = absence.until.min(model.horizon);
                let gone = absence.removals.iter().flat_map(|&removal| {
                    let slots = slots[removal as usize].iter();
                    slots.map(move |&(slot, left)| (removal, slot, left))
                });
                let disruptions = gone.map(|(hazard, slot, left)| Disruption {
                    slot,
                    hazard,
                    start: absence.from,
                    end,
                    left,
                    is_first: true,
                });
                timeline.state(disruptions, model.horizon);
                let mut sums = Sums::new(model, &undisturbed, absence.from);
                play(&world, state, 0, timeline, &mut sums)?;
                Ok(sums.told())
            });
        for suffered in played {
            let suffered = suffered?;
            found.push(Suffered {
                shut_in_bbl: suffered.shut_in_bbl - usual,
                ..suffered
            });
        }
        observer.progress(&Progress {
            done: found.len() as u64,
            total: asked.len() as u64,
            mean: 0.0,
            std_error: 0.0,
            metric: "outages over time".to_owned(),
        });
    }
    Ok(Some(found))
}

/// What adds up over the horizon; volumes in 86 400ths of a barrel.
struct Sums<'w> {
    undisturbed: &'w Undisturbed,
    at: usize,
    horizon: Seconds,
    from: Seconds,
    /// Deliveries may stay this share below what is usual, 10⁻⁹.
    tolerance: i64,
    shortfalls: Shortfalls,
    lost: i64,
    shut_in: i64,
    least: Option<i64>,
    first: Option<Seconds>,
}

impl<'w> Sums<'w> {
    fn new(model: &Model, undisturbed: &'w Undisturbed, from: Seconds) -> Self {
        let rules = &model.simulation;
        let ppb = |share: f64| round_half_even(share * 1e9);
        let tolerance = ppb(rules.shortfall.tolerance.get());
        let shortfall = ShortfallRule {
            tolerance,
            gap: rules.shortfall.gap,
        };
        let recovery = RecoveryRule {
            band: ppb(rules.recovery.band.get()),
            hold: rules.recovery.hold,
        };
        Self {
            undisturbed,
            at: 0,
            horizon: model.horizon,
            from,
            tolerance,
            shortfalls: Shortfalls::new(shortfall, recovery, false),
            lost: 0,
            shut_in: 0,
            least: None,
            first: None,
        }
    }

    fn told(mut self) -> Suffered {
        self.shortfalls.close();
        Suffered {
            lost_bbl: bbl(self.lost),
            shut_in_bbl: bbl(self.shut_in),
            least_bpd: self.least.unwrap_or(0),
            time_to_shortfall: self.first.map(|first| first - self.from),
            recovery: self.shortfalls.time_to_recover(),
        }
    }
}

impl Follower for Sums<'_> {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let rates = &state.rates;
        let mut start = from;
        while start < to {
            self.at = self.undisturbed.epoch_at(start, self.at);
            let end = self.undisturbed.end_of(self.at, self.horizon).min(to);
            let usual = self.undisturbed.delivered[self.at];
            let time = (end - start).0;
            self.shortfalls.see(start, end, usual, rates.delivered);
            self.lost += (usual - rates.delivered) * time;
            self.shut_in += (rates.books.potential() - rates.produced) * time;
            if start >= self.from {
                self.least = Some(
                    self.least
                        .map_or(rates.delivered, |least| least.min(rates.delivered)),
                );
                let missing = i128::from(usual - rates.delivered) * 1_000_000_000;
                let is_short = missing > i128::from(usual) * i128::from(self.tolerance);
                if is_short && self.first.is_none() {
                    self.first = Some(start);
                }
            }
            start = end;
        }
    }
}
