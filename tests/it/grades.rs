//! Grades told apart, against the simplex where both hold and against programs written otherwise.

use keruen::allocation::Allocator;
use keruen::model::{Collect, Model};
use keruen::network::{ArcRole, NO_ARC, Network, Problem};
use keruen::scenario::{self, Text};
use proptest::prelude::*;

use crate::oracle::{capacities, is_feasible, paid, rank, solved};
use crate::paths::Paths;
use crate::properties::cases;
use crate::random_worlds::{World, networks, networks_with_tanks};
use crate::worlds::{head, rows};

/// A world whose fields produce grades in turn, with more settings.
fn graded(world: &mut World, settings: &[String]) -> Model {
    for grade in 0..3 {
        world.more += &format!("[grade.g{grade}]\nbbl_per_tonne = 7.5\n");
    }
    let fields = (0..world.plans.len()).map(|field| format!("field.f{field}.grade = \"g{field}\""));
    let set: Vec<String> = fields.chain(settings.iter().cloned()).collect();
    let text = world.text();
    let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    scenario::parse(&[Text::new("world.toml", text.as_str())], &set, &no_csv)
        .unwrap_or_else(|invalid| {
            panic!(
                "{}\n{text}\n{set:?}",
                super::scenario_files::rendered(&invalid)
            )
        })
        .model
}

/// Which grades may be where: by link and by market, as sets of bits; 0 and 7 are no restriction.
fn restrictions(world: &World, bits: &[u8]) -> Vec<String> {
    let links = (0..world.links.len()).map(|link| format!("link.{}", world.link(link)));
    let markets = (0..world.markets.len()).map(|market| format!("market.m{market}"));
    let named = links.chain(markets).zip(bits.iter().cycle());
    let set = |(what, &bits): (String, &u8)| {
        let grades: Vec<String> = (0..3)
            .filter(|grade| bits & (1 << grade) != 0)
            .map(|grade| format!("\"g{grade}\""))
            .collect();
        (!matches!(grades.len(), 0 | 3)).then(|| format!("{what}.grades = [{}]", grades.join(", ")))
    };
    named.filter_map(set).collect()
}

/// What markets pay for grades: by market and grade, USD a barrel; what is not said is paid 5.
fn paid_by_grade(world: &World, prices: &[Option<u8>]) -> Vec<String> {
    let markets = 0..world.markets.len();
    let paid = markets.zip(prices.chunks(3)).flat_map(|(market, prices)| {
        let own = prices.iter().enumerate().filter_map(|(grade, price)| {
            price.map(|price| format!("g{grade} = \"{price} USD/bbl\""))
        });
        let own: Vec<String> = own.collect();
        [
            format!("market.m{market}.price = \"5 USD/bbl\""),
            format!("market.m{market}.prices = {{ {} }}", own.join(", ")),
        ]
    });
    paid.collect()
}

/// Whether two ranks differ by no more than rounding: so many barrels a day.
fn agree(
    one: &(Vec<i64>, i64, i64),
    other: &(Vec<i64>, i64, i64),
    most: i64,
    dearest: i64,
) -> bool {
    let near = |one: i64, other: i64, most: i64| (one - other).abs() <= most;
    one.0
        .iter()
        .zip(&other.0)
        .all(|(&one, &other)| near(one, other, most))
        && near(one.1, other.1, most)
        && near(one.2, other.2, most * dearest)
}

/// A nomination may send oil round in a circle, which is no path.
fn without_circles(world: &mut World) {
    let is_nominated = world.links.iter().any(|link| link.nomination.is_some());
    for link in &mut world.links {
        link.both_ways &= !is_nominated;
    }
}

/// What is delivered in each class along each path, as objectives: the more, the less they cost.
fn deliveries(model: &Model, network: &Network, paths: &Paths) -> Vec<Vec<f64>> {
    let in_class = |served: u8| {
        paths.summed(&|arc| match network.arcs[arc].role {
            ArcRole::Sell { market, committed } if class(model, market, committed) == served => {
                -1.0
            }
            _ => 0.0,
        })
    };
    (1..=3).map(in_class).collect()
}

