//! One process: the disruptions that a hazard brings in one replication.

use jiff::civil::Date;

use crate::model::{Hazard, Occurs, Overlap, Scope, Target};
use crate::units::{Fraction, Seconds};

use super::floating::Float;
use super::intensity::Months;
use super::renewal::{INITIAL, at_least_a_second, later};
use super::timeline::{Address, Event, Timeline};
use super::when::When;
use super::{Disruption, Sampler, Stream, draws};

/// A process made ready for sampling.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) stream: Stream,
    pub(super) hazard: u32,
    /// Its place among all processes.
    pub(super) number: u32,
    /// Id of its one target, or empty for a process that all targets share.
    pub(super) key: String,
    pub(super) targets: Vec<Vec<Hit>>,
    /// A stream for each target, where targets have luck of their own.
    streams: Vec<Stream>,
    pub(super) choice: Choice,
    pub(super) when: When,
    pub(super) effect: Effect,
    pub(super) overlap: Overlap,
    pub(super) floating: Option<Float>,
    pub(super) from: Seconds,
    pub(super) until: Seconds,
    /// Whether another process wants to know of its events.
    pub(super) is_told: bool,
    pub(super) horizon: Seconds,
}

/// Nothing ends later: 140 million years, so that what waits for what waits cannot pass the last
/// second there is.
pub(super) const FAR: Seconds = Seconds(1 << 52);

/// What a target takes down: a slot, and the share of the target's loss that reaches it.
pub(super) type Hit = (u32, f64);

/// Which of its targets an event hits.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    Every,
    /// Each with this chance.
    EachWithChance(f64),
    /// So many of them, by weights.
    Some {
        count: usize,
        weights: Vec<f64>,
    },
}

/// What an event does.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub(super) duration: Sampler,
    pub(super) left: Sampler,
    /// Factors of the duration by month.
    pub(super) season: Option<([f64; 12], Months)>,
    pub(super) is_shared: bool,
    pub(super) delay: Option<Sampler>,
    pub(super) stages: Vec<(Sampler, Sampler)>,
    pub(super) reversal: Option<(f64, Sampler)>,
    pub(super) averted: f64,
}

impl Process {
    /// The processes of a hazard: one per target under scope "each", else one.
    pub(super) fn of(
        hazard: &Hazard,
        index: usize,
        hits: &[Vec<Hit>],
        stream: &dyn Fn(&str) -> Stream,
        start: Date,
        horizon: Seconds,
    ) -> Vec<Self> {
        let when = When::new(hazard, start, horizon);
        let effect = Effect {
            duration: Sampler::new(&hazard.duration),
            left: Sampler::new(&hazard.left),
            season: hazard
                .duration_season
                .map(|factors| (factors, Months::of(start, horizon))),
            is_shared: hazard.shared_duration,
            delay: hazard.delay.as_ref().map(Sampler::new),
            stages: hazard
                .stages
                .iter()
                .map(|stage| (Sampler::new(&stage.duration), Sampler::new(&stage.left)))
                .collect(),
            reversal: hazard
                .reversal
                .as_ref()
                .map(|reversal| (reversal.chance.get(), Sampler::new(&reversal.after))),
            averted: hazard.averted.get(),
        };
        let one = |key: &str, targets: Vec<Vec<Hit>>, choice: Choice| {
            let has_luck = matches!(choice, Choice::EachWithChance(_))
                || (targets.len() > 1
                    && (!hazard.shared_duration || !matches!(choice, Choice::Every)));
            let keys = hazard.targets.iter().filter(|_| has_luck);
            Self {
                stream: stream(key),
                streams: keys.map(|target| stream(&target.key)).collect(),
                hazard: index as u32,
                number: 0,
                key: key.to_owned(),
                targets,
                choice,
                when: when.clone(),
                effect: effect.clone(),
                overlap: hazard.overlap,
                floating: hazard.floating.as_ref().map(Float::new),
                from: hazard.from,
                until: hazard.until,
                is_told: true,
                horizon,
            }
        };
        let choice = match &hazard.scope {
            // A log names its targets itself.
            _ if matches!(hazard.occurs, Occurs::Log(_)) => Choice::Every,
            Scope::Each => {
                let targets = hits.iter().zip(&hazard.targets);
                return targets
                    .map(|(hit, target)| one(&target.key, vec![hit.clone()], Choice::Every))
                    .collect();
            }
            Scope::All { chance } if chance.get() >= 1.0 => Choice::Every,
            Scope::All { chance } => Choice::EachWithChance(chance.get()),
            Scope::Some { count, weights } => Choice::Some {
                count: (*count).min(hits.len()),
                weights: if weights.is_empty() {
                    vec![1.0; hits.len()]
                } else {
                    weights.clone()
                },
            },
        };
        vec![one("", hits.to_vec(), choice)]
    }

