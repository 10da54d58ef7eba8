//! The allocation against linear programs solved one after the other, as the rules are written:
//! transit and deliveries class by class, classes of fields, fair shares, nominations, money.
//!
//! The programs are written from the model alone; nothing is shared with the library but the model.
//! Rates are in kb/d.

use std::fmt;

use keruen::model::{Flow, Model, NodeRef, Series, Sharing, Transit};
use keruen::simulation::{Silent, Window, windows};
use keruen::units::{BarrelsPerDay, MilliUsdPerBarrel, Seconds};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use crate::properties::cases;
use crate::random_worlds::{Link, Node, networks};

const KB: f64 = 1_000.0;
/// A thousandth of a barrel a day.
const TINY: f64 = 1e-6;
const BARREL: f64 = 1.0 / KB;

/// A sum of variables with factors.
type Sum = Vec<(usize, f64)>;

/// A linear program that grows rule by rule.
#[derive(Clone, Default)]
struct Program {
    most: Vec<f64>,
    rows: Vec<(Sum, ComparisonOp, f64)>,
}

impl Program {
    fn variable(&mut self, most: f64) -> usize {
        self.most.push(most);
        self.most.len() - 1
    }

    fn row(&mut self, sum: Sum, is: ComparisonOp, value: f64) {
        self.rows.push((sum, is, value));
    }

    fn at_least(&mut self, sum: &Sum, value: f64) {
        self.row(sum.clone(), ComparisonOp::Ge, value - TINY);
    }

    /// The greatest value of a sum; none if nothing is feasible.
    fn greatest(&self, sum: &Sum) -> Option<f64> {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let mut factors = vec![0.0; self.most.len()];
        for &(variable, factor) in sum {
            factors[variable] += factor;
        }
        let variables: Vec<_> = factors
            .into_iter()
            .zip(&self.most)
            .map(|(factor, &most)| problem.add_var(factor, (0.0, most)))
            .collect();
        for (sum, is, value) in &self.rows {
            let terms: Vec<_> = sum
                .iter()
                .map(|&(variable, factor)| (variables[variable], factor))
                .collect();
            problem.add_constraint(&terms[..], *is, *value);
        }
        let outcome = problem.solve().ok()?;
        Some(outcome.into_solution().ok()?.objective())
    }
}

/// What shares: a sum and what its share goes by.
struct Sharer {
    amount: Sum,
    /// Part of the amount that does not count.
    low: f64,
    weight: f64,
}

/// Progressive filling: raises the least share as far as it goes, holds those who cannot have
/// more, goes on with the others. What each gets beyond `low`.
fn fill(program: &Program, sharers: &[Sharer]) -> Vec<f64> {
    let mut program = program.clone();
    let level = program.variable(1e6);
    let mut found: Vec<Option<f64>> = sharers
        .iter()
        .map(|sharer| (sharer.weight == 0.0).then_some(0.0))
        .collect();
    for sharer in sharers {
        program.at_least(&sharer.amount, sharer.low);
    }
    while found.iter().any(Option::is_none) {
        let mut rising = program.clone();
        for (sharer, _) in sharers.iter().zip(&found).filter(|(_, got)| got.is_none()) {
            let mut above = sharer.amount.clone();
            above.push((level, -sharer.weight));
            rising.at_least(&above, sharer.low);
        }
        let top = rising.greatest(&vec![(level, 1.0)]).expect("a level");
        let mut at_top = program.clone();
        for (sharer, _) in sharers.iter().zip(&found).filter(|(_, got)| got.is_none()) {
            at_top.at_least(&sharer.amount, sharer.low + top * sharer.weight);
        }
        let held: Vec<usize> = (0..sharers.len())
            .filter(|&at| {
                let sharer = &sharers[at];
                found[at].is_none()
                    && at_top.greatest(&sharer.amount).expect("feasible")
                        <= sharer.low + top * sharer.weight + 20.0 * TINY
            })
            .collect();
        assert!(!held.is_empty(), "someone cannot have more");
        for at in held {
            let sharer = &sharers[at];
            found[at] = Some(top * sharer.weight);
            program.at_least(&sharer.amount, sharer.low + top * sharer.weight);
        }
    }
    found.into_iter().flatten().collect()
}

