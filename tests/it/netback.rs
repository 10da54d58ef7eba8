//! Netback against another program's linear optimum, and the books of money in random worlds.

use keruen::model::{Model, NodeRef, Objective};
use keruen::results::{Metrics, Undisturbed};
use keruen::simulation::overview;
use keruen::units::MilliUsdPerBarrel;
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOutcome, Variable};
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::{World, networks, networks_with_tanks};
use crate::worlds::{metric, run};

/// Prices, costs and qualities in USD/bbl for every market, link and field of a world.
fn priced(world: &World, figures: &[i64], objective: Objective) -> Model {
    let mut model = world.model();
    let mut next = figures.iter().cycle().copied();
    let mut usd = |most: i64| MilliUsdPerBarrel(next.next().unwrap_or(0) % most * 1_000);
    for market in &mut model.markets {
        market.price = usd(60);
    }
    for link in &mut model.links {
        (link.tariff, link.freight, link.war_risk) = (usd(25), usd(9), usd(4));
    }
    for field in &mut model.fields {
        field.quality = usd(10) - MilliUsdPerBarrel(5_000);
        field.lifting_cost = Some(usd(12));
    }
    model.allocation.objective = objective;
    model
}

fn figures() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(0..1_000_i64, 61)
}

/// What flows earn, in dollars a day. Nothing is stored, so what leaves a field is produced.
fn earned(model: &Model, flows: &Undisturbed) -> f64 {
    let usd = |milli: MilliUsdPerBarrel| milli.0 as f64 / 1_000.0;
    let sold = model.markets.iter();
    let sold: f64 = sold
        .map(|market| usd(market.price) * flows.markets_bpd[&market.id])
        .sum();
    let moved = model.links.iter().map(|link| {
        let quality = match link.from {
            NodeRef::Field(field) => usd(model.fields[field].quality),
            _ => 0.0,
        };
        let flow = flows.links_bpd[&link.id];
        quality * flow - usd(link.cost()) * flow.abs()
    });
    sold + moved.sum::<f64>()
}

/// A linear program of the flows of a model, in kb/d.
struct Program<'m> {
    model: &'m Model,
    sources: Vec<Variable>,
    /// What each link carries, onward and backward.
    links: Vec<[Variable; 2]>,
    /// What each market gets under commitment and beyond it.
    sales: Vec<[Variable; 2]>,
    problem: Problem,
}

impl<'m> Program<'m> {
    fn of(model: &'m Model) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let kbd = |rate: keruen::units::BarrelsPerDay| rate.0 as f64 / 1_000.0;
        let mut up_to = |most: f64| problem.add_var(0.0, (0.0, most));
        let plans = model.fields.iter().map(|field| kbd(field.plan.first()));
        let sources: Vec<Variable> = plans.map(&mut up_to).collect();
        let links: Vec<[Variable; 2]> = model
            .links
            .iter()
            .map(|link| {
                let most = link.capacity.as_ref().map_or(1e4, |most| kbd(most.first()));
                [up_to(most), up_to(if link.both_ways { most } else { 0.0 })]
            })
            .collect();
        let sales: Vec<[Variable; 2]> = model
            .markets
            .iter()
            .map(|market| {
                let most = market.demand.as_ref().map_or(1e4, |most| kbd(most.first()));
                let owed = market
                    .commitment
                    .as_ref()
                    .map_or(0.0, |owed| kbd(owed.first()));
                [up_to(owed), up_to(most - owed)]
            })
            .collect();
        let nodes = (0..model.fields.len())
            .map(NodeRef::Field)
            .chain((0..model.hubs.len()).map(NodeRef::Hub))
            .chain((0..model.markets.len()).map(NodeRef::Market));
        for node in nodes {
            let mut balance = LinearExpr::empty();
            for (link, &[onward, back]) in model.links.iter().zip(&links) {
                let into = f64::from(i8::from(link.to == node) - i8::from(link.from == node));
                if into != 0.0 {
                    balance.add(onward, into);
                    balance.add(back, -into);
                }
            }
            match node {
                NodeRef::Field(field) => balance.add(sources[field], 1.0),
                NodeRef::Market(market) => {
                    for sale in sales[market] {
                        balance.add(sale, -1.0);
                    }
                }
                NodeRef::Hub(_) => {}
            }
            problem.add_constraint(balance, ComparisonOp::Eq, 0.0);
        }
        Self {
            model,
            sources,
            links,
            sales,
            problem,
        }
    }

    /// The most of a weighted sum of flows; from then on as much is kept.
    fn most(&mut self, weights: &[(Variable, f64)]) -> f64 {
        // A sum that is to be as large as can be is a variable of its own in a copy.
        let mut problem = self.problem.clone();
        let goal = problem.add_var(1.0, (-1e9, 1e9));
        let mut sum = LinearExpr::empty();
        for &(flow, weight) in weights {
            sum.add(flow, weight);
        }
        let kept = sum.clone();
        sum.add(goal, -1.0);
        problem.add_constraint(sum, ComparisonOp::Eq, 0.0);
        let SolveOutcome::Solution(solution) = problem.solve().expect("nothing can flow") else {
            panic!("no limit of time was set");
        };
        // Figures are whole, so the sum is.
        let most = solution.objective().round();
        self.problem
            .add_constraint(kept, ComparisonOp::Ge, most - 1e-6);
        most
    }

