//! Repairs that wait: for a crew, for mobilisation, for a spare part, for calm weather.
//!
//! Here, and only here, one disruption changes another: who waits depends on who came first. So
//! the processes that share a crew are played together, in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::{Hazard, Overlap};
use crate::units::Seconds;

use super::process::{FAR, Process};
use super::timeline::{Address, Timeline};
use super::when::When;
use super::{Sampler, draws};

/// Processes whose repairs wait for the same crews.
#[derive(Clone, Debug)]
pub(super) struct Workshop {
    /// Number of crews; 0 for as many as it takes.
    crews: usize,
    members: Vec<Member>,
    /// Shelves of spare parts: how many parts each has when full.
    shelves: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Member {
    /// Its place among all processes.
    process: usize,
    mobilisation: Option<Sampler>,
    /// Shelf, and time from order to arrival.
    spares: Option<(usize, Sampler)>,
    stops_for: Vec<u32>,
}

/// Work space of workshops.
#[derive(Clone, Debug, Default)]
pub(super) struct Bench {
    calls: BinaryHeap<Reverse<Call>>,
    /// When each crew is free.
    crews: Vec<Seconds>,
    /// Slots in repair, and until when.
    busy: Vec<(u32, Seconds)>,
    /// Arrivals of what was ordered, shelf by shelf.
    orders: Vec<Vec<Seconds>>,
    /// Times in which work stands still, member by member, by beginning.
    halts: Vec<Vec<(Seconds, Seconds)>>,
    /// Failures of each member so far.
    failures: Vec<u32>,
    taken: Vec<u32>,
}

/// An event that takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    start: Seconds,
    member: usize,
    address: Address,
}

impl Workshop {
    /// For hazards with the places of their processes; `number_of` tells the numbers of hazards.
    pub(super) fn new(
        crews: usize,
        hazards: &[(&Hazard, std::ops::Range<usize>)],
        numbers_of: &dyn Fn(&[String]) -> Vec<u32>,
    ) -> Self {
        let mut shelves = Vec::new();
        let mut members = Vec::new();
        for (hazard, processes) in hazards {
            let repair = &hazard.repair;
            let spares = repair.spares.as_ref().map(|spares| {
                shelves.push(spares.stock);
                (shelves.len() - 1, Sampler::new(&spares.lead))
            });
            members.extend(processes.clone().map(|process| Member {
                process,
                mobilisation: repair.mobilisation.as_ref().map(Sampler::new),
                spares: spares.clone(),
                stops_for: numbers_of(&repair.stops_for),
            }));
        }
        Self {
            crews,
            members,
            shelves,
        }
    }

