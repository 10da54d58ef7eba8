//! Importance, fair shares of the loss and times to survive, against enumeration and closed forms.

use keruen::model::{Element, Model, Occurs, Struck};
use keruen::results::{Importance, ImportanceRow, RankEstimate, Shapley};
use keruen::simulation::{Probe, Setting, Silent, survival};
use keruen::study::{self, FuturesSettings, ImportanceSettings, Players, ShapleySettings};

use super::exact::exact;
use super::links::two_routes;
use super::networks::{CaseArc, world};
use crate::worlds::{
    all_given, assert_within_four, case, entry, given, head, model, number, stress,
};

const KB: f64 = 1_000.0;

fn futures(model: &Model, replications: u64) -> FuturesSettings {
    FuturesSettings {
        seed: model.simulation.seed,
        range: 0..replications,
        threads: 0,
    }
}

fn importance(model: &Model, replications: u64) -> Importance {
    let settings = ImportanceSettings {
        futures: futures(model, replications),
        level: 0.95,
    };
    let found = study::rank_by_importance(model, "", &settings, &mut Silent);
    found.expect("it can be played").expect("nobody cancels")
}

fn shapley(model: &Model, players: Players, (replications, orders): (u64, u64)) -> Shapley {
    let settings = ShapleySettings {
        futures: futures(model, replications),
        level: 0.95,
        players,
        orders,
    };
    let found = study::rank_by_shapley(model, "", &settings, &mut Silent);
    found.expect("it can be played").expect("nobody cancels")
}

#[track_caller]
fn assert_near(what: &str, estimate: RankEstimate, exact: f64) {
    let error = estimate.std_error.expect("an error");
    assert!(error.is_finite(), "{what}: {estimate:?}");
    // What costs nothing in any future has no error, and enumeration has rounding.
    assert_within_four(what, estimate.mean, error, exact, 1e-6);
}

fn row<'a>(rows: &'a [ImportanceRow], id: &str) -> &'a ImportanceRow {
    let mut all = rows.iter();
    all.find(|row| row.id == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn two_routes_are_as_important_as_enumeration_says() {
    let case = case("03_two_route");
    let model = two_routes(&case, "stationary", None);
    let found = importance(&model, 4_000);
    let per_day = 1.0 / model.horizon.days() / KB;
    let down = all_given(&case, "expected.unavailability");
    for (index, id) in ["route1", "route2"].into_iter().enumerate() {
        let of = |key: &str| given(&case, &format!("expected.importance.{id}.{key}"));
        // A hazard that is all that hits a link, and the link.
        for row in [
            row(&found.hazards, id),
            row(&found.elements, &format!("link.{id}")),
        ] {
            let what = format!("{} {id}", row.kind);
            assert_near(&what, row.unavailability, down[index]);
            let measures = &row.mean;
            assert_near(
                &what,
                measures.birnbaum_bbl.scaled(per_day),
                of("birnbaum_loss_kbd"),
            );
            assert_near(
                &what,
                measures.fussell_vesely.expect("a loss"),
                of("fussell_vesely"),
            );
            assert_near(
                &what,
                measures.risk_achievement_worth.expect("a loss"),
                of("raw"),
            );
            assert_near(
                &what,
                measures.risk_reduction_worth.expect("a loss"),
                of("rrw"),
            );
            // Apart from each other, what outages cost is what is saved without them.
            assert_near(
                &what,
                measures.criticality.expect("a loss"),
                of("fussell_vesely"),
            );
            let tail = row.conditional_value_at_risk.as_ref().expect("200 beyond");
            assert!(tail.saved_bbl.mean > measures.saved_bbl.mean, "{what}");
        }
    }
    let [first, second] = [0, 1].map(|at| &found.hazards[at].id);
    assert_eq!([first.as_str(), second.as_str()], ["route1", "route2"]);
    assert_eq!(found.configurations, 9);
}

/// Twelve components, fields among them: all measures of the enumeration, hazard by hazard.
#[test]
fn twelve_components_are_as_important_as_enumeration_says() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let model = world(&arcs, "stationary", None);
    let found = importance(&model, 600);
    let exact = exact(&model);
    let per_day = 1.0 / model.horizon.days();
    for given in entry(&case, "expected.importance")
        .as_array()
        .expect("arcs")
    {
        let id = given["id"].as_str().expect("an id");
        let arc = arcs.iter().find(|arc| arc.id == id).expect("an arc");
        let hazard = id.replace('_', "-");
        let mut all = exact.components.iter();
        let known = all.find(|known| known.hazard == hazard).expect("a process");
        for row in [
            row(&found.hazards, &hazard),
            row(&found.elements, &arc.target()),
        ] {
            let measures = &row.mean;
            assert_near(id, row.unavailability, number(&given["unavailability"]));
            let birnbaum = measures.birnbaum_bbl.scaled(per_day / KB);
            assert_near(id, birnbaum, number(&given["birnbaum_loss_kbd"]));
            let of = |share: Option<RankEstimate>| share.expect("a loss");
            let importance = &known.importance;
            assert_near(
                id,
                of(measures.fussell_vesely),
                importance.fussell_vesely.expect("told"),
            );
            assert_near(
                id,
                of(measures.criticality),
                known.criticality.expect("told"),
            );
            let worth = importance.risk_achievement_worth.expect("told");
            assert_near(id, of(measures.risk_achievement_worth), worth);
            let worth = importance.risk_reduction_worth.expect("told");
            assert_near(id, of(measures.risk_reduction_worth), worth);
        }
    }
}

