//! What is known of a process before anything is drawn: how much time its disruptions take.

use crate::model::Start;

use super::Sampler;
use super::expected::{Lasting, Starts, nodes, time_active, time_down};
use super::process::{Choice, Process};
use super::regimes::Regimes;
use super::renewal::Renewal;
use super::when::When;

/// What is known of the disruptions of a process on one of its targets, if every event hit it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    /// Expected time, in days, each weighed by the share that it takes.
    pub(super) days: f64,
    /// Expected number of events, or the chance of any.
    pub(super) events: f64,
}

/// Why the time that a process takes is not known.
pub(super) type Unknown = &'static str;

const TOO_FAST: Unknown = "its rate changes too fast to be followed";
const ON_GRID: Unknown = "it lasts a number of steps on a grid";
const WITH_CAUSE: Unknown = "it lasts as long as its cause";
const CAUSE: Unknown = "how often its cause comes about depends on other disruptions";
const RENEWAL: Unknown = "the mean time down of such a renewal has no closed form";
const DELAYED: Unknown = "a delay of random length may carry it out of its own time";
const UNEQUAL: Unknown = "the chances of targets that are drawn together are not told";
const RECORDED: Unknown = "it is recorded and not random";

/// A process among all, and whether its repairs need nothing but time.
#[derive(Clone, Copy)]
pub(super) struct Asked<'p> {
    pub(super) processes: &'p [Process],
    pub(super) has_plain_repair: &'p [bool],
    pub(super) regimes: &'p Regimes,
}

