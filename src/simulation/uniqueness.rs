//! Which splits between routes the rules leave open.
//!
//! Volume, stock, nominations and money decide the value of an allocation, not always the
//! allocation: where two ways cost the same, the tie-break chooses. For each route the same levels
//! are solved with its own flow, upwards and downwards, in place of the tie-break. What comes out
//! is the range of its flow over all allocations that are equally good.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::allocation::Allocator;
use crate::metrics::{Moments, conditional_value_at_risk, quantile, value_at_risk};
use crate::network::{ArcRole, FlowArc, NO_ARC, Steering};
use crate::results::{Metric, Metrics, RouteRange, Tail};
use crate::sampling::Timeline;
use crate::units::{Seconds, round_half_even};

use super::replication::{Follower, play};
use super::settings::RunError;
use super::state::State;
use super::summary::{QUANTILES, TAILS, THIN};
use super::world::World;

/// Replications that are looked at, at most.
const MOST_REPLICATIONS: u64 = 64;
/// Allocations that are solved for it, at most, but for those of the last replication: so many take
/// a fraction of a second.
const MOST_SOLVES: usize = 80_000;
/// The same where each is a sequence of linear programs.
const MOST_PROGRAMS: usize = 200;
/// Shares are gathered in these parts.
const PARTS: f64 = 1e9;

/// What flows depend on: whether tanks are steered, capacities of the reduced arcs and what fields
/// claim.
type Numbers = (bool, Vec<u32>);

/// Distinct states of a world, and when they held.
#[derive(Default)]
struct States {
    number: BTreeMap<Numbers, usize>,
    /// In the order in which states came.
    numbers: Vec<Numbers>,
    /// Replication from 0, state, seconds.
    held: Vec<(usize, usize, i64)>,
    replication: usize,
}

impl Follower for States {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let next = self.numbers.len();
        let numbers = (state.is_steered, state.allocator.numbers().to_vec());
        let number = *self.number.entry(numbers).or_insert_with_key(|new| {
            self.numbers.push(new.clone());
            next
        });
        let seconds = (to - from).0;
        match self.held.last_mut() {
            Some((replication, last, sum))
                if *replication == self.replication && *last == number =>
            {
                *sum += seconds;
            }
            _ => self.held.push((self.replication, number, seconds)),
        }
    }
}

/// What a route may carry in one replication, at one end of its range; 86 400ths of a barrel.
#[derive(Clone, Copy, Default)]
struct End {
    route: i128,
    /// What all routes carry then.
    all: i128,
}

impl End {
    fn share(self) -> Option<f64> {
        (self.all > 0).then(|| (self.route as f64 / self.all as f64).clamp(0.0, 1.0))
    }
}

/// The range of one route in one replication.
#[derive(Clone, Copy, Default)]
struct Range {
    low: End,
    high: End,
    /// Seconds in which its flow is not decided.
    open: i64,
}

/// The range of each route in each replication that `states` went through.
fn ranges(
    world: &World<'_>,
    states: &States,
    replications: usize,
) -> Result<Vec<Vec<Range>>, RunError> {
    let routes = (0..world.model.routes.len()).into_par_iter();
    let found: Vec<Result<Vec<Range>, RunError>> = routes
        .map(|route| {
            let end = |sign| solved(world, states, route, sign);
            let ends = [end(1)?, end(-1)?];
            let mut ranges = vec![Range::default(); replications];
            for &(replication, state, seconds) in &states.held {
                let range = &mut ranges[replication];
                let [low, high] = [ends[0][state], ends[1][state]];
                for (end, (flow, all)) in [(&mut range.low, low), (&mut range.high, high)] {
                    end.route += i128::from(flow) * i128::from(seconds);
                    end.all += i128::from(all) * i128::from(seconds);
                }
                range.open += if low.0 == high.0 { 0 } else { seconds };
            }
            Ok(ranges)
        })
        .collect();
    // Of several errors the first in order of routes, however many threads there are.
    found.into_iter().collect()
}

/// Flow of a route and of all routes in each state, where a barrel of the route has the cost
/// `sign` in place of the tie-break, b/d.
fn solved(
    world: &World<'_>,
    states: &States,
    route: usize,
    sign: i128,
) -> Result<Vec<(i64, i64)>, RunError> {
    let model = world.model;
    let cost = |arc: &FlowArc| match arc.role {
        ArcRole::Link { link, backward, .. } if model.routes[route].gates.contains(&link) => {
            if backward {
                -sign
            } else {
                sign
            }
        }
        _ => 0,
    };
    let problem = world.network.with_tie(model, &cost);
    let mut allocator = Allocator::new(&problem);
    let steered = world.steering.as_ref();
    let mut steered =
        steered.map(|_| Allocator::new(&Steering::with_tie(model, &world.network, &cost)));
    let carried = |flows: &[i64], route: usize| -> i64 {
        let gates = model.routes[route].gates.iter();
        let flow = |arc: Option<usize>| match arc.map(|arc| problem.carrier[arc]) {
            Some(carrier) if carrier != NO_ARC => flows[carrier],
            _ => 0,
        };
        gates
            .map(|&gate| {
                let [nominated, rest, back] = world.network.link_arcs[gate];
                flow(nominated) + flow(rest) - flow(back)
            })
            .sum()
    };
    let flows = states
        .numbers
        .iter()
        .map(|(is_steered, numbers)| {
            // Which tank is served first is a rule, and leaves nothing open.
            let allocator = match &mut steered {
                Some(steered) if *is_steered => steered,
                _ => &mut allocator,
            };
            allocator.set_numbers(numbers);
            let flows = allocator.solve();
            let all = (0..model.routes.len()).map(|route| carried(flows, route));
            (carried(flows, route), all.sum())
        })
        .collect();
    if allocator.has_failed() || steered.is_some_and(|steered| steered.has_failed()) {
        return Err(RunError::Unsolved {
            place: format!(
                "what route `{}` could carry as well",
                model.routes[route].id
            ),
        });
    }
    Ok(flows)
}