    /// The same process for events of one cause among several: a stream for each, so that their
    /// consequences have luck of their own.
    pub(super) fn caused_by(
        &self,
        cause: &Process,
        targets: &[Target],
        stream: &dyn Fn(&str) -> Stream,
    ) -> Self {
        let mut process = self.clone();
        if let When::After { cause: number, .. } = &mut process.when {
            *number = cause.number;
        }
        if !cause.key.is_empty() {
            process.key = format!("{}<{}", self.key, cause.key);
            process.stream = stream(&process.key);
            let streams = process.streams.iter_mut().zip(targets);
            for (own, target) in streams {
                *own = stream(&format!("{}<{}", target.key, cause.key));
            }
        }
        process
    }

    /// Which hazards a floating piece of work looks at, once their numbers are known.
    pub(super) fn watch(&mut self, hazards: Vec<u32>) {
        if let Some(floating) = &mut self.floating {
            floating.unless = hazards;
        }
    }

    /// Adds the disruptions of a replication to its timeline.
    pub(super) fn fill(&self, replication: u64, timeline: &mut Timeline) {
        match &self.when {
            When::Renewal(_) => self.fill_renewal(replication, timeline),
            When::Decisions { .. } => self.fill_decisions(replication, timeline),
            When::Log(events) => {
                for (row, &(target, start, end, left)) in events.iter().enumerate() {
                    // What follows on one outage has other luck than what follows on the next.
                    let address = Address {
                        event: row as u32,
                        member: 0,
                    };
                    if let Some(event) = self.open(address, start, timeline) {
                        self.push(timeline, target as usize, start, end, left);
                        timeline.close_event(event, end);
                    }
                }
            }
            _ => {
                timeline.arrivals_of(self, replication);
                let mut arrivals = std::mem::take(&mut timeline.work.arrivals);
                for (time, address) in &mut arrivals {
                    *time = self.effect_of(replication, *address, *time);
                }
                // Delays may change who comes first, and the overlap rule goes by that.
                if self.effect.delay.is_some() && self.overlap != Overlap::Union {
                    arrivals.sort_unstable();
                }
                timeline.work.busy.clear();
                timeline
                    .work
                    .busy
                    .resize(self.targets.len(), Seconds(i64::MIN));
                for &(start, address) in &arrivals {
                    self.occur(replication, address, start, timeline);
                }
                timeline.work.arrivals = arrivals;
            }
        }
    }

    fn fill_renewal(&self, replication: u64, timeline: &mut Timeline) {
        let When::Renewal(renewal) = &self.when else {
            return;
        };
        let begins = renewal.begin(self.stream, replication, &self.effect.duration);
        let mut first_up = begins.first_up;
        let mut time = Seconds::ZERO;
        let address = |event: u32| Address { event, member: 0 };
        if let Some(days) = begins.down {
            let end = at_least_a_second(days);
            time = self.hit(replication, address(INITIAL), Seconds::ZERO, end, timeline);
        }
        let mut number = 0;
        while time < self.horizon {
            let (wait, chance) = self.stream.pair(replication, number, 0);
            let fails = match first_up.take() {
                Some(days) => Some(time + at_least_a_second(days)),
                None => renewal.fails(time, wait, &timeline.regimes),
            };
            let Some(fails) = fails.filter(|&fails| fails < self.horizon) else {
                return;
            };
            let event = address(number);
            number += 1;
            if self.is_averted(replication, event) {
                // The clock goes on as if it had been repaired at once.
                time = fails;
                continue;
            }
            let start = self.effect_of(replication, event, fails);
            let end = self.lasts(start, chance);
            time = self.hit(replication, event, start, end, timeline);
        }
    }

