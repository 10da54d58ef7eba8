//! What disruptions would take if losses added up: of each by itself, and of each two on top.
//!
//! Where each slot is hit by one renewal in equilibrium, the mean of that is known before anything is
//! drawn, and what a replication loses goes with it closely: mostly one or two disruptions are at
//! work at once, and most of what three take is what they take in pairs.

use crate::metrics::KnownMean;
use crate::sampling::{Disruption, Steady, Timeline, steady};
use crate::units::{SECONDS_PER_DAY, Seconds};

use super::super::outages::Outages;
use super::intervals::Intervals;
use super::lanes::Lanes;
use super::{Engine, Memoryless, NO_ROW};

/// How many numbers a replication gives.
pub(in super::super) const COUNT: usize = 3;
/// With more slots than this, pairs take too long to be told before the run.
const MOST_SLOTS: usize = 200;
/// Places of a row of pairs: as many as a byte tells apart, so that every byte is one. Those beyond
/// the slots hold nothing.
const PLACES: usize = 256;
/// So many slots are looked at whether they are hit or not, for that takes no choice.
const LOOKED_AT: u32 = 6;
/// With more than this down at once, pairs say little of what is lost.
const MOST_DOWN: f64 = 6.0;

/// What disruptions take alone and in pairs, and what fields lose.
#[derive(Clone, Debug)]
pub(in super::super) struct Series {
    /// By slot, b/d: what is not delivered while it alone is hit, and what its own field loses.
    alone: Vec<i64>,
    fields: Vec<i64>,
    /// By two slots, b/d: what is not delivered while both are hit beyond what each takes alone.
    beyond: Vec<[i32; PLACES]>,
    /// Of the sums over slots, over pairs and of fields, barrels.
    pub(in super::super) known: [KnownMean; COUNT],
    /// How far these may be off, as disruptions begin and end at whole seconds, barrels.
    pub(in super::super) tolerance: f64,
    horizon: Seconds,
}