    /// Hazards whose events make work stand still.
    pub(super) fn watched(&self) -> impl Iterator<Item = u32> + '_ {
        let members = self.members.iter();
        members.flat_map(|member| member.stops_for.iter().copied())
    }

    /// Adds the disruptions of a replication to its timeline.
    pub(super) fn fill(&self, replication: u64, processes: &[Process], timeline: &mut Timeline) {
        let mut bench = std::mem::take(&mut timeline.work.bench);
        self.prepare(&mut bench, timeline);
        for (member, spec) in self.members.iter().enumerate() {
            let process = &processes[spec.process];
            match &process.when {
                When::Renewal(renewal) => {
                    let begins =
                        renewal.begin(process.stream, replication, &process.effect.duration);
                    let up_from = match begins.down {
                        None => Seconds::ZERO,
                        Some(days) => {
                            let end = super::renewal::at_least_a_second(days);
                            self.already_down(replication, process, end, &mut bench, timeline)
                        }
                    };
                    let first = begins.first_up.map(super::renewal::at_least_a_second);
                    self.await_failure(
                        replication,
                        process,
                        member,
                        up_from,
                        first,
                        &mut bench,
                        timeline,
                    );
                }
                when if when.has_arrivals() => {
                    timeline.arrivals_of(process, replication);
                    for &(time, address) in &timeline.work.arrivals {
                        if !process.is_averted(replication, address) {
                            bench.calls.push(Reverse(Call {
                                start: process.effect_of(replication, address, time),
                                member,
                                address,
                            }));
                        }
                    }
                }
                // Recorded outages and decisions need no repair.
                _ => process.fill(replication, timeline),
            }
        }
        while let Some(Reverse(call)) = bench.calls.pop() {
            self.answer(replication, call, processes, &mut bench, timeline);
        }
        timeline.work.bench = bench;
    }

    fn prepare(&self, bench: &mut Bench, timeline: &Timeline) {
        bench.calls.clear();
        bench.busy.clear();
        bench.crews.clear();
        bench.crews.resize(self.crews, Seconds(i64::MIN));
        bench.orders.resize_with(self.shelves.len(), Vec::new);
        bench.orders.iter_mut().for_each(Vec::clear);
        bench.failures.clear();
        bench.failures.resize(self.members.len(), 0);
        bench.halts.resize_with(self.members.len(), Vec::new);
        for (halts, member) in bench.halts.iter_mut().zip(&self.members) {
            halts.clear();
            let at_work = timeline.at_work(&member.stops_for);
            halts.extend(at_work.map(|event| (event.start, event.end)));
            halts.sort_unstable();
        }
    }

    /// What was down at the start already is in a crew's hands.
    fn already_down(
        &self,
        replication: u64,
        process: &Process,
        end: Seconds,
        bench: &mut Bench,
        timeline: &mut Timeline,
    ) -> Seconds {
        let _ = self;
        let address = Address {
            event: super::renewal::INITIAL,
            member: 0,
        };
        let Some(event) = process.open(address, Seconds::ZERO, timeline) else {
            return end;
        };
        let over = process.strike(replication, address, 0, Seconds::ZERO, end, timeline);
        timeline.close_event(event, over);
        bench.keep_busy(process, 0, over);
        if let Some(crew) = bench.crews.iter_mut().min() {
            *crew = (*crew).max(end);
        }
        over
    }

    /// Draws the next failure of a member that is up from `from` on.
    #[expect(
        clippy::too_many_arguments,
        reason = "they belong to three different owners"
    )]
    fn await_failure(
        &self,
        replication: u64,
        process: &Process,
        member: usize,
        from: Seconds,
        first: Option<Seconds>,
        bench: &mut Bench,
        timeline: &Timeline,
    ) {
        let _ = self;
        let When::Renewal(renewal) = &process.when else {
            return;
        };
        let mut up_from = from;
        let mut first = first;
        while up_from < process.horizon {
            let address = Address {
                event: bench.failures[member],
                member: 0,
            };
            bench.failures[member] += 1;
            let wait = process.stream.of(replication, address, draws::GAP);
            let fails = match first.take() {
                Some(first) => Some(up_from + first),
                None => renewal.fails(up_from, wait, &timeline.regimes),
            };
            let Some(fails) = fails.filter(|&fails| fails < process.horizon) else {
                return;
            };
            if process.is_averted(replication, address) {
                up_from = fails;
                continue;
            }
            bench.calls.push(Reverse(Call {
                start: process.effect_of(replication, address, fails),
                member,
                address,
            }));
            return;
        }
    }

    /// An event takes effect: its targets go down, and repairs begin as they can.
    fn answer(
        &self,
        replication: u64,
        call: Call,
        processes: &[Process],
        bench: &mut Bench,
        timeline: &mut Timeline,
    ) {
        let process = &processes[self.members[call.member].process];
        let Some(start) = process.begins(call.start, timeline) else {
            return;
        };
        let call = Call { start, ..call };
        let is_renewal = matches!(process.when, When::Renewal(_));
        let mut up_from = call.start;
        let mut taken = std::mem::take(&mut bench.taken);
        {
            let busy = &bench.busy;
            let ignores = process.overlap == Overlap::Ignore;
            let is_open = |target: usize| {
                !ignores
                    || process.targets[target].iter().all(|&(slot, _)| {
                        busy.iter()
                            .all(|&(other, until)| other != slot || until <= call.start)
                    })
            };
            process.choose(replication, call.address, &is_open, &mut taken);
        }
        if is_renewal && taken.is_empty() {
            // Down by another cause: its clock starts anew once it is repaired.
            up_from = bench.busy_until(process, 0).max(call.start);
        } else if let Some(event) = process.open(call.address, call.start, timeline) {
            for &target in &taken {
                let target = target as usize;
                let end = self.repair(replication, call, process, target, (bench, timeline));
                let over =
                    process.strike(replication, call.address, target, call.start, end, timeline);
                bench.keep_busy(process, target, over);
                up_from = up_from.max(over);
            }
            timeline.close_event(event, up_from);
        } else {
            up_from = call.start + process.work(replication, call.address, 0, call.start);
        }
        bench.taken = taken;
        if is_renewal {
            self.await_failure(
                replication,
                process,
                call.member,
                up_from,
                None,
                bench,
                timeline,
            );
        }
    }

    /// When one target of an event is repaired.
    fn repair(
        &self,
        replication: u64,
        call: Call,
        process: &Process,
        target: usize,
        (bench, timeline): (&mut Bench, &Timeline),
    ) -> Seconds {
        let member = &self.members[call.member];
        let draw = |number: u32| process.luck(replication, call.address, target, number);
        let time = |law: &Sampler, number: u32| {
            Seconds::from_days(law.quantile(draw(number)).clamp(0.0, 365_250_000.0))
        };
        let mut begin = call.start;
        if process.overlap == Overlap::Queue {
            begin = begin.max(bench.busy_until(process, target));
        }
        let crew = (0..bench.crews.len()).min_by_key(|&crew| (bench.crews[crew], crew));
        if let Some(crew) = crew {
            begin = begin.max(bench.crews[crew]);
        }
        let mut ready = begin;
        if let Some(law) = &member.mobilisation {
            ready = begin + time(law, draws::MOBILISATION);
        }
        if let Some((shelf, law)) = &member.spares {
            let orders = &mut bench.orders[*shelf];
            orders.push(call.start + time(law, draws::LEAD));
            // The stock covers the first so many; each later one waits for the order that an
            // earlier one made.
            if let Some(order) = (orders.len() - 1).checked_sub(self.shelves[*shelf]) {
                ready = ready.max(orders[order]);
            }
        }
        let work = process.work(replication, call.address, target, ready);
        let end = done(ready, work, &bench.halts[call.member]).min(FAR);
        let end = process.ends(call.start, end, timeline);
        if let Some(crew) = crew {
            bench.crews[crew] = end;
        }
        end
    }
}