    /// What is committed by class, then netback in thousands of dollars a day, then volume.
    fn best(mut self) -> (Vec<f64>, f64, f64) {
        let mut by_class = Vec::new();
        for class in 1..=3 {
            let markets = self.model.markets.iter().zip(&self.sales);
            let served = markets.filter(|(market, _)| market.priority == class);
            let weights: Vec<_> = served.map(|(_, sales)| (sales[0], 1.0)).collect();
            by_class.push(if weights.is_empty() {
                0.0
            } else {
                self.most(&weights)
            });
        }
        let usd = |milli: MilliUsdPerBarrel| milli.0 as f64 / 1_000.0;
        let mut weights = Vec::new();
        for (field, &flow) in self.model.fields.iter().zip(&self.sources) {
            weights.push((flow, usd(field.quality)));
        }
        for (link, flows) in self.model.links.iter().zip(&self.links) {
            weights.extend(flows.map(|flow| (flow, -usd(link.cost()))));
        }
        for (market, sales) in self.model.markets.iter().zip(&self.sales) {
            weights.extend(sales.map(|flow| (flow, usd(market.price))));
        }
        let netback = self.most(&weights);
        let all: Vec<_> = self
            .sales
            .iter()
            .flatten()
            .map(|&flow| (flow, 1.0))
            .collect();
        let volume = self.most(&all);
        (by_class, netback, volume)
    }
}

proptest! {
    #![proptest_config(cases(1_200))]

    #[test]
    fn no_linear_program_earns_more(world in networks(6), figures in figures()) {
        let model = priced(&world, &figures, Objective::Netback);
        let flows = overview(&model).expect("no tanks").undisturbed;
        let (by_class, netback, volume) = Program::of(&model).best();
        for (class, expected) in (1..).zip(by_class) {
            let markets = model.markets.iter().filter(|market| market.priority == class);
            let served = markets.filter_map(|market| {
                let owed = market.commitment.as_ref()?.first().0 as f64;
                Some(flows.markets_bpd[&market.id].min(owed))
            });
            prop_assert_eq!(served.sum::<f64>(), expected * 1_000.0);
        }
        prop_assert_eq!(flows.delivered_bpd, volume * 1_000.0);
        prop_assert_eq!(earned(&model, &flows), netback * 1_000.0);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    /// In whole dollars, in every replication.
    #[test]
    fn the_books_of_money_close(
        world in networks_with_tanks(5),
        figures in figures(),
        pays in any::<bool>(),
        seed in 0..1_000_u64,
    ) {
        let objective = if pays { Objective::Netback } else { Objective::Volume };
        let mut model = priced(&world, &figures, objective);
        model.simulation.seed = seed;
        let result = run(&model, 1).result;
        let mean = |metrics: &Metrics, name| metric(metrics, name).mean;
        let of = |name| mean(&result.metrics, name).expect("a mean");
        let costs = of("tariff_paid") + of("freight_paid") + of("war_risk_paid");
        prop_assert_eq!(of("netback"), of("revenue") - costs);
        // Each market is rounded once.
        let markets = result.markets.values().map(|metrics| mean(metrics, "revenue"));
        let markets: f64 = markets.map(|revenue| revenue.expect("a mean")).sum();
        prop_assert!((of("revenue") - of("quality_bank") - markets).abs() <= 3.0);
        if let Some(volume_effect) = mean(&result.metrics, "volume_effect") {
            prop_assert_eq!(of("netback_lost"), volume_effect + of("route_effect"));
        }
    }

    #[test]
    fn nothing_is_lost_where_nothing_goes_wrong(
        world in networks_with_tanks(5),
        figures in figures(),
        pays in any::<bool>(),
    ) {
        let world = World { hazards: Vec::new(), ..world };
        let objective = if pays { Objective::Netback } else { Objective::Volume };
        let result = run(&priced(&world, &figures, objective), 1).result;
        for name in ["netback_lost", "volume_effect", "route_effect"] {
            prop_assert!(matches!(metric(&result.metrics, name).mean, None | Some(0.0)), "{}", name);
        }
        // What the objective is about, the other does no better, but for oil that is in store at
        // the start and what must be delivered.
        let has_tanks = world.tanks.iter().any(|&tank| tank > 0);
        let owes = world.markets.iter().any(|market| market.commitment.is_some());
        if let Some(money) = result.money.filter(|_| !has_tanks) {
            let [volume, netback] = &money.objectives[..] else {
                panic!("two objectives");
            };
            prop_assert!(volume.delivered_bpd >= netback.delivered_bpd);
            prop_assert!(owes || volume.netback_usd <= netback.netback_usd);
        }
    }
}
