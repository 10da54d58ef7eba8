//! Which splits between routes the rules leave open, and which cuts between fields.
//!
//! Volume, stock, nominations and money decide the value of an allocation, not always the
//! allocation: where two ways cost the same, the tie-break chooses. For each route the same levels
//! are solved with its own flow, upwards and downwards, in place of the tie-break. What comes out
//! is the range of its flow over all allocations that are equally good. In most states all of them
//! send as much by each route; one solve tells, and the others are left out. It also tells of which
//! fields the production is decided.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::allocation::{Allocator, Leeway};
use crate::metrics::{Moments, conditional_value_at_risk, quantile, value_at_risk};
use crate::network::{ArcRole, FlowArc, NO_ARC, Problem, Steering};
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
/// Allocations that would have to be solved for it if nothing were known, at most, but for those of the
/// last replication: so many take a fraction of a second.
const MOST_SOLVES: usize = 80_000;
/// The same where each is a sequence of linear programs.
const MOST_PROGRAMS: usize = 200;
/// Replications that a thread plays at a time.
const TURN: usize = 2;
/// States that a thread solves at a time.
const PART: usize = 256;
/// Metric of the time in which something is not decided.
pub(super) const NOT_UNIQUE: &str = "not_unique_time";
/// Fields whose production is looked at in one sum: so many powers of two fit into a number.
const AT_ONCE: usize = 60;
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

impl States {
    /// Adds the next replication.
    fn add(&mut self, passed: Passed) {
        for (numbers, seconds) in passed.0 {
            let next = self.numbers.len();
            let number = *self.number.entry(numbers).or_insert_with_key(|new| {
                self.numbers.push(new.clone());
                next
            });
            self.held.push((self.replication, number, seconds));
        }
        self.replication += 1;
    }
}

/// States of one replication in the order of time, and for how many seconds each held.
#[derive(Default)]
struct Passed(Vec<(Numbers, i64)>);

impl Follower for Passed {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let seconds = (to - from).0;
        let numbers = state.allocator.numbers();
        match self.0.last_mut() {
            Some(((is_steered, last), sum))
                if *is_steered == state.is_steered && last == numbers =>
            {
                *sum += seconds;
            }
            _ => {
                let numbers = (state.is_steered, numbers.to_vec());
                self.0.push((numbers, seconds));
            }
        }
    }
}

/// What plays replications on one thread.
struct Player<'w> {
    world: &'w World<'w>,
    state: State<'w>,
    timeline: Timeline,
}

impl<'w> Player<'w> {
    fn new(world: &'w World<'w>) -> Self {
        Self {
            world,
            state: State::new(world, false),
            timeline: Timeline::default(),
        }
    }

