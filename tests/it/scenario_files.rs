//! What scenario files mean.

use std::io;
use std::path::{Path, PathBuf};

use keruen::model::{Law, Occurs, Overlap, Scope, Series, Start};
use keruen::scenario::{self, Invalid, Kind, Request, Scenario, Text};
use keruen::units::{Barrels, BarrelsPerDay, Fraction, MilliUsdPerBarrel, Seconds};

pub(super) const DAY: i64 = 86_400;

fn no_csv(name: &str) -> io::Result<String> {
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!("no {name} in this test"),
    ))
}

fn read(texts: &[(&str, &str)], set: &[&str]) -> Result<Scenario, Invalid> {
    let texts: Vec<Text> = texts
        .iter()
        .map(|(name, text)| Text::new(*name, *text))
        .collect();
    let set: Vec<String> = set.iter().map(|&setting| setting.to_owned()).collect();
    scenario::parse(&texts, &set, &no_csv)
}

/// A problem as a person sees it: without colours, 100 columns wide.
#[cfg(feature = "cli")]
pub(super) fn rendered(diagnostic: &dyn miette::Diagnostic) -> String {
    let mut shown = String::new();
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .render_report(&mut shown, diagnostic)
        .expect("a string takes all that is written to it");
    // Blank lines carry spaces that editors would remove.
    shown
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Without the command there are no pictures of problems, only their words.
#[cfg(not(feature = "cli"))]
pub(super) fn rendered(diagnostic: &dyn miette::Diagnostic) -> String {
    let related = diagnostic.related().into_iter().flatten();
    related.map(|problem| format!("{problem}\n")).collect()
}

/// A valid scenario, or a panic that shows the problems.
pub(super) fn valid(texts: &[(&str, &str)], set: &[&str]) -> Scenario {
    read(texts, set).unwrap_or_else(|invalid| panic!("{}", rendered(&invalid)))
}

pub(super) fn share(value: f64) -> Fraction {
    Fraction::new(value).expect("in range")
}

fn kinds(invalid: &Invalid) -> Vec<&'static str> {
    invalid
        .problems()
        .iter()
        .map(scenario::Problem::kind)
        .collect()
}

/// One field, one hub, one market, two links: what most tests add to.
pub(super) const SMALL: &str = r#"
[scenario]
name = "Small"
start = 2026-01-01
horizon = "365 d"
[field.oil]
plan = "100 kb/d"
[hub.port]
tank = { capacity = "1 Mb", initial = 0.5 }
[market.sea]
demand = "200 kb/d"
[link.line]
from = "oil"
to = "port"
capacity = "150 kb/d"
tariff = "2 USD/bbl"
[link.spm]
from = "port"
to = "sea"
capacity = "120 kb/d"
units = { count = 3, each = "60 kb/d" }
"#;

pub(super) fn small_with(more: &str) -> Scenario {
    valid(&[("small.toml", &format!("{SMALL}\n{more}"))], &[])
}

fn small_without(more: &str) -> Invalid {
    read(&[("small.toml", &format!("{SMALL}\n{more}"))], &[]).expect_err("must be invalid")
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/two_routes.toml");
    let request = Request {
        path: &path,
        with: &[],
        set: &[],
    };
    let scenario = scenario::load(&request).expect("valid");
    let model = &scenario.model;
    assert_eq!(model.name, "Two routes");
    assert_eq!(model.horizon, Seconds(365 * DAY));
    assert_eq!(
        model.fields[0].plan,
        Series::constant(BarrelsPerDay(1_000_000))
    );
    assert_eq!(
        model.hubs[0]
            .tank
            .as_ref()
            .expect("a tank")
            .capacity
            .first(),
        Barrels(4_000_000)
    );
    assert_eq!(model.hazards.len(), 2);
    assert_eq!(model.routes.len(), 2);
    assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
    assert!(
        scenario
            .quantities
            .iter()
            .all(|quantity| quantity.sources == ["made-up"] || quantity.key == "scenario.horizon")
    );
}