/// The variables of a model.
struct Variables {
    fields: Vec<usize>,
    /// Up to the nomination, beyond it, backward.
    links: Vec<[usize; 3]>,
    /// Under commitment, beyond it.
    sales: Vec<[usize; 2]>,
    transits: Vec<usize>,
}

fn rate(series: Option<&Series<BarrelsPerDay>>, absent: f64) -> f64 {
    series.map_or(absent, |series| series.first().0 as f64 / KB)
}

/// What flows at all: capacities and conservation.
fn program(model: &Model) -> (Program, Variables) {
    const MUCH: f64 = 1e4;
    let mut program = Program::default();
    let fields: Vec<usize> = model
        .fields
        .iter()
        .map(|field| program.variable(rate(Some(&field.plan), 0.0)))
        .collect();
    let transits: Vec<usize> = model
        .transits
        .iter()
        .map(|transit| program.variable(rate(Some(&transit.volume), 0.0)))
        .collect();
    let mut links = Vec::new();
    for (index, link) in model.links.iter().enumerate() {
        let nominated = program.variable(rate(link.nomination.as_ref(), 0.0));
        let rest = program.variable(MUCH);
        let back = program.variable(if link.both_ways { MUCH } else { 0.0 });
        let capacity = rate(link.capacity.as_ref(), MUCH);
        let others: Sum = transits
            .iter()
            .zip(&model.transits)
            .filter(|(_, transit)| transit.path.contains(&index))
            .map(|(&variable, _)| (variable, 1.0))
            .collect();
        let mut forward = vec![(nominated, 1.0), (rest, 1.0)];
        forward.extend(&others);
        program.row(forward, ComparisonOp::Le, capacity);
        let mut backward = vec![(back, 1.0)];
        backward.extend(&others);
        program.row(backward, ComparisonOp::Le, capacity);
        links.push([nominated, rest, back]);
    }
    let sales: Vec<[usize; 2]> = model
        .markets
        .iter()
        .map(|market| {
            let committed = program.variable(rate(market.commitment.as_ref(), 0.0));
            let rest = program.variable(MUCH);
            let demand = rate(market.demand.as_ref(), MUCH);
            program.row(
                vec![(committed, 1.0), (rest, 1.0)],
                ComparisonOp::Le,
                demand,
            );
            [committed, rest]
        })
        .collect();
    let nodes = (0..model.fields.len())
        .map(NodeRef::Field)
        .chain((0..model.hubs.len()).map(NodeRef::Hub))
        .chain((0..model.markets.len()).map(NodeRef::Market));
    for node in nodes {
        let mut balance = match node {
            NodeRef::Field(field) => vec![(fields[field], 1.0)],
            NodeRef::Hub(_) => Vec::new(),
            NodeRef::Market(market) => sales[market].map(|sale| (sale, -1.0)).to_vec(),
        };
        for (link, &[nominated, rest, back]) in model.links.iter().zip(&links) {
            let sign = if link.to == node {
                1.0
            } else if link.from == node {
                -1.0
            } else {
                continue;
            };
            balance.extend([(nominated, sign), (rest, sign), (back, -sign)]);
        }
        if !balance.is_empty() {
            program.row(balance, ComparisonOp::Eq, 0.0);
        }
    }
    let variables = Variables {
        fields,
        links,
        sales,
        transits,
    };
    (program, variables)
}

/// What the library has flow, in kb/d: fields, links, transits.
pub(crate) struct Played {
    pub(crate) fields: Vec<f64>,
    links: Vec<f64>,
    pub(crate) transits: Vec<f64>,
}

