//! One process: the disruptions that a hazard brings in one replication.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{Hazard, Occurs, Overlap, Scope, Start};
use crate::units::{Fraction, Seconds};

use super::timeline::Timeline;
use super::{Disruption, Sampler, Stream};

/// The event whose draws settle the state at the start.
const INITIAL: u32 = u32::MAX;

/// A process made ready for sampling.
#[derive(Clone, Debug)]
pub(super) struct Process {
    stream: Stream,
    hazard: u32,
    slots: Vec<u32>,
    choice: Choice,
    law: Law,
    duration: Sampler,
    left: Sampler,
    overlap: Overlap,
    from: Seconds,
    until: Seconds,
    horizon: Seconds,
}

/// Which of its targets an event hits.
#[derive(Clone, Debug)]
enum Choice {
    Every,
    /// Each with this chance; every target has a stream of its own.
    EachWithChance {
        chance: f64,
        streams: Vec<Stream>,
    },
    /// So many of them, by weights; every target has a stream of its own.
    Some {
        count: usize,
        weights: Vec<f64>,
        streams: Vec<Stream>,
    },
}

/// When events occur.
#[derive(Clone, Debug)]
enum Law {
    Poisson(Intensity),
    Renewal {
        up: UpTime,
        start: Start,
        share_down: f64,
    },
    At(Vec<Seconds>),
    Once {
        probability: f64,
        from: Seconds,
        until: Seconds,
    },
    Log(Vec<(u32, Seconds, Seconds, f64)>),
}

#[derive(Clone, Debug)]
enum UpTime {
    Law(Sampler),
    Seasonal(Intensity),
}

impl Process {
    /// The processes of a hazard: one per target under scope "each", else one.
    pub(super) fn of(
        hazard: &Hazard,
        index: usize,
        slots: &[u32],
        (seed, epistemic): (u64, u64),
        start: Date,
        horizon: Seconds,
    ) -> Vec<Self> {
        let stream = |target: &str| Stream::new(seed, epistemic, &hazard.id, target);
        let one = |stream, slots: Vec<u32>, choice, law| Self {
            stream,
            hazard: index as u32,
            slots,
            choice,
            law,
            duration: Sampler::new(&hazard.duration),
            left: Sampler::new(&hazard.left),
            overlap: hazard.overlap,
            from: hazard.from,
            until: hazard.until,
            horizon,
        };
        let each = || {
            let targets = hazard.targets.iter();
            targets.map(|target| stream(&target.key)).collect()
        };
        let law = Law::new(hazard, start, horizon);
        let choice = match &hazard.scope {
            // A log names its targets itself.
            _ if matches!(hazard.occurs, Occurs::Log(_)) => Choice::Every,
            Scope::Each => {
                return slots
                    .iter()
                    .zip(&hazard.targets)
                    .map(|(&slot, target)| {
                        one(stream(&target.key), vec![slot], Choice::Every, law.clone())
                    })
                    .collect();
            }
            Scope::All { chance } if chance.get() >= 1.0 => Choice::Every,
            Scope::All { chance } => Choice::EachWithChance {
                chance: chance.get(),
                streams: each(),
            },
            Scope::Some { count, weights } => Choice::Some {
                count: (*count).min(slots.len()),
                weights: if weights.is_empty() {
                    vec![1.0; slots.len()]
                } else {
                    weights.clone()
                },
                streams: each(),
            },
        };
        vec![one(stream(""), slots.to_vec(), choice, law)]
    }

    /// Adds the disruptions of a replication to its timeline.
    pub(super) fn fill(&self, replication: u64, timeline: &mut Timeline) {
        match &self.law {
            Law::Poisson(intensity) => self.fill_poisson(intensity, replication, timeline),
            Law::Renewal {
                up,
                start,
                share_down,
            } => {
                self.fill_renewal(up, start, *share_down, replication, timeline);
            }
            Law::At(times) => {
                let mut busy = Seconds::ZERO;
                for (event, &time) in times.iter().enumerate() {
                    let chance = self.stream.pair(replication, event as u32, 0).1;
                    self.occur(replication, event as u32, time, chance, &mut busy, timeline);
                }
            }
            Law::Once {
                probability,
                from,
                until,
            } => {
                let (happens, chance) = self.stream.pair(replication, 0, 0);
                if happens < *probability {
                    let part = self.stream.uniform(replication, 0, 3);
                    let width = (*until - *from).0 as f64;
                    let time = *from + Seconds((part * width) as i64);
                    self.occur(
                        replication,
                        0,
                        time,
                        chance,
                        &mut Seconds::ZERO.clone(),
                        timeline,
                    );
                }
            }
            Law::Log(events) => {
                for &(slot, start, end, left) in events {
                    timeline.open_event();
                    self.push(timeline, slot, start, end, left);
                }
            }
        }
    }

