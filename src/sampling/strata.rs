//! Futures sorted by how often some rare hazards strike in them: with an exact chance for each
//! kind, and futures of a stated kind on demand.
//!
//! Only hazards whose number of events has a law that is known before anything is drawn can be
//! sorted by: events at random at a known rate, and events that come at most once. Given how many
//! there are, their times are independent, each with a density as the rate. All else about a future
//! of a stated kind is drawn as ever, from the same streams.

use crate::model::{Model, Occurs};
use crate::units::Seconds;

use super::intensity::Intensity;
use super::process::Process;
use super::regimes::RegimePath;
use super::timeline::{Address, Work};
use super::timelines::Timelines;
use super::when::When;
use super::{Stream, draws};

/// More events than this of all rare hazards together are not reckoned with.
const MOST: usize = 40;
/// Most events of one hazard that may be expected for it to be rare.
const MOST_EXPECTED: f64 = 1.0;

/// Which kind of future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StratumKind {
    /// None of the rare hazards strikes.
    None,
    /// One of them does, once: its place in the list.
    One(usize),
    /// There are two events or more, of whichever.
    More,
}

/// Futures sorted by the events of rare hazards.
#[derive(Clone, Debug)]
pub struct Strata {
    stream: Stream,
    members: Vec<Member>,
    kinds: Vec<(StratumKind, f64)>,
    /// From each member on: the chance of each number of events of all.
    tails: Vec<Vec<f64>>,
    /// Events that are expected, by hazard of the list.
    expected: Vec<f64>,
}

/// One of the processes of a rare hazard.
#[derive(Clone, Debug)]
struct Member {
    process: usize,
    /// Its hazard, by place in the list.
    group: usize,
    instants: Instants,
    /// The chance of each number of events.
    chances: Vec<f64>,
}

/// When events of a known number come.
#[derive(Clone, Debug)]
enum Instants {
    /// At random with a rate, from one instant to another.
    Rate(Intensity, [Seconds; 2]),
    /// Uniformly between two instants, if at all.
    Between([Seconds; 2], f64),
}

/// Events of a process whose number is settled before the process is drawn.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    member: usize,
    instants: Instants,
    expected: f64,
}

/// Which replications are of which kind.
#[derive(Clone, Debug)]
pub(super) struct Held {
    strata: Strata,
    /// From which replication on, rising, futures are of which of the kinds.
    from: Vec<(u64, usize)>,
}

/// Work space for looking at replications.
#[derive(Clone, Debug, Default)]
pub struct StrataSpace {
    work: Work,
    counts: Vec<u32>,
}

/// Why futures cannot be sorted by a hazard: the end of a sentence that begins with its name.
pub type NoCount = &'static str;

/// How many events of a hazard are expected within the horizon, if the law of their number is known
/// and they are rare.
///
/// # Errors
/// Why futures cannot be sorted by their number.
pub fn rare_events(model: &Model, timelines: &Timelines, hazard: usize) -> Result<f64, NoCount> {
    let mut sum = 0.0;
    for process in own(timelines, hazard) {
        let expected = instants(model, process)?.expected();
        let is_certain =
            matches!(process.when, When::Once { probability, .. } if probability >= 1.0);
        if is_certain {
            return Err("is certain to strike once");
        }
        sum += expected;
    }
    match sum {
        sum if sum <= 0.0 => Err("never strikes"),
        sum if sum > MOST_EXPECTED => Err("is not rare: more than one event is expected"),
        sum => Ok(sum),
    }
}

fn own(timelines: &Timelines, hazard: usize) -> impl Iterator<Item = &Process> {
    let (processes, _) = timelines.processes();
    let is_own = move |process: &&Process| process.hazard as usize == hazard;
    processes.iter().filter(is_own)
}

/// When events of a process come, if the law of their number is known.
fn instants(model: &Model, process: &Process) -> Result<Instants, NoCount> {
    let hazard = &model.hazards[process.hazard as usize];
    match &process.when {
        When::Poisson(intensity) if intensity.regime.is_empty() => {
            // Elsewhere what begins outside of the hazard's own time may still take effect within.
            let is_as_drawn =
                hazard.repair.is_plain() && hazard.delay.is_none() && hazard.floating.is_none();
            let window = if is_as_drawn {
                let from = process.from.max(Seconds::ZERO);
                [from, process.until.min(process.horizon).max(from)]
            } else {
                [Seconds::ZERO, process.horizon]
            };
            Ok(Instants::Rate(intensity.clone(), window))
        }
        When::Once {
            probability,
            from,
            until,
        } => Ok(Instants::Between([*from, *until], *probability)),
        When::Poisson(_) => Err("has a rate that hangs on the regime, which is random itself"),
        When::Counted(_) => Err("has a number of events that is settled already"),
        _ => Err(match &hazard.occurs {
            Occurs::Renewal { .. } => {
                "has a clock that stands still while it is down, so that its events have no known number"
            }
            Occurs::Campaign { .. } => "comes in clusters",
            Occurs::After { .. } => "follows on another hazard: ask for that one",
            Occurs::Decisions { .. } => "is decided upon at stated times",
            Occurs::Log(_) => "is recorded and not random",
            _ => "comes on dates and not at random",
        }),
    }
}