pub(crate) fn play(model: &Model) -> Played {
    let all = (0..model.fields.len())
        .map(Flow::Field)
        .chain((0..model.links.len()).map(Flow::Link))
        .chain((0..model.transits.len()).map(Flow::Transit));
    let asked: Vec<Window> = all
        .map(|flow| Window {
            of: vec![flow],
            from: Seconds::ZERO,
            until: model.horizon,
        })
        .collect();
    let found = windows(model, &[], 1, 0..0, &asked, &mut Silent).expect("no tanks");
    let mut rates = found
        .undisturbed
        .iter()
        .map(|volume| volume / model.horizon.days() / KB);
    let mut next = |count: usize| rates.by_ref().take(count).collect();
    Played {
        fields: next(model.fields.len()),
        links: next(model.links.len()),
        transits: next(model.transits.len()),
    }
}

/// The class of a delivery: the market's own for what is committed, or without a commitment; else
/// 2, or its own if that is later.
fn class(model: &Model, market: usize, committed: bool) -> u8 {
    let market = &model.markets[market];
    if committed || market.commitment.is_none() {
        market.priority
    } else {
        market.priority.max(2)
    }
}

fn assert_close(what: &str, found: f64, exact: f64, within: f64) -> TestCaseResult {
    prop_assert!(
        (found - exact).abs() <= within,
        "{what}: {found}, by linear programs {exact}"
    );
    Ok(())
}

/// Compares rule by rule; what has been compared is held as the library has it.
fn compare(model: &Model) -> TestCaseResult {
    let played = play(model);
    let (mut program, variables) = program(model);
    let sold: Vec<f64> = (0..model.markets.len())
        .map(|market| {
            let into = model.links.iter().zip(&played.links);
            into.filter(|(link, _)| link.to == NodeRef::Market(market))
                .map(|(_, flow)| flow)
                .sum()
        })
        .collect();
    for class_now in 1..=3_u8 {
        for (index, transit) in model.transits.iter().enumerate() {
            if transit.priority == class_now {
                let passes = vec![(variables.transits[index], 1.0)];
                let most = program.greatest(&passes).expect("feasible");
                let found = played.transits[index];
                prop_assert!(
                    found <= most + TINY && most - found < BARREL + TINY,
                    "transit {}: {found}, by linear programs {most}",
                    transit.id
                );
                program.row(passes, ComparisonOp::Eq, found);
            }
        }
        let mut sales = Vec::new();
        let mut found = 0.0;
        for (market, &[committed, rest]) in variables.sales.iter().enumerate() {
            let promised = rate(model.markets[market].commitment.as_ref(), 0.0);
            let of_commitment = sold[market].min(promised);
            for (variable, is_committed, part) in [
                (committed, true, of_commitment),
                (rest, false, sold[market] - of_commitment),
            ] {
                if class(model, market, is_committed) == class_now {
                    sales.push((variable, 1.0));
                    found += part;
                }
            }
        }
        let most = program.greatest(&sales).expect("feasible");
        // What the programs hold of earlier rules they hold to within a trifle each.
        assert_close(&format!("class {class_now}"), found, most, 0.2 * BARREL)?;
        program.at_least(&sales, found);
    }
    for priority in 1..=3 {
        let members: Vec<usize> = (0..model.fields.len())
            .filter(|&field| model.fields[field].priority == priority)
            .collect();
        let together: Sum = members
            .iter()
            .map(|&field| (variables.fields[field], 1.0))
            .collect();
        let most = program.greatest(&together).expect("feasible");
        let found: f64 = members.iter().map(|&field| played.fields[field]).sum();
        assert_close(&format!("fields {priority}"), found, most, 0.2 * BARREL)?;
        program.at_least(&together, found);
    }
    shares(model, &played, &program, &variables)?;
    for (&variable, &found) in variables.fields.iter().zip(&played.fields) {
        program.at_least(&vec![(variable, 1.0)], found);
        program.row(vec![(variable, 1.0)], ComparisonOp::Le, found + TINY);
    }
    let nominated: Sum = variables.links.iter().map(|link| (link[0], 1.0)).collect();
    let most = program.greatest(&nominated).expect("feasible");
    let forward = model.links.iter().zip(&played.links);
    let found: f64 = forward
        .map(|(link, &flow)| flow.min(rate(link.nomination.as_ref(), 0.0)).max(0.0))
        .sum();
    assert_close("nominated", found, most, 0.2 * BARREL)?;
    program.at_least(&nominated, found);
    let tariff = |link: usize| model.links[link].tariff.0 as f64 / KB;
    let price = |market: usize| model.markets[market].price.0 as f64 / KB;
    let mut gain: Sum = Vec::new();
    for (link, arcs) in variables.links.iter().enumerate() {
        gain.extend(arcs.map(|arc| (arc, -tariff(link))));
    }
    for (market, arcs) in variables.sales.iter().enumerate() {
        gain.extend(arcs.map(|arc| (arc, price(market))));
    }
    let most = program.greatest(&gain).expect("feasible");
    let paid = played.links.iter().enumerate();
    let paid: f64 = paid.map(|(link, flow)| tariff(link) * flow.abs()).sum();
    let earned: f64 = sold
        .iter()
        .enumerate()
        .map(|(market, sold)| price(market) * sold)
        .sum();
    assert_close("money", earned - paid, most, 0.02)
}

