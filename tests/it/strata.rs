//! Futures sorted by rare disruptions: exact chances, estimates without bias, intervals that hold.

use keruen::metrics::{StrataVariances, Stratum, neyman_shares};
use keruen::model::{Collect, Model};
use keruen::results::{Strata as Found, StrataFigure};
use keruen::sampling::{Strata, StrataSpace, StratumKind, Timeline, rare_events};
use keruen::simulation::{Settings, Silent, timelines};
use keruen::study::{StrataError, WithStrata, run_with_strata};
use keruen::units::Seconds;

use crate::worlds::{HOLD, all_given, case, given, head, model, project, rows, settings};

const SEEDS: u64 = 400;
const DAY: i64 = 86_400;

#[test]
fn variances_of_strata_are_those_of_the_case() {
    let case = case("14_estimators");
    let [weights, means, std_devs] =
        ["weight", "mean", "sd"].map(|key| all_given(&case, &format!("inputs.strata.{key}")));
    let strata: Vec<Stratum> = (0..weights.len())
        .map(|at| Stratum {
            weight: weights[at],
            mean: means[at],
            std_dev: std_devs[at],
        })
        .collect();
    let found = StrataVariances::of(&strata);
    let close = |value: f64, exact: f64| (value - exact).abs() <= 1e-9 * exact;
    for (value, key) in [
        (found.mean, "mean"),
        (found.crude, "variance_crude"),
        (found.proportional, "variance_proportional"),
        (found.neyman, "variance_neyman"),
    ] {
        let exact = given(&case, &format!("expected.strata.{key}"));
        assert!(close(value, exact), "{key}: {value} is not {exact}");
    }
    let shares = all_given(&case, "expected.strata.neyman_fractions");
    for (share, exact) in neyman_shares(&weights, &std_devs).into_iter().zip(shares) {
        assert!(close(share, exact), "{share} is not {exact}");
    }
}

const HALT_DAYS: [usize; 3] = [60, 90, 120];
const STORM_DAYS: [usize; 3] = [1, 2, 6];
/// What each of two fields would send, b/d.
const PLAN: i64 = 100_000;

/// Two fields, each with a line of its own. Once in thirty years one line is halted for three
/// months or so; storms close the other eight times a year. Either hazard is over after a year, and
/// what meets waits its turn, so that what is lost is a sum of whole days.
fn two_lines() -> Model {
    let text = format!(
        "{}[market.sea]\n\
         [field.north]\nplan = \"100 kb/d\"\n[field.south]\nplan = \"100 kb/d\"\n\
         [link.north-line]\nfrom = \"north\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\n\
         [link.south-line]\nfrom = \"south\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\n\
         [hazard.halt]\nhits = [\"link.north-line\"]\noverlap = \"queue\"\n\
         occurs = {{ poisson = {{ rate = {{ events = 1, exposure = \"30 yr\", prior = {{ events = 0, exposure = \"0 d\" }} }} }} }}\n\
         duration = {{ empirical = [\"60 d\", \"90 d\", \"120 d\"] }}\n\
         [hazard.storm]\nhits = [\"link.south-line\"]\noverlap = \"queue\"\n\
         occurs = {{ poisson = {{ rate = \"8 /yr\" }} }}\n\
         duration = {{ empirical = [\"1 d\", \"2 d\", \"6 d\"] }}\n",
        head("1461 d"),
    );
    let mut model = model(&text);
    for hazard in &mut model.hazards {
        hazard.until = Seconds(365 * DAY);
    }
    model
}

/// The law of a sum of a Poisson number of days, each drawn from a list: Panjer's recursion.
fn compound(expected: f64, days: &[usize], most: usize) -> Vec<f64> {
    let mut law = vec![0.0; most + 1];
    law[0] = (-expected).exp();
    for total in 1..=most {
        let parts = days.iter().filter(|&&day| day <= total);
        let sum: f64 = parts.map(|&day| day as f64 * law[total - day]).sum();
        law[total] = expected / total as f64 * sum / days.len() as f64;
    }
    law
}