    fn fill_decisions(&self, replication: u64, timeline: &mut Timeline) {
        let When::Decisions { decisions, is_open } = &self.when else {
            return;
        };
        let mut closed_since = (!is_open).then_some((self.from, INITIAL));
        for (number, decision) in decisions.iter().enumerate() {
            let time = decision.time;
            if time < self.from || time >= self.until {
                continue;
            }
            let u = self.stream.uniform(replication, number as u32, draws::GAP);
            match closed_since {
                None if u >= decision.renewed.get() => {
                    closed_since = Some((time, number as u32));
                }
                Some((since, event)) if u < decision.reopened.get() => {
                    if time > since {
                        let address = Address { event, member: 0 };
                        self.hit(replication, address, since, time, timeline);
                    }
                    closed_since = None;
                }
                _ => {}
            }
        }
        if let Some((since, event)) = closed_since {
            let address = Address { event, member: 0 };
            let end = self.horizon.min(self.until);
            self.hit(replication, address, since, end, timeline);
        }
    }

    pub(super) fn is_averted(&self, replication: u64, event: Address) -> bool {
        self.effect.averted > 0.0
            && self.stream.of(replication, event, draws::AVERTED) < self.effect.averted
    }

    /// When an event at `time` takes effect.
    pub(super) fn effect_of(&self, replication: u64, event: Address, time: Seconds) -> Seconds {
        match &self.effect.delay {
            None => time,
            Some(delay) => {
                let p = self.stream.of(replication, event, draws::DELAY);
                time + Seconds::from_days(delay.quantile(p).clamp(0.0, 365_250_000.0))
            }
        }
    }

    /// The end of what begins at `start` and lasts as long as `p` says.
    fn lasts(&self, start: Seconds, p: f64) -> Seconds {
        let end = later(&self.effect.duration, start, p);
        let end = match &self.effect.season {
            None => end,
            Some((factors, months)) => {
                let factor = factors[months.at(start)];
                let seconds = ((end - start).0 as f64 * factor + 0.5).min(FAR.0 as f64);
                start + Seconds(seconds as i64).max(Seconds(1))
            }
        };
        end.min(FAR)
    }

    /// The work that one of the targets of an event needs, begun at `start`.
    pub(super) fn work(
        &self,
        replication: u64,
        event: Address,
        target: usize,
        start: Seconds,
    ) -> Seconds {
        let p = self.luck(replication, event, target, draws::DURATION);
        self.lasts(start, p) - start
    }

    /// A draw for one of the targets of an event: its own, where each has a duration of its own.
    pub(super) fn luck(&self, replication: u64, event: Address, target: usize, draw: u32) -> f64 {
        let own = self.streams.get(target).filter(|_| !self.effect.is_shared);
        own.unwrap_or(&self.stream).of(replication, event, draw)
    }