/// Compares what the fields of each class get.
fn shares(
    model: &Model,
    played: &Played,
    program: &Program,
    variables: &Variables,
) -> TestCaseResult {
    if model.allocation.sharing == Sharing::Cost {
        return Ok(());
    }
    for priority in 1..=3 {
        let members: Vec<usize> = (0..model.fields.len())
            .filter(|&field| model.fields[field].priority == priority)
            .collect();
        let plan = |field: usize| rate(Some(&model.fields[field].plan), 0.0);
        let mut low = vec![0.0; members.len()];
        if model.allocation.sharing == Sharing::Entitlement {
            let entitled: Vec<f64> = members
                .iter()
                .map(|&field| rate(model.fields[field].entitlement.as_ref(), plan(field)))
                .collect();
            let mut first = program.clone();
            let mut parts = Vec::new();
            for (&field, &entitled) in members.iter().zip(&entitled) {
                let part = first.variable(entitled.min(plan(field)));
                let within = vec![(variables.fields[field], 1.0), (part, -1.0)];
                first.row(within, ComparisonOp::Ge, 0.0);
                parts.push(part);
            }
            let all: Sum = parts.iter().map(|&part| (part, 1.0)).collect();
            let most = first.greatest(&all).expect("feasible");
            first.at_least(&all, most);
            let sharers: Vec<Sharer> = parts
                .iter()
                .zip(&entitled)
                .map(|(&part, &weight)| Sharer {
                    amount: vec![(part, 1.0)],
                    low: 0.0,
                    weight,
                })
                .collect();
            low = fill(&first, &sharers);
        }
        let sharers: Vec<Sharer> = members
            .iter()
            .zip(&low)
            .map(|(&field, &low)| Sharer {
                amount: vec![(variables.fields[field], 1.0)],
                low: (low - 20.0 * TINY).max(0.0),
                // A trifle is what programs leave of nothing.
                weight: Some(plan(field) - low)
                    .filter(|&rest| rest > 100.0 * TINY)
                    .unwrap_or(0.0),
            })
            .collect();
        let beyond = fill(program, &sharers);
        for ((&field, sharer), beyond) in members.iter().zip(&sharers).zip(beyond) {
            // Whole barrels, and what is rounded of one part is missing in another.
            let within = members.len() as f64 * BARREL + 100.0 * TINY;
            let what = format!("field {}", model.fields[field].id);
            assert_close(&what, played.fields[field], sharer.low + beyond, within)?;
        }
    }
    Ok(())
}

/// A model that is shown in a few lines if something is wrong with it.
#[derive(Clone)]
pub(crate) struct Case(pub(crate) Model);