    fn play(&mut self, replication: u64) -> Result<Passed, RunError> {
        let mut passed = Passed::default();
        let timelines = &self.world.timelines;
        timelines.sample(replication, &mut self.timeline);
        let timeline = &self.timeline;
        play(
            self.world,
            &mut self.state,
            replication,
            timeline,
            &mut passed,
        )?;
        Ok(passed)
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
    known: &Known,
    replications: usize,
) -> Result<Vec<Vec<Range>>, RunError> {
    let routes = (0..world.model.routes.len()).into_par_iter();
    let found: Vec<Result<Vec<Range>, RunError>> = routes
        .map(|route| {
            let end = |sign| solved(world, states, known, route, sign);
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

/// Of some states: by route what [`Known::flows`] holds, by field what [`Known::open_fields`] does.
type Told = (Vec<Option<(i64, i64)>>, Option<Vec<bool>>);

/// Flow of each route and of all routes in the states in which it is the only one.
struct Known {
    routes: usize,
    /// By state and route: flow of the route and of all routes, b/d.
    flows: Vec<Option<(i64, i64)>>,
    /// By state and field: whether it could produce another rate as well; `None` if that is not known.
    open_fields: Option<Vec<bool>>,
}

impl Known {
    /// Solves each state without a tie-break, and asks what would be the same under any.
    fn of(world: &World<'_>, states: &States) -> Self {
        let routes = world.model.routes.len();
        let model = world.model;
        let problem = world.network.with_tie(model, &|_| 0);
        let mut sums: Vec<Vec<(usize, i64)>> = (0..routes)
            .map(|route| gates(world, &problem, route))
            .collect();
        sums.push(sums.concat());
        let sources: Vec<Vec<(usize, i64)>> = (world.network.source_of.iter())
            .map(|&arc| {
                let carrier = Some(problem.carrier[arc]).filter(|&carrier| carrier != NO_ARC);
                carrier.map(|carrier| (carrier, 1)).into_iter().collect()
            })
            .collect();
        // What goes round changes an arc by as much as any other or not at all, so that a sum of different powers of two
        // stays only if all of it does.
        sums.extend(sources.chunks(AT_ONCE).map(|chunk| {
            let powers = chunk.iter().zip(0..);
            powers
                .flat_map(|(source, power)| source.iter().map(move |&(arc, _)| (arc, 1 << power)))
                .collect()
        }));
        let steered = world.steering.as_ref();
        let steered = steered.map(|_| Steering::with_tie(model, &world.network, &|_| 0));
        let parts: Vec<Told> = states
            .numbers
            .par_chunks(PART)
            .map(|part| {
                let new = |problem| {
                    let leeway = [
                        Leeway::new(problem, &sums)?,
                        Leeway::new(problem, &sources)?,
                    ];
                    Some((Allocator::new(problem), leeway))
                };
                let mut plain = new(&problem);
                let mut steered = steered.as_ref().and_then(new);
                let mut known = Vec::with_capacity(part.len() * routes);
                let mut open = Some(Vec::new());
                for (is_steered, numbers) in part {
                    let by = if *is_steered {
                        &mut steered
                    } else {
                        &mut plain
                    };
                    let Some((allocator, [leeway, each])) = by else {
                        known.extend((0..routes).map(|_| None));
                        open = None;
                        continue;
                    };
                    allocator.set_numbers(numbers);
                    let settled = leeway.settled(allocator);
                    let flows = allocator.flows();
                    let all = carried(flows, &sums[routes]);
                    known.extend((0..routes).map(|route| {
                        let is_settled = settled[route] && settled[routes];
                        is_settled.then(|| (carried(flows, &sums[route]), all))
                    }));
                    let Some(open) = &mut open else { continue };
                    if settled[routes + 1..].iter().all(|&is_settled| is_settled) {
                        open.extend(sources.iter().map(|_| false));
                    } else {
                        open.extend(each.settled(allocator).iter().map(|is_settled| !is_settled));
                    }
                }
                (known, open)
            })
            .collect();
        let (flows, open): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let open: Option<Vec<Vec<bool>>> = open.into_iter().collect();
        Self {
            routes,
            flows: flows.concat(),
            open_fields: open.map(|open| open.concat()),
        }
    }

    fn get(&self, state: usize, route: usize) -> Option<(i64, i64)> {
        self.flows[state * self.routes + route]
    }
}

/// The arcs of a problem that a route counts, and how often.
fn gates(world: &World<'_>, problem: &Problem, route: usize) -> Vec<(usize, i64)> {
    let gates = world.model.routes[route].gates.iter();
    gates
        .flat_map(|&gate| world.network.link_arcs[gate].into_iter().zip([1, 1, -1]))
        .filter_map(|(arc, sign)| {
            let carrier = problem.carrier[arc?];
            (carrier != NO_ARC).then_some((carrier, sign))
        })
        .collect()
}

/// What arcs carry together, b/d.
fn carried(flows: &[i64], arcs: &[(usize, i64)]) -> i64 {
    arcs.iter().map(|&(arc, sign)| sign * flows[arc]).sum()
}

/// Flow of a route and of all routes in each state, where a barrel of the route has the cost
/// `sign` in place of the tie-break, b/d.
fn solved(
    world: &World<'_>,
    states: &States,
    known: &Known,
    route: usize,
    sign: i128,
) -> Result<Vec<(i64, i64)>, RunError> {
    let all_known: Option<Vec<(i64, i64)>> = (0..states.numbers.len())
        .map(|state| known.get(state, route))
        .collect();
    if let Some(known) = all_known {
        return Ok(known);
    }
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
    let sums: Vec<Vec<(usize, i64)>> = (0..model.routes.len())
        .map(|route| gates(world, &problem, route))
        .collect();
    let mut allocator = Allocator::new(&problem);
    let steered = world.steering.as_ref();
    let mut steered =
        steered.map(|_| Allocator::new(&Steering::with_tie(model, &world.network, &cost)));
    let flows = states
        .numbers
        .iter()
        .enumerate()
        .map(|(state, (is_steered, numbers))| {
            if let Some(known) = known.get(state, route) {
                return known;
            }
            // Which tank is served first is a rule, and leaves nothing open.
            let allocator = match &mut steered {
                Some(steered) if *is_steered => steered,
                _ => &mut allocator,
            };
            allocator.set_numbers(numbers);
            let flows = allocator.solve_anew();
            let all = sums.iter().map(|arcs| carried(flows, arcs)).sum();
            (carried(flows, &sums[route]), all)
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
    let mut passed = Passed::default();
    let mut state = State::new(world, false);
    play(world, &mut state, 0, &Timeline::default(), &mut passed)?;
    states.add(passed);
    let horizon = model.horizon.0 as f64;
    let known = Known::of(world, &states);
    let found = ranges(world, &states, &known, 1)?;
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

/// What is open over the first replications of a range.
#[derive(Default)]
pub(super) struct Open {
    /// Metrics of each route.
    pub(super) routes: Vec<Metrics>,
    /// The share of time in which the production of each field is not decided; none where it is not known.
    pub(super) fields: Vec<Metric>,
}

/// The same over the first replications of a range, as metrics of each route, and of each field: as many as
/// [`MOST_REPLICATIONS`], fewer if they would take long.
pub(super) fn replications(
    world: &World<'_>,
    range: std::ops::Range<u64>,
) -> Result<Open, RunError> {
    let model = world.model;
    if model.routes.is_empty() && model.fields.len() < 2 {
        return Ok(Open::default());
    }
    let solves = if world.network.problem.several.is_some() {
        MOST_PROGRAMS
    } else {
        MOST_SOLVES
    };
    let states = first_states(world, range, solves / (2 * model.routes.len().max(1)))?;
    let horizon = model.horizon.0 as f64;
    let known = Known::of(world, &states);
    let found = ranges(world, &states, &known, states.replication)?;
    let routes = found.iter().map(|ranges| {
        let shares = |end: fn(&Range) -> End| ranges.iter().filter_map(move |r| end(r).share());
        let open = ranges.iter().map(|range| range.open as f64 / horizon);
        Metrics::from([
            ("share_low".to_owned(), metric(shares(|range| range.low))),
            ("share_high".to_owned(), metric(shares(|range| range.high))),
            (NOT_UNIQUE.to_owned(), metric(open)),
        ])
    });
    let count = model.fields.len();
    let open_time = |open: &[bool], field: usize| {
        let mut seconds = vec![0; states.replication];
        for &(replication, state, time) in &states.held {
            seconds[replication] += if open[state * count + field] { time } else { 0 };
        }
        metric(seconds.into_iter().map(|time| time as f64 / horizon))
    };
    let fields = known.open_fields.as_ref().map(|open| {
        let fields = 0..count;
        fields.map(|field| open_time(open, field)).collect()
    });
    Ok(Open {
        routes: routes.collect(),
        fields: fields.unwrap_or_default(),
    })
}

/// The states of the first replications of a range, until there are more than `most` of them.
fn first_states(
    world: &World<'_>,
    range: std::ops::Range<u64>,
    most: usize,
) -> Result<States, RunError> {
    let mut states = States::default();
    let threads = rayon::current_num_threads();
    let mut players: Vec<Player<'_>> = (0..threads).map(|_| Player::new(world)).collect();
    let replications: Vec<u64> = range.take(MOST_REPLICATIONS as usize).collect();
    for wave in replications.chunks(threads * TURN) {
        let turns = players.par_iter_mut().zip(wave.par_chunks(TURN));
        let found: Vec<Vec<Result<Passed, RunError>>> = turns
            .map(|(player, turn)| turn.iter().map(|&number| player.play(number)).collect())
            .collect();
        for passed in found.into_iter().flatten() {
            states.add(passed?);
            if states.numbers.len() > most {
                return Ok(states);
            }
        }
    }
    Ok(states)
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