/// Mean and conditional values at risk, of 95 % and 99 %, of what [`two_lines`] loses, bbl.
fn exact() -> [f64; 3] {
    let of = |rate: f64| rate * 365.0 / 365.25;
    let most = 900;
    let halts = compound(of(1.0 / 30.0), &HALT_DAYS, most);
    let storms = compound(of(8.0), &STORM_DAYS, most);
    let law: Vec<f64> = (0..=most)
        .map(|total| {
            (0..=total)
                .map(|own| halts[own] * storms[total - own])
                .sum()
        })
        .collect();
    let beyond = |level: usize| -> f64 {
        let all = law.iter().enumerate();
        all.map(|(days, chance)| days.saturating_sub(level) as f64 * chance)
            .sum()
    };
    let tail = |level: f64| {
        let mut below = 0.0;
        let at_risk = law.iter().position(|chance| {
            below += chance;
            below >= level
        });
        let at_risk = at_risk.expect("the law is whole");
        at_risk as f64 + beyond(at_risk) / (1.0 - level)
    };
    [beyond(0), tail(0.95), tail(0.99)].map(|days| days * PLAN as f64)
}

/// System totals under a seed, with strata.
fn stratified(model: &Model, seed: u64, replications: u64, asked: &[&str]) -> WithStrata {
    let settings = Settings {
        seed,
        collect: Collect::System,
        plain: true,
        ..settings(model, replications)
    };
    let asked: Vec<String> = asked.iter().map(|&id| id.to_owned()).collect();
    run_with_strata(model, &settings, &asked, &mut Silent).expect("rare hazards")
}

fn found(with: WithStrata) -> Found {
    with.strata.expect("not interrupted")
}

fn figure<'s>(strata: &'s Found, name: &str) -> &'s StrataFigure {
    let mut figures = strata.figures.iter();
    figures
        .find(|figure| figure.name == name)
        .expect("a figure")
}

/// Over 400 seeds: the means of all estimates are the exact figures, nominal intervals of 95 % hold
/// as often as they claim, and variances are as much smaller as they are said to be.
#[test]
fn estimates_have_no_bias_and_their_intervals_hold() {
    let model = two_lines();
    let exact = exact();
    let names = ["mean", "cvar95", "cvar99"];
    let mut held = [0; 3];
    let mut sums = [[0.0; 2]; 3];
    let mut ratios = [0.0; 3];
    for seed in 0..SEEDS {
        let strata = found(stratified(&model, seed, 2_000, &[]));
        assert_eq!(strata.hazards[0].id, "halt");
        for (at, name) in names.into_iter().enumerate() {
            let figure = figure(&strata, name);
            let error = figure.stratified.std_error.expect("many");
            let off = figure.stratified.value - exact[at];
            held[at] += usize::from(off.abs() <= 1.959_964 * error);
            sums[at][0] += off;
            sums[at][1] += off * off;
            ratios[at] += figure.variance_ratio.expect("errors") / SEEDS as f64;
        }
    }
    for at in 0..2 {
        assert!(HOLD.contains(&held[at]), "{}: {held:?}", names[at]);
    }
    let seeds = SEEDS as f64;
    for at in 0..3 {
        let [sum, squares] = sums[at];
        let error = (squares / seeds).sqrt() / seeds.sqrt();
        // A tail estimated from its own value at risk is a little small, and less so with more.
        let bias = [0.0, 0.003, 0.006][at] * exact[at];
        let name = names[at];
        let off = sum / seeds;
        assert!(off.abs() <= 4.0 * error + bias, "{name}: {off} ± {error}");
    }
    assert!(
        ratios[0] > 1.2 && ratios[1] > 3.0 && ratios[2] > 5.0,
        "{ratios:?}, held {held:?}"
    );
}

