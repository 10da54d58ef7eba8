//! What is lost in money: in the mean, by volume and by route, and in bad years.

use crate::results::{Metric, Money, StrategyResult, Summary};

use super::canvas::Scene;
use super::colour::Colour;
use super::losses::{Bar, Words, laid_out};
use super::numbers::{Unit, percent, sane};
use super::theme;

/// The parts of a mean loss, as they are called.
const PARTS: [(&str, &str); 3] = [
    ("volume_effect", "Barrels not delivered"),
    ("route_effect", "Delivered barrels that earn less"),
    ("netback_lost", "Together"),
];

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary.strategies.first()?;
    let money = strategy.money.as_ref()?;
    let parts: Vec<Bar> = PARTS
        .iter()
        .filter_map(|&(metric, name)| bar(name, strategy.metrics.get(metric)?))
        .collect();
    let [by_volume, by_route, lost] = parts.as_slice() else {
        return None;
    };
    let period = theme::period(&summary.scenario);
    let bad = bad_years(money, &period);
    let all = || parts.iter().chain(&bad);
    let greatest = all().map(|bar| bar.value.abs()).fold(0.0, f64::max);
    if greatest == 0.0 {
        return None;
    }
    let unit = Unit::dollars(greatest);
    let doubt = if parts.iter().any(|bar| bar.doubt.is_some()) {
        "; purple: 90\u{a0}% band from doubt about figures"
    } else {
        ""
    };
    let mut subtitle = format!(
        "Netback lost per {period} against the undisturbed future, {}: what is earned less \
         tariffs, freight and war risk; whiskers: ± one standard error{doubt}",
        unit.words
    );
    if summary.strategies.len() > 1 {
        subtitle = format!("{subtitle}; strategy: {}", strategy.name);
    }
    let words = Words {
        title: title(strategy, money, [by_volume, by_route, lost]),
        subtitle,
        footer: theme::run_footer(summary),
        caption: format!("{} per {period}", unit.heading()),
    };
    let groups: Vec<(&str, &[Bar], Colour)> = [
        ("In the mean", parts.as_slice(), theme::BLUE),
        ("Revenue at risk", bad.as_slice(), theme::VERMILION),
    ]
    .into_iter()
    .filter(|(_, bars, _)| !bars.is_empty())
    .collect();
    Some(laid_out(&groups, unit, &words))
}

fn bar(name: &str, metric: &Metric) -> Option<Bar> {
    Some(Bar {
        name: name.to_owned(),
        value: sane(metric.mean?),
        error: metric.std_error.map(|error| sane(error).abs()),
        doubt: metric
            .epistemic
            .map(|known| (sane(known.low), sane(known.high))),
        several: false,
    })
}

/// What one year in twenty and one in a hundred lose at least, and in the mean.
fn bad_years(money: &Money, period: &str) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (level, words) in [("0.95", "twenty"), ("0.99", "a\u{a0}hundred")] {
        let Some(at_risk) = money.revenue_at_risk.get(level) else {
            continue;
        };
        let mut put = |end: &str, value: Option<f64>, error: Option<f64>| {
            bars.extend(value.map(|value| Bar {
                name: format!("one {period} in {words}, {end}"),
                value: sane(value),
                error: error.map(|error| sane(error).abs()),
                doubt: None,
                several: false,
            }));
        };
        put("at least", at_risk.value_at_risk, None);
        let beyond = at_risk.conditional_value_at_risk;
        put(
            "in the mean",
            beyond.map(|tail| tail.value),
            beyond.and_then(|tail| tail.std_error),
        );
    }
    bars
}

fn title(
    strategy: &StrategyResult,
    money: &Money,
    [by_volume, by_route, lost]: [&Bar; 3],
) -> String {
    let in_force = money.objectives.iter().find(|outcome| outcome.in_force);
    let planned = in_force.map_or(0.0, |outcome| sane(outcome.netback_usd));
    if lost.value <= 0.0 {
        return "No netback is lost in the mean".to_owned();
    }
    let share = if planned > 0.0 {
        format!("{} of netback", percent(lost.value / planned))
    } else {
        "Netback".to_owned()
    };
    // Each in the unit that fits it: one part is often much smaller than the other.
    let told = |bar: &Bar| Unit::dollars(bar.value).told(bar.value.abs());
    let route = if by_route.value < 0.0 {
        format!("but those delivered earn {} more", told(by_route))
    } else {
        format!("worse ways and prices another {}", told(by_route))
    };
    let share = match strategy.applied.as_slice() {
        [] => format!("{share} is lost"),
        _ => format!("{share} is still lost"),
    };
    format!(
        "{share}: barrels not delivered cost {}, {route}",
        told(by_volume)
    )
}
