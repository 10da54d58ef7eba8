//! The ledger closes, and bits do not depend on threads or order, with every rule of allocation,
//! production and money on at once, in random worlds.

use std::fmt::Write as _;

use keruen::model::{Collect, Model};
use keruen::simulation::{self, Row, Settings};
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::{World, chains, networks_with_tanks};
use crate::worlds::{Kept, model, rows, settings};

/// Picks among choices, one after the other, from one number.
struct Picker(u64);

impl Picker {
    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        // Marsaglia's xorshift: only to spread the choices.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        choices[(self.0 % choices.len() as u64) as usize]
    }
}

const FIELD: [&[&str]; 9] = [
    &["", "priority = 1\n", "priority = 3\n"],
    &[
        "",
        "restart = \"5 d\"\n",
        "restart = { exponential = \"3 d\" }\n",
        "restart = { table = [[\"0 d\", 0.1], [\"3 d\", 0.3], [\"9 d\", 1.0]] }\n",
    ],
    &["", "dead_time = \"30 h\"\n"],
    &["", "min_stable = \"2 kb/d\"\n"],
    &[
        "",
        "damage = { after = \"2 d\", per_day = 0.01 }\n",
        "damage = { after = \"1 d\", most = 0.2, time_constant = \"8 d\" }\n",
    ],
    &["control = \"investors\"\n", "control = \"state\"\n"],
    &["", "crude_share = 0.7\n"],
    &["", "floor = 0.4\n"],
    &[
        "",
        "entitlement = \"3 kb/d\"\n",
        "entitlement = \"7 kb/d\"\n",
    ],
];

const LINK: [&[&str]; 4] = [
    &["", "", "lag = \"4 d\"\n"],
    &["", "", "transit_time = \"50 h\"\n"],
    &["", "freight = \"1.5 USD/bbl\"\n"],
    &["", "war_risk = \"0.4 USD/bbl\"\n"],
];

const MARKET: [&[&str]; 2] = [
    &["price = \"50 USD/bbl\"\n", "price = \"60 USD/bbl\"\n", ""],
    &["", "export = false\n"],
];

const QUOTA: &str = "cap = { monthly = [\"15 kb/d\", \"8 kb/d\", \"12 kb/d\", \"5 kb/d\", \
    \"9 kb/d\", \"9 kb/d\", \"9 kb/d\", \"9 kb/d\", \"9 kb/d\", \"9 kb/d\", \"9 kb/d\", \"9 kb/d\"] }\n\
    compensation = \"1 kb/d\"\n";

/// A world with features on; which ones, `seed` says.
fn featured(world: &World, seed: u64) -> String {
    let mut picker = Picker(seed | 1);
    let mut text = String::new();
    for line in world.text().lines() {
        text.push_str(line);
        text.push('\n');
        let groups: &[&[&str]] = if line.starts_with("[field.") {
            &FIELD
        } else if line.starts_with("[link.") {
            &LINK
        } else if line.starts_with("[market.") {
            &MARKET
        } else {
            &[]
        };
        for choices in groups {
            text.push_str(picker.pick(choices));
        }
    }
    let objective = picker.pick(&["", "objective = \"netback\"\n"]);
    let targets: &[&str] = if objective.is_empty() {
        &[
            "target = 0.0 }",
            "target = 0.3 }",
            "target = 0.2, reserve_price = \"55 USD/bbl\" }",
        ]
    } else {
        &["target = 0.0 }", "target = 0.3 }"]
    };
    text = text.replace("target = 0.0 }", picker.pick(targets));
    text.push_str("[allocation]\n");
    text.push_str(objective);
    text.push_str(picker.pick(&[
        "",
        "sharing = \"pro-rata\"\n",
        "sharing = \"entitlement\"\n",
    ]));
    text.push_str(picker.pick(&["", "storing = \"cost\"\n"]));
    if picker.pick(&["no", "yes"]) == "yes" {
        text.push_str("[quota.q]\n");
        text.push_str(QUOTA);
        text.push_str(picker.pick(&[
            "follow = \"comply\"\n",
            "follow = \"compensate\"\n",
            "follow = \"national-interest\"\n",
        ]));
        text.push_str(picker.pick(&["", "cut_order = [\"state\", \"investors\"]\n"]));
        text.push_str(picker.pick(&["", "catch_up = true\n"]));
    }
    let first = &world.links[0];
    let announced = picker.pick(&["", "announced = \"9 d\"\n"]);
    write!(
        text,
        "[hazard.planned]\nhits = [\"link.{}\"]\noccurs = {{ dates = [2026-02-10, 2026-03-20] }}\n\
         duration = \"6 d\"\n{announced}",
        world.link(0),
    )
    .expect("a string takes all that is written to it");
    let others = picker.pick(&["", "priority = 2\n", "priority = 3\n", "yields = true\n"]);
    write!(
        text,
        "[transit.other]\nfrom = \"{}\"\nto = \"{}\"\npath = [\"{}\"]\nvolume = \"3 kb/d\"\n{others}",
        world.node(first.from),
        world.node(first.to),
        world.link(0),
    )
    .expect("a string takes all that is written to it");
    text
}

