//! Exact answers against playing every joint state for itself.

use keruen::model::{Law, Model, Occurs, Scope};
use proptest::prelude::*;

use super::exact::{agreed, close, exact};
use crate::properties::cases;
use crate::worlds::{head, model, stress};

/// A link of three units with two hazards on each, one of which leaves one of two shares, and
/// another link; `both` takes down all units and the other link at once.
fn crossing(combine: &str, both: bool) -> Model {
    let fails = |up: f64, down: f64| {
        format!(
            "occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{up} d\" }} }} }} }}\n\
             duration = {{ exponential = {{ mean = \"{down} d\" }} }}\nstart = \"stationary\"\n"
        )
    };
    let mut text = format!(
        "{}[allocation]\ncombine = \"{combine}\"\n\
         [field.a]\nplan = \"500 kb/d\"\n[field.b]\nplan = \"300 kb/d\"\n\
         [market.x]\n[market.y]\n\
         [link.a]\nfrom = \"a\"\nto = \"x\"\ncapacity = \"550 kb/d\"\n\
         units = {{ count = 3, each = \"200 kb/d\" }}\n\
         [link.b]\nfrom = \"b\"\nto = \"y\"\ncapacity = \"300 kb/d\"\n\
         [hazard.unit]\nhits = [\"link.a\"]\nleft = 0.5\n{}\
         [hazard.leak]\nhits = [\"link.a\"]\noccurs = {{ poisson = {{ rate = \"6 /yr\" }} }}\n\
         duration = \"10 d\"\nleft = {{ weighted = {{ values = [0.0, 0.5], weights = [1, 3] }} }}\n\
         [hazard.other]\nhits = [\"link.b\"]\nleft = 0.2\n{}",
        head("365 d"),
        fails(40.0, 5.0),
        fails(60.0, 4.0),
    );
    if both {
        text += &format!(
            "[hazard.both]\nhits = [\"link.a\", \"link.b\"]\nscope = \"all\"\nleft = 0.7\n{}",
            fails(90.0, 9.0)
        );
    }
    model(&text)
}

/// A process for brute force: targets, and what it leaves with which chance.
type Process = (Vec<String>, Vec<(f64, f64)>);

/// The processes of a model by formulas of their own.
fn processes(model: &Model) -> Vec<Process> {
    let mut found = Vec::new();
    for hazard in &model.hazards {
        let lefts = match &hazard.left {
            Law::Fixed(left) => vec![(*left, 1.0)],
            Law::Weighted(values) => values.clone(),
            other => panic!("{other:?}"),
        };
        let mean = hazard.duration.mean();
        let states: Vec<(f64, f64)> = match &hazard.occurs {
            Occurs::Renewal { up } => {
                let down = mean / (up.mean() + mean);
                let mut states = vec![(1.0, 1.0 - down)];
                states.extend(lefts.iter().map(|(left, chance)| (*left, down * chance)));
                states
            }
            Occurs::Poisson { rate_per_day } => {
                // The chance that nothing active leaves less than a share.
                let none_below = |share: f64| {
                    let below = lefts.iter().filter(|(left, _)| *left < share);
                    let chance: f64 = below.map(|(_, chance)| chance).sum();
                    (-rate_per_day * mean * chance).exp()
                };
                let mut states = vec![(1.0, none_below(1.0))];
                for (at, (left, _)) in lefts.iter().enumerate() {
                    let next = lefts.get(at + 1).map_or(1.0, |next| next.0);
                    states.push((*left, none_below(*left) - none_below(next)));
                }
                states
            }
            other => panic!("{other:?}"),
        };
        let keys: Vec<String> = hazard
            .targets
            .iter()
            .map(|target| target.key.clone())
            .collect();
        if hazard.scope == Scope::Each {
            found.extend(keys.into_iter().map(|key| (vec![key], states.clone())));
        } else {
            found.push((keys, states));
        }
    }
    found
}