#[test]
fn chances_of_kinds_are_exact() {
    let text = format!(
        "{}[market.sea]\n[field.oil]\nplan = \"1 kb/d\"\n[link.a]\nfrom = \"oil\"\nto = \"sea\"\n[link.b]\nfrom = \"oil\"\nto = \"sea\"\n\
         [hazard.each]\nhits = [\"link.a\", \"link.b\"]\noccurs = {{ poisson = {{ rate = \"0.1 /yr\" }} }}\nduration = \"9 d\"\n\
         season = [3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n\
         [hazard.perhaps]\nhits = [\"link.a\"]\nduration = \"9 d\"\n\
         occurs = {{ once = {{ probability = 0.2, from = 2026-05-01, until = 2026-06-01 }} }}\n\
         [hazard.storm]\nhits = [\"link.b\"]\noccurs = {{ poisson = {{ rate = \"5 /yr\" }} }}\nduration = \"1 d\"\n",
        head("730 d"),
    );
    let model = model(&text);
    let plain = timelines(&model, 7);
    let expected = rare_events(&model, &plain, 0).expect("rare");
    let index = |id: &str| model.hazards.iter().position(|hazard| hazard.id == id);
    let [each, perhaps] = ["each", "perhaps"].map(|id| index(id).expect("a hazard"));
    let strata = Strata::new(&model, &plain, &[vec![each], vec![perhaps]], 7).expect("rare");
    let none = (-expected).exp();
    let wanted = [
        (StratumKind::None, none * 0.8),
        (StratumKind::One(0), expected * none * 0.8),
        (StratumKind::One(1), none * 0.2),
        (
            StratumKind::More,
            1.0 - none - expected * none + expected * none * 0.2,
        ),
    ];
    assert_eq!(strata.kinds().len(), wanted.len());
    for (own, wanted) in strata.kinds().iter().zip(wanted) {
        assert_eq!(own.0, wanted.0);
        assert!(
            (own.1 - wanted.1).abs() < 1e-12,
            "{own:?} is not {wanted:?}"
        );
    }

    // Futures of each kind hold what they are to hold, drawn alike but for it; futures drawn as
    // ever are of each kind as often as its chance says.
    let mut held = plain.clone();
    let per_kind: u64 = 3_000;
    let from = (0..4)
        .map(|kind| (kind * per_kind, kind as usize))
        .collect();
    held.hold(strata.clone(), from);
    let [mut one, mut other] = [Timeline::default(), Timeline::default()];
    let mut space = StrataSpace::default();
    let events = |timeline: &Timeline, hazard: usize| {
        let own = timeline.disruptions().iter();
        own.filter(|each| each.hazard as usize == hazard).count()
    };
    let mut seen = [0_u64; 4];
    let mut last_month = 0;
    let mut of_two = [0_u64; 3];
    for replication in 0..4 * per_kind {
        held.sample(replication, &mut one);
        plain.sample(replication, &mut other);
        let counts = [events(&one, each), events(&one, perhaps)];
        let total: usize = counts.iter().sum();
        let is_right = match replication / per_kind {
            0 => total == 0,
            1 => counts == [1, 0],
            2 => counts == [0, 1],
            _ => total >= 2,
        };
        assert!(is_right, "replication {replication}: {counts:?}");
        if replication >= 3 * per_kind && total == 2 {
            of_two[2 - counts[0]] += 1;
        }
        let storms = |timeline: &Timeline| -> Vec<_> {
            let all = timeline.disruptions().iter();
            all.filter(|own| model.hazards[own.hazard as usize].id == "storm")
                .map(|own| (own.start, own.end))
                .collect()
        };
        assert_eq!(storms(&one), storms(&other));
        for own in one.disruptions() {
            let day = own.start.0 / DAY % 365;
            let is_each = own.hazard as usize == each;
            assert!(!is_each || day < 59, "its season is January and February");
            last_month += u64::from(is_each && replication / per_kind == 1 && day >= 31);
        }
        let plainly = strata.count(&plain, replication, &mut space);
        let plainly: Vec<usize> = plainly.iter().map(|&count| count as usize).collect();
        assert_eq!(plainly, [events(&other, each), events(&other, perhaps)]);
        seen[match (plainly[0], plainly[1]) {
            (0, 0) => 0,
            (1, 0) => 1,
            (0, 1) => 2,
            _ => 3,
        }] += 1;
    }
    let near = |what: &str, seen: u64, of: u64, chance: f64| {
        let of = of as f64;
        let error = (of * chance * (1.0 - chance)).sqrt();
        let off = seen as f64 - of * chance;
        assert!(off.abs() < 4.5 * error, "{what}: {seen} of {of}, {chance}");
    };
    for (kind, &(_, chance)) in strata.kinds().iter().enumerate() {
        near("a kind", seen[kind], 4 * per_kind, chance);
    }
    near("February", last_month, per_kind, 28.0 / 59.0);
    let both_of_each = expected * expected / 2.0 * 0.8;
    let one_of_each = expected * 0.2;
    let share = both_of_each / (both_of_each + one_of_each);
    near("two of one", of_two[0], of_two[0] + of_two[1], share);
}

