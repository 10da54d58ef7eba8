//! The exact law of the delivered rate.

use crate::results::Exact;

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::numbers::{Unit, fixed, percent, sane, significant};
use super::{theme, tips};

/// More levels than this are put together into as many bars of equal width.
const MOST: usize = 120;

pub(super) fn scene(exact: &Exact) -> Option<Scene> {
    let most = exact.law.iter().map(|level| level.delivered_bpd).max()? as f64;
    let run = &exact.long_run;
    let most = most.max(run.planned_bpd);
    let unit = Unit::rate(most);
    let title = title(exact, unit);
    let subtitle = format!(
        "Share of time at each delivered rate, {}, over all states; below it the share of time at \
         that rate or less",
        unit.words
    );
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer(exact), 570.0);
    let middle = panel.top + 0.56 * (panel.bottom - panel.top);
    let marks = round_marks(0.0, unit.of(most), 6);
    let ends = (marks[0], marks[marks.len() - 1]);
    let left = panel.left + 44.0;
    let across = Axis::linear(ends, (left, panel.right - 6.0));
    let bars = bars(exact, unit.divisor * ends.1);
    let highest = bars.iter().map(|bar| bar.1).fold(0.0, f64::max);

    let mut upper = theme::Panel {
        top: panel.top + 8.0,
        bottom: middle - 34.0,
        ..panel
    };
    let shares = round_marks(0.0, highest, 4);
    let height = scale(&mut scene, &mut upper, &shares, left);
    let base = height.at(0.0);
    let half = if bars.len() > 60 { 1.6 } else { 3.0 };
    for &(rate, share) in &bars {
        let x = across.at(unit.of(rate));
        let y = height.at(share).min(base - 0.8);
        scene.rectangle((x - half, y), (x + half, base), theme::BLUE.tint(0.88), 1.0);
    }
    mark(&mut scene, &across, (upper.top, base), exact, unit);
    let told: Vec<(f64, String)> = bars
        .iter()
        .map(|&(rate, share)| {
            let told = format!("{}: {} of the time", unit.told(rate), percent(share));
            (across.at(unit.of(rate)), told)
        })
        .collect();
    let both = theme::Panel {
        top: upper.top,
        left,
        ..panel
    };
    tips::columns(&mut scene, &both, &told);

    let mut lower = theme::Panel {
        top: middle + 4.0,
        bottom: panel.bottom - 14.0,
        ..panel
    };
    let height = scale(&mut scene, &mut lower, &[0.0, 0.25, 0.5, 0.75, 1.0], left);
    let mut below = 0.0;
    let mut curve = vec![(left, height.at(0.0))];
    for level in &exact.law {
        let x = across.at(unit.of(level.delivered_bpd as f64));
        curve.push((x, height.at(below)));
        below += sane(level.probability);
        curve.push((x, height.at(below.min(1.0))));
    }
    curve.push((panel.right - 6.0, height.at(below.min(1.0))));
    scene.line(curve, theme::VERMILION, 1.6);

    let decimals = axis::decimals(&marks);
    for edge in [upper.bottom, lower.bottom] {
        for &mark in &marks {
            theme::notch(&mut scene, across.at(mark), edge);
            let place = (across.at(mark), edge + 17.0);
            scene.text(
                &fixed(mark, decimals),
                place,
                theme::TICK.at(Anchor::Middle),
            );
        }
    }
    let place = (f64::midpoint(left, panel.right), lower.bottom + 34.0);
    let caption = format!("Delivered, {}", unit.words);
    scene.text(&caption, place, theme::CAPTION.at(Anchor::Middle));
    Some(scene)
}

/// Hairlines and per cents of an upright scale whose panel begins at `left`.
fn scale(scene: &mut Scene, panel: &mut theme::Panel, marks: &[f64], left: f64) -> Axis {
    panel.left = left;
    let ends = (marks[0], marks[marks.len() - 1]);
    let scale = Axis::linear(ends, (panel.bottom, panel.top));
    for &mark in marks {
        let y = scale.at(mark);
        if mark == 0.0 {
            theme::base_line(scene, panel, y);
        } else {
            theme::hairline(scene, panel, y);
        }
        let text = if mark == 0.0 {
            "0".to_owned()
        } else {
            percent(mark)
        };
        let place = (left - 8.0, y + theme::TICK.size * 0.36);
        scene.text(&text, place, theme::TICK.at(Anchor::End));
    }
    scale
}

/// Rate and share of time of each bar.
fn bars(exact: &Exact, most: f64) -> Vec<(f64, f64)> {
    let levels = exact.law.iter();
    let levels = levels.map(|level| (level.delivered_bpd as f64, sane(level.probability)));
    if exact.law.len() <= MOST {
        return levels.collect();
    }
    let width = most / MOST as f64;
    let mut bars: Vec<(f64, f64)> = (0..MOST)
        .map(|place| ((place as f64 + 0.5) * width, 0.0))
        .collect();
    for (rate, share) in levels {
        let place = ((rate / width) as usize).min(MOST - 1);
        bars[place].1 += share;
    }
    bars.retain(|bar| bar.1 > 0.0);
    bars
}

/// Marks the mean rate.
fn mark(scene: &mut Scene, across: &Axis, (top, base): (f64, f64), exact: &Exact, unit: Unit) {
    let mean = exact.long_run.delivered_bpd;
    let x = across.at(unit.of(mean));
    scene.dashed(&[(x, top), (x, base)], theme::INK, 0.9, 4.0);
    let text = format!("mean {}", significant(unit.of(mean), 4));
    let place = (x - 7.0, top + 10.0);
    scene.text(&text, place, theme::STRONG_LABEL.at(Anchor::End));
}

fn title(exact: &Exact, unit: Unit) -> String {
    let short = exact.shortfall.probability.unwrap_or(0.0);
    let mean = unit.told(exact.long_run.delivered_bpd);
    if short > 0.0 {
        format!(
            "{mean} get through on average; deliveries are short of plan {} of the time",
            percent(short)
        )
    } else {
        format!("{mean} get through, always all that is planned")
    }
}

pub(super) fn footer(exact: &Exact) -> String {
    let states = format!(
        "all {} joint states",
        fixed(exact.states.joint.min(1e15), 0)
    );
    theme::course_footer(&exact.scenario, &exact.version, &exact.strategies, &states)
}