/// Mean delivered rate by playing every joint state for itself.
fn by_brute_force(model: &Model) -> (f64, u64) {
    let processes = processes(model);
    let days = model.horizon.days();
    let mut at = vec![0; processes.len()];
    let (mut mean, mut count) = (0.0, 0);
    loop {
        let mut chance = 1.0;
        let mut closures = Vec::new();
        for ((targets, states), &state) in processes.iter().zip(&at) {
            let (left, likely) = states[state];
            chance *= likely;
            for target in targets.iter().filter(|_| state > 0) {
                closures.push(format!(
                    "target = \"{target}\", from = 2026-01-01, for = \"{days} d\", left = {left:?}"
                ));
            }
        }
        mean += chance * stress(model, &closures).epochs[0].delivered_bpd as f64;
        count += 1;
        let Some(more) = (0..at.len())
            .rev()
            .find(|&p| at[p] + 1 < processes[p].1.len())
        else {
            return (mean, count);
        };
        at[more] += 1;
        at[more + 1..].fill(0);
    }
}

#[test]
fn merged_units_and_shared_causes_change_no_mean() {
    for combine in ["min", "product"] {
        for both in [false, true] {
            let model = crossing(combine, both);
            let found = exact(&model);
            let (mean, states) = by_brute_force(&model);
            assert_eq!(found.states.joint, states as f64);
            close(combine, found.long_run.delivered_bpd, mean);
            assert_eq!(found.states.parts, if both { 1 } else { 2 });
            if !both {
                // Units that carry as much as each other cannot be told apart, and the two links
                // have nothing to do with each other.
                assert!(found.states.solved < 15, "{} states", found.states.solved);
            }
            // The leaks begin with none active and leave several shares: only the long run is known,
            // and a year is long beside ten days.
            let agreement = agreed(&model, 1_500).agreement.expect("a simulation");
            assert_eq!(agreement.agrees, None);
            let lost = &agreement.rows[1];
            assert!((lost.mean / lost.exact - 1.0).abs() < 0.05, "{lost:?}");
        }
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn random_networks_deliver_what_brute_force_says(
        plans in prop::collection::vec(100_u32..900, 2),
        capacities in prop::collection::vec(50_u32..700, 6),
        lefts in prop::collection::vec(0_u32..10, 5),
        times in prop::collection::vec((5_u32..200, 1_u32..40), 5),
        product in any::<bool>(),
    ) {
        let mut text = head("100 d");
        if product {
            text += "[allocation]\ncombine = \"product\"\n";
        }
        for (field, plan) in ["a", "b"].iter().zip(&plans) {
            text += &format!("[field.{field}]\nplan = \"{plan} kb/d\"\n");
        }
        text += "[hub.h]\n[hub.k]\n[market.x]\ndemand = \"900 kb/d\"\n[market.y]\n";
        let ends = [("a", "h"), ("b", "h"), ("b", "k"), ("h", "k"), ("h", "x"), ("k", "y")];
        for (at, ((from, to), capacity)) in ends.iter().zip(&capacities).enumerate() {
            text += &format!(
                "[link.l{at}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = \"{capacity} kb/d\"\n"
            );
        }
        let hits = [
            "[\"field.a\"]", "[\"link.l0\"]", "[\"link.l0\", \"link.l4\"]",
            "[\"hub.k\"]", "[\"link.l3\", \"link.l5\"]",
        ];
        for (at, (hits, left)) in hits.iter().zip(&lefts).enumerate() {
            let (up, down) = times[at];
            let scope = if at == 4 { "scope = \"all\"\n" } else { "" };
            text += &format!(
                "[hazard.h{at}]\nhits = {hits}\n{scope}left = 0.{left}\n\
                 occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{up} d\" }} }} }} }}\n\
                 duration = {{ gamma = {{ mean = \"{down} d\", shape = 2.0 }} }}\n"
            );
        }
        let model = model(&text);
        let found = exact(&model);
        let (mean, states) = by_brute_force(&model);
        prop_assert_eq!(found.states.joint, states as f64);
        prop_assert!(
            (found.long_run.delivered_bpd - mean).abs() <= 1e-9 * mean,
            "{} enumerated, {} by brute force", found.long_run.delivered_bpd, mean
        );
        // What helps is in the cut, and what helps by more hurts by less.
        for worth in &found.bottlenecks {
            prop_assert!(worth.in_cut + 1e-12 >= worth.right, "{}", worth.id);
            prop_assert!(worth.right + 1e-12 >= worth.right_of_nameplate, "{}", worth.id);
            prop_assert!(worth.left + 1e-12 >= worth.right_of_nameplate, "{}", worth.id);
        }
    }
}
