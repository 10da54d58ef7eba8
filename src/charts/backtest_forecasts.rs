//! Forecasts of all variants, with what came.

use crate::results::{Backtest, BacktestForecast, BacktestVariant};

use super::axis::{Axis, round_marks};
use super::backtest_episodes::footer;
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{fixed, in_words, percent, sane};
use super::{text, theme, tips};

/// Height of the strip of a variant in a row.
const STRIP: f64 = 13.0;
/// Room between rows.
const GAP: f64 = 14.0;
/// Room for names at the left.
const NAMES: f64 = 150.0;
/// Room for scores at the right.
const SCORES: f64 = 120.0;

pub(super) fn scene(backtest: &Backtest) -> Option<Scene> {
    let first = backtest.variants.first()?;
    if first.forecasts.is_empty() {
        return None;
    }
    let title = title(backtest, first);
    let subtitle = "In per cent of the plan. Thin: 5 to 95 percent of futures; thick: 25 to 75 \
                    percent; tick: median; dot: what came. CRPS: as a share of what came; less is \
                    better";
    let variants = backtest.variants.len() as f64;
    let pitch = variants * STRIP + GAP;
    let count = first.forecasts.len() as f64;
    let needed = theme::head(&title, subtitle) + count * pitch + 74.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, subtitle, &footer(backtest), needed);
    legend(&mut scene, backtest, (panel.left, panel.top + 6.0));
    let top = panel.top + 48.0;
    let foot = top + count * pitch;
    let (left, right) = (panel.left + NAMES, panel.right - SCORES);

    let all = || {
        backtest
            .variants
            .iter()
            .flat_map(|variant| &variant.forecasts)
    };
    let shares = all().flat_map(|forecast| {
        let plan = forecast.plan;
        let ends = [
            forecast.quantiles[0],
            forecast.quantiles[4],
            forecast.observed,
            plan,
        ];
        ends.map(|value| share(value, plan))
    });
    let (low, high) = shares.fold((100.0_f64, 100.0_f64), |(low, high), share| {
        (low.min(share), high.max(share))
    });
    let marks = round_marks(low.max(-100.0), high.min(300.0), 6);
    let ends = (marks[0], marks[marks.len() - 1]);
    let scale = Axis::linear(ends, (left, right));
    for &mark in &marks {
        theme::faint_upright(&mut scene, scale.at(mark), (top, foot));
        let style = theme::TICK.at(Anchor::Middle);
        scene.text(&fixed(mark, 0), (scale.at(mark), foot + 17.0), style);
    }
    theme::upright(&mut scene, scale.at(100.0), (top, foot));
    let caption = theme::CAPTION;
    let place = (f64::midpoint(left, right), foot + 34.0);
    scene.text("Per cent of the plan", place, caption.at(Anchor::Middle));
    scene.text(
        "CRPS",
        (panel.right - 44.0, top - 6.0),
        caption.at(Anchor::End),
    );
    scene.text("PIT", (panel.right, top - 6.0), caption.at(Anchor::End));

    for (index, asked) in first.forecasts.iter().enumerate() {
        let above = top + index as f64 * pitch + GAP * 0.5;
        let middle = above + variants * STRIP * 0.5;
        let name = text::shortened(
            &asked.name,
            theme::LABEL.size,
            theme::LABEL.weight,
            NAMES - 12.0,
        );
        let base = middle + theme::LABEL.size * 0.36;
        scene.text(&name, (panel.left, base), theme::LABEL);
        for (place, variant) in backtest.variants.iter().enumerate() {
            let Some(forecast) = variant.forecasts.get(index) else {
                continue;
            };
            let y = above + (place as f64 + 0.5) * STRIP;
            scene.begin(&variant.name);
            strip(&mut scene, forecast, (&scale, y, colour(place)));
            let [low, _, median, _, high] = forecast
                .quantiles
                .map(|value| fixed(share(value, forecast.plan), 0));
            let told = format!(
                "{}, {}: median {median}\u{a0}% of plan (P5 {low}, P95 {high}); came: {}\u{a0}%",
                asked.name,
                variant.name,
                fixed(share(asked.observed, asked.plan), 0),
            );
            tips::row(&mut scene, (left, right), (y, STRIP), &told);
            scene.end();
            let base = y + theme::TICK.size * 0.36;
            let style = theme::TICK.at(Anchor::End);
            let crps = share(forecast.crps, forecast.observed.abs());
            scene.text(
                &format!("{} %", fixed(crps, 0)),
                (panel.right - 44.0, base),
                style,
            );
            scene.text(&fixed(forecast.pit, 2), (panel.right, base), style);
        }
        let at = scale.at(share(asked.observed, asked.plan).clamp(ends.0, ends.1));
        let (from, to) = (above - 1.0, above + variants * STRIP + 1.0);
        scene.rectangle((at - 0.75, from), (at + 0.75, to), theme::INK, 1.0);
        scene.marker((at, middle), 4.5, theme::INK);
    }
    Some(scene)
}

fn colour(place: usize) -> Colour {
    [theme::BLUE, theme::VERMILION]
        .get(place)
        .copied()
        .unwrap_or_else(|| theme::series(place))
}

fn share(value: f64, of: f64) -> f64 {
    if of > 0.0 {
        sane(100.0 * value / of)
    } else {
        100.0
    }
}

fn title(backtest: &Backtest, first: &BacktestVariant) -> String {
    let honest = backtest.variants.iter().find(|variant| !variant.in_sample);
    let variant = honest.unwrap_or(first);
    let outcomes = variant.forecasts.len() as u64;
    let inside = variant.score.as_ref().map_or(0, |score| score.inside_90);
    let inside = match inside {
        0 => "None".to_owned(),
        inside => super::numbers::capitalised(&in_words(inside)),
    };
    let skill = variant
        .score
        .as_ref()
        .and_then(|score| score.skill_over_plan);
    let skill = skill.map_or_else(String::new, |skill| {
        format!("; {} better than the plan alone", percent(skill.max(0.0)))
    });
    format!(
        "{inside} of {} outcomes inside the 90\u{a0}% interval of the forecast{skill}",
        in_words(outcomes)
    )
}

fn legend(scene: &mut Scene, backtest: &Backtest, (left, top): (f64, f64)) {
    for (place, variant) in backtest.variants.iter().enumerate() {
        let y = top - 8.0 + 15.0 * place as f64;
        scene.rectangle((left, y - 4.0), (left + 16.0, y + 2.0), colour(place), 0.85);
        let mut name = variant.name.clone();
        if variant.in_sample {
            name += " (has seen what came, so it proves nothing)";
        }
        let style = theme::LABEL;
        let name = text::shortened(&name, style.size, style.weight, 640.0);
        scene.text(&name, (left + 24.0, y + 3.0), style);
    }
}

fn strip(scene: &mut Scene, forecast: &BacktestForecast, (scale, y, colour): (&Axis, f64, Colour)) {
    let at = |value: f64| scale.at(share(value, forecast.plan));
    let [low, quarter, median, upper, high] = forecast.quantiles.map(at);
    scene.rectangle((low, y - 1.0), (high.max(low + 1.0), y + 1.0), colour, 0.6);
    scene.rectangle(
        (quarter, y - 3.5),
        (upper.max(quarter + 1.0), y + 3.5),
        colour,
        0.6,
    );
    scene.rectangle(
        (median - 0.75, y - 5.0),
        (median + 0.75, y + 5.0),
        colour,
        1.0,
    );
}