impl Asked<'_> {
    /// Whether what a process brings is what its own draws say: nothing is turned away, waits or
    /// ends otherwise.
    pub(super) fn is_as_drawn(&self, process: &Process) -> bool {
        self.has_plain_repair[process.hazard as usize]
            && process.overlap == crate::model::Overlap::Union
            && process.floating.is_none()
    }

    /// The chance that an event hits a target, by target.
    pub(super) fn chances(process: &Process) -> Result<Vec<f64>, Unknown> {
        let count = process.targets.len();
        match &process.choice {
            Choice::Every => Ok(vec![1.0; count]),
            Choice::EachWithChance(chance) => Ok(vec![*chance; count]),
            Choice::Some {
                count: taken,
                weights,
            } => {
                let sum: f64 = weights.iter().sum();
                let able = weights.iter().filter(|&&weight| weight > 0.0).count();
                let first = weights.iter().copied().find(|&weight| weight > 0.0);
                let is_even = weights
                    .iter()
                    .all(|&weight| weight <= 0.0 || Some(weight) == first);
                if *taken == 1 && sum > 0.0 {
                    Ok(weights.iter().map(|weight| weight / sum).collect())
                } else if is_even {
                    let chance = (*taken as f64 / able.max(1) as f64).min(1.0);
                    let of = |&weight: &f64| if weight > 0.0 { chance } else { 0.0 };
                    Ok(weights.iter().map(of).collect())
                } else {
                    Err(UNEQUAL)
                }
            }
        }
    }

    /// How much time the disruptions of a process take; with `first_only` the first part of each
    /// alone, as if nothing turned it away and nothing had to be waited for.
    pub(super) fn of(&self, process: &Process, first_only: bool) -> Result<Known, Unknown> {
        match &process.when {
            When::Renewal(renewal) => self.of_renewal(process, renewal),
            When::Decisions { .. } => decided(process),
            When::Log(_) => Err(RECORDED),
            _ => self.of_events(process, first_only),
        }
    }

    /// When events of a process are expected to take effect.
    fn starts(&self, process: &Process) -> Result<Starts, Unknown> {
        let horizon = process.horizon.days();
        let rates = match &process.when {
            When::Poisson(intensity) => {
                Starts::poisson(intensity, self.regimes, horizon).ok_or(TOO_FAST)?
            }
            When::Campaign(campaign) => {
                Starts::campaign(campaign, self.regimes, horizon).ok_or(TOO_FAST)?
            }
            When::At(times) => Starts::At(times.iter().map(|time| time.days()).collect()),
            When::Once {
                probability,
                from,
                until,
            } => Starts::Once([from.days(), until.days()], *probability),
            When::After { cause, chance, .. } => {
                let cause = &self.processes[*cause as usize];
                // An event that hit nothing is not told.
                let is_told = !matches!(cause.choice, Choice::EachWithChance(_));
                if !cause.when.has_arrivals() || !is_told || !self.is_as_drawn(cause) {
                    return Err(CAUSE);
                }
                Starts::Of {
                    others: Box::new(self.starts(cause)?),
                    share: *chance,
                    delays: vec![(0.0, 1.0)],
                    window: [0.0, horizon],
                }
            }
            When::Counted(_) | When::Renewal(_) | When::Decisions { .. } | When::Log(_) => {
                return Err(CAUSE);
            }
        };
        let delays = process.effect.delay.as_ref();
        let delays = delays.map_or_else(|| vec![(0.0, 1.0)], nodes);
        let is_whole = process.from.0 <= 0 && process.until >= process.horizon;
        if delays.len() > 1 && !is_whole {
            return Err(DELAYED);
        }
        Ok(Starts::Of {
            others: Box::new(rates),
            share: 1.0 - process.effect.averted,
            delays,
            window: [
                process.from.days().max(0.0),
                process.until.days().min(horizon),
            ],
        })
    }

    fn of_events(&self, process: &Process, first_only: bool) -> Result<Known, Unknown> {
        let is_with_cause = matches!(
            process.when,
            When::After {
                lasts_with_cause: true,
                ..
            }
        );
        if is_with_cause {
            return Err(WITH_CAUSE);
        }
        let starts = self.starts(process)?;
        let horizon = process.horizon.days();
        let effect = &process.effect;
        let parts = if first_only { 0 } else { effect.stages.len() };
        let mut days = 0.0;
        let mut ends_before = 0.0;
        for last in 0..=parts {
            let left = match last {
                0 => &effect.left,
                _ => &effect.stages[last - 1].1,
            };
            let stages = &effect.stages[..last];
            let ends = until_the_end(process, stages, &starts, horizon)?;
            days += taken(left) * (ends - ends_before);
            ends_before = ends;
        }
        Ok(Known {
            days,
            events: starts.before(horizon),
        })
    }

    /// How long a renewal is down, whatever share its disruptions take.
    pub(super) fn time_down(&self, process: &Process) -> Result<Known, Unknown> {
        match &process.when {
            When::Renewal(renewal) => self.renewed(process, renewal),
            _ => Err(RENEWAL),
        }
    }

    fn of_renewal(&self, process: &Process, renewal: &Renewal) -> Result<Known, Unknown> {
        let known = self.renewed(process, renewal)?;
        Ok(Known {
            days: known.days * taken(&process.effect.left),
            ..known
        })
    }

    fn renewed(&self, process: &Process, renewal: &Renewal) -> Result<Known, Unknown> {
        let effect = &process.effect;
        let is_shared = process.targets.len() == 1 || effect.is_shared;
        let is_whole = process.from.0 <= 0 && process.until >= process.horizon;
        let is_plain = self.has_plain_repair[process.hazard as usize]
            && is_shared
            && is_whole
            && process.floating.is_none()
            && effect.season.is_none()
            && effect.delay.is_none()
            && effect.stages.is_empty()
            && effect.reversal.is_none();
        if !is_plain {
            return Err(RENEWAL);
        }
        let horizon = process.horizon.days();
        let down_at_start = match renewal.start {
            Start::Up => 0.0,
            Start::Stationary => renewal.share_down,
            Start::Down { .. } => 1.0,
        };
        let happens = 1.0 - effect.averted;
        let (days, events) = match (&renewal.up, &effect.duration, &renewal.rate) {
            (_, Sampler::Exponential(mean), Some(rate)) => {
                let start = (down_at_start, happens);
                time_down(rate, self.regimes, start, 1.0 / mean, horizon).ok_or(TOO_FAST)?
            }
            (_, _, Some(_)) => return Err(RENEWAL),
            (Sampler::Exponential(up), Sampler::Exponential(down), None) => {
                let [fails, repaired] = [happens / up, 1.0 / down];
                let sum = fails + repaired;
                let share = fails / sum;
                // What the start adds to the long run, and how long it is remembered.
                let fades = -libm::expm1(-sum * horizon) / sum;
                let days = share * horizon + (down_at_start - share) * fades;
                (days, fails * (horizon - days))
            }
            (Sampler::Geometric(up, stay_up), Sampler::Geometric(down, stay_down), None)
                if up == down && effect.averted <= 0.0 =>
            {
                let [fails, repaired] =
                    [stay_up, stay_down].map(|log_stay| -libm::expm1(*log_stay));
                let share = fails / (fails + repaired);
                let stays = 1.0 - fails - repaired;
                let steps = libm::floor(horizon / up);
                let (mut fades, mut left) = (0.0, 1.0);
                for _ in 0..steps.min(1e6) as u64 {
                    fades += left;
                    left *= stays;
                }
                fades = fades * up + left * (horizon - steps * up);
                let days = share * horizon + (down_at_start - share) * fades;
                (days, fails * (horizon - days) / up)
            }
            (up, down, None) => {
                let is_on_grid = |law: &Sampler| matches!(law, Sampler::Geometric(..));
                if is_on_grid(up) || is_on_grid(down) || renewal.start != Start::Stationary {
                    return Err(RENEWAL);
                }
                let days = renewal.share_down * horizon;
                (days, days / mean(down).max(1e-9))
            }
        };
        Ok(Known {
            days,
            events: events + down_at_start,
        })
    }
}