/// Each replication's books, from its rounded numbers: eight of them, half a barrel each.
fn check_books(kept: &Kept) -> Result<(), TestCaseError> {
    let column = |name: &str| kept.column(name);
    let parts = [
        "delivered",
        "stored",
        "field_outage",
        "damaged",
        "quota_cut",
        "shut_in",
    ];
    let mut sums = vec![0_i64; kept.rows.len()];
    for part in parts {
        for (sum, value) in sums.iter_mut().zip(column(part)) {
            *sum += value;
        }
    }
    for (planned, sum) in column("planned").into_iter().zip(sums) {
        prop_assert!(
            (planned - sum).abs() <= 4,
            "{planned} planned, {sum} booked"
        );
    }
    Ok(())
}

/// The rows of the same replications, those of the second half first and by another worker.
fn rows_in_halves(model: &Model, replications: u64) -> Vec<Row> {
    let mut kept = Kept::default();
    for range in [replications / 2..replications, 0..replications / 2] {
        let settings = Settings {
            range,
            rows: true,
            ..settings(model, replications)
        };
        simulation::run(model, &settings, &mut kept).expect("tanks come to rest");
    }
    kept.rows.sort_by_key(|row| row.replication);
    kept.rows
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn the_ledger_closes_with_everything_on(
        world in prop_oneof![networks_with_tanks(4), chains()],
        seed in any::<u64>(),
    ) {
        let model = model(&featured(&world, seed));
        let (run, kept) = rows(&model, 6, Collect::All);
        check_books(&kept)?;
        // What fields book is what the system books.
        let result = &run.result;
        for name in ["planned", "field_outage", "damaged", "quota_cut", "shut_in"] {
            let fields = result.fields.values();
            let sum: f64 = fields.map(|field| field[name].mean.expect("a mean")).sum();
            let system = result.metrics[name].mean.expect("a mean");
            prop_assert!((sum - system).abs() <= 4.0, "{name}: {sum} by field, {system}");
        }
        prop_assert_eq!(kept.rows, rows_in_halves(&model, 6));
    }
}

proptest! {
    #![proptest_config(cases(12))]

    /// The same where grades are told apart besides: the first market takes only every other field's.
    #[test]
    fn the_ledger_closes_with_grades_too(world in networks_with_tanks(4), seed in any::<u64>()) {
        let mut world = world;
        world.days = world.days.min(40);
        let mut text = featured(&world, seed);
        for field in 0..world.plans.len() {
            let heading = format!("[field.f{field}]\n");
            text = text.replace(&heading, &format!("{heading}grade = \"g{}\"\n", field % 2));
        }
        text = text.replace("[market.m0]\n", "[market.m0]\ngrades = [\"g0\"]\n");
        text = text.replace("2026-02-10, 2026-03-20", "2026-01-08, 2026-01-25");
        text += "\n[grade.g0]\nbbl_per_tonne = 7.5\n[grade.g1]\nbbl_per_tonne = 7.5\n";
        let model = model(&text);
        let (_, kept) = rows(&model, 2, Collect::All);
        check_books(&kept)?;
        prop_assert_eq!(kept.rows, rows_in_halves(&model, 2));
    }
}