/// The game on fixed data: shares, and that what is left out one by one is something else.
#[test]
fn three_players_bear_the_shares_of_the_case() {
    let case = case("14_estimators");
    let worth = |members: &str| {
        let table = entry(&case, "inputs.shapley_value");
        table.get(members).map_or(0.0, number)
    };
    let names = ["A", "B", "C"];
    let worths: Vec<f64> = (0..8_usize)
        .map(|coalition| {
            let members = (0..3).filter(|player| coalition >> player & 1 == 1);
            worth(&members.map(|player| names[player]).collect::<String>())
        })
        .collect();
    let left_out = all_given(&case, "expected.shapley.leave_one_out");
    for (player, name) in names.into_iter().enumerate() {
        let factors = keruen::metrics::shapley_factors(3, player as u32);
        let share: f64 = factors
            .iter()
            .zip(&worths)
            .map(|(factor, worth)| factor * worth)
            .sum();
        let exact = given(&case, &format!("expected.shapley.{name}"));
        assert!(
            (share - exact).abs() <= 1e-9 * exact,
            "{name}: {share}, exact {exact}"
        );
        assert_eq!(worths[7] - worths[7 & !(1 << player)], left_out[player]);
    }
}

#[test]
fn two_routes_bear_their_shares() {
    let case = case("03_two_route");
    let model = two_routes(&case, "stationary", None);
    let found = shapley(&model, Players::Hazards, (4_000, 2));
    let per_day = 1.0 / model.horizon.days() / KB;
    let exact = all_given(&case, "expected.shapley_kbd");
    let removed = all_given(&case, "expected.one_at_a_time_removal_kbd");
    for (index, id) in ["route1", "route2"].into_iter().enumerate() {
        let player = found
            .players
            .iter()
            .find(|player| player.id == id)
            .expect("a player");
        assert_near(id, player.mean.bbl.scaled(per_day), exact[index]);
        assert_near(
            id,
            player.mean.leave_one_out_bbl.scaled(per_day),
            removed[index],
        );
        let share = player.mean.share.expect("a loss");
        assert_near(id, share, exact[index] / exact.iter().sum::<f64>());
    }
    assert_eq!((found.coalitions, found.orders), (4, None));
    assert_adds_up(&found);
}