impl Series {
    /// `None` where the means are not known, or too many are hit for pairs to say enough.
    pub(in super::super) fn of(fixed: &Memoryless<'_>) -> Option<Self> {
        let world = fixed.world;
        let Engine::Program(program) = &fixed.engine else {
            return None;
        };
        let slots = world.slot_element.len();
        if slots == 0 || slots > MOST_SLOTS || Intervals::new(fixed).is_none() {
            return None;
        }
        let hits = steady(world.model, &world.timelines)?;
        if hits.iter().map(|hit| hit.share).sum::<f64>() > MOST_DOWN {
            return None;
        }
        let mut outages = Outages::new(slots);
        let mut lanes = Lanes::new(&fixed.start);
        let mut fields = vec![0; slots];
        // By slot: the row that it sets, to what, and what that held before.
        let mut sets = Vec::with_capacity(slots);
        for (slot, hit) in hits.iter().enumerate() {
            let element = world.slot_element[slot] as usize;
            outages.begin(slot as u32, hit.hazard, hit.left);
            let available = world.available(&fixed.nominal, &outages, element);
            outages.end(slot as u32, hit.hazard, hit.left);
            if fixed.is_field(element) {
                fields[slot] = fixed.nominal[element] - available;
            }
            let limit = fixed.limit(&fixed.nominal, element, available);
            sets.push(match fixed.row_of[element] {
                NO_ROW => (Lanes::spare(fixed.start.len()), 0, 0),
                row => (row as usize, limit, fixed.start[row as usize]),
            });
        }
        lanes.push(program);
        for (slot, &(row, limit, start)) in sets.iter().enumerate() {
            lanes.set(row, limit);
            lanes.push(program);
            for &(other, limit, start) in &sets[..slot] {
                lanes.set(other, limit);
                lanes.push(program);
                lanes.set(other, start);
            }
            lanes.set(row, start);
        }
        lanes.evaluate(program);
        let mut delivered = lanes.delivered.iter().copied();
        let intact = delivered.next()?;
        let mut alone: Vec<i64> = Vec::with_capacity(slots);
        let mut beyond = vec![[0; PLACES]; slots];
        #[expect(
            clippy::needless_range_loop,
            reason = "two slots are a row and a place each"
        )]
        for slot in 0..slots {
            let own = i64::from(intact - delivered.next()?);
            for other in 0..slot {
                let both = i64::from(intact - delivered.next()?);
                let more = i32::try_from(both - own - alone[other]).ok()?;
                beyond[slot][other] = more;
                beyond[other][slot] = more;
            }
            alone.push(own);
        }
        // Sums of a row fit into 32 bits, and what pairs take in a replication into 64.
        let all = beyond
            .iter()
            .map(|row| row.iter().map(|&more| i64::from(more.abs())).sum());
        let sums: Vec<i64> = all.collect();
        let most = sums.iter().sum::<i64>();
        let fits = sums.iter().all(|&sum| sum <= i64::from(i32::MAX));
        if !fits || most.checked_mul(world.model.horizon.0).is_none() {
            return None;
        }
        let known = known(&hits, world.model.horizon, (&alone, &beyond, &fields));
        let squares = alone.iter().map(|&loss| {
            let off = loss as f64 * 0.5 / SECONDS_PER_DAY as f64;
            off * off
        });
        Some(Self {
            tolerance: squares.sum::<f64>().sqrt(),
            alone,
            fields,
            beyond,
            known,
            horizon: world.model.horizon,
        })
    }

    /// Appends the sums of a replication, whole barrels.
    pub(in super::super) fn read(&self, timeline: &Timeline, rows: &mut Vec<i64>) {
        let disruptions = timeline.disruptions();
        let (mut alone, mut fields) = (0_i128, 0_i128);
        for &Disruption {
            slot, start, end, ..
        } in disruptions
        {
            let lasts = (end - start).0;
            alone += i128::from(self.alone[slot as usize] * lasts);
            fields += i128::from(self.fields[slot as usize] * lasts);
        }
        let pairs = i128::from(
            self.pairs(timeline)
                .unwrap_or_else(|| self.many_pairs(timeline)),
        );
        let day = i128::from(SECONDS_PER_DAY);
        let barrels = [alone, pairs, fields].map(|sum| (sum + day / 2).div_euclid(day));
        rows.extend(barrels.map(|sum| i64::try_from(sum).unwrap_or(i64::MAX)));
    }

    /// What pairs take on top, in 86 400ths of a barrel. `None` if more slots are hit at once than fit
    /// into a word.
    fn pairs(&self, timeline: &Timeline) -> Option<i64> {
        const EACH: u64 = u64::from_le_bytes([1; 8]);
        let disruptions = timeline.disruptions();
        // The slots that are hit, a byte each, the last first.
        let mut slots = u64::MAX;
        let (mut count, mut most) = (0, 0);
        let (mut rate, mut since, mut pairs) = (0_i64, 0_i64, 0_i64);
        for (time, index, begins) in timeline.edges() {
            // Where too many are hit this is nonsense, and is not told.
            pairs = pairs.wrapping_add(rate.wrapping_mul(time.0 - since));
            since = time.0;
            let slot = disruptions[index].slot as u8;
            let row = &self.beyond[usize::from(slot)];
            let at = |place: u32| row[usize::from((slots >> (8 * place)) as u8)];
            let mut more = (0..LOOKED_AT).fold(0, |sum, place| sum + at(place));
            if count > LOOKED_AT as i64 {
                more += (LOOKED_AT..8).fold(0, |sum, place| sum + at(place));
            }
            let sign = 2 * i64::from(begins) - 1;
            rate = rate.wrapping_add(sign * i64::from(more));
            count += sign;
            most = most.max(count);
            let is_slot = slots ^ (u64::from(slot) * EACH);
            let zero = is_slot.wrapping_sub(EACH) & !is_slot & EACH << 7;
            let below = (1 << (zero.trailing_zeros() & 0x38)) - 1;
            let without = slots & below | slots >> 8 & !below | 0xff << 56;
            let with = slots << 8 | u64::from(slot);
            slots = if begins { with } else { without };
        }
        pairs = pairs.wrapping_add(rate.wrapping_mul(self.horizon.0 - since));
        (most <= 8).then_some(pairs)
    }

    /// The same for any number of slots.
    #[cold]
    fn many_pairs(&self, timeline: &Timeline) -> i64 {
        let disruptions = timeline.disruptions();
        let mut hit: Vec<u32> = Vec::new();
        let (mut rate, mut since, mut pairs) = (0_i64, 0_i64, 0_i64);
        for (time, index, begins) in timeline.edges() {
            pairs += rate * (time.0 - since);
            since = time.0;
            let slot = disruptions[index].slot;
            let row = &self.beyond[slot as usize];
            if begins {
                rate += hit
                    .iter()
                    .map(|&other| i64::from(row[other as usize]))
                    .sum::<i64>();
                hit.push(slot);
            } else {
                hit.retain(|&other| other != slot);
                rate -= hit
                    .iter()
                    .map(|&other| i64::from(row[other as usize]))
                    .sum::<i64>();
            }
        }
        pairs + rate * (self.horizon.0 - since)
    }
}