/// What each route could carry as well in the future in which nothing goes wrong.
pub(super) fn undisturbed(world: &World<'_>) -> Result<BTreeMap<String, RouteRange>, RunError> {
    let model = world.model;
    if model.routes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut states = States::default();
    let mut state = State::new(world, false);
    play(world, &mut state, 0, &Timeline::default(), &mut states)?;
    let horizon = model.horizon.0 as f64;
    let found = ranges(world, &states, 1)?;
    let named = model.routes.iter().zip(found).filter_map(|(route, found)| {
        let range = found.first()?;
        let mean = |end: End| end.route as f64 / horizon;
        let told = RouteRange {
            low_bpd: mean(range.low),
            high_bpd: mean(range.high),
            low_share: range.low.share(),
            high_share: range.high.share(),
            not_unique_time: range.open as f64 / horizon,
        };
        Some((route.id.clone(), told))
    });
    Ok(named.collect())
}

/// The same over the first replications of a range, as metrics of each route: as many as
/// [`MOST_REPLICATIONS`], fewer if they would take long.
pub(super) fn replications(
    world: &World<'_>,
    range: std::ops::Range<u64>,
) -> Result<Vec<Metrics>, RunError> {
    let model = world.model;
    if model.routes.is_empty() {
        return Ok(Vec::new());
    }
    let solves = if world.network.problem.several.is_some() {
        MOST_PROGRAMS
    } else {
        MOST_SOLVES
    };
    let mut states = States::default();
    let mut state = State::new(world, false);
    let mut timeline = Timeline::default();
    for replication in range.take(MOST_REPLICATIONS as usize) {
        world.timelines.sample(replication, &mut timeline);
        play(world, &mut state, replication, &timeline, &mut states)?;
        states.replication += 1;
        if states.numbers.len() * 2 * model.routes.len() > solves {
            break;
        }
    }
    let horizon = model.horizon.0 as f64;
    let found = ranges(world, &states, states.replication)?;
    let metrics = found.iter().map(|ranges| {
        let shares = |end: fn(&Range) -> End| ranges.iter().filter_map(move |r| end(r).share());
        let open = ranges.iter().map(|range| range.open as f64 / horizon);
        Metrics::from([
            ("share_low".to_owned(), metric(shares(|range| range.low))),
            ("share_high".to_owned(), metric(shares(|range| range.high))),
            ("not_unique_time".to_owned(), metric(open)),
        ])
    });
    Ok(metrics.collect())
}

/// The estimate of a share from a few replications.
fn metric(shares: impl Iterator<Item = f64>) -> Metric {
    let mut sorted: Vec<i64> = shares.map(|share| round_half_even(share * PARTS)).collect();
    sorted.sort_unstable();
    let mut moments = Moments::default();
    for &share in &sorted {
        moments.add(share);
    }
    let scaled = |value: Option<f64>| value.map(|value| value / PARTS);
    let whole = |value: Option<i64>| scaled(value.map(|value| value as f64));
    let beyond = |level: f64| {
        let tail = conditional_value_at_risk(&sorted, level)?;
        Some(Tail {
            value: tail.value / PARTS,
            std_error: scaled(tail.std_error),
            thin: tail.beyond < THIN,
        })
    };
    Metric {
        unit: "share".to_owned(),
        count: moments.count(),
        mean: scaled(moments.mean()),
        std_error: scaled(moments.std_error()),
        std_dev: scaled(moments.std_dev()),
        min: whole(moments.min()),
        max: whole(moments.max()),
        quantiles: QUANTILES
            .map(|(name, level)| (name.to_owned(), whole(quantile(&sorted, level))))
            .into(),
        value_at_risk: TAILS
            .map(|(name, level)| (name.to_owned(), whole(value_at_risk(&sorted, level))))
            .into(),
        conditional_value_at_risk: TAILS
            .map(|(name, level)| (name.to_owned(), beyond(level)))
            .into(),
        approximate: false,
        censored: None,
        epistemic: None,
        controlled: None,
    }
}