/// Shares add up to the barrel, of the mean and of the tail; what is left out one by one does not.
#[track_caller]
fn assert_adds_up(found: &Shapley) {
    let sum: f64 = found
        .players
        .iter()
        .map(|player| player.mean.bbl.mean)
        .sum();
    assert!(
        (sum - found.mean.divided_bbl.mean).abs() < 1e-3,
        "{sum} {:?}",
        found.mean
    );
    let total = found.conditional_value_at_risk.expect("a tail");
    let tails = found
        .players
        .iter()
        .map(|player| player.conditional_value_at_risk);
    let sum: f64 = tails.map(|tail| tail.expect("a tail").bbl.mean).sum();
    assert!(
        (sum - total.divided_bbl.mean).abs() < 1e-3,
        "{sum} {total:?}"
    );
    let [all, none] = [found.mean.all_bbl, found.mean.none_bbl].map(|loss| loss.mean);
    assert!((all - none - found.mean.divided_bbl.mean).abs() < 1e-3);
}

/// Two routes, each enough by itself: half of what is lost when both are down is laid to each, all
/// of it would be saved without either, and neither costs anything alone.
#[test]
fn two_redundant_routes_share_what_is_lost_when_both_are_down() {
    let link = |id: &str| {
        format!(
            "[link.{id}]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"100 kb/d\"\n\
             [hazard.{id}]\nhits = [\"link.{id}\"]\nstart = \"stationary\"\n\
             occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"9 d\" }} }} }} }}\n\
             duration = {{ exponential = {{ mean = \"1 d\" }} }}\n"
        )
    };
    let text = head("1000 d")
        + "[field.a]\nplan = \"100 kb/d\"\n[market.m]\n"
        + &link("one")
        + &link("two");
    let model = model(&text);
    let found = shapley(&model, Players::Hazards, (500, 2));
    let loss = 0.01 * 100.0 * KB * 1_000.0;
    assert_near("loss", found.mean.divided_bbl, loss);
    for player in &found.players {
        let share = player.mean;
        assert_eq!(share.bbl.mean, found.mean.divided_bbl.mean / 2.0);
        assert_near("share", share.bbl, loss / 2.0);
        assert_eq!(share.leave_one_out_bbl.mean, found.mean.divided_bbl.mean);
        assert_eq!(
            (share.alone_bbl.mean, share.alone_bbl.std_error),
            (0.0, Some(0.0))
        );
    }
    assert_eq!(
        found.mean.leave_one_out_sum_bbl,
        2.0 * found.mean.divided_bbl.mean
    );
    // Without either nothing is lost: beyond all bounds, and not nothing.
    let found = importance(&model, 50);
    for row in &found.hazards {
        assert_eq!(row.mean.risk_reduction_worth, None);
        assert!(row.mean.is_all());
        assert_eq!(row.mean.fussell_vesely.expect("a loss").mean, 1.0);
    }
}

/// More than ten players: random orders come near what enumeration of the twelve says, and still
/// add up.
#[test]
fn random_orders_of_twelve_hazards_come_near_their_shares() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let model = world(&arcs, "stationary", None);
    let found = shapley(&model, Players::Hazards, (300, 12));
    assert_eq!(found.orders, Some(12));
    assert_eq!(found.players.len(), 12);
    assert_adds_up(&found);
    let exact = worth_of_coalitions(&model);
    let everybody = exact.len() - 1;
    let divided = exact[everybody] - exact[0];
    assert_near("divided", found.mean.divided_bbl, divided);
    for (place, hazard) in model.hazards.iter().enumerate() {
        let mut players = found.players.iter();
        let player = players
            .find(|player| player.id == hazard.id)
            .expect("a player");
        let own = 1 << place;
        let out = exact[everybody] - exact[everybody & !own];
        assert_near(&player.id, player.mean.leave_one_out_bbl, out);
        assert_near(&player.id, player.mean.alone_bbl, exact[own] - exact[0]);
        let factors = keruen::metrics::shapley_factors(12, place as u32);
        let share: f64 = factors
            .iter()
            .zip(&exact)
            .map(|(factor, worth)| factor * worth)
            .sum();
        assert_near(&player.id, player.mean.bbl, share);
    }
}