    /// An event that takes effect at `start`, under the overlap rule, target by target.
    fn occur(&self, replication: u64, event: Address, start: Seconds, timeline: &mut Timeline) {
        if self.is_averted(replication, event) {
            return;
        }
        let Some(start) = self.begins(start, timeline) else {
            return;
        };
        let Some(opened) = self.open(event, start, timeline) else {
            return;
        };
        let mut taken = std::mem::take(&mut timeline.work.taken);
        let mut busy = std::mem::take(&mut timeline.work.busy);
        let ignores = self.overlap == Overlap::Ignore;
        let is_open = |target: usize| !ignores || busy[target] <= start;
        self.choose(replication, event, &is_open, &mut taken);
        let mut over = start;
        // Targets that share a duration and begin together end together.
        let mut known = None;
        for &target in &taken {
            let target = target as usize;
            let begins = match self.overlap {
                Overlap::Queue => start.max(busy[target]),
                Overlap::Ignore | Overlap::Union => start,
            };
            let end = match known.filter(|_| self.effect.is_shared && begins == start) {
                Some(end) => end,
                None => self.own_end(replication, event, target, begins, timeline),
            };
            if begins == start {
                known = Some(end);
            }
            let up = self.strike(replication, event, target, begins, end, timeline);
            busy[target] = busy[target].max(up);
            over = over.max(up);
        }
        timeline.work.taken = taken;
        timeline.work.busy = busy;
        timeline.close_event(opened, over);
    }

    /// When what is planned for an instant begins; `None` if it would have to wait too long.
    pub(super) fn begins(&self, planned: Seconds, timeline: &Timeline) -> Option<Seconds> {
        match &self.floating {
            None => Some(planned),
            Some(floating) => floating.begins(planned, self, timeline),
        }
    }

    /// When what would last from `start` to `end` is over.
    pub(super) fn ends(&self, start: Seconds, end: Seconds, timeline: &Timeline) -> Seconds {
        match &self.floating {
            None => end,
            Some(floating) => floating.ends(start, end, self, timeline),
        }
    }

    /// The end of an event for one target that it takes down at `start`.
    fn own_end(
        &self,
        replication: u64,
        event: Address,
        target: usize,
        start: Seconds,
        timeline: &Timeline,
    ) -> Seconds {
        let p = self.luck(replication, event, target, draws::DURATION);
        if let When::After {
            lasts_with_cause: true,
            ..
        } = self.when
        {
            // As long as its cause, and its own time longer.
            let causes = &timeline.work.causes;
            let found = causes.binary_search_by_key(&event, |&(address, _)| address);
            let over = found.map_or(start, |at| causes[at].1.max(start));
            if self.effect.duration == Sampler::Fixed(0.0) {
                return over;
            }
            return self.lasts(over, p);
        }
        self.ends(start, self.lasts(start, p), timeline)
    }

    /// Hits the targets that an event chooses until `end`, each for its own time where they do not
    /// share one; when the last of them is up again.
    pub(super) fn hit(
        &self,
        replication: u64,
        event: Address,
        start: Seconds,
        end: Seconds,
        timeline: &mut Timeline,
    ) -> Seconds {
        let Some(opened) = self.open(event, start, timeline) else {
            return end;
        };
        let mut taken = std::mem::take(&mut timeline.work.taken);
        self.choose(replication, event, &|_| true, &mut taken);
        let shares = self.effect.is_shared || self.streams.is_empty() || event.event == INITIAL;
        let struck = taken.iter().map(|&target| {
            let target = target as usize;
            let end = if shares {
                end
            } else {
                self.own_end(replication, event, target, start, timeline)
            };
            self.strike(replication, event, target, start, end, timeline)
        });
        // An event that chance turned away from all targets takes its time all the same.
        let over = struck.max().unwrap_or(end);
        timeline.work.taken = taken;
        timeline.close_event(opened, over);
        over
    }