/// Expected time, in days, from the starts of events to the ends of their first parts and of these
/// stages, up to the horizon.
fn until_the_end(
    process: &Process,
    stages: &[(Sampler, Sampler)],
    starts: &Starts,
    horizon: f64,
) -> Result<f64, Unknown> {
    let effect = &process.effect;
    let laws = [&effect.duration].into_iter();
    let laws: Vec<&Sampler> = laws.chain(stages.iter().map(|(law, _)| law)).collect();
    if laws.iter().any(|law| matches!(law, Sampler::Geometric(..))) {
        return Err(ON_GRID);
    }
    let mut more = vec![(0.0, 1.0)];
    for law in &laws[1..] {
        let own = nodes(law);
        if more.len() * own.len() > 5_000 {
            return Err("it has too many stages of random length");
        }
        let sums = more.iter().flat_map(|&(before, chance)| {
            own.iter()
                .map(move |&(days, own)| (before + days, chance * own))
        });
        more = sums.collect();
    }
    let reversal = effect.reversal.as_ref();
    let mut lasting = Lasting {
        law: &effect.duration,
        factor: 1.0,
        more,
        reversal: reversal.map(|(chance, after)| (*chance, after)),
    };
    let Some((factors, months)) = &effect.season else {
        return Ok(time_active(starts, &lasting, [0.0, horizon], horizon));
    };
    let mut sum = 0.0;
    for ([from, until], month) in months.spans() {
        lasting.factor = factors[month];
        sum += time_active(starts, &lasting, [from, until], horizon);
    }
    Ok(sum)
}

/// The mean share that is taken, if this law says what is left.
fn taken(left: &Sampler) -> f64 {
    let nodes = nodes(left);
    let taken = nodes
        .iter()
        .map(|&(left, chance)| chance * (1.0 - left.clamp(0.0, 1.0)));
    taken.sum()
}

fn mean(law: &Sampler) -> f64 {
    nodes(law)
        .iter()
        .map(|&(value, chance)| value * chance)
        .sum()
}

/// Of a permission: from each refusal to the decision that grants it again.
fn decided(process: &Process) -> Result<Known, Unknown> {
    let When::Decisions { decisions, is_open } = &process.when else {
        return Err(RECORDED);
    };
    let effect = &process.effect;
    let is_shared = process.targets.len() == 1 || effect.is_shared;
    if !is_shared || effect.reversal.is_some() || !effect.stages.is_empty() {
        return Err("it is a permission whose refusals last otherwise than its decisions say");
    }
    let until = process.until.min(process.horizon).days();
    let mut since = process.from.days().max(0.0);
    let mut closed = if *is_open { 0.0 } else { 1.0 };
    let (mut days, mut never) = (0.0, 1.0 - closed);
    for decision in decisions {
        let time = decision.time;
        if time < process.from || time >= process.until {
            continue;
        }
        let time = time.days().clamp(since, until.max(since));
        days += closed * (time - since);
        since = time;
        let [renewed, reopened] = [decision.renewed.get(), decision.reopened.get()];
        never *= renewed;
        closed = closed * (1.0 - reopened) + (1.0 - closed) * (1.0 - renewed);
    }
    days += closed * (until - since).max(0.0);
    Ok(Known {
        days: days * taken(&effect.left),
        events: 1.0 - never,
    })
}