/// Mean loss over the horizon, bbl, with only the hazards of each coalition, by its bits: every
/// joint state is solved, and a hazard that is off is never down.
fn worth_of_coalitions(model: &Model) -> Vec<f64> {
    let setting = Setting::new(model).expect("small");
    let mut probe = Probe::new(&setting);
    let hazards = &model.hazards;
    let down = |probe: &mut Probe<'_>, at: usize, begins: bool| {
        let hazard = &hazards[at];
        let (part, left) = (&hazard.targets[0].parts[0], hazard.left.mean());
        if begins {
            probe.begin(at, part, left);
        } else {
            probe.end(at, part, left);
        }
    };
    let mut worth: Vec<f64> = (0..1_usize << hazards.len())
        .map(|state| {
            let own = || (0..hazards.len()).filter(move |at| state >> at & 1 == 1);
            own().for_each(|at| down(&mut probe, at, true));
            probe.solve();
            let delivered: i64 = (0..setting.part_count())
                .map(|part| probe.delivered(part))
                .sum();
            let lost = probe.planned() - delivered;
            own().for_each(|at| down(&mut probe, at, false));
            lost as f64 * model.horizon.days()
        })
        .collect();
    for (at, hazard) in hazards.iter().enumerate() {
        let Occurs::Renewal { up } = &hazard.occurs else {
            panic!("a renewal");
        };
        let (up, down) = (up.mean(), hazard.duration.mean());
        for state in (0..worth.len()).filter(|state| state >> at & 1 == 1) {
            let other = worth[state & !(1 << at)];
            worth[state] = (up * other + down * worth[state]) / (up + down);
        }
    }
    worth
}

/// A terminal with a full tank loads on while less comes in; a tank with room takes what the way
/// out no longer does.
#[test]
fn tanks_hold_out_as_long_as_their_volume_over_the_gap() {
    let case = case("15_strategy_metrics");
    let of = |key: &str| given(&case, &format!("inputs.time_to_survive.{key}"));
    let kbd = |rate: f64| format!("\"{rate} kb/d\"");
    let terminal = model(&format!(
        "{}[field.a]\nplan = {}\n[hub.t]\ntank = {{ capacity = \"{} kb\", initial = 1.0, target = 0.0 }}\n\
         [market.m]\n[link.in]\nfrom = \"a\"\nto = \"t\"\ncapacity = {}\n\
         [link.out]\nfrom = \"t\"\nto = \"m\"\ncapacity = {}\n\
         [hazard.h]\nhits = [\"link.in\"]\noccurs = {{ dates = [2026-02-01] }}\n\
         duration = \"8 d\"\nleft = {}\n",
        head("100 d"),
        kbd(of("loading_kbd")),
        of("terminal_stock_kb"),
        kbd(of("loading_kbd")),
        kbd(of("loading_kbd")),
        of("inflow_after_kbd") / of("loading_kbd"),
    ));
    let found = recovery(&terminal);
    let row = &found[0];
    let days = given(&case, "expected.time_to_survive.terminal_stock_survival_d");
    close(
        row.deliveries
            .time_to_survive_days
            .expect("within the horizon"),
        days,
    );
    // The tank is full: what the line does not take is shut in at once.
    close(row.production.time_to_survive_days.expect("at once"), 0.0);
    close(row.time_to_recover_days.expect("outages").mean, 8.0);
    let gap = row.deliveries.gap_days.expect("known");
    close(gap.mean, 8.0 - days);
    assert!(row.deliveries.is_exposed());
    // On a chain the rules hold out as long as anybody could.
    let closure = format!(
        "target = \"link.in\", from = 2026-01-01, for = \"50 d\", left = {}",
        of("inflow_after_kbd") / of("loading_kbd")
    );
    let played = stress(&terminal, &[closure]);
    let short = played
        .epochs
        .iter()
        .find(|epoch| (epoch.delivered_bpd as f64) < 1_300_000.0);
    let short = short.expect("the tank runs dry").start_seconds as f64;
    assert!((short / 86_400.0 - days).abs() < 1e-4, "{short}");

    let upstream = model(&format!(
        "{}[field.a]\nplan = {}\n[hub.t]\ntank = {{ capacity = \"{} kb\", initial = 0.0, target = 0.0 }}\n\
         [market.m]\n[link.in]\nfrom = \"a\"\nto = \"t\"\n\
         [link.out]\nfrom = \"t\"\nto = \"m\"\ncapacity = {}\n\
         [hazard.h]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-02-01] }}\n\
         duration = \"8 d\"\nleft = {}\n",
        head("100 d"),
        kbd(of("production_kbd")),
        of("spare_tankage_kb"),
        kbd(of("production_kbd")),
        of("route_after_kbd") / of("production_kbd"),
    ));
    let found = recovery(&upstream);
    let days = given(&case, "expected.time_to_survive.time_to_shut_in_d");
    close(
        found[0]
            .production
            .time_to_survive_days
            .expect("within the horizon"),
        days,
    );
    close(
        found[0].deliveries.time_to_survive_days.expect("at once"),
        0.0,
    );
    let closure = format!(
        "target = \"link.out\", from = 2026-01-01, for = \"50 d\", left = {}",
        of("route_after_kbd") / of("production_kbd")
    );
    let shut_in = stress(&upstream, &[closure])
        .time_to_shut_in_hours
        .expect("full");
    assert!((shut_in / 24.0 - days).abs() < 1e-4, "{shut_in}");
}

