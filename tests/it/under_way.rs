//! Random worlds with links that wait and links that take time: books balance, nothing is lost.

use std::fmt::Write as _;

use keruen::model::{Collect, Model};
use keruen::simulation::{self, Silent};
use keruen::units::MilliUsdPerBarrel;
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::{World, chains, networks, networks_with_tanks};
use crate::worlds::{Kept, head, metric, model, rows};

const REPLICATIONS: u64 = 5;

/// Days of lag and of transit for each link, taken in turn; none where 0.
#[derive(Clone, Debug)]
struct Times {
    lags: Vec<u32>,
    transits: Vec<u32>,
}

fn times() -> impl Strategy<Value = Times> {
    let some = || prop::collection::vec(prop_oneof![Just(0), 1..15_u32], 1..6);
    (some(), some()).prop_map(|(lags, transits)| Times { lags, transits })
}

/// A world with times written into its links.
fn timed(world: &World, lag: impl Fn(usize) -> u32, transit: impl Fn(usize) -> u32) -> Model {
    let mut text = world.text();
    for index in 0..world.links.len() {
        let heading = format!("[link.{}]\n", world.link(index));
        let mut with = heading.clone();
        for (key, days) in [("lag", lag(index)), ("transit_time", transit(index))] {
            if days > 0 {
                writeln!(with, "{key} = \"{days} d\"").expect("a string takes all");
            }
        }
        text = text.replace(&heading, &with);
    }
    model(&text)
}

impl Times {
    fn of(&self, world: &World) -> Model {
        let pick = |list: &[u32], index: usize| list[index % list.len()];
        timed(
            world,
            |index| pick(&self.lags, index),
            |index| pick(&self.transits, index),
        )
    }
}

fn played(model: &Model) -> Kept {
    rows(model, REPLICATIONS, Collect::All).1
}

/// Every replication's books, to the rounding of each entry. Debug builds balance them exactly.
fn closes(model: &Model) -> Result<(), TestCaseError> {
    let (run, kept) = rows(model, REPLICATIONS, Collect::All);
    let column = |name: &str| kept.column(name);
    let (planned, delivered, stored) = (column("planned"), column("delivered"), column("stored"));
    let (outage, shut_in) = (column("field_outage"), column("shut_in"));
    for at in 0..planned.len() {
        let booked = delivered[at] + stored[at] + outage[at] + shut_in[at];
        prop_assert!(
            (planned[at] - booked).abs() <= 3,
            "{} {booked}",
            planned[at]
        );
        prop_assert!(delivered[at] >= 0);
    }
    let sold = run.result.markets.values();
    let sold: f64 = sold
        .filter_map(|market| metric(market, "delivered").mean)
        .sum();
    let total = metric(&run.result.metrics, "delivered").mean.unwrap_or(0.0);
    prop_assert!(
        (sold - total).abs() <= 3.0,
        "{sold} sold, {total} delivered"
    );
    let all = run.result.metrics.get("in_transit");
    if let Some(all) = all.and_then(|metric| metric.min) {
        prop_assert!(all >= -1.0, "{all} under way");
    }
    Ok(())
}

/// What was under way before the start arrives, though the line is closed later.
#[test]
fn a_bound_counts_what_was_under_way_at_the_start() {
    let model = model(&format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n\
         [link.voyage]\nfrom = \"oil\"\nto = \"sea\"\ntransit_time = \"5 d\"\n\
         [hazard.halt]\nhits = [\"link.voyage\"]\noccurs = {{ dates = [2026-01-11] }}\n\
         duration = \"30 d\"\n",
        head("20 d"),
    ));
    let found = simulation::foresight(&model, 1, 0..1, &mut Silent).expect("no tanks");
    let found = found.delivered;
    assert_eq!((found.rule, found.bound), (Some(1.5e6), Some(1.5e6)));
}