#[test]
fn what_a_file_leaves_out_has_its_default() {
    let scenario = small_with(
        "[hazard.storm]\nhits = \"spm\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"",
    );
    let model = &scenario.model;
    assert_eq!(model.simulation.replications, 10_000);
    assert_eq!(model.simulation.seed, 1);
    assert_eq!(model.simulation.shortfall.tolerance, share(0.01));
    assert_eq!(model.simulation.shortfall.gap, Seconds(DAY));
    assert_eq!(model.simulation.recovery.band, share(0.05));
    assert_eq!(model.simulation.recovery.hold, Seconds(3 * DAY));
    let market = &model.markets[0];
    assert!(market.export);
    assert_eq!((market.priority, market.price), (2, MilliUsdPerBarrel(0)));
    assert_eq!(model.links[0].name, "line");
    assert_eq!(model.links[0].tariff, MilliUsdPerBarrel(2_000));
    assert_eq!(model.hubs[0].capacity, None);
    let hazard = &model.hazards[0];
    assert_eq!(
        (&hazard.scope, hazard.overlap, &hazard.start),
        (&Scope::Each, Overlap::Union, &Start::Up)
    );
    assert_eq!(
        (&hazard.left, &hazard.duration),
        (&Law::Fixed(0.0), &Law::Fixed(3.0))
    );
    assert_eq!((hazard.from, hazard.until), (Seconds(0), model.horizon));
}

/// Known answer: 10 Mt a year at 7.3 barrels a tonne are 199.8631075 kb/d.
#[test]
fn tonnes_are_counted_by_the_grade_of_the_element_or_of_the_scenario() {
    let text = SMALL
        .replace(
            "horizon = \"365 d\"",
            "horizon = \"365 d\"\ngrade = \"heavy\"",
        )
        .replace("plan = \"100 kb/d\"", "plan = \"10 Mt/a\"")
        .replace(
            "capacity = \"150 kb/d\"",
            "capacity = \"10 Mt/a\"\ngrade = \"light\"",
        )
        + "[grade.heavy]\nbbl_per_tonne = 7.3\n[grade.light]\nbbl_per_tonne = { value = 7.9, low = 7.8, high = 8.0 }\n";
    let model = valid(&[("t.toml", &text)], &[]).model;
    assert_eq!(model.fields[0].plan.first(), BarrelsPerDay(199_863));
    let capacity = model.links[0].capacity.as_ref().expect("a capacity");
    assert_eq!(capacity.first(), BarrelsPerDay(216_290)); // 10⁷ × 7.9 ÷ 365.25 = 216 290.2
}

#[test]
fn months_repeat_every_year() {
    let text = SMALL.replace("365 d", "730 d").replace(
        "plan = \"100 kb/d\"",
        "plan = { monthly = [\"1 kb/d\", \"2 kb/d\", \"3 kb/d\", \"4 kb/d\", \"5 kb/d\", \"6 kb/d\", \"7 kb/d\", \"8 kb/d\", \"9 kb/d\", \"10 kb/d\", \"11 kb/d\", \"12 kb/d\"] }",
    );
    let plan = &valid(&[("t.toml", &text)], &[]).model.fields[0].plan;
    assert_eq!(plan.steps().len(), 24);
    for (day, rate) in [(0, 1), (30, 1), (31, 2), (364, 12), (365, 1), (365 + 59, 3)] {
        assert_eq!(
            plan.at(Seconds(day * DAY)),
            BarrelsPerDay(rate * 1_000),
            "day {day}"
        );
    }
}

#[test]
fn steps_may_begin_before_the_scenario() {
    let text = SMALL.replace(
        "plan = \"100 kb/d\"",
        "plan = { steps = [{ from = 2024-01-01, value = \"5 kb/d\" }, { from = 2025-06-01, value = \"6 kb/d\" }, { from = 2026-02-01T12:00:00Z, value = \"7 kb/d\" }, { from = \"2030-01-01\", value = \"8 kb/d\" }] }",
    );
    let plan = &valid(&[("t.toml", &text)], &[]).model.fields[0].plan;
    assert_eq!(
        plan.steps(),
        [
            (Seconds(0), BarrelsPerDay(6_000)),
            (Seconds(31 * DAY + DAY / 2), BarrelsPerDay(7_000))
        ]
    );
}