    /// The targets of an event, among those that are `open` to it.
    pub(super) fn choose(
        &self,
        replication: u64,
        event: Address,
        open: &dyn Fn(usize) -> bool,
        taken: &mut Vec<u32>,
    ) {
        taken.clear();
        let all = 0..self.targets.len();
        match &self.choice {
            Choice::Every => taken.extend(all.filter(|&target| open(target)).map(|at| at as u32)),
            Choice::EachWithChance(chance) => {
                let is_hit = |&target: &usize| {
                    open(target)
                        && self.streams[target].of(replication, event, draws::GAP) < *chance
                };
                taken.extend(all.filter(is_hit).map(|at| at as u32));
            }
            Choice::Some { count, weights } => {
                // A race: each target's time is exponential with its weight for rate, and the first
                // so many are hit. So a target's luck does not depend on which others there are.
                let time = |target: usize| {
                    let u = self
                        .streams
                        .get(target)
                        .map_or(0.5, |stream| stream.of(replication, event, draws::GAP));
                    -libm::log(u) / weights[target]
                };
                for _ in 0..*count {
                    let free = all
                        .clone()
                        .filter(|&target| weights[target] > 0.0 && open(target))
                        .filter(|target| !taken.contains(&(*target as u32)));
                    let first = free.min_by(|&one, &other| time(one).total_cmp(&time(other)));
                    let Some(first) = first else { break };
                    taken.push(first as u32);
                }
            }
        }
    }

    /// Takes one target down from `start` to `end`, and through the stages that follow; when it
    /// is whole again.
    pub(super) fn strike(
        &self,
        replication: u64,
        event: Address,
        target: usize,
        start: Seconds,
        end: Seconds,
        timeline: &mut Timeline,
    ) -> Seconds {
        let effect = &self.effect;
        let draw = |number: u32| self.stream.of(replication, event, number);
        let share = |law: &Sampler, number: u32| match law {
            Sampler::Fixed(left) => *left,
            law => law.quantile(draw(number)),
        };
        let cut = match &effect.reversal {
            Some((chance, after)) if draw(draws::REVERSED) < *chance => {
                start + at_least_a_second(after.quantile(draw(draws::REVERSAL)))
            }
            _ => Seconds(i64::MAX),
        };
        let mut over = end.min(cut);
        self.push(
            timeline,
            target,
            start,
            over,
            share(&effect.left, draws::LEFT),
        );
        for (number, (duration, left)) in effect.stages.iter().enumerate() {
            if over >= cut {
                break;
            }
            let number = draws::STAGES + 2 * number as u32;
            let begins = over;
            let p = self.luck(replication, event, target, number);
            over = later(duration, begins, p).min(cut);
            self.push(timeline, target, begins, over, share(left, number + 1));
        }
        over
    }

    /// Opens an event, if it happens in the time of its hazard.
    pub(super) fn open(
        &self,
        address: Address,
        start: Seconds,
        timeline: &mut Timeline,
    ) -> Option<Event> {
        let inside = start >= self.from && start < self.until && start < self.horizon;
        timeline.open_event();
        inside.then(|| Event {
            hazard: self.hazard,
            process: self.number,
            is_told: self.is_told,
            address,
            start,
            end: start,
            first: timeline.disruptions().len() as u32,
            last: 0,
        })
    }

    fn push(
        &self,
        timeline: &mut Timeline,
        target: usize,
        start: Seconds,
        end: Seconds,
        left: f64,
    ) {
        let inside = start < self.horizon && start.max(Seconds::ZERO) < end;
        if !inside {
            return;
        }
        for &(slot, loss) in &self.targets[target] {
            timeline.push(Disruption {
                slot,
                hazard: self.hazard,
                start: start.max(Seconds::ZERO),
                end: end.min(self.horizon),
                left: left_of_part(loss, left),
                is_first: false,
            });
        }
    }

    /// Whether an event hit something else than this process's targets.
    pub(super) fn is_elsewhere(&self, event: &Event, timeline: &Timeline) -> bool {
        let brought = timeline.disruptions_of(event);
        let is_own = |slot: u32| self.targets.iter().flatten().any(|&(own, _)| own == slot);
        brought.iter().any(|disruption| !is_own(disruption.slot))
    }
}

/// What is left of a part that a share `loss` of the target's loss reaches.
pub(super) fn left_of_part(loss: f64, left: f64) -> Fraction {
    let is_all = loss >= 1.0;
    Fraction::nearest(if is_all {
        left
    } else {
        1.0 - loss * (1.0 - left)
    })
}