    fn fill_poisson(&self, intensity: &Intensity, replication: u64, timeline: &mut Timeline) {
        let horizon = self.horizon.days();
        let mut busy = Seconds::ZERO;
        let mut cursor = Cursor::default();
        let mut event = 0;
        loop {
            let (gap, chance) = self.stream.pair(replication, event, 0);
            let Some(time) = cursor.advance(intensity, -libm::log1p(-gap)) else {
                return;
            };
            if time >= horizon {
                return;
            }
            self.occur(
                replication,
                event,
                Seconds::from_days(time),
                chance,
                &mut busy,
                timeline,
            );
            event += 1;
        }
    }

    fn fill_renewal(
        &self,
        up: &UpTime,
        start: &Start,
        share_down: f64,
        replication: u64,
        timeline: &mut Timeline,
    ) {
        let mut time = Seconds::ZERO;
        let mut first_up = None;
        let down_for = match start {
            Start::Up => None,
            Start::Stationary => {
                let (state, p) = self.stream.pair(replication, INITIAL, 0);
                let part = self.stream.uniform(replication, INITIAL, 3);
                if state < share_down {
                    Some(self.duration.equilibrium(p, part))
                } else {
                    if let UpTime::Law(law) = up {
                        first_up = Some(law.equilibrium(p, part));
                    }
                    None
                }
            }
            Start::Down { age } => {
                let p = self.stream.uniform(replication, INITIAL, 1);
                Some(self.duration.residual(age.days(), p))
            }
        };
        if let Some(days) = down_for {
            let end = at_least_a_second(days);
            self.hit(replication, INITIAL, Seconds::ZERO, end, timeline);
            time = end;
        }
        let mut event = 0;
        while time < self.horizon {
            let (wait, chance) = self.stream.pair(replication, event, 0);
            let fails = match (first_up.take(), up) {
                (Some(days), _) => Some(time + at_least_a_second(days)),
                (None, UpTime::Law(law)) => Some(later(law, time, wait)),
                (None, UpTime::Seasonal(intensity)) => {
                    let mut cursor = intensity.cursor_at(time.days());
                    let gap = -libm::log1p(-wait);
                    let next = cursor.advance(intensity, gap).map(Seconds::from_days);
                    next.map(|next| next.max(time + Seconds(1)))
                }
            };
            let Some(fails) = fails.filter(|&fails| fails < self.horizon) else {
                return;
            };
            time = later(&self.duration, fails, chance);
            self.hit(replication, event, fails, time, timeline);
            event += 1;
        }
    }

    /// An event at `time`, under the overlap rule.
    fn occur(
        &self,
        replication: u64,
        event: u32,
        time: Seconds,
        chance: f64,
        busy: &mut Seconds,
        timeline: &mut Timeline,
    ) {
        let start = match self.overlap {
            Overlap::Ignore if time < *busy => return,
            Overlap::Ignore | Overlap::Union => time,
            Overlap::Queue => time.max(*busy),
        };
        let end = later(&self.duration, start, chance);
        *busy = (*busy).max(end);
        self.hit(replication, event, start, end, timeline);
    }

    /// Hits the targets that the event chooses.
    fn hit(
        &self,
        replication: u64,
        event: u32,
        start: Seconds,
        end: Seconds,
        timeline: &mut Timeline,
    ) {
        let left = match self.left {
            Sampler::Fixed(left) => left,
            ref law => law.quantile(self.stream.uniform(replication, event, 2)),
        };
        timeline.open_event();
        match &self.choice {
            Choice::Every => {
                for &slot in &self.slots {
                    self.push(timeline, slot, start, end, left);
                }
            }
            Choice::EachWithChance { chance, streams } => {
                for (stream, &slot) in streams.iter().zip(&self.slots) {
                    if stream.uniform(replication, event, 0) < *chance {
                        self.push(timeline, slot, start, end, left);
                    }
                }
            }
            Choice::Some {
                count,
                weights,
                streams,
            } => {
                // A race: each target's time is exponential with its weight for rate, and the first
                // so many are hit. So a target's luck does not depend on which others there are.
                let time = |target: usize| {
                    let u = streams[target].uniform(replication, event, 0);
                    -libm::log(u) / weights[target]
                };
                let mut taken = std::mem::take(&mut timeline.taken);
                taken.clear();
                for _ in 0..*count {
                    let open = (0..weights.len())
                        .filter(|&target| weights[target] > 0.0)
                        .filter(|target| !taken.contains(&(*target as u32)));
                    let first = open.min_by(|&one, &other| time(one).total_cmp(&time(other)));
                    let Some(first) = first else { break };
                    taken.push(first as u32);
                    self.push(timeline, self.slots[first], start, end, left);
                }
                timeline.taken = taken;
            }
        }
    }

