//! What must follow when a world is changed: more never harms, names do not matter, books balance.

use keruen::model::Collect;
use keruen::results::StrategyResult;
use keruen::simulation::Run;
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::{Hazard, Link, World, chains, networks, networks_with_tanks};
use crate::worlds::{Kept, head, model, rows, run};

const REPLICATIONS: u64 = 6;

fn played(world: &World) -> (Run, Kept) {
    rows(&world.model(), REPLICATIONS, Collect::All)
}

/// Delivered until some instants, by replication.
fn delivered(world: &World) -> Vec<i64> {
    let until = |days: u32| {
        let model = World {
            days,
            ..world.clone()
        }
        .model();
        rows(&model, REPLICATIONS, Collect::System)
            .1
            .column("delivered")
    };
    [20, 50, 85, 120].into_iter().flat_map(until).collect()
}

/// Fails if `more` delivers less than `less` anywhere, beyond `allowance` barrels.
fn never_less(more: &World, less: &World, allowance: i64) -> Result<(), TestCaseError> {
    for (more, less) in delivered(more).into_iter().zip(delivered(less)) {
        prop_assert!(more + allowance >= less, "{more} is less than {less}");
    }
    Ok(())
}

/// A second of flow for each epoch may stay unused before a tank's limit.
const CLOCK: i64 = 100;

/// Everything that was found, but not the names of links and nodes.
fn system(result: &StrategyResult) -> String {
    let parts = (
        &result.metrics,
        &result.exceedance,
        &result.fan,
        &result.convergence,
    );
    serde_json::to_string(&parts).expect("a result is JSON")
}