#[test]
fn a_column_beside_the_scenario_may_be_a_profile() {
    let text = SMALL.replace("365 d", "36 h").replace(
        "plan = \"100 kb/d\"",
        "plan = { file = \"data/plan.csv\", column = \"plan\", every = \"12 h\", unit = \"kb/d\", source = [] }",
    );
    let read_csv = |name: &str| {
        assert_eq!(name, "dir/data/plan.csv");
        Ok("hour,plan\n0,5\n12,5\n24,6.5\n36,9\n".to_owned())
    };
    let texts = [Text::new("dir/t.toml", text)];
    let scenario = scenario::parse(&texts, &[], &read_csv).expect("valid");
    assert_eq!(
        scenario.model.fields[0].plan.steps(),
        [
            (Seconds(0), BarrelsPerDay(5_000)),
            (Seconds(DAY), BarrelsPerDay(6_500))
        ]
    );
}

#[test]
fn figures_are_listed_with_their_sources() {
    let scenario = small_with(
        "[source.a]\ntitle = \"A\"\n[source.b]\ntitle = \"B\"\n[source.c]\ntitle = \"C\"\n\
         [link.other]\nfrom = \"oil\"\nto = \"sea\"\nsource = \"a\"\ntariff = \"9 USD/bbl\"\n\
         capacity = { value = \"9 kb/d\", low = \"8 kb/d\", source = [\"b\", \"a\"] }\n",
    );
    let find = |key: &str| {
        scenario
            .quantities
            .iter()
            .find(|quantity| quantity.key == key)
    };
    let capacity = find("link.other.capacity").expect("listed");
    assert_eq!(
        (capacity.value.as_str(), capacity.low.as_deref()),
        ("9 kb/d", Some("8 kb/d"))
    );
    assert_eq!(capacity.sources, ["b", "a"]);
    assert_eq!(find("link.other.tariff").expect("listed").sources, ["a"]);
    assert_eq!(find("hub.port.tank.initial").expect("listed").value, "0.5");
    assert!(
        find("link.line.capacity")
            .expect("listed")
            .sources
            .is_empty()
    );
    assert_eq!(scenario.unused_sources, ["c"]);
    assert_eq!(scenario.warnings[0].kind(), "scenario::unused_source");
}

#[test]
fn what_looks_wrong_but_may_be_meant_is_a_warning() {
    let scenario = small_with(
        "[field.far]\nplan = \"1 kb/d\"\n[market.far-away]\n[link.blocked]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"0 kb/d\"\n\
         [hazard.storm]\nhits = \"line\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n\
         season = [2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n",
    );
    let mut kinds: Vec<&str> = scenario
        .warnings
        .iter()
        .map(scenario::Problem::kind)
        .collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "scenario::no_way_out",
            "scenario::season_mean",
            "scenario::unreachable_market",
            "scenario::zero_capacity"
        ]
    );
    assert!(scenario.warnings.iter().all(scenario::Problem::is_warning));
}

#[test]
fn a_way_out_and_back_does_not_pass_two_gates() {
    let model = small_with(
        "[hub.other]\n[link.across]\nfrom = \"port\"\nto = \"other\"\nboth_ways = true\n\
         [link.out]\nfrom = \"other\"\nto = \"sea\"\n[route.a]\ngates = \"out\"\n[route.b]\ngates = \"spm\"\n",
    )
    .model;
    assert_eq!(model.routes.len(), 2);
    let invalid = small_without(
        "[hub.other]\n[link.across]\nfrom = \"port\"\nto = \"other\"\nboth_ways = true\n\
         [link.out]\nfrom = \"other\"\nto = \"sea\"\n[route.a]\ngates = [\"across\", \"out\"]\n",
    );
    assert_eq!(kinds(&invalid), ["scenario::two_gates_on_a_path"]);
}

#[test]
fn the_order_of_tables_means_nothing() {
    let mut tables: Vec<&str> = SMALL.split_inclusive("\n[").collect();
    let ordered = small_with("").model;
    // Each piece but the last ends with the bracket that opens the next table.
    let mut pieces: Vec<String> = tables
        .drain(..)
        .map(|piece| {
            piece
                .trim_end_matches('[')
                .trim_start_matches('\n')
                .to_owned()
        })
        .collect();
    let first = pieces.remove(0);
    pieces.reverse();
    let text = pieces.iter().fold(first, |text, piece| {
        let open = if piece.starts_with('[') { "" } else { "[" };
        format!("{text}\n{open}{piece}")
    });
    assert_eq!(valid(&[("small.toml", &text)], &[]).model, ordered);
}