/// What a tank holds at the start has never left it, so that it is not under way: a voyage of ten days delivers what the field
/// produces, and what stands in the tank behind it.
#[test]
fn stock_at_the_start_was_not_under_way_before_it() {
    let delivered = |horizon: &str| {
        let model = model(&format!(
            "{}[field.oil]\nplan = \"100 kb/d\"\n[hub.port]\ntank = {{ capacity = \"500 kb\", initial = 0.5 }}\n\
             [market.sea]\n[link.voyage]\nfrom = \"oil\"\nto = \"port\"\ntransit_time = \"10 d\"\n\
             [link.jetty]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"250 kb/d\"\n",
            head(horizon),
        ));
        let result = crate::worlds::run(&model, 1).result;
        ["delivered", "in_transit"].map(|name| metric(&result.metrics, name).mean)
    };
    // Drawn oil has the voyage behind it that all oil of the tank has.
    assert_eq!(delivered("30 d"), [Some(3_250e3), Some(1_000e3)]);
    assert_eq!(delivered("10 d"), [Some(1_000e3), Some(1_250e3)]);
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn books_balance_with_lags_and_delays(world in networks_with_tanks(5), times in times()) {
        closes(&times.of(&world))?;
    }

    #[test]
    fn books_balance_in_chains_with_lags_and_delays(world in chains(), times in times()) {
        closes(&times.of(&world))?;
    }

    /// Where a tank may hold oil back, each link with a lag is opened to see whether it helps;
    /// elsewhere the flows tell. A reserve for which every price is good enough changes nothing.
    #[test]
    fn flows_tell_which_link_would_help(world in networks_with_tanks(5), times in times()) {
        let told = times.of(&world);
        let mut tried = told.clone();
        for tank in tried.hubs.iter_mut().filter_map(|hub| hub.tank.as_mut()) {
            tank.reserve_price = Some(MilliUsdPerBarrel(0));
        }
        let [told, tried] = [told, tried].map(|model| played(&model));
        for name in ["delivered", "stored", "shut_in"] {
            prop_assert_eq!(told.column(name), tried.column(name));
        }
    }

    /// A lag only ever holds oil back, and one of no length does nothing.
    #[test]
    fn a_lag_never_helps(world in networks(5), times in times()) {
        let free = played(&world.model());
        let waiting = played(&timed(&world, |index| times.lags[index % times.lags.len()], |_| 0));
        for (free, waiting) in free.column("delivered").into_iter().zip(waiting.column("delivered")) {
            prop_assert!(free >= waiting, "{waiting} with lags, {free} without");
        }
    }

    /// Without tanks, a delay before every market shifts deliveries and changes nothing else.
    #[test]
    fn a_delay_everywhere_is_a_shift(world in networks(5), days in 1..20_u32) {
        let last = |index: usize| matches!(world.links[index].to, crate::random_worlds::Node::Market(_));
        let delayed = timed(&world, |_| 0, |index| if last(index) { days } else { 0 });
        let delayed = played(&delayed);
        let until = |days: u32| played(&World { days, ..world.clone() }.model());
        let (shorter, all) = (until(world.days - days), until(world.days));
        // What is under way at the start is what is sent on an undisturbed first day.
        let calm = World { days: 1, hazards: Vec::new(), ..world.clone() };
        let first = played(&calm.model()).column("delivered")[0] * i64::from(days);
        for at in 0..delayed.rows.len() {
            let expected = first + shorter.column("delivered")[at];
            let delivered = delayed.column("delivered")[at];
            prop_assert!((expected - delivered).abs() <= 2, "{delivered}, not {expected}");
        }
        prop_assert_eq!(delayed.column("shut_in"), all.column("shut_in"));
        prop_assert_eq!(delayed.column("tariff_paid"), all.column("tariff_paid"));
    }

    /// Nobody beats perfect foresight, whatever is under way when.
    #[test]
    fn no_rule_delivers_more_than_its_bound(
        world in prop_oneof![networks_with_tanks(5), chains()],
        times in times(),
    ) {
        let found = simulation::foresight(&times.of(&world), 1, 0..REPLICATIONS, &mut Silent);
        let delivered = found.expect("all comes to rest").delivered;
        let [rule, bound] = [delivered.rule, delivered.bound].map(|mean| mean.expect("paths"));
        prop_assert!(rule <= bound + 1.0, "{rule} beats {bound}");
    }
}