fn everything(result: &StrategyResult) -> String {
    serde_json::to_string(result).expect("a result is JSON")
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn more_capacity_never_harms(world in networks(5), link in 0..16_usize, more in 1..12_u32) {
        let mut wider = world.clone();
        let link = link % world.links.len();
        wider.links[link].capacity += more;
        never_less(&wider, &world, 0)?;
    }

    #[test]
    fn removing_a_hazard_never_harms(world in networks(5), hazard in 0..4_usize) {
        prop_assume!(!world.hazards.is_empty());
        let mut safer = world.clone();
        // The last one, so that the others keep their ids.
        safer.hazards.truncate(hazard % world.hazards.len());
        never_less(&safer, &world, 0)?;
    }

    #[test]
    fn more_capacity_or_room_or_fewer_hazards_never_harm_a_chain(
        chain in chains(),
        at in 0..16_usize,
        more in 1..30_u32,
    ) {
        let mut wider = chain.clone();
        wider.links[at % chain.links.len()].capacity += more;
        never_less(&wider, &chain, CLOCK)?;
        let mut safer = chain.clone();
        safer.hazards.pop();
        never_less(&safer, &chain, CLOCK)?;
        let mut roomier = chain.clone();
        let tank = at % chain.tanks.len();
        // An empty start is the same for any size; half full is not.
        let initial = |world: &mut World, size: u32| {
            world.tanks[tank] = size;
            world.tanks_begin_empty = true;
        };
        let mut bare = chain.clone();
        initial(&mut roomier, chain.tanks[tank] + more);
        initial(&mut bare, chain.tanks[tank]);
        never_less(&roomier, &bare, CLOCK)?;
    }

    #[test]
    fn the_order_of_tables_does_not_matter(world in networks_with_tanks(5)) {
        let backward = World { is_backward: true, ..world.clone() };
        prop_assert_eq!(everything(&played(&world).0.result), everything(&played(&backward).0.result));
    }

    /// Names that no hazard speaks of carry no meaning, because the cheapest flow is the only one.
    #[test]
    fn names_do_not_matter(world in networks(5)) {
        let renamed = World { prefix: "other-", ..world.clone() };
        let (one, rows_of_one) = played(&world);
        let (other, rows_of_other) = played(&renamed);
        prop_assert_eq!(system(&one.result), system(&other.result));
        prop_assert_eq!(rows_of_one.rows, rows_of_other.rows);
        prop_assert_eq!(rows_of_one.shortfalls, rows_of_other.shortfalls);
        prop_assert_eq!(&one.result.hazards, &other.result.hazards);
        for index in 0..world.links.len() {
            let (was, is) = (world.link(index), renamed.link(index));
            prop_assert_eq!(&one.result.links[&was], &other.result.links[&is], "{} as {}", was, is);
        }
    }

    #[test]
    fn volumes_scale(world in prop_oneof![networks(5), chains()], scale in 2..5_u32) {
        let larger = World { scale, ..world.clone() };
        let (_, one) = played(&world);
        let (_, other) = played(&larger);
        let scale = i64::from(scale);
        let has_tanks = world.tanks.iter().any(|&tank| tank > 0);
        for name in ["planned", "delivered", "undelivered", "stored", "field_outage", "shut_in"] {
            for (one, other) in one.column(name).into_iter().zip(other.column(name)) {
                // Each is rounded to whole barrels once.
                prop_assert!((one * scale - other).abs() <= scale, "{name}: {one} × {scale}, {other}");
            }
        }
        if !has_tanks {
            for name in ["shortfall_time", "shortfall_events", "longest_shortfall", "deepest_cut"] {
                prop_assert_eq!(one.column(name), other.column(name), "{}", name);
            }
        }
    }

    #[test]
    fn a_perfect_link_may_be_two(world in networks(5), link in 0..16_usize) {
        let link = link % world.links.len();
        prop_assume!(world.hazards.iter().all(|hazard| world.hit(hazard) != (2, link)));
        // Hazards hit by number: the new link comes last and none of them may wrap round to it.
        let mut one = world.clone();
        for hazard in &mut one.hazards {
            hazard.target = world.hit(hazard);
        }
        one.links[link].capacity *= 2;
        one.links[link].nomination = None;
        let mut two = one.clone();
        two.links[link].capacity /= 2;
        let half: Link = two.links[link].clone();
        two.links.push(half);
        let (_, one) = played(&one);
        let (_, two) = played(&two);
        for name in ["planned", "delivered", "exported", "undelivered", "shut_in", "shortfall_time"] {
            prop_assert_eq!(one.column(name), two.column(name), "{}", name);
        }
    }

    #[test]
    fn a_hazard_that_cannot_occur_changes_nothing(world in networks(5), target in (0..3_u8, 0..16_usize)) {
        let mut with = world.clone();
        let hazard = Hazard { target, up_days: 1, down_days: 1, quarters_left: 0, poisson: true };
        let (kind, index) = world.hit(&hazard);
        let place = format!(
            "{}.{}",
            ["field", "hub", "link"][kind as usize],
            format_args!("{}{index}", ["f", "h", "l"][kind as usize])
        );
        with.more = format!(
            "[hazard.never]\nhits = [\"{place}\"]\nduration = \"9 d\"\n\
             occurs = {{ once = {{ probability = 0.0, from = 2026-02-01, until = 2026-03-01 }} }}\n"
        );
        let (without, rows_without) = played(&world);
        let (with, rows_with) = played(&with);
        prop_assert_eq!(rows_without.rows, rows_with.rows);
        let mut result = with.result;
        let never = result.hazards.remove("never").expect("it is listed");
        prop_assert_eq!(never["events"].max, Some(0.0));
        prop_assert_eq!(never["attributed"].max, Some(0.0));
        prop_assert_eq!(system(&without.result), system(&result));
        prop_assert_eq!(&without.result.hazards, &result.hazards);
        for (id, link) in &without.result.links {
            for (name, metric) in link {
                prop_assert_eq!(metric, &result.links[id][name], "{} of {}", name, id);
            }
        }
        prop_assert_eq!(&without.result.markets, &result.markets);
        prop_assert_eq!(&without.result.fields, &result.fields);
    }

    /// planned = delivered + stored + field outage + shut in, by replication and to the barrel.
    #[test]
    fn the_books_balance(world in prop_oneof![networks_with_tanks(5), chains()]) {
        let (run, kept) = played(&world);
        let columns = ["planned", "delivered", "stored", "field_outage", "shut_in"];
        let [planned, delivered, stored, outage, shut_in] = columns.map(|name| kept.column(name));
        let undelivered = kept.column("undelivered");
        for at in 0..kept.rows.len() {
            let booked = delivered[at] + stored[at] + outage[at] + shut_in[at];
            prop_assert!((planned[at] - booked).abs() <= 4, "{} planned, {booked} booked", planned[at]);
            prop_assert!((planned[at] - delivered[at] - undelivered[at]).abs() <= 1);
        }
        // By field and by market as well, and all that is lost is laid to something.
        let sum = |name: &str, of: &std::collections::BTreeMap<String, keruen::results::Metrics>| {
            of.values().map(|metrics| metrics[name].mean.expect("a mean")).sum::<f64>()
        };
        let result = &run.result;
        let system = |name: &str| result.metrics[name].mean.expect("a mean");
        for name in ["planned", "field_outage", "shut_in"] {
            prop_assert!((sum(name, &result.fields) - system(name)).abs() <= 4.0, "{}", name);
        }
        prop_assert!((sum("delivered", &result.markets) - system("delivered")).abs() <= 4.0);
        prop_assert!((system("undelivered") - system("planned") + system("delivered")).abs() <= 1.0);
        let classes = sum("attributed", &result.classes);
        let hazards = sum("attributed", &result.hazards);
        let after = result.classes["after-effects"]["attributed"].mean.expect("a mean");
        prop_assert!((classes - hazards - after).abs() <= 5.0, "{classes}, {hazards} + {after}");
        // Rows, months and days add up to the same.
        for name in columns {
            let rows = kept.column(name);
            let mean = rows.iter().sum::<i64>() as f64 / rows.len() as f64;
            prop_assert!((mean - system(name)).abs() <= 1e-6 * (1.0 + mean.abs()), "{}", name);
        }
        let fan = result.fan.as_ref().expect("a fan");
        let days: f64 = fan.mean_bpd.iter().sum::<f64>() * fan.bin_days;
        // The rate of each day is rounded down to whole barrels.
        prop_assert!((days - system("delivered")).abs() <= f64::from(world.days), "{}", days);
        // From 1 January: 31, 28, 31 and 30 days.
        let months = [31.0, 28.0, 31.0, 30.0];
        let delivered = result.monthly.iter().filter(|row| row.id == "delivered");
        let by_month: f64 = delivered.zip(months).map(|(row, days)| row.mean_bpd * days).sum();
        prop_assert!((by_month - system("delivered")).abs() <= 4.0, "{} by month", by_month);
        // Every disruption was laid to a hazard, and every link carries no more than it can.
        for (id, link) in &result.links {
            let used = link["utilisation"].max.unwrap_or(0.0);
            prop_assert!(used <= 1.0 + 1e-9, "{}: {}", id, used);
        }
    }
}

/// A hub without a capacity of its own is as wide as the links that leave it, so it is no second
/// limit beside them.
#[test]
fn a_hazard_on_a_hub_leaves_what_binds_beside_it() {
    let world = |hazard: &str| {
        model(&format!(
            "{}[field.oil]\nplan = \"2 kb/d\"\n[hub.port]\n[market.sea]\n\
             [link.in]\nfrom = \"oil\"\nto = \"port\"\n\
             [link.out]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n{hazard}",
            head("10 d")
        ))
    };
    let hazard = "[hazard.never]\nhits = [\"hub.port\"]\nduration = \"1 d\"\n\
                  occurs = { once = { probability = 0.0, from = 2026-01-02, until = 2026-01-03 } }\n";
    let binding = |model| run(&model, 2).result.links["out"]["binding_time"].mean;
    assert_eq!(binding(world("")), Some(240.0));
    assert_eq!(binding(world(hazard)), Some(240.0));
}