#[test]
fn the_digest_is_of_texts_and_not_of_names() {
    let scenario = small_with("");
    assert_eq!(scenario.sha256.len(), 64);
    let again = valid(&[("other.toml", &format!("{SMALL}\n"))], &[]);
    assert_eq!(
        scenario.sha256, again.sha256,
        "the name of a file is not part of it"
    );
    let set = valid(
        &[("small.toml", &format!("{SMALL}\n"))],
        &["simulation.seed=2"],
    );
    assert_ne!(scenario.sha256, set.sha256);
}

#[test]
fn a_closure_is_a_hazard_without_chance() {
    let model = small_with("").model;
    let hazard =
        scenario::closure(&model, "spm#2", "2026-02-01", "60 d", Some("0.4")).expect("valid");
    let Occurs::Log(events) = &hazard.occurs else {
        panic!("a log")
    };
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].start, events[0].end),
        (Seconds(31 * DAY), Seconds(91 * DAY))
    );
    assert_eq!(events[0].left, share(0.4));
    assert_eq!(hazard.targets[0].key, "link.spm#2");
    let all =
        scenario::closure(&model, "link.spm", "2026-02-01T06:00", "6 h", None).expect("valid");
    assert_eq!(all.targets.len(), 3);
}

#[test]
fn stress_cases_name_what_is_closed() {
    let model = small_with("").model;
    let case = "[stress]\nname = \"Two moorings\"\nabout = \"As in 2025.\"\n\
                close = [{ target = [\"spm#1\", \"spm#2\"], from = 2026-01-10, for = \"60 d\" }, { target = \"line\", from = 2026-01-11, for = \"1 d\", left = 0.5 }]\n";
    let case = scenario::parse_stress(&Text::new("s.toml", case), &model).expect("valid");
    assert_eq!(
        (case.name.as_str(), case.hazards.len()),
        ("Two moorings", 2)
    );
    assert_eq!(case.hazards[0].targets.len(), 2);
    assert_eq!(case.hazards[1].id, "close-2");
}

#[test]
fn the_starter_runs_with_its_strategy() {
    let files = scenario::starter();
    let base = valid(&files[..1], &[]);
    assert!(base.warnings.is_empty(), "{:?}", base.warnings);
    let both = valid(files, &[]);
    assert_eq!(both.model.strategies[0].id, "bigger-tank");
    scenario::closure(&base.model, "spm", "2026-02-01", "20 d", None).expect("as its comment says");
}

#[test]
fn a_study_lists_files_in_order() {
    let folder = tempfile::tempdir().expect("a place for files");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
        path
    };
    let base = write("small.toml", SMALL);
    let one = write(
        "strategies/a.toml",
        "[strategy]\n[link.line]\ncapacity = \"160 kb/d\"\n",
    );
    let two = write("strategies/b.toml", "[strategy]\n");
    let case = write("stress.toml", "[stress]\nname = \"X\"\nclose = []\n");
    let study = write(
        "study.toml",
        "[study]\nname = \"All\"\nbase = \"small.toml\"\nstrategies = [\"strategies/b.toml\", \"strategies/*.toml\"]\nstress = \"stress.toml\"\nbudget = \"2 bnUSD\"\n",
    );
    let read = scenario::load_study(&study).expect("valid");
    assert_eq!(read.base, base);
    assert_eq!(read.strategies, [two.clone(), one.clone()]);
    assert_eq!(read.stress, std::slice::from_ref(&case));
    assert_eq!(read.budget_usd, Some(2e9));
    let kinds = [&base, &one, &study, &case].map(|path| scenario::kind(path).expect("readable"));
    assert_eq!(
        kinds,
        [Kind::Scenario, Kind::Strategy, Kind::Study, Kind::Stress]
    );
    let with: Vec<PathBuf> = read.strategies;
    let scenario = scenario::load(&Request {
        path: &base,
        with: &with,
        set: &[],
    })
    .expect("valid");
    assert_eq!(scenario.model.strategies.len(), 2);
}

