//! What must follow when the fields of a random world ramp, stop and are damaged.

use keruen::model::Collect;
use keruen::simulation::{self, Settings, Silent};
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::{Node, World, chains, networks, networks_with_tanks};
use crate::worlds::{Kept, metric, model, rows, settings};

const REPLICATIONS: u64 = 6;

/// Keys of a field, as a file has them.
pub(crate) fn keys() -> impl Strategy<Value = String> {
    let restart = prop_oneof![
        Just(String::new()),
        (1..20_u32).prop_map(|days| format!("restart = \"{days} d\"\n")),
        (1..6_u32).prop_map(|days| format!("restart = {{ exponential = \"{days} d\" }}\n")),
        (0..4_u32, 1..9_u32, 1..9_u32).prop_map(|(tenths, first, second)| format!(
            "restart = {{ table = [[\"0 d\", {:?}], [\"{first} d\", 0.4], [\"{} d\", 1.0]] }}\n",
            f64::from(tenths) / 10.0,
            first + second,
        )),
    ];
    let damage = prop_oneof![
        Just(String::new()),
        (0..3_u32)
            .prop_map(|days| format!("damage = {{ after = \"{days} d\", per_day = 0.02 }}\n")),
        (0..3_u32).prop_map(|days| format!(
            "damage = {{ after = \"{days} d\", most = 0.3, time_constant = \"5 d\" }}\n"
        )),
    ];
    (restart, damage, 0..3_u32, 0..8_u32).prop_map(|(restart, damage, dead, stable)| {
        format!("{restart}{damage}dead_time = \"{dead} d\"\nmin_stable = \"{stable} kb/d\"\n")
    })
}

/// The text of a world whose fields have these keys, in turn.
pub(crate) fn with_keys(world: &World, keys: &[String]) -> String {
    let mut text = world.text();
    for index in 0..world.plans.len() {
        let heading = format!("[field.{}]\n", world.node(Node::Field(index)));
        let keys = &keys[index % keys.len()];
        text = text.replace(&heading, &format!("{heading}{keys}"));
    }
    text
}

fn played(text: &str) -> Kept {
    rows(&model(text), REPLICATIONS, Collect::All).1
}

/// A way out that lets half through holds the field on its curve when its plan falls below that:
/// it has all it plans at once, and nothing is lost from then on.
#[test]
fn a_plan_that_falls_below_what_is_held_is_met() {
    let text = r#"
[scenario]
name = "Plan falls"
start = 2026-01-01
horizon = "40 d"

[field.basin]
plan = { steps = [{ from = 2026-01-01, value = "100 kb/d" }, { from = 2026-01-20, value = "30 kb/d" }] }
restart = { exponential = "3 d" }

[market.sea]

[link.line]
from = "basin"
to = "sea"
capacity = "100 kb/d"

[hazard.halved]
hits = ["link.line"]
occurs = { dates = [2026-01-10] }
duration = "20 d"
left = 0.5
"#;
    let (run, _) = rows(&model(text), 1, Collect::All);
    let lost = metric(&run.result.metrics, "undelivered").mean;
    assert_eq!(lost, Some(10.0 * 50_000.0), "barrels");
}

proptest! {
    #![proptest_config(cases(200))]

    /// By replication and to the barrel, up to the rounding of each term.
    #[test]
    fn the_books_balance_when_fields_ramp_and_are_damaged(
        world in prop_oneof![networks_with_tanks(5), chains()],
        keys in prop::collection::vec(keys(), 1..=3),
    ) {
        let model = model(&with_keys(&world, &keys));
        let columns = ["planned", "delivered", "stored", "field_outage", "damaged", "quota_cut", "shut_in"];
        for replication in 0..REPLICATIONS {
            let settings = Settings {
                range: replication..replication + 1,
                ..settings(&model, 1)
            };
            let run = simulation::run(&model, &settings, &mut Silent).expect("all comes to rest");
            let value = |name| metric(&run.result.metrics, name).mean.expect("one replication");
            let [planned, rest @ ..] = columns.map(value);
            let booked: f64 = rest.iter().sum();
            prop_assert!((planned - booked).abs() <= 3.0, "{planned} but {booked}");
            prop_assert!(rest[2..].iter().all(|&lost| lost >= 0.0), "{rest:?}");
        }
    }

    /// Without tanks, what is there is divided anew at every instant, and there is never more of it.
    #[test]
    fn a_way_back_that_takes_time_never_gives_more(
        world in networks(5),
        keys in prop::collection::vec(keys(), 1..=3),
    ) {
        let slow = played(&with_keys(&world, &keys));
        let quick = played(&world.text());
        for (slow, quick) in slow.column("delivered").iter().zip(quick.column("delivered")) {
            prop_assert!(*slow <= quick, "{slow} is more than {quick}");
        }
    }

    /// Keys that change nothing change no bit.
    #[test]
    fn a_field_that_returns_at_once_is_as_one_without_keys(
        world in prop_oneof![networks_with_tanks(5), chains()],
    ) {
        let idle = "dead_time = \"0 d\"\nmin_stable = \"0 kb/d\"\n\
                    damage = { after = \"200 d\", per_day = 0.5 }\n";
        let with = rows(&model(&with_keys(&world, &[idle.to_owned()])), REPLICATIONS, Collect::All);
        let without = rows(&world.model(), REPLICATIONS, Collect::All);
        let text = |run: &keruen::simulation::Run| {
            serde_json::to_string(&run.result).expect("a result is JSON")
        };
        prop_assert_eq!(text(&with.0), text(&without.0));
    }
}