/// What fields produce where cuts are shared, as their plans and entitlements claim it; b/d.
fn shared_out(model: &Model, network: &Network, problem: &Problem, capacities: &[i64]) -> Vec<i64> {
    let mut allocator = Allocator::new(problem);
    for (arc, &capacity) in capacities.iter().enumerate() {
        allocator.set_capacity(arc, capacity);
    }
    for (field, spec) in model.fields.iter().enumerate() {
        let plan = spec.plan.first().0;
        let entitled = spec.entitlement.as_ref();
        allocator.set_claim(
            field,
            plan,
            entitled.map_or(plan, |entitled| entitled.first().0),
        );
    }
    let flows = allocator.solve().to_vec();
    let source = |&arc: &usize| match problem.carrier[arc] {
        NO_ARC => 0,
        carrier => flows[carrier],
    };
    network.source_of.iter().map(source).collect()
}

/// Class of each delivery, as the rules have it.
fn class(model: &Model, market: usize, committed: bool) -> u8 {
    let spec = &model.markets[market];
    if committed || spec.commitment.is_none() {
        spec.priority
    } else {
        spec.priority.max(2)
    }
}

proptest! {
    #![proptest_config(cases(400))]

    /// Where no grade meets a limit of its own, both engines answer alike. Where a nomination can
    /// be met by oil that goes in circles, which of them are taken off is no rule, so what is
    /// nominated and paid on the ways that are left may differ; what is delivered may not.
    #[test]
    fn linear_programs_agree_with_the_simplex_where_grades_are_one(world in networks(5)) {
        let mut world = world;
        let model = graded(&mut world, &[]);
        let network = Network::new(&model);
        prop_assert!(network.problem.several.is_none());
        let one = capacities(&model, &network);
        let apart = network.told_apart(&model);
        let simplex = solved(&network.problem, &one);
        let programs = solved(&apart, &one);
        if model.grading().is_some() {
            prop_assert!(apart.several.is_some());
        }
        prop_assert!(is_feasible(&apart, &one, &programs));
        let dearest = model.links.iter().map(|link| link.tariff.0).sum();
        let ranks = [&simplex, &programs].map(|flows| rank(&model, &network, flows));
        let [simplex, mut programs] = ranks;
        if !network.problem.circles.is_empty() {
            (programs.1, programs.2) = (simplex.1, simplex.2);
        }
        let most = one.len() as i64;
        prop_assert!(agree(&simplex, &programs, most, dearest), "{:?} {:?}", simplex, programs);
    }

    /// With restrictions, classes of delivery and nominations come out as a program over paths has
    /// them.
    #[test]
    fn grades_told_apart_are_allocated_as_over_paths(
        world in networks(4),
        bits in prop::collection::vec(prop_oneof![2 => Just(0_u8), 1 => 1..7_u8], 12),
        prices in prop::collection::vec(prop_oneof![2 => Just(None), 1 => (0..9_u8).prop_map(Some)], 12),
    ) {
        let mut world = world;
        without_circles(&mut world);
        let mut settings = restrictions(&world, &bits);
        settings.extend(paid_by_grade(&world, &prices));
        let model = graded(&mut world, &settings);
        let network = Network::new(&model);
        let problem = &network.problem;
        prop_assume!(problem.several.is_some());
        let own = capacities(&model, &network);
        let flows = solved(problem, &own);
        prop_assert!(is_feasible(problem, &own, &flows));
        let paths = Paths::of(&model, &network, problem, &own);
        let mut objectives = deliveries(&model, &network, &paths);
        objectives.push(paths.summed(&|arc| match network.arcs[arc].role {
            ArcRole::Link { nominated: true, .. } => -1.0,
            _ => 0.0,
        }));
        let grading = model.grading().expect("grades are told apart");
        let money = |path: &Vec<usize>| -> f64 {
            let mut made = 0;
            let each = path.iter().map(|&arc| match network.arcs[arc].role {
                ArcRole::Source(field) => {
                    made = grading.field[field];
                    0
                }
                ArcRole::Link { link, .. } => model.links[link].tariff.0,
                ArcRole::Sell { market, .. } => -paid(&model, market, made),
                _ => 0,
            });
            each.sum::<i64>() as f64
        };
        objectives.push(paths.paths.iter().map(money).collect());
        let best = paths.best(&objectives);
        let (classes, nominated, money) = rank(&model, &network, &flows);
        let dearest: i64 = 9_000 + model.links.iter().map(|link| link.tariff.0).sum::<i64>();
        let most = own.len() as f64;
        for (served, &value) in (1..=3).zip(&best) {
            let got = classes[served] as f64;
            prop_assert!((got - value * 1e3).abs() <= most, "class {}: {} against {}", served, got, value);
        }
        prop_assert!((nominated as f64 - best[3] * 1e3).abs() <= most, "{} {:?}", nominated, best);
        prop_assert!((money as f64 - best[4] * 1e3).abs() <= most * dearest as f64, "{} {:?}", money, best);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Cuts are shared by programs as they are by taking the network apart, where both can be done.
    #[test]
    fn programs_share_cuts_as_the_decomposition_does(
        world in networks(5),
        entitled in prop::collection::vec(prop_oneof![Just(None), (1..20_u8).prop_map(Some)], 5),
        by_entitlement in any::<bool>(),
    ) {
        let mut world = world;
        let mut settings = vec![format!(
            "allocation.sharing = \"{}\"",
            if by_entitlement { "entitlement" } else { "pro-rata" }
        )];
        if by_entitlement {
            let fields = (0..world.plans.len()).zip(&entitled);
            settings.extend(fields.filter_map(|(field, rate)| {
                rate.map(|rate| format!("field.f{field}.entitlement = \"{rate} kb/d\""))
            }));
        }
        let model = graded(&mut world, &settings);
        let network = Network::new(&model);
        let own = capacities(&model, &network);
        let apart = network.told_apart(&model);
        let one = shared_out(&model, &network, &network.problem, &own);
        let programs = shared_out(&model, &network, &apart, &own);
        // A barrel for each division here, for each path there.
        let most = own.len() as i64;
        let is_near = one.iter().zip(&programs).all(|(one, other)| (one - other).abs() <= most);
        prop_assert!(is_near, "{:?} {:?}", one, programs);
    }

    /// Where grades are told apart, no field could have more but for one that has no greater share.
    #[test]
    fn shares_are_fair_where_grades_are_told_apart(
        world in networks(4),
        bits in prop::collection::vec(prop_oneof![2 => Just(0_u8), 1 => 1..7_u8], 12),
    ) {
        let mut world = world;
        without_circles(&mut world);
        let mut settings = restrictions(&world, &bits);
        settings.push("allocation.sharing = \"pro-rata\"".to_owned());
        let model = graded(&mut world, &settings);
        let network = Network::new(&model);
        prop_assume!(network.problem.several.is_some());
        let own = capacities(&model, &network);
        let got = shared_out(&model, &network, &network.problem, &own);
        let paths = Paths::of(&model, &network, &network.problem, &own);
        let made = |field: usize| -> Vec<f64> {
            let source = network.source_of[field];
            paths.paths.iter().map(|path| if path[0] == source { -1.0 } else { 0.0 }).collect()
        };
        let classes = deliveries(&model, &network, &paths);
        let values = paths.best(&classes);
        // What rounding may have left, kb/d.
        let loose = own.len() as f64 / 1e3;
        let plan = |field: usize| model.fields[field].plan.first().0.max(1) as f64;
        let share = |field: usize| got[field] as f64 / plan(field);
        let fields: Vec<Vec<f64>> = (0..got.len()).map(made).collect();
        for (field, own) in fields.iter().enumerate() {
            let mut held: Vec<(&[f64], f64)> =
                classes.iter().map(Vec::as_slice).zip(values.iter().map(|value| value + loose)).collect();
            held.extend((0..got.len()).filter(|&other| {
                other != field && share(other) <= share(field) + 2.0 * loose * 1e3 / plan(other)
            }).map(|other| (fields[other].as_slice(), loose - got[other] as f64 / 1e3)));
            let most = -paths.least(own, &held);
            let has = got[field] as f64 / 1e3;
            prop_assert!(most <= has + loose * (got.len() + 4) as f64, "field {}: {} of {}, {:?}", field, has, most, got);
        }
    }
}

/// A line of 100 kb/d from a heavy field that plans 100 and light ones that plan 100 and 50. If 80 of light oil are asked for, each has
/// 40 % of plan, which is 60 of light; if 20, these are divided two to one, and the heavy field, which could have more, has 80.
#[test]
fn a_cut_is_shared_among_fields_of_several_grades() {
    for (asked, shares) in [(80, [40.0, 40.0, 20.0]), (20, [80.0, 13.333, 6.667])] {
        let mut text = format!(
            "{}[allocation]\nsharing = \"pro-rata\"\n[hub.h]\n[grade.heavy]\nbbl_per_tonne = 7.0\n[grade.light]\nbbl_per_tonne = 8.0\n\
             [market.heavy]\ngrades = [\"heavy\"]\n[market.light]\ngrades = [\"light\"]\ndemand = \"{asked} kb/d\"\n\
             [hub.end]\n[link.line]\nfrom = \"h\"\nto = \"end\"\ncapacity = \"100 kb/d\"\n\
             [link.heavy]\nfrom = \"end\"\nto = \"heavy\"\n[link.light]\nfrom = \"end\"\nto = \"light\"\n",
            head("10 d")
        );
        for (id, grade, plan) in [("a", "heavy", 100), ("b", "light", 100), ("c", "light", 50)] {
            text += &format!(
                "[field.{id}]\nplan = \"{plan} kb/d\"\ngrade = \"{grade}\"\n[link.{id}]\nfrom = \"{id}\"\nto = \"h\"\n"
            );
        }
        let result = crate::worlds::run(&crate::worlds::model(&text), 1).result;
        for (id, share) in ["a", "b", "c"].into_iter().zip(shares) {
            let made = result.fields[id]["produced"].mean.expect("told");
            assert!(
                (made / 10_000.0 - share).abs() < 0.003,
                "{asked} {id}: {made}"
            );
        }
    }
}

proptest! {
    #![proptest_config(cases(12))]

    /// planned = delivered + stored + field outage + shut in, to the barrel, with several grades,
    /// hazards and tanks.
    #[test]
    fn the_books_balance_with_grades_told_apart(
        world in networks_with_tanks(4),
        bits in prop::collection::vec(prop_oneof![2 => Just(0_u8), 1 => 1..7_u8], 12),
    ) {
        let mut world = world;
        world.days = 40;
        let restricted = restrictions(&world, &bits);
        let model = graded(&mut world, &restricted);
        prop_assume!(model.grading().is_some_and(|grading| !grading.is_exact));
        let (_, kept) = rows(&model, 2, Collect::All);
        let columns = ["planned", "delivered", "stored", "field_outage", "shut_in"];
        let [planned, delivered, stored, outage, shut_in] = columns.map(|name| kept.column(name));
        for (at, &planned) in planned.iter().enumerate() {
            let booked = delivered[at] + stored[at] + outage[at] + shut_in[at];
            prop_assert!((planned - booked).abs() <= 3, "{} against {}", planned, booked);
        }
    }
}

proptest! {
    #![proptest_config(cases(40))]

    /// Where each market takes one grade, it gets no more of it than fields make and tanks held.
    #[test]
    fn no_grade_is_made_of_another(world in networks_with_tanks(4)) {
        let mut world = world;
        world.days = 60;
        let markets = world.markets.len();
        let settings: Vec<String> = (0..markets)
            .map(|market| format!("market.m{market}.grades = [\"g{}\"]", market % 3))
            .collect();
        let model = graded(&mut world, &settings);
        let names = model.grading().map(|grading| grading.names);
        let names = names.unwrap_or_default();
        let tanks = model.hubs.iter().filter_map(|hub| hub.tank.as_ref());
        let held: f64 = tanks.map(|tank| tank.capacity.first().0 as f64 * tank.initial.get()).sum();
        let result = crate::worlds::run(&model, 4).result;
        for name in names {
            let fields = model.fields.iter().filter(|field| field.commodity.as_ref() == Some(&name));
            let made: f64 = fields.map(|field| {
                result.fields[&field.id]["produced"].mean.expect("told")
            }).sum();
            let taken = model.markets.iter().filter(|market| market.grades.as_ref() == Some(&vec![name.clone()]));
            let sold: f64 = taken.map(|market| {
                result.markets[&market.id]["delivered"].mean.expect("told")
            }).sum();
            // Rounding moves less than a barrel a day for each way.
            prop_assert!(sold <= made + held + 60.0 * 20.0, "{}: {} sold, {} made, {} held", name, sold, made, held);
        }
    }
}

/// A tank makes no grade out of another: of heavy oil no more is sold than comes, and what was there of it at the start, a
/// sixth of the half kb as fields plan it. The light stays in the tank. It comes to rest however small it is.
#[test]
fn a_tank_sells_no_more_of_a_grade_than_it_got() {
    for tank in ["", ", fill = \"3 kb/d\""] {
        let text = format!(
            "[grade.light]\nbbl_per_tonne = 7.5\n[grade.heavy]\nbbl_per_tonne = 7.5\n\
             [field.one]\ngrade = \"light\"\nplan = \"5 kb/d\"\n\
             [field.two]\ngrade = \"heavy\"\nplan = \"1 kb/d\"\n\
             [hub.port]\ntank = {{ capacity = \"1 kb\", initial = 0.6, target = 0.0{tank} }}\n\
             [market.sea]\ngrades = [\"heavy\"]\n\
             [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n\
             [link.out]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"17 kb/d\"\n"
        );
        let model = crate::worlds::model(&format!("{}{text}", crate::worlds::head("40 d")));
        let result = crate::worlds::run(&model, 1).result;
        assert_eq!(
            result.metrics["delivered"].mean,
            Some(40e3 + 100.0),
            "{tank}"
        );
        assert_eq!(
            result.metrics["stored"].mean,
            Some(400.0 - 100.0 + 100.0),
            "{tank}"
        );
    }
}

/// While the way out of the heavy oil is closed a full tank takes it in for light that goes out; once the tank has no
/// light left, the heavy is shut in.
#[test]
fn a_full_tank_takes_one_grade_for_another_while_there_is_any() {
    let text = format!(
        "{}[grade.light]\nbbl_per_tonne = 7.5\n[grade.heavy]\nbbl_per_tonne = 7.5\n\
         [field.one]\ngrade = \"light\"\nplan = \"10 kb/d\"\n\
         [field.two]\ngrade = \"heavy\"\nplan = \"10 kb/d\"\n\
         [hub.port]\ntank = {{ capacity = \"100 kb\", initial = 1.0, target = 0.0 }}\n\
         [market.refinery]\ngrades = [\"light\"]\n[market.sea]\ngrades = [\"heavy\"]\n\
         [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n\
         [link.home]\nfrom = \"port\"\nto = \"refinery\"\ncapacity = \"20 kb/d\"\n\
         [link.out]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"10 kb/d\"\n\
         [hazard.closed]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-01-01] }}\nduration = \"30 d\"\n",
        crate::worlds::head("20 d")
    );
    let result = crate::worlds::run(&crate::worlds::model(&text), 2).result;
    // The 50 kb of light that were there go in five days for 50 kb of heavy; then 10 kb/d of heavy have no place.
    let of = |market: &str| result.markets[market]["delivered"].mean;
    assert_eq!(of("refinery"), Some(20.0 * 10e3 + 50e3));
    assert_eq!(of("sea"), Some(0.0));
    assert_eq!(result.metrics["shut_in"].mean, Some(15.0 * 10e3));
    assert_eq!(result.metrics["stored"].mean, Some(0.0));
}

/// Two grades that take a line in opposite directions share what it can carry.
#[test]
fn what_one_grade_takes_along_a_line_another_cannot_take_against_it() {
    let text = "[grade.light]\nbbl_per_tonne = 7.9\n[grade.heavy]\nbbl_per_tonne = 7.3\n\
         [field.one]\ngrade = \"light\"\nplan = \"100 kb/d\"\n\
         [field.two]\ngrade = \"heavy\"\nplan = \"100.001 kb/d\"\n[hub.x]\n[hub.y]\n\
         [market.refinery]\ngrades = [\"light\"]\n[market.port]\ngrades = [\"heavy\"]\n\
         [link.one]\nfrom = \"one\"\nto = \"x\"\n[link.two]\nfrom = \"two\"\nto = \"y\"\n\
         [link.line]\nfrom = \"x\"\nto = \"y\"\ncapacity = \"101 kb/d\"\nboth_ways = true\n\
         [link.to-refinery]\nfrom = \"y\"\nto = \"refinery\"\n\
         [link.to-port]\nfrom = \"x\"\nto = \"port\"\n";
    // What is promised goes first, and leaves the rest of the line.
    for (promise, expected) in [("", None), ("priority = 1\n", Some([1_000e3, 10e3]))] {
        let text = text.replace(
            "[market.refinery]\n",
            &format!("[market.refinery]\n{promise}"),
        );
        let model = crate::worlds::model(&format!("{}{text}", crate::worlds::head("10 d")));
        let result = crate::worlds::run(&model, 1).result;
        assert_eq!(result.metrics["delivered"].mean, Some(1_010e3), "{promise}");
        let sold = ["refinery", "port"].map(|market| {
            let delivered = crate::worlds::metric(&result.markets[market], "delivered");
            delivered.mean.expect("a market is told")
        });
        assert!(expected.is_none_or(|expected| expected == sold), "{sold:?}");
    }
}

/// A grade that is paid better goes where it is, though volume alone would not care.
#[test]
fn a_better_price_for_one_grade_decides_who_gets_it() {
    let text = "scenario = { name = \"Two prices\", start = 2026-01-01, horizon = \"10 d\" }\n\
        [grade.light]\nbbl_per_tonne = 7.9\n[grade.heavy]\nbbl_per_tonne = 7.2\n\
        [field.one]\ngrade = \"light\"\nplan = \"100 kb/d\"\n\
        [field.two]\ngrade = \"heavy\"\nplan = \"100 kb/d\"\n[hub.port]\n\
        [market.near]\nprice = \"60 USD/bbl\"\ndemand = \"100 kb/d\"\n\
        [market.far]\nprice = \"60 USD/bbl\"\nprices = { light = \"75 USD/bbl\" }\ndemand = \"70 kb/d\"\n\
        [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n\
        [link.to-near]\nfrom = \"port\"\nto = \"near\"\n\
        [link.to-far]\nfrom = \"port\"\nto = \"far\"\ntariff = \"5 USD/bbl\"\n";
    let model = crate::worlds::model(text);
    let found = keruen::simulation::overview(&model).expect("no tanks");
    let grades = found.grades.expect("two grades");
    assert!(!grades.is_aggregated);
    assert_eq!(
        grades.gap_share,
        Some(0.0),
        "volume is the same: {}",
        grades.reason
    );
    let links = found.undisturbed.links_bpd;
    // 170 of 200 kb/d can be sold. All 70 to the far market are light, which pays 15 more there.
    assert_eq!((links["to-near"], links["to-far"]), (100_000.0, 70_000.0));
    assert!(links["one"] >= 70_000.0, "{links:?}");
}

/// What each grade is paid counts, whoever else gets to the market.
#[test]
fn revenue_counts_each_grade_at_its_own_price() {
    let text = |prices: &str| {
        format!(
            "scenario = {{ name = \"By grade\", start = 2026-01-01, horizon = \"10 d\" }}\n\
             [money]\nroyalty = 0.1\n[grade.light]\nbbl_per_tonne = 7.8\n[grade.heavy]\nbbl_per_tonne = 7.1\n\
             [field.one]\ngrade = \"light\"\nplan = \"100 kb/d\"\n\
             [field.two]\ngrade = \"heavy\"\nplan = \"100 kb/d\"\n[hub.port]\n\
             [market.sea]\nprice = \"60 USD/bbl\"\n{prices}[market.refinery]\nprice = \"50 USD/bbl\"\n\
             grades = [\"heavy\"]\ndemand = \"20 kb/d\"\n\
             [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n\
             [link.out]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"150 kb/d\"\ntariff = \"5 USD/bbl\"\n\
             [link.home]\nfrom = \"port\"\nto = \"refinery\"\n"
        )
    };
    let played = |prices: &str| {
        let model = crate::worlds::model(&text(prices));
        let result = crate::worlds::run(&model, 2).result;
        let mean = |name: &str| result.metrics[name].mean.expect("known");
        assert_eq!(mean("tariff_paid"), 7.5e6, "{prices}");
        assert_eq!(mean("netback"), mean("revenue") - 7.5e6, "{prices}");
        assert_eq!(mean("state_take"), 0.1 * mean("revenue"), "{prices}");
        assert_eq!(mean("netback_lost"), 0.0, "{prices}");
        let by_market =
            ["sea", "refinery"].map(|id| result.markets[id]["revenue"].mean.expect("known"));
        let money = result.money.expect("prices are stated");
        let of_rules = money
            .objectives
            .iter()
            .find(|one| one.in_force)
            .expect("one is");
        assert_eq!(of_rules.netback_usd, mean("netback"), "{prices}");
        by_market
    };
    // 150 kb/d at 60 and 20 at 50, for ten days.
    assert_eq!(played(""), [90e6, 10e6]);
    // One price for all that gets there, whatever the market would pay for the rest.
    let same = "prices = { light = \"55 USD/bbl\", heavy = \"55 USD/bbl\" }\n";
    assert_eq!(played(same), [82.5e6, 10e6]);
    // All 100 kb/d of the better paid light go out, and 50 of the heavy.
    let better = "prices = { light = \"70 USD/bbl\" }\n";
    assert_eq!(played(better), [70e6 + 30e6, 10e6]);
    // Now 20 of the heavy go home, 80 out, and 70 of the light.
    let worse = "prices = { light = \"40 USD/bbl\" }\n";
    assert_eq!(played(worse), [28e6 + 48e6, 10e6]);
}

/// Oil under way is paid for when it arrives, each grade at its price: of what is lost when the field of the better
/// grade stops, the market feels nothing for as long as the tankers are under way.
#[test]
fn grades_under_way_are_paid_for_when_they_arrive() {
    let text = "scenario = { name = \"Under way\", start = 2026-01-01, horizon = \"30 d\" }\n\
        [grade.light]\nbbl_per_tonne = 7.8\n[grade.heavy]\nbbl_per_tonne = 7.1\n\
        [field.one]\ngrade = \"light\"\nplan = \"100 kb/d\"\n\
        [field.two]\ngrade = \"heavy\"\nplan = \"50 kb/d\"\n[hub.port]\n\
        [market.sea]\nprice = \"60 USD/bbl\"\nprices = { light = \"70 USD/bbl\" }\n\
        [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n\
        [link.out]\nfrom = \"port\"\nto = \"sea\"\ntransit_time = \"10 d\"\n\
        [hazard.halt]\nhits = [\"field.one\"]\nduration = \"5 d\"\n\
        occurs = { dates = [2026-01-11, 2026-01-28] }\n";
    let result = crate::worlds::run(&crate::worlds::model(text), 2).result;
    let of = |name: &str| result.metrics[name].mean;
    // Five days of light are missing, those from day 20 on; the last halt shows after the end.
    assert_eq!(of("delivered"), Some(30.0 * 150e3 - 5.0 * 100e3));
    assert_eq!(of("revenue"), Some(25.0 * 7e6 + 30.0 * 3e6));
    assert_eq!(of("netback_lost"), Some(5.0 * 7e6));
}

#[test]
fn a_grade_that_no_market_takes_is_warned_of() {
    let text = "scenario = { name = \"No way\", start = 2026-01-01, horizon = \"10 d\" }\n\
        [grade.a]\nbbl_per_tonne = 7.5\n[grade.b]\nbbl_per_tonne = 7.5\n\
        [field.one]\ngrade = \"a\"\nplan = \"10 kb/d\"\n[field.two]\ngrade = \"b\"\nplan = \"10 kb/d\"\n\
        [hub.port]\n[market.sea]\ngrades = [\"a\"]\n\
        [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n\
        [link.out]\nfrom = \"port\"\nto = \"sea\"\n";
    let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let read = scenario::parse(&[Text::new("world.toml", text)], &[], &no_csv);
    let warnings = read.expect("valid").warnings;
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}");
    };
    assert_eq!(
        warning.message(),
        "grade `b` can reach no market that takes it"
    );
}