fn recovery(model: &Model) -> Vec<keruen::results::RecoveryRow> {
    let found = study::rank_by_recovery(model, "", &futures(model, 200), &mut Silent);
    found
        .expect("it can be solved")
        .expect("nobody cancels")
        .rows
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
        "{found} is not {expected}"
    );
}

/// Another way takes over as far as it goes, a commitment has to be kept, and what lasts beyond the
/// horizon is not told.
#[test]
fn other_ways_and_commitments_count() {
    let text = |commitment: &str| {
        format!(
            "{}[field.a]\nplan = \"100 kb/d\"\n[hub.t]\ntank = {{ capacity = \"90 kb\", initial = 0.5, target = 0.0 }}\n\
             [market.m]\n{commitment}[market.n]\n\
             [link.in]\nfrom = \"a\"\nto = \"t\"\n[link.out]\nfrom = \"t\"\nto = \"m\"\ncapacity = \"100 kb/d\"\n\
             [link.by]\nfrom = \"t\"\nto = \"n\"\ncapacity = \"70 kb/d\"\ntariff = \"1 USD/bbl\"\n\
             [hazard.h]\nhits = [\"link.out\", \"link.by\"]\noccurs = {{ poisson = {{ rate = \"1 /yr\" }} }}\n\
             duration = \"8 d\"\n",
            head("100 d")
        )
    };
    let free = model(&text(""));
    let times = |model: &Model| {
        let losses: Vec<_> = [0, 1]
            .map(|link| model.down_parts(&Struck::Element(Element::Link(link))))
            .into();
        survival(model, &losses).expect("solved")
    };
    // Links in order of id: by, in, out. Without the other way nothing changes; without the first,
    // 30 kb/d go into the tank's 45 kb of room.
    let ids: Vec<&str> = free.links.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(ids, ["by", "in", "out"]);
    let at = |model: &Model, link: usize| {
        let loss = model.down_parts(&Struck::Element(Element::Link(link)));
        survival(model, &[loss]).expect("solved")[0]
    };
    let by = at(&free, 0);
    assert_eq!((by.deliveries, by.production), (None, None));
    let out = at(&free, 2);
    close(out.deliveries.expect("at once"), 0.0);
    close(out.production.expect("a room"), 1.5);
    let bound = model(&text("commitment = \"20 kb/d\"\n"));
    close(at(&bound, 2).deliveries.expect("at once"), 0.0);
    assert_eq!(times(&free).len(), 2);
    // `in` is hit by nothing: there is nothing to take from it.
    assert_eq!(at(&free, 1).deliveries, None);
}