#[test]
fn a_run_is_the_same_with_strata_and_strata_on_any_number_of_threads() {
    let model = two_lines();
    let (plain, kept) = rows(&model, 1_500, Collect::System);
    let asked = |threads: usize| {
        let settings = Settings {
            threads,
            seed: model.simulation.seed,
            collect: Collect::System,
            ..settings(&model, 1_500)
        };
        run_with_strata(&model, &settings, &[], &mut Silent).expect("rare hazards")
    };
    let [one, three] = [1, 3].map(asked);
    assert_eq!(one.run.result, plain.result);
    assert_eq!(one.strata, three.strata);
    let strata = found(one);
    let mean = kept.column("undelivered").iter().sum::<i64>() as f64 / 1_500.0;
    assert!((figure(&strata, "mean").plain.value - mean).abs() < 1e-6);
    assert_eq!(strata.replications + strata.pilot, 1_500);
    let chances: f64 = strata.kinds.iter().map(|kind| kind.probability).sum();
    assert!((chances - 1.0).abs() < 1e-12);
}

#[test]
fn what_has_no_known_number_of_events_is_refused_with_its_reason() {
    let text = format!(
        "{}[market.sea]\n[field.oil]\nplan = \"1 kb/d\"\n[link.line]\nfrom = \"oil\"\nto = \"sea\"\n\
         [regime.war]\ninitial = 1\nto = {{ peace = \"1 /yr\" }}\n[regime.peace]\n",
        head("1 yr")
    );
    let mut text = text;
    for (id, rest) in [
        (
            "worn",
            "occurs = { renewal = { up = { weibull = { mean = \"9 yr\", shape = 2 } } } }",
        ),
        (
            "raid",
            "occurs = { campaign = { rate = \"0.1 /yr\", branching = 0.5, memory = \"3 d\" } }",
        ),
        (
            "strike",
            "occurs = { poisson = { rate = \"0.1 /yr\" } }\nregime = { peace = 0.1 }",
        ),
        (
            "spill",
            "occurs = { after = { hazard = \"raid\", chance = 0.1 } }",
        ),
        ("repair", "occurs = { dates = [2026-06-01] }"),
        ("storm", "occurs = { poisson = { rate = \"9 /yr\" } }"),
        (
            "sure",
            "occurs = { once = { probability = 1, from = 2026-05-01, until = 2026-06-01 } }",
        ),
    ] {
        text += &format!("[hazard.{id}]\nhits = [\"link.line\"]\nduration = \"3 d\"\n{rest}\n");
    }
    let model = model(&text);
    let ask = |asked: &[&str], replications: u64| {
        let asked: Vec<String> = asked.iter().map(|&id| id.to_owned()).collect();
        let settings = settings(&model, replications);
        run_with_strata(&model, &settings, &asked, &mut Silent)
    };
    for (id, reason) in [
        ("worn", "clock"),
        ("raid", "clusters"),
        ("strike", "regime"),
        ("spill", "follows on another"),
        ("repair", "dates"),
        ("storm", "not rare"),
        ("sure", "certain"),
        ("flood", "no hazard is called"),
    ] {
        match ask(&[id], 600) {
            Err(StrataError::Unsuitable(text)) => {
                assert!(text.contains(id) && text.contains(reason), "{text}");
            }
            other => panic!("{id}: {other:?}"),
        }
    }
    assert!(matches!(ask(&[], 499), Err(StrataError::Unsuitable(_))));
    let strata = found(ask(&[], 600).expect("a run"));
    assert_eq!(strata.figures, []);
    assert!(strata.why_none.expect("a reason").contains("no hazard"));
    assert_eq!(strata.left_out.len(), 7);
}

/// Those of the scenario of Kazakhstan whose number of events has a known law, in a year.
#[test]
fn rare_hazards_of_kazakhstan_are_found() {
    let path = project("scenarios/kazakhstan.toml");
    let request = keruen::scenario::Request {
        path: &path,
        with: &[],
        set: &[],
    };
    let model = keruen::scenario::load(&request).expect("valid").model;
    let timelines = timelines(&model, 1);
    let rare: Vec<&str> = (0..model.hazards.len())
        .filter(|&hazard| rare_events(&model, &timelines, hazard).is_ok())
        .map(|hazard| model.hazards[hazard].id.as_str())
        .collect();
    for id in ["sanctions", "russia-transit-halt", "megafield-outage"] {
        assert!(rare.contains(&id), "{rare:?}");
    }
    for id in [
        "raid-cpc",
        "strike-druzhba",
        "germany-halt",
        "storm-novorossiysk",
    ] {
        assert!(!rare.contains(&id), "{rare:?}");
    }
}
