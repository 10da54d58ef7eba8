mod backtest;
mod colours;
mod detail;
mod map;
mod rankings;
pub(super) mod structure;
mod worth;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::sample::{metric, story, strategy, stress, summary};
use super::*;
use crate::results::{Band, Epistemic, Fan, FanDoubt, Metric, QuotaMonth, StrategyResult};

/// A figure as drawn on a light ground.
pub(super) struct Drawn(String);

impl Drawn {
    pub(super) fn svg(&self) -> &str {
        &self.0
    }
}

impl canvas::Scene {
    /// The scene in every look.
    pub(super) fn draw(&self) -> Result<Drawn, ChartError> {
        self.draw_as("figure", "scene")
    }

    /// The same under a name, kept as text if its case is one of those.
    pub(super) fn draw_as(&self, stem: &'static str, case: &str) -> Result<Drawn, ChartError> {
        let figure = Figure::new(stem, self.clone());
        figure.svg(Theme::Light)?;
        Ok(Drawn(looked_at(case, stem, &figure)))
    }
}

type Figures = Vec<(&'static str, Drawn)>;

/// Every figure is well formed in every look; with `KERUEN_FIGURES=DIR` the default and the dark one are also
/// written there, to be looked at.
fn checked(case: &str, figures: Vec<(&'static str, Figure)>) -> Figures {
    let light =
        |(stem, figure): (&'static str, Figure)| (stem, Drawn(looked_at(case, stem, &figure)));
    figures.into_iter().map(light).collect()
}

fn looked_at(case: &str, stem: &str, figure: &Figure) -> String {
    structure::tips_can_be_pointed_at(case, stem, figure);
    structure::compared(case, stem, figure);
    let svg = |theme| {
        let drawn = figure.svg(theme);
        drawn.unwrap_or_else(|error| panic!("{case} {stem}: {error}"))
    };
    let (light, dark) = (svg(Theme::Light), svg(Theme::Dark));
    for svg in [&light, &dark] {
        assert!(
            svg.starts_with("<svg ") && svg.ends_with("</svg>\n"),
            "{case} {stem}"
        );
        for wrong in ["NaN", "inf", "<text x=\"-"] {
            assert!(
                !svg.replace("info", "").contains(wrong),
                "{case} {stem}: {wrong}"
            );
        }
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    }
    // Recoloured by the table, the light one is the dark one.
    let table: BTreeMap<String, String> = figure.colours().into_iter().collect();
    let mut recoloured = String::new();
    let mut rest = light.as_str();
    while let Some(at) = rest.find("=\"#") {
        let hex = &rest[at + 2..at + 9];
        recoloured += &rest[..at + 2];
        recoloured += table
            .get(hex)
            .unwrap_or_else(|| panic!("{case} {stem}: {hex}"));
        rest = &rest[at + 9..];
    }
    assert!(
        recoloured + rest == dark,
        "{case} {stem}: colours that differ"
    );

    let png = |theme, width| {
        let png = figure.png(&Look { theme, width });
        png.unwrap_or_else(|error| panic!("{case} {stem}: {error}"))
    };
    let folder = std::env::var_os("KERUEN_FIGURES").map(PathBuf::from);
    // A small one takes little time, and nobody looks at it.
    let small = if folder.is_some() { 800 } else { 200 };
    for (look, theme, width) in [("", Theme::Light, 1600), ("-dark", Theme::Dark, small)] {
        let png = png(theme, width);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{case} {stem}");
        let wide = u32::from_be_bytes(png[16..20].try_into().expect("four bytes"));
        let high = u32::from_be_bytes(png[20..24].try_into().expect("four bytes"));
        assert_eq!(wide, width, "{case} {stem}");
        assert!(
            (width / 4..=width * 5 / 4).contains(&high),
            "{case} {stem}: {high}"
        );
        if let Some(folder) = &folder {
            let file = |kind| folder.join(format!("{case}-{stem}{look}.{kind}"));
            std::fs::write(file("svg"), svg(theme)).expect("written");
            std::fs::write(file("png"), png).expect("written");
        }
    }
    light
}

fn stems(figures: &Figures) -> Vec<&'static str> {
    figures.iter().map(|figure| figure.0).collect()
}

fn baseline(replications: u64) -> Summary {
    summary(
        vec![strategy("baseline", "Baseline", 1.0, replications)],
        replications,
    )
}

#[test]
fn a_run_has_all_its_figures_and_they_state_their_finding() {
    let figures = checked("run", run_figures(&baseline(10_000)));
    let all = [
        "exceedance",
        "delivered_rate",
        "losses",
        "convergence",
        "route_shares",
    ];
    assert_eq!(stems(&figures), all);
    assert_eq!(all, STEMS[..5]);
    let titles = [
        "One year in twenty leaves more than",
        "Deliveries average",
        "Caspian Pipeline Consortium bears 78",
        "After 10\u{a0}000\u{a0}replications, the standard error of mean undelivered volume is",
        "Caspian Pipeline Consortium loses",
    ];
    for ((stem, figure), title) in figures.iter().zip(titles) {
        assert!(
            figure.svg().contains(&format!("-title\">{title}")),
            "{stem}"
        );
        for provenance in [
            "seed 2026",
            "Keruen 0.1.0",
            "scenario 5d3c9a71",
            "of 365\u{a0}days",
        ] {
            assert!(figure.svg().contains(provenance), "{stem}: {provenance}");
        }
    }
}

#[test]
fn a_quota_has_its_figure_by_month() {
    let mut with_quota = baseline(10_000);
    let month = |number: usize| QuotaMonth {
        quota: "opec".to_owned(),
        name: "OPEC+".to_owned(),
        month: format!("2026-{:02}", number + 1),
        days: 365.0 / 12.0,
        cap_bpd: 1.6e6,
        compensation_bpd: if number < 6 { 0.6e6 } else { 0.0 },
        undisturbed_bpd: 1.8e6,
        counted_bpd: 1.74e6 - 1e4 * number as f64,
        counted_std_error_bpd: Some(1e3),
        balance_bbl: 1e8 + 4e6 * number as f64,
        balance_std_error_bbl: Some(1e5),
        balance_low_bbl: 1e8 - 2e6 * number as f64,
        balance_median_bbl: 1e8 + 5e6 * number as f64,
        balance_high_bbl: 1e8 + 6e6 * number as f64,
    };
    let strategy = &mut with_quota.strategies[0];
    strategy.quota_months = (0..12).map(month).collect();
    let figures = checked("quota", run_figures(&with_quota));
    let (stem, figure) = figures.last().expect("figures");
    assert_eq!((*stem, STEMS[9]), ("quota_balance", "quota_balance"));
    assert!(
        figure
            .svg()
            .contains("-title\">OPEC+: the mean is above the cap")
    );
    // Nonsense is drawn as nothing.
    let strategy = &mut with_quota.strategies[0];
    for month in &mut strategy.quota_months {
        (month.balance_high_bbl, month.cap_bpd, month.days) = (f64::NAN, f64::INFINITY, -1.0);
    }
    checked("quota-nonsense", run_figures(&with_quota));
}

#[test]
fn every_strategy_has_its_curve_and_its_colour() {
    let strategies = vec![
        strategy("baseline", "Baseline", 1.0, 10_000),
        strategy("btc", "Seven more cargoes a month to Baku", 0.72, 10_000),
        strategy("bypass", "Bypass line", 0.45, 10_000),
    ];
    let figures = checked("three", run_figures(&summary(strategies, 10_000)));
    let exceedance = figures[0].1.svg();
    for colour in ["#0072B2", "#E69F00", "#009E73"] {
        let lines = exceedance.matches("<polyline").count();
        assert!(exceedance.contains(colour) && lines >= 3, "{colour}");
    }
    assert!(exceedance.contains(">Bypass line<"));
}

#[test]
fn a_stress_shows_every_route_and_tank() {
    let figures = checked("stress", stress_figures(&stress()));
    assert_eq!(stems(&figures), STEMS[5..6]);
    let svg = figures[0].1.svg();
    for text in [
        "Caspian Pipeline",
        ">Tengiz<",
        "4.2 million barrels when full",
        "CPC marine terminal at 24",
        "Shut in",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    let mut simple = stress();
    simple.tanks.clear();
    simple.closures.push(simple.closures[0].clone());
    simple.closures[1].start_seconds += 86_400 * 10;
    simple.closures[1].end_seconds += 86_400 * 30;
    simple.closures[1].name =
        "A name that is so long that nobody can want to read all of it".into();
    checked("stress_simple", stress_figures(&simple));
}

#[test]
fn a_story_shows_what_went_wrong_over_what_was_delivered() {
    let figures = checked("story", story_figures(&story()));
    assert_eq!(stems(&figures), STEMS[6..7]);
    let svg = figures[0].1.svg();
    for text in [
        ">Replication 1917 leaves 14.8\u{a0}million\u{a0}barrels undelivered, 2.4\u{a0}%",
        "55\u{a0}% of the lost production is laid to Storm over Novorossiysk",
        ">Wind on the Caspian<",
        ">Tengiz<",
        "the worst of 10\u{a0}000",
        ">Mar<",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    let mut quiet = story();
    quiet.disruptions.clear();
    quiet.causes.clear();
    quiet.tanks.clear();
    quiet.undelivered_bbl = 0;
    let figures = checked("story_quiet", story_figures(&quiet));
    let title = ">In replication 1917 all that is planned is delivered: nothing goes wrong";
    assert!(figures[0].1.svg().contains(title));
    let mut crowded = story();
    for number in 0..20 {
        let mut cause = crowded.causes[0].clone();
        cause.hazard = format!("more-{number}");
        let mut disruption = crowded.disruptions[0].clone();
        disruption.hazard.clone_from(&cause.hazard);
        crowded.causes.push(cause);
        crowded.disruptions.push(disruption);
    }
    let figures = checked("story_crowded", story_figures(&crowded));
    assert!(figures[0].1.svg().contains(">16 other hazards<"));
    quiet.epochs.clear();
    assert!(checked("story_empty", story_figures(&quiet)).is_empty());
}

#[test]
fn what_a_reader_would_wonder_at_is_explained() {
    let mut run = baseline(2_000);
    let strategy = &mut run.strategies[0];
    let fan = strategy.fan.as_mut().expect("there");
    let median = fan.quantiles_bpd["0.5"].clone();
    for level in ["0.25", "0.75"] {
        fan.quantiles_bpd.insert(level.to_owned(), median.clone());
    }
    let high = fan.quantiles_bpd.get_mut("0.95").expect("there");
    for value in &mut high[20..90] {
        *value += 300_000.0;
    }
    let classes = [("maintenance", 20e6), ("technical", 15e6), ("legal", 0.0)];
    strategy.classes = classes
        .map(|(id, mean)| {
            let metric = metric("bbl", mean, mean * 0.02);
            (id.to_owned(), [("attributed".to_owned(), metric)].into())
        })
        .into();
    let figures = checked("wonder", run_figures(&run));
    let [_, rate, losses, ..] = figures.as_slice() else {
        panic!("figures are missing")
    };
    assert!(rate.1.svg().contains("above plan: tanks draining"));
    assert!(rate.1.svg().contains("P5–P95") && !rate.1.svg().contains("P25–P75"));
    let title = "by\u{a0}cause: planned maintenance 57\u{a0}%, technical failures 43\u{a0}%";
    let svg = losses.1.svg();
    assert!(svg.contains(title), "{svg}");
    assert!(!svg.contains(">Legal<"));

    let plain = checked("plain", run_figures(&baseline(2_000)));
    assert!(!plain[1].1.svg().contains("above plan") && plain[1].1.svg().contains("P25–P75"));
}

#[test]
fn money_is_told_by_what_loses_it_and_in_bad_years() {
    for (case, by_route, words) in [
        ("money", 180e6, "worse ways and prices another 180"),
        ("gain", -90e6, "but those delivered earn 90.0"),
    ] {
        let mut run = baseline(2_000);
        let strategy = &mut run.strategies[0];
        for (name, mean) in [
            ("volume_effect", 2.9e9),
            ("route_effect", by_route),
            ("netback_lost", 2.9e9 + by_route),
        ] {
            let metric = metric("USD", mean, 31e6);
            strategy.metrics.insert(name.to_owned(), metric);
        }
        strategy.money = Some(sample::money());
        let figures = checked(case, run_figures(&run));
        let (stem, figure) = figures.last().expect("figures");
        assert_eq!(*stem, "money");
        let svg = figure.svg();
        assert!(
            svg.contains("of netback is lost: barrels not delivered cost 2.90"),
            "{svg}"
        );
        assert!(svg.contains(words), "{svg}");
    }
}

#[test]
fn a_long_name_is_broken_before_it_is_cut() {
    let mut run = baseline(2_000);
    run.network.routes[1].name =
        "Atyrau–Samara to Ust-Luga and Novorossiysk and on to whoever wants it there".into();
    let figures = checked("long", run_figures(&run));
    let svg = figures[2].1.svg();
    assert!(svg.contains(">Atyrau–Samara to Ust-Luga") && svg.contains("wants it there<"));
    assert!(!svg.contains('…'));
}

#[test]
fn tanks_that_rest_are_left_out() {
    let mut still = stress();
    for epoch in &mut still.epochs {
        epoch.stocks_bbl[1] = still.tanks[1].initial_bbl;
    }
    still.tanks[0].name = "Tengiz head tank farm of the field (with all that was added)".into();
    let figures = checked("still", stress_figures(&still));
    let svg = figures[0].1.svg();
    assert!(!svg.contains(">Atyrau<") && svg.contains(">Aktau seaport terminal<"));
    assert!(
        svg.contains(">Tengiz head tank farm of the field<"),
        "{svg}"
    );
}

#[test]
fn few_replications_and_empty_results_do_no_harm() {
    checked("single", run_figures(&baseline(1)));
    checked("few", run_figures(&baseline(40)));
    assert!(checked("none", run_figures(&summary(Vec::new(), 0))).is_empty());
    let mut bare = strategy("baseline", "Baseline", 1.0, 10);
    bare.exceedance = None;
    bare.fan = None;
    bare.convergence = None;
    bare.routes.clear();
    bare.classes.clear();
    assert!(checked("bare", run_figures(&summary(vec![bare], 10))).is_empty());
    let mut empty = stress();
    empty.epochs.clear();
    assert!(checked("empty", stress_figures(&empty)).is_empty());
    let mut nothing = stress();
    nothing.closures.clear();
    nothing.routes.clear();
    nothing.lost_bbl = 0;
    for epoch in &mut nothing.epochs {
        epoch.routes_bpd.clear();
        epoch.stocks_bbl.clear();
        epoch.delivered_bpd = 0;
        epoch.undisturbed_bpd = 0;
        epoch.planned_bpd = 0;
    }
    checked("nothing", stress_figures(&nothing));
}

/// Replaces every number of a result.
fn with_values(mut result: StrategyResult, value: f64) -> StrategyResult {
    for point in &mut result.exceedance.as_mut().expect("there").points {
        (point.level_bbl, point.probability, point.low, point.high) = (value, value, value, value);
    }
    for point in &mut result.convergence.as_mut().expect("there").points {
        (point.mean, point.std_error) = (value, Some(value));
    }
    let fan = result.fan.as_mut().expect("there");
    let lines = [
        &mut fan.plan_bpd,
        &mut fan.undisturbed_bpd,
        &mut fan.mean_bpd,
    ];
    for line in lines.into_iter().chain(fan.quantiles_bpd.values_mut()) {
        line.fill(value);
    }
    for metrics in result
        .routes
        .values_mut()
        .chain(result.classes.values_mut())
    {
        for metric in metrics.values_mut() {
            (metric.mean, metric.std_error) = (Some(value), Some(value));
        }
    }
    for metric in result.metrics.values_mut() {
        metric
            .quantiles
            .values_mut()
            .for_each(|quantile| *quantile = Some(value));
    }
    result
}

#[test]
fn other_lengths_of_time_have_their_own_marks() {
    for (name, days, bin_days, start, run) in [
        ("month", 30.0, 1.0, "2025-12-20", "One 30-day run in twenty"),
        (
            "years",
            1095.0,
            3.0,
            "2025-06-15",
            "One 3-year run in twenty",
        ),
        (
            "decade",
            3653.0,
            10.0,
            "2026-01-01",
            "One 10-year run in twenty",
        ),
    ] {
        let mut other = baseline(2_000);
        other.scenario.horizon_days = days;
        other.scenario.start = start.to_owned();
        let bins = (days / bin_days) as usize;
        let fan = other.strategies[0].fan.as_mut().expect("there");
        fan.bin_days = bin_days;
        let lines = [
            &mut fan.plan_bpd,
            &mut fan.undisturbed_bpd,
            &mut fan.mean_bpd,
        ];
        for line in lines.into_iter().chain(fan.quantiles_bpd.values_mut()) {
            let year = line.clone();
            *line = (0..bins)
                .map(|bin| year[(bin * bin_days as usize) % 365])
                .collect();
        }
        let figures = checked(name, run_figures(&other));
        assert!(figures[0].1.svg().contains(run), "{name}");
    }
}

#[test]
fn no_value_is_too_odd_to_be_drawn() {
    for (name, value) in [
        ("zero", 0.0),
        ("nan", f64::NAN),
        ("huge", 1e300),
        ("negative", -5e7),
        ("infinite", f64::INFINITY),
        ("tiny", 1e-300),
    ] {
        let result = with_values(strategy("baseline", "Baseline", 1.0, 100), value);
        let mut odd = summary(vec![result], 100);
        odd.scenario.start = "no date".into();
        checked(name, run_figures(&odd));
    }
    let mut odd = baseline(100);
    odd.scenario.horizon_days = f64::NAN;
    odd.strategies[0].fan = Some(Fan {
        bin_days: f64::NAN,
        plan_bpd: vec![],
        undisturbed_bpd: vec![1.0],
        mean_bpd: vec![3.0],
        quantiles_bpd: [("0.05".to_owned(), vec![]), ("0.95".to_owned(), vec![2.0])].into(),
        doubt: None,
    });
    checked("uneven", run_figures(&odd));
}

#[test]
fn many_routes_and_long_names_find_room() {
    let mut many = baseline(5_000);
    let result = &mut many.strategies[0];
    for place in 0..60 {
        let id = format!("route_{place}_with_an_id_that_is_longer_than_anyone_would_want_it_to_be");
        let lost = 1e6 * f64::from(60 - place) - 2.2e7;
        let metrics = [("lost", lost), ("exported", 1e7 + lost.abs())]
            .map(|(name, value)| (name.to_owned(), metric("bbl", value, value.abs() * 0.04)));
        result.routes.insert(id.clone(), metrics.into());
        result.undisturbed.routes_bpd.insert(id, 3e4);
    }
    many.scenario.name = "Сценарий с очень длинным именем — ".repeat(9);
    let figures = checked("many", run_figures(&many));
    assert!(
        figures
            .iter()
            .any(|(_, figure)| figure.svg().contains("55 others"))
    );

    let mut crowded = stress();
    for place in 0..30 {
        crowded.routes.push(crowded.routes[place % 7].clone());
        for epoch in &mut crowded.epochs {
            epoch.routes_bpd.push(10_000);
        }
    }
    checked("crowded", stress_figures(&crowded));
}

/// Every figure of a run that drew figures in doubt tells its two errors apart.
#[test]
fn doubt_about_figures_is_drawn_apart() {
    let doubtful = |metric: &mut Metric| {
        let mean = metric.mean.unwrap_or(0.0);
        metric.epistemic = Some(Epistemic {
            std_dev: 0.2 * mean.abs(),
            variance_raw: 0.04 * mean * mean,
            share: Some(0.3),
            low: mean - 0.3 * mean.abs(),
            high: mean + 0.4 * mean.abs(),
        });
    };
    let mut summary = baseline(5_000);
    let strategy = &mut summary.strategies[0];
    let groups = [&mut strategy.routes, &mut strategy.classes];
    let inner = groups.into_iter().flat_map(|group| group.values_mut());
    inner
        .flat_map(|metrics| metrics.values_mut())
        .for_each(doubtful);
    let exceedance = strategy.exceedance.as_mut().expect("a curve");
    for point in &mut exceedance.points {
        let (low, high) = (0.4 * point.probability, (1.8 * point.probability).min(1.0));
        point.epistemic = Some(Band { low, high });
    }
    let fan = strategy.fan.as_mut().expect("a fan");
    let times = |share: f64| fan.mean_bpd.iter().map(|mean| mean * share).collect();
    fan.doubt = Some(FanDoubt {
        std_error_bpd: times(0.002),
        low_bpd: times(0.96),
        high_bpd: times(1.02),
    });
    let settled = strategy.convergence.as_mut().expect("a curve");
    let mean = settled.points.last().expect("a point").mean;
    settled.epistemic = Some(Band {
        low: 0.5 * mean,
        high: 1.9 * mean,
    });
    let figures = checked("doubtful", run_figures(&summary));
    assert_eq!(figures.len(), 5);
    for (name, figure) in &figures {
        assert!(figure.svg().contains("doubt about"), "{name}");
    }
    for (name, figure) in checked("sure", run_figures(&baseline(5_000))) {
        assert!(!figure.svg().contains("doubt"), "{name}");
    }
}