impl Instants {
    /// Expected number of events.
    fn expected(&self) -> f64 {
        match self {
            Self::Between(_, probability) => *probability,
            Self::Rate(intensity, window) => {
                let [from, until] = window.map(Seconds::days);
                let ends = intensity.pieces.iter().skip(1).map(|&(end, _)| end);
                let pieces = intensity.pieces.iter().zip(ends.chain([f64::INFINITY]));
                pieces
                    .map(|(&(begin, rate), end)| rate * (end.min(until) - begin.max(from)).max(0.0))
                    .sum()
            }
        }
    }

    /// The chances of 0, 1, … events.
    fn chances(&self) -> Vec<f64> {
        let mut chances = vec![0.0; MOST + 1];
        match self {
            Self::Between(_, probability) => {
                chances[0] = 1.0 - probability;
                chances[1] = *probability;
            }
            Self::Rate(..) => {
                let expected = self.expected();
                chances[0] = libm::exp(-expected);
                for count in 1..=MOST {
                    chances[count] = chances[count - 1] * expected / count as f64;
                }
            }
        }
        chances
    }

    /// Whether an event counts that was drawn without a stated number.
    fn counts(&self, time: Seconds) -> bool {
        match self {
            Self::Between(..) => true,
            Self::Rate(_, [from, until]) => time >= *from && time < *until,
        }
    }
}

impl Strata {
    /// Futures sorted by the events of `hazards`: none; one, of each of them; two or more. What
    /// cannot happen is left out.
    ///
    /// - `hazards`: by place in the list, indices of the model's hazards (after a dated strategy
    ///   several hazards may be one to people).
    ///
    /// # Errors
    /// Why futures cannot be sorted by one of them: its index, and the reason.
    pub fn new(
        model: &Model,
        timelines: &Timelines,
        hazards: &[Vec<usize>],
        seed: u64,
    ) -> Result<Self, (usize, NoCount)> {
        let mut members = Vec::new();
        let (processes, _) = timelines.processes();
        for (group, hazards) in hazards.iter().enumerate() {
            for &hazard in hazards {
                for (process, own) in processes.iter().enumerate() {
                    if own.hazard as usize == hazard {
                        let instants = instants(model, own).map_err(|reason| (hazard, reason))?;
                        members.push(Member {
                            process,
                            group,
                            chances: instants.chances(),
                            instants,
                        });
                    }
                }
            }
        }
        let mut nothing = vec![0.0; MOST + 1];
        nothing[0] = 1.0;
        let mut tails = vec![nothing];
        for member in members.iter().rev() {
            let later = &tails[tails.len() - 1];
            let sums = (0..=MOST).map(|total| {
                (0..=total)
                    .map(|own| member.chances[own] * later[total - own])
                    .sum()
            });
            let sums = sums.collect();
            tails.push(sums);
        }
        tails.reverse();
        let mut expected = vec![0.0; hazards.len()];
        for member in &members {
            expected[member.group] += member.instants.expected();
        }
        let mut strata = Self {
            // No hazard has an empty id.
            stream: Stream::new(seed, 0, "", "strata"),
            members,
            kinds: Vec::new(),
            tails,
            expected,
        };
        strata.tell_kinds(hazards.len());
        Ok(strata)
    }

    fn tell_kinds(&mut self, groups: usize) {
        let none = self.tails[0][0];
        let mut kinds = vec![(StratumKind::None, none)];
        for group in 0..groups {
            let odds: f64 = self.odds(group).map(|(_, odds)| odds).sum();
            kinds.push((StratumKind::One(group), none * odds));
        }
        kinds.push((StratumKind::More, self.tails[0][2..].iter().sum()));
        kinds.retain(|&(_, chance)| chance > 0.0);
        // They add up to 1 but for rounding, and then without it.
        let sum: f64 = kinds.iter().map(|(_, chance)| chance).sum();
        for (_, chance) in &mut kinds {
            *chance /= sum;
        }
        self.kinds = kinds;
    }

    /// For the processes of a hazard: how much likelier one event of it is than none at all.
    fn odds(&self, group: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let own = self.members.iter().enumerate();
        own.filter(move |(_, member)| member.group == group)
            .map(|(number, member)| (number, member.chances[1] / member.chances[0]))
    }

    /// The kinds of futures, and the chance of each.
    #[must_use]
    pub fn kinds(&self) -> &[(StratumKind, f64)] {
        &self.kinds
    }