impl fmt::Debug for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = &self.0;
        let kbd = |series: Option<&Series<BarrelsPerDay>>| {
            series.map(|series| series.first().0 as f64 / KB)
        };
        writeln!(out, "{:?}", model.allocation.sharing)?;
        for field in &model.fields {
            let (plan, entitled) = (kbd(Some(&field.plan)), kbd(field.entitlement.as_ref()));
            let class = field.priority;
            writeln!(
                out,
                "{}: plan {plan:?}, class {class}, entitled {entitled:?}",
                field.id
            )?;
        }
        for market in &model.markets {
            let (demand, promised) = (kbd(market.demand.as_ref()), kbd(market.commitment.as_ref()));
            let (class, price) = (market.priority, market.price.0);
            writeln!(
                out,
                "{}: demand {demand:?}, promised {promised:?}, class {class}, price {price}",
                market.id
            )?;
        }
        for link in &model.links {
            let (most, agreed) = (kbd(link.capacity.as_ref()), kbd(link.nomination.as_ref()));
            writeln!(
                out,
                "{}: {:?} to {:?}, capacity {most:?}, nominated {agreed:?}, tariff {}, both ways {}",
                link.id, link.from, link.to, link.tariff.0, link.both_ways
            )?;
        }
        for transit in &model.transits {
            let (wanted, class) = (kbd(Some(&transit.volume)), transit.priority);
            writeln!(
                out,
                "{}: {wanted:?} on {:?}, class {class}",
                transit.id, transit.path
            )?;
        }
        Ok(())
    }
}

/// Random models: more fields in classes, entitlements, prices, transits in classes on random ways.
pub(crate) fn models(sharing: Sharing) -> impl Strategy<Value = Case> {
    let fields = prop::collection::vec((1..20_u32, 0..16_usize, 0..16_usize, 0..16_u32), 0..=3);
    let classes = prop::collection::vec((1..=2_u8, prop::option::weighted(0.7, 0..16_i64)), 6);
    let transits = prop::collection::vec((0..16_usize, 0..16_usize, 1..=3_u8, 1..16_i64), 0..=2);
    let prices = prop::collection::vec(0..9_i64, 3);
    (networks(5), fields, classes, transits, prices).prop_map(
        move |(mut world, fields, classes, transits, prices)| {
            world.hazards.clear();
            // Oil could go round in circles to meet a nomination, which is another rule.
            let has_circles = world.links.iter().any(|link| link.both_ways);
            for link in &mut world.links {
                link.nomination = link.nomination.filter(|_| !has_circles);
            }
            for &(plan, one, other, capacity) in &fields {
                let from = Node::Field(world.plans.len());
                world.plans.push(plan);
                for end in [one, other] {
                    let choices = world.tanks.len() + world.markets.len();
                    let to = match end % choices {
                        hub if hub < world.tanks.len() => Node::Hub(hub),
                        market => Node::Market(market - world.tanks.len()),
                    };
                    world.links.push(Link {
                        from,
                        to,
                        capacity,
                        nomination: None,
                        both_ways: false,
                    });
                }
            }
            let mut model = world.model();
            model.allocation.sharing = sharing;
            for (field, &(priority, entitled)) in model.fields.iter_mut().zip(&classes) {
                field.priority = priority;
                field.entitlement =
                    entitled.map(|rate| Series::constant(BarrelsPerDay(rate * 1_000)));
            }
            for (market, &price) in model.markets.iter_mut().zip(&prices) {
                market.price = MilliUsdPerBarrel(price * 1_000);
            }
            for (index, &(first, second, priority, volume)) in transits.iter().enumerate() {
                let first = first % model.links.len();
                let mut path = vec![first];
                let onward: Vec<usize> = (0..model.links.len())
                    .filter(|&link| model.links[link].from == model.links[first].to)
                    .collect();
                if !onward.is_empty() {
                    path.push(onward[second % onward.len()]);
                }
                model.transits.push(Transit {
                    id: format!("t{index}"),
                    name: format!("t{index}"),
                    from: model.links[first].from,
                    to: model.links[path[path.len() - 1]].to,
                    path,
                    volume: Series::constant(BarrelsPerDay(volume * 1_000)),
                    priority,
                    yields: false,
                });
            }
            Case(model)
        },
    )
}

proptest! {
    #![proptest_config(cases(700))]

    #[test]
    fn cost_decides_within_classes(case in models(Sharing::Cost)) {
        compare(&case.0)?;
    }

    #[test]
    fn cuts_are_pro_rata_within_classes(case in models(Sharing::ProRata)) {
        compare(&case.0)?;
    }

    #[test]
    fn entitlements_come_first_within_classes(case in models(Sharing::Entitlement)) {
        compare(&case.0)?;
    }
}