impl Bench {
    fn busy_until(&self, process: &Process, target: usize) -> Seconds {
        let slots = &process.targets[target];
        let is_own = |&&(other, _): &&(u32, Seconds)| slots.iter().any(|&(slot, _)| slot == other);
        let until = self
            .busy
            .iter()
            .filter(is_own)
            .map(|&(_, until)| until)
            .max();
        until.unwrap_or(Seconds(i64::MIN))
    }

    fn keep_busy(&mut self, process: &Process, target: usize, until: Seconds) {
        for &(slot, _) in &process.targets[target] {
            match self.busy.iter_mut().find(|(other, _)| *other == slot) {
                Some((_, known)) => *known = (*known).max(until),
                None => self.busy.push((slot, until)),
            }
        }
    }
}

/// When work begun at `begin` is done, if it stands still during `halts` (by beginning).
fn done(begin: Seconds, work: Seconds, halts: &[(Seconds, Seconds)]) -> Seconds {
    let (mut now, mut left) = (begin, work);
    for &(halt, goes_on) in halts {
        if goes_on <= now {
            continue;
        }
        if halt > now {
            if halt - now >= left {
                break;
            }
            left -= halt - now;
        }
        now = goes_on;
    }
    now + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_stands_still_during_halts() {
        let halt = |from: i64, until: i64| (Seconds(from), Seconds(until));
        let work = |halts: &[(Seconds, Seconds)]| done(Seconds(10), Seconds(20), halts).0;
        assert_eq!(work(&[]), 30);
        assert_eq!(work(&[halt(0, 5)]), 30);
        assert_eq!(work(&[halt(30, 50)]), 30);
        assert_eq!(work(&[halt(5, 15)]), 35);
        assert_eq!(work(&[halt(20, 25), halt(22, 40)]), 50);
        assert_eq!(work(&[halt(12, 14), halt(31, 33)]), 34);
        assert_eq!(work(&[halt(12, 14), halt(32, 33)]), 32);
    }
}