/// Means of the sums over slots, over pairs and of fields, and whether anything adds to them.
fn known(
    hits: &[Steady],
    horizon: Seconds,
    (alone, beyond, fields): (&[i64], &[[i32; PLACES]], &[i64]),
) -> [KnownMean; COUNT] {
    let mut means = [0.0; COUNT];
    let mut events = [0.0; COUNT];
    for (slot, hit) in hits.iter().enumerate() {
        for (at, loss) in [(0, alone[slot]), (2, fields[slot])] {
            means[at] += hit.share * loss as f64;
            events[at] += if loss == 0 { 0.0 } else { hit.events };
        }
        for (place, other) in hits[..slot].iter().enumerate() {
            let more = beyond[slot][place];
            if more != 0 {
                means[1] += hit.share * other.share * f64::from(more);
                events[1] += hit.events * other.share + other.events * hit.share;
            }
        }
    }
    let days = horizon.0 as f64 / SECONDS_PER_DAY as f64;
    std::array::from_fn(|at| KnownMean {
        mean: means[at] * days,
        occurs: -libm::expm1(-events[at]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Collect, Model};
    use crate::scenario::{Text, parse};
    use crate::simulation::world::World;

    const NETWORK: &str = "[scenario]\nname = \"World\"\nstart = 2026-01-01\nhorizon = \"300 d\"\n\
        [field.a]\nplan = \"7 kb/d\"\n[field.b]\nplan = \"5 kb/d\"\n[hub.h]\n[market.m]\n\
        [link.ah]\nfrom = \"a\"\nto = \"h\"\n[link.bh]\nfrom = \"b\"\nto = \"h\"\n\
        [link.hm]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"10 kb/d\"\n";

    fn model(start: &str, hits: &[&str]) -> Model {
        let mut text = NETWORK.to_owned();
        for (index, element) in hits.iter().enumerate() {
            text += &format!(
                "[hazard.h{index}]\nhits = [\"{element}\"]\nleft = 0.25\n\
                 occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n\
                 start = \"{start}\"\n\
                 duration = {{ exponential = {{ mean = \"4 d\" }} }}\n",
                9 + 4 * index
            );
        }
        parsed(&text)
    }

    fn parsed(text: &str) -> Model {
        let no_csv = |_: &str| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
        parse(&[Text::new("world.toml", text)], &[], &no_csv)
            .unwrap_or_else(|_| panic!("{text}"))
            .model
    }

    const HITS: [&str; 4] = ["field.a", "field.b", "link.hm", "hub.h"];

    fn series(model: &Model, check: impl FnOnce(Option<Series>, &World<'_>)) {
        let world = World::new(model, &model.hazards, 1, 0).expect("small");
        let fixed = Memoryless::of(&world, Collect::System).expect("nothing remembers");
        check(Series::of(&fixed), &world);
    }

    #[test]
    fn terms_are_losses_alone_and_what_two_take_on_top() {
        series(&model("stationary", &HITS), |found, world| {
            let found = found.expect("all is known");
            let by_name = |name: &str| {
                let place = |(_, part): (usize, &str)| part == name;
                let hazard = HITS.iter().copied().enumerate().position(place);
                let hit = steady(world.model, &world.timelines).expect("all is known");
                let slot = hit
                    .iter()
                    .position(|hit| Some(hit.hazard as usize) == hazard);
                slot.expect("it is hit")
            };
            let [a, b, hm] = ["field.a", "field.b", "link.hm"].map(by_name);
            // 12 kb/d of which 10 are let through; a quarter is left of what is hit.
            assert_eq!(found.alone[a], 10_000 - 6_750);
            assert_eq!(found.alone[b], 10_000 - 8_250);
            assert_eq!(found.alone[hm], 7_500);
            assert_eq!(found.fields[a], 5_250);
            assert_eq!(found.fields[hm], 0);
            assert_eq!(found.beyond[a][b], (10_000 - 3_000) - 3_250 - 1_750);
            assert_eq!(found.beyond[a][hm], 7_500 - 3_250 - 7_500);
            assert_eq!(found.beyond[hm][a], found.beyond[a][hm]);
        });
    }

    /// Each sum against what an instant after the other gives, and their means against the known.
    #[test]
    fn sums_are_those_of_the_disruptions_and_have_the_known_means() {
        const COUNT_OF: u64 = 4_000;
        series(&model("stationary", &HITS), |found, world| {
            let found = found.expect("all is known");
            let mut timeline = Timeline::default();
            let mut rows = Vec::new();
            for replication in 0..COUNT_OF {
                world.timelines.sample(replication, &mut timeline);
                found.read(&timeline, &mut rows);
                if replication >= 50 {
                    continue;
                }
                let mut expected = [0_i64; COUNT];
                let all = timeline.disruptions();
                for (index, one) in all.iter().enumerate() {
                    let slot = one.slot as usize;
                    expected[0] += found.alone[slot] * (one.end - one.start).0;
                    expected[2] += found.fields[slot] * (one.end - one.start).0;
                    for other in &all[..index] {
                        let both = one.end.min(other.end) - one.start.max(other.start);
                        let more = found.beyond[slot][other.slot as usize];
                        expected[1] += i64::from(more) * both.0.max(0);
                    }
                }
                assert_eq!(found.pairs(&timeline), Some(expected[1]));
                assert_eq!(found.many_pairs(&timeline), expected[1]);
                let day = SECONDS_PER_DAY;
                let expected = expected.map(|sum| (sum + day / 2).div_euclid(day));
                assert_eq!(rows[rows.len() - COUNT..], expected);
            }
            for (at, known) in found.known.iter().enumerate() {
                let of = rows.iter().skip(at).step_by(COUNT).map(|&sum| sum as f64);
                let n = COUNT_OF as f64;
                let mean = of.clone().sum::<f64>() / n;
                let squares: f64 = of.map(|sum| (sum - mean) * (sum - mean)).sum();
                let error = (squares / (n - 1.0) / n).sqrt();
                let off = (mean - known.mean).abs();
                assert!(off < 4.0 * error + 1.0, "{at}: {mean} ± {error}, {known:?}");
            }
        });
    }

    #[test]
    fn what_is_not_the_same_at_each_instant_has_no_series() {
        series(&model("up", &HITS), |found, _| assert!(found.is_none()));
        // Two hazards of one element.
        let twice = ["field.a", "field.b", "field.a"];
        series(&model("stationary", &twice), |found, _| {
            assert!(found.is_none());
        });
    }

    /// Twelve parts that are down nearly half of the time.
    #[test]
    fn many_at_once_are_summed_like_few() {
        let mut text = NETWORK.to_owned();
        for at in 0..12 {
            text += &format!(
                "[hub.n{at}]\n[link.l{at}]\nfrom = \"h\"\nto = \"n{at}\"\ncapacity = \"1 kb/d\"\n\
                 [link.k{at}]\nfrom = \"n{at}\"\nto = \"m\"\n\
                 [hazard.y{at}]\nhits = [\"link.l{at}\"]\nstart = \"stationary\"\n\
                 occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"9 d\" }} }} }} }}\n\
                 duration = {{ exponential = {{ mean = \"8 d\" }} }}\n"
            );
        }
        series(&parsed(&text), |found, world| {
            let found = found.expect("all is known");
            let mut timeline = Timeline::default();
            let mut told = [0, 0];
            for replication in 0..50 {
                world.timelines.sample(replication, &mut timeline);
                match found.pairs(&timeline) {
                    Some(pairs) => {
                        told[0] += 1;
                        assert_eq!(pairs, found.many_pairs(&timeline));
                    }
                    None => told[1] += 1,
                }
            }
            assert!(told[1] > 5, "{told:?}");
        });
    }
}