#[test]
fn what_no_rule_asks_for_and_what_leaves_nothing_are_warnings() {
    let head = "scenario = { name = \"W\", start = 2026-01-01, horizon = \"10 d\" }\n";
    let field = "[field.a]\nplan = \"10 kb/d\"\n";
    let rest = "[market.x]\n[link.a]\nfrom = \"a\"\nto = \"x\"\n";
    let quota = "control = \"state\"\n[quota.q]\ncap = \"5 kb/d\"\nfollow = \"compensate\"\n";
    for (top, of_field, kind) in [
        ("", "", None),
        ("", "control = \"state\"\n", Some("scenario::unused")),
        ("", "crude_share = 0.5\n", Some("scenario::unused")),
        (
            "[allocation]\nobjective = \"netback\"\n",
            "",
            Some("scenario::no_price"),
        ),
        ("", &format!("{quota}compensation = \"1 kb/d\"\n"), None),
        (
            "",
            &format!("{quota}compensation = \"5 kb/d\"\n"),
            Some("scenario::compensation_above_cap"),
        ),
    ] {
        let text = format!("{head}{top}{field}{of_field}{rest}");
        let read = scenario::parse(&[Text::new("world.toml", text.as_str())], &[], &no_csv);
        let kinds: Vec<String> = read
            .expect("valid")
            .warnings
            .iter()
            .map(|warning| warning.kind().to_owned())
            .collect();
        assert_eq!(
            kinds,
            kind.into_iter().collect::<Vec<_>>(),
            "{top}{of_field}"
        );
    }
}

#[test]
fn an_entitlement_that_no_rule_asks_for_is_a_warning() {
    let text = "scenario = { name = \"W\", start = 2026-01-01, horizon = \"10 d\" }\n\
        [field.a]\nplan = \"10 kb/d\"\nentitlement = \"5 kb/d\"\n\
        [field.b]\nplan = \"10 kb/d\"\nentitlement = \"5 kb/d\"\n[market.x]\n\
        [link.a]\nfrom = \"a\"\nto = \"x\"\n[link.b]\nfrom = \"b\"\nto = \"x\"\n";
    let read = |set: &[String]| {
        scenario::parse(&[Text::new("world.toml", text)], set, &no_csv).expect("valid")
    };
    let warnings = read(&[]).warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(warnings[0].kind(), "scenario::unused");
    assert!(
        warnings[0].message().contains("one other field"),
        "{}",
        warnings[0].message()
    );
    assert!(warnings[0].advice().is_some());
    let shared = read(&["allocation.sharing=\"entitlement\"".to_owned()]);
    assert!(shared.warnings.is_empty(), "{:?}", shared.warnings);
}

#[test]
fn a_quantity_that_rounds_to_nothing_is_a_warning() {
    for (old, new, is_warned) in [
        ("plan = \"100 kb/d\"", "plan = \"1e-9 b/d\"", true),
        ("capacity = \"1 Mb\"", "capacity = \"0.4 b\"", true),
        ("plan = \"100 kb/d\"", "plan = \"0 b/d\"", false),
        ("plan = \"100 kb/d\"", "plan = \"0.6 b/d\"", false),
    ] {
        let scenario = valid(&[("small.toml", &SMALL.replace(old, new))], &[]);
        let kinds: Vec<&str> = scenario
            .warnings
            .iter()
            .map(scenario::Problem::kind)
            .collect();
        assert_eq!(
            kinds == ["scenario::rounds_to_zero"],
            is_warned,
            "{new}: {kinds:?}"
        );
    }
}

#[test]
fn a_closure_is_named_after_what_it_closes() {
    let text = SMALL.replace("[link.spm]", "[link.spm]\nname = \"The moorings\"");
    let model = valid(&[("small.toml", &text)], &[]).model;
    for (target, name) in [
        ("spm", "The moorings"),
        ("link.spm#2", "unit 2 of The moorings"),
        ("line", "line"),
    ] {
        let hazard = scenario::closure(&model, target, "2026-02-01", "3 d", None).expect("valid");
        assert_eq!(hazard.name, name);
    }
    let case = "[stress]\nname = \"Both\"\nclose = [{ target = [\"spm#1\", \"line\", \"spm#3\"], from = 2026-02-01, for = \"3 d\" }]\n";
    let case = scenario::parse_stress(&Text::new("both.toml", case), &model).expect("valid");
    assert_eq!(case.hazards[0].name, "line, units 1 and 3 of The moorings");
}

#[test]
fn a_warning_has_a_form_of_one_line() {
    let text = format!("{SMALL}[market.far]\n");
    let scenario = valid(&[("small.toml", &text)], &[]);
    let line = text.lines().count();
    assert_eq!(
        scenario.warnings[0].one_line(),
        format!("small.toml:{line}: no way leads from any field to market `far`")
    );
}