    fn push(&self, timeline: &mut Timeline, slot: u32, start: Seconds, end: Seconds, left: f64) {
        let inside = start >= self.from && start < self.until && start < self.horizon;
        if inside && end > start && end > Seconds::ZERO {
            timeline.push(
                Disruption {
                    slot,
                    hazard: self.hazard,
                    start: start.max(Seconds::ZERO),
                    end: end.min(self.horizon),
                    left: Fraction::nearest(left),
                    is_first: false,
                },
                self.horizon,
            );
        }
    }
}

impl Law {
    fn new(hazard: &Hazard, start: Date, horizon: Seconds) -> Self {
        match &hazard.occurs {
            Occurs::Poisson { rate_per_day } => Self::Poisson(Intensity::new(
                *rate_per_day,
                hazard.season.as_ref(),
                start,
                horizon,
            )),
            Occurs::Renewal { up } => {
                let mean_down = hazard.duration.mean();
                let share_down = mean_down / (up.mean() + mean_down);
                let up = match &hazard.season {
                    Some(season) => UpTime::Seasonal(Intensity::new(
                        1.0 / up.mean(),
                        Some(season),
                        start,
                        horizon,
                    )),
                    None => UpTime::Law(Sampler::new(up)),
                };
                Self::Renewal {
                    up,
                    start: hazard.start.clone(),
                    share_down,
                }
            }
            Occurs::Dates(dates) => Self::At(dates.clone()),
            Occurs::Every { period, first } => {
                let mut times = Vec::new();
                let mut time = *first;
                while time < horizon && period.0 > 0 {
                    times.push(time);
                    time += *period;
                }
                Self::At(times)
            }
            Occurs::Once {
                probability,
                from,
                until,
            } => Self::Once {
                probability: probability.get(),
                from: *from,
                until: *until,
            },
            // Filled with slots by `Process::log_slots`.
            Occurs::Log(events) => Self::Log(
                events
                    .iter()
                    .map(|event| {
                        (
                            event.target as u32,
                            event.start,
                            event.end,
                            event.left.get(),
                        )
                    })
                    .collect(),
            ),
        }
    }
}

impl Process {
    /// A log names targets by their place in the hazard; from here on they are slots.
    pub(super) fn with_log_slots(mut self) -> Self {
        if let Law::Log(events) = &mut self.law {
            for (target, ..) in events {
                *target = self.slots[*target as usize];
            }
        }
        self
    }
}

/// The end of a time drawn from `law` that begins at `from`; at least a second later, and on the
/// grid for laws that have one.
fn later(law: &Sampler, from: Seconds, p: f64) -> Seconds {
    let days = law.quantile(p);
    if let Sampler::Geometric(step, _) = law {
        let step_seconds = Seconds::from_days(*step).0.max(1);
        let steps = libm::round(days / step) as i64;
        return Seconds((from.0 / step_seconds + steps.max(1)) * step_seconds);
    }
    from + at_least_a_second(days)
}

/// Days as whole seconds, at least one, at most a million years.
fn at_least_a_second(days: f64) -> Seconds {
    Seconds::from_days(days.min(365_250_000.0)).max(Seconds(1))
}

/// A rate that is constant between month boundaries, in events a day.
#[derive(Clone, Debug)]
struct Intensity {
    /// Time (days), expected events until then, rate from then on.
    pieces: Vec<(f64, f64, f64)>,
}

/// A place in an [`Intensity`].
#[derive(Clone, Debug, Default)]
struct Cursor {
    piece: usize,
    expected: f64,
}

impl Intensity {
    fn new(rate: f64, season: Option<&[f64; 12]>, start: Date, horizon: Seconds) -> Self {
        let Some(season) = season else {
            return Self {
                pieces: vec![(0.0, 0.0, rate)],
            };
        };
        let mut pieces = Vec::new();
        let mut expected = 0.0;
        let mut date = start;
        let mut time = 0.0;
        while time <= horizon.days() {
            let rate = rate * season[(date.month() - 1) as usize];
            pieces.push((time, expected, rate));
            let Ok(next) = date.first_of_month().checked_add(1.month()) else {
                break;
            };
            let days = (next - date).get_days();
            time += f64::from(days);
            expected += rate * f64::from(days);
            date = next;
        }
        Self { pieces }
    }

    fn cursor_at(&self, time: f64) -> Cursor {
        let piece = self
            .pieces
            .partition_point(|&(from, ..)| from <= time)
            .saturating_sub(1);
        let (from, expected, rate) = self.pieces[piece];
        Cursor {
            piece,
            expected: expected + rate * (time - from),
        }
    }
}

impl Cursor {
    /// The time at which `more` further events are expected; `None` if never.
    fn advance(&mut self, intensity: &Intensity, more: f64) -> Option<f64> {
        self.expected += more;
        let pieces = &intensity.pieces;
        while pieces
            .get(self.piece + 1)
            .is_some_and(|&(_, until, _)| until <= self.expected)
        {
            self.piece += 1;
        }
        let (from, expected, rate) = pieces[self.piece];
        (rate > 0.0).then(|| from + (self.expected - expected) / rate)
    }
}