    /// Events that are expected of each hazard of the list.
    #[must_use]
    pub fn expected(&self) -> &[f64] {
        &self.expected
    }

    /// How many events of each hazard of the list a replication holds that is drawn as ever.
    ///
    /// - `timelines`: those that the strata were made of.
    pub fn count<'s>(
        &self,
        timelines: &Timelines,
        replication: u64,
        space: &'s mut StrataSpace,
    ) -> &'s [u32] {
        let (processes, _) = timelines.processes();
        space.counts.clear();
        space.counts.resize(self.expected.len(), 0);
        let nothing = RegimePath::default();
        for member in &self.members {
            let process = &processes[member.process];
            let (stream, horizon, work) = (process.stream, process.horizon, &mut space.work);
            (process.when).arrivals(stream, replication, horizon, (&nothing, &[]), work);
            let arrivals = space.work.arrivals.iter();
            let counted = arrivals.filter(|&&(time, _)| member.instants.counts(time));
            space.counts[member.group] += counted.count() as u32;
        }
        &space.counts
    }

    /// Settles how many events each member has in a replication of a kind.
    fn draw(&self, kind: StratumKind, replication: u64, counts: &mut Vec<u32>) {
        counts.clear();
        counts.resize(self.members.len(), 0);
        let uniform = |event: usize| self.stream.uniform(replication, event as u32, 0);
        match kind {
            StratumKind::None => {}
            StratumKind::One(group) => {
                let picked = picked(self.odds(group), uniform(0));
                if let Some(count) = picked.and_then(|member| counts.get_mut(member)) {
                    *count = 1;
                }
            }
            StratumKind::More => {
                let totals = (2..=MOST).map(|total| (total, self.tails[0][total]));
                let mut left = picked(totals, uniform(0)).unwrap_or(2);
                for (number, member) in self.members.iter().enumerate() {
                    if left == 0 {
                        break;
                    }
                    let later = &self.tails[number + 1];
                    let ways = (0..=left).map(|own| (own, member.chances[own] * later[left - own]));
                    let own = picked(ways, uniform(number + 1)).unwrap_or(0);
                    counts[number] = own as u32;
                    left -= own;
                }
            }
        }
    }
}

/// The one of several, each with its part of a whole, into whose part a number of 0 to 1 falls.
fn picked(parts: impl Iterator<Item = (usize, f64)> + Clone, u: f64) -> Option<usize> {
    let sum: f64 = parts.clone().map(|(_, part)| part).sum();
    let mut below = 0.0;
    let mut last = None;
    for (which, part) in parts.filter(|&(_, part)| part > 0.0) {
        last = Some(which);
        below += part;
        if u * sum < below {
            break;
        }
    }
    last
}

impl Counted {
    /// Puts the times of so many events as are settled into `work.arrivals`, in order.
    pub(super) fn arrivals(&self, stream: Stream, replication: u64, work: &mut Work) {
        let count = work.counts.get(self.member).copied().unwrap_or(0);
        let nothing = RegimePath::default();
        for number in 0..count {
            let time = match &self.instants {
                Instants::Between([from, until], _) => {
                    let part = stream.uniform(replication, number, draws::PART);
                    *from + Seconds((part * (*until - *from).0 as f64) as i64)
                }
                Instants::Rate(intensity, [from, until]) => {
                    let part = stream.uniform(replication, number, draws::GAP);
                    let mut cursor = intensity.cursor_at(from.days(), &nothing);
                    let time = cursor.advance(intensity, &nothing, part * self.expected);
                    let time = time.map_or(*until, Seconds::from_days);
                    time.min(*until - Seconds(1)).max(*from)
                }
            };
            let event = Address {
                event: number,
                member: 0,
            };
            work.arrivals.push((time, event));
        }
        work.arrivals.sort_unstable();
    }
}

impl Held {
    /// Settles how many events there are in a replication.
    pub(super) fn draw(&self, replication: u64, counts: &mut Vec<u32>) {
        let after = self.from.partition_point(|&(from, _)| from <= replication);
        let kind = after.checked_sub(1).map(|at| self.from[at].1);
        let kind = kind.map_or(StratumKind::None, |kind| self.strata.kinds[kind].0);
        self.strata.draw(kind, replication, counts);
    }
}

impl Timelines {
    /// From now on gives futures of stated kinds only.
    ///
    /// - `strata`: made of these timelines.
    /// - `from`: from which replication on, rising, which of the kinds it is.
    pub fn hold(&mut self, strata: Strata, from: Vec<(u64, usize)>) {
        for (number, member) in strata.members.iter().enumerate() {
            let counted = Counted {
                member: number,
                instants: member.instants.clone(),
                expected: member.instants.expected(),
            };
            self.processes_mut()[member.process].when = When::Counted(Box::new(counted));
        }
        self.set_held(Held { strata, from });
    }
}
