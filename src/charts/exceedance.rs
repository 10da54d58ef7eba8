//! The chance that more than a volume stays undelivered.

use crate::results::{Exceedance, StrategyResult, Summary};

use super::axis::{Axis, round_marks};
use super::canvas::{Anchor, Place, Scene};
use super::colour::Colour;
use super::leading::{self, leading};
use super::numbers::{Unit, counted, fixed, percent, sane};
use super::theme::{self, Panel};
use super::tips;

/// Chances that an axis may mark.
const CHANCES: [f64; 13] = [
    1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5, 1e-6,
];
/// Levels that are marked on the curve.
const LEVELS: [(&str, f64); 3] = [("0.5", 0.5), ("0.95", 0.05), ("0.99", 0.01)];

/// Left, upper, right and lower edge.
type Bounds = (f64, f64, f64, f64);

/// A strategy's curve.
struct Curve<'a> {
    name: &'a str,
    colour: Colour,
    /// Level, chance, lower and upper bound.
    points: Vec<[f64; 4]>,
    /// Level, lower and upper end of what figures in doubt make of the chance.
    doubt: Vec<[f64; 4]>,
    /// Chances of [`LEVELS`] and the levels that are exceeded with them.
    marked: Vec<(&'static str, f64, f64)>,
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let curves: Vec<Curve<'_>> = leading(summary)
        .into_iter()
        .enumerate()
        .filter_map(|(place, strategy)| {
            let exceedance = strategy
                .exceedance
                .as_ref()
                .filter(|e| !e.points.is_empty())?;
            Some(curve(strategy, exceedance, theme::series(place)))
        })
        .collect();
    if curves.is_empty() {
        return None;
    }
    let greatest = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point[0]);
    let greatest = greatest.fold(0.0, f64::max);
    let unit = Unit::barrels(greatest);
    let period = theme::period(&summary.scenario);

    let has_doubt = curves.iter().any(|curve| !curve.doubt.is_empty());
    let bands = if has_doubt {
        "with the errors of two kinds"
    } else {
        "with its 95\u{a0}% confidence band"
    };
    let mut subtitle = format!(
        "Chance that a {period} leaves more than a given volume undelivered, {bands}; logarithmic \
         scale",
    );
    subtitle += &leading::left_out(summary);
    let title = title(&curves, unit, &period, summary.replications);
    let (mut scene, mut panel) = theme::page(
        &title,
        &subtitle,
        &theme::run_footer(summary),
        theme::HEIGHT,
    );
    panel.top += 14.0;
    panel.bottom -= 16.0;
    if curves.len() > 1 {
        keys(&mut scene, &mut panel, &curves);
    }
    if has_doubt {
        let monte_carlo = "95\u{a0}% confidence: more replications make it narrower";
        let doubt = "90\u{a0}% band from doubt about figures: they do not";
        let keys = [
            (curves[0].colour, 0.4, monte_carlo),
            (theme::DOUBT, theme::DOUBT_BAND, doubt),
        ];
        theme::error_keys(&mut scene, &mut panel, &keys);
    }

    let least = lowest_chance(summary.replications);
    let chance = Axis::logarithmic((least, 1.0), (panel.bottom, panel.top));
    chances(&mut scene, &mut panel, &chance, least, &period);

    // Deep in the tail, curves leave the figure through its floor: the scale ends there.
    let seen = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .filter(|point| point[3] >= least || point[1] >= least)
        .map(|point| unit.of(point[0]));
    let lowest = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| unit.of(point[0]));
    let (low, high) = (
        lowest.fold(f64::INFINITY, f64::min),
        seen.fold(0.0, f64::max),
    );
    let low = if low > 0.35 * high { low } else { low.min(0.0) };
    let marks = round_marks(low, high, 7);
    let level = level_scale(&mut scene, &panel, &marks);
    let caption = format!("Undelivered over the {period}, {}", unit.words);
    theme::level_caption(&mut scene, &caption, &panel);

    // Many bands would hide each other.
    let bands = if curves.len() > 2 { 1 } else { curves.len() };
    for curve in &curves[..bands] {
        scene.begin(curve.name);
        let place = |(x, p): (f64, f64)| (level.at(unit.of(x)).min(panel.right), chance.at(p));
        let doubt = corners(&curve.doubt, least).map(place).collect();
        scene.area(doubt, theme::DOUBT, theme::DOUBT_BAND);
        let opacity = match curves.len() {
            1 if has_doubt => 0.4,
            1 => 0.22,
            _ => theme::BAND,
        };
        let sure = corners(&curve.points, least).map(place).collect();
        scene.area(sure, curve.colour, opacity);
    }
    scene.end();
    let mut lines: Vec<Vec<Place>> = Vec::new();
    for curve in &curves {
        let places: Vec<Place> = clipped(&curve.points, 1, least)
            .into_iter()
            .map(|(x, p)| (level.at(unit.of(x)), chance.at(p)))
            .collect();
        scene.begin(curve.name);
        scene.line(places.clone(), curve.colour, 2.0);
        scene.end();
        lines.push(places);
    }
    let level_of = |value: f64| level.at(unit.of(value));
    tips::columns(&mut scene, &panel, &told(&curves, &level_of, (unit, least)));
    let mut taken: Vec<Bounds> = Vec::new();
    for curve in &curves {
        scene.begin(curve.name);
        for &(name, p, x) in curve.marked.iter().filter(|mark| mark.1 >= least) {
            let place = (level.at(unit.of(x)), chance.at(p));
            scene.marker(place, 3.6, curve.colour);
            let beyond = chance_in_words(p);
            let told = format!("{}: more than {} in {beyond}", curve.name, unit.told(x));
            tips::mark(&mut scene, place, &told);
            let text = if curves.len() > 1 {
                unit.short(x)
            } else {
                format!("{name}: {} {}", unit.short(x), unit.words)
            };
            let style = theme::STRONG_LABEL.in_colour(theme::readable(curve.colour));
            let width = style.width(&text);
            let free = |area: &Bounds| {
                area.0 >= panel.left
                    && area.2 <= panel.right
                    && area.3 <= panel.bottom
                    && !taken.iter().any(|other| overlap(area, other))
                    && !lines.iter().any(|line| crosses(line, area))
            };
            let places = [
                (place.0 + 8.0, place.1 - 7.0),
                (place.0 + 6.0, place.1 - 4.0),
                (place.0 - 6.0 - width, place.1 + 13.0),
                (place.0 - 8.0 - width, place.1 + 15.0),
                (place.0 - 12.0 - width, place.1 + 8.0),
            ];
            let areas = places.map(|(x, y)| (x, y - 9.0, x + width, y + 2.0));
            if let Some(place) = areas.iter().position(free) {
                taken.push(areas[place]);
                scene.text(&text, places[place], style);
            }
        }
    }
    scene.end();
    Some(scene)
}

/// What is said along the scale of volumes: the chance of each curve at the levels of the first.
fn told(
    curves: &[Curve<'_>],
    place: &dyn Fn(f64) -> f64,
    (unit, least): (Unit, f64),
) -> Vec<(f64, String)> {
    let mut told = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for point in curves
        .iter()
        .flat_map(|curve| &curve.points)
        .take_while(|p| p[1] >= least)
    {
        let x = place(point[0]);
        // Levels a pixel apart cannot be pointed at one by one.
        if x - last < 3.0 {
            continue;
        }
        last = x;
        let mut text = format!("More than {}", unit.told(point[0]));
        for curve in curves {
            let Some(&[_, p, low, high]) = curve.points.iter().rfind(|one| one[0] <= point[0])
            else {
                continue;
            };
            let [p, low, high] = [p, low, high].map(percent);
            text += &format!("\n{}: {p} ({low} to {high})", curve.name);
        }
        told.push((x, text));
    }
    told
}

fn curve<'a>(strategy: &'a StrategyResult, exceedance: &Exceedance, colour: Colour) -> Curve<'a> {
    let mut points: Vec<[f64; 4]> = exceedance
        .points
        .iter()
        .map(|point| {
            let share = |value: f64| sane(value).clamp(0.0, 1.0);
            let p = share(point.probability);
            [
                sane(point.level_bbl),
                p,
                share(point.low).min(p),
                share(point.high).max(p),
            ]
        })
        .collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(b[1].total_cmp(&a[1])));
    let known = exceedance.points.iter().filter_map(|point| {
        let band = point.epistemic?;
        let share = |value: f64| sane(value).clamp(0.0, 1.0);
        let p = share(point.probability);
        Some([sane(point.level_bbl), p, share(band.low), share(band.high)])
    });
    let mut doubt: Vec<[f64; 4]> = known.collect();
    doubt.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let metric = strategy.metrics.get(&exceedance.metric);
    let marked = LEVELS
        .iter()
        .filter_map(|&(level, p)| {
            let stated = metric.and_then(|metric| *metric.quantiles.get(level)?);
            let x = stated.map(sane).or_else(|| level_at(&points, p))?;
            Some((name_of(level), p, x))
        })
        .collect();
    Curve {
        name: &strategy.name,
        colour,
        points,
        doubt,
        marked,
    }
}

fn name_of(level: &str) -> &'static str {
    match level {
        "0.5" => "P50",
        "0.95" => "P95",
        _ => "P99",
    }
}

/// The first level that is exceeded with no more than the chance `p`.
fn level_at(points: &[[f64; 4]], p: f64) -> Option<f64> {
    points
        .iter()
        .find(|point| point[1] <= p)
        .map(|point| point[0])
}

fn overlap(a: &Bounds, b: &Bounds) -> bool {
    a.0 < b.2 + 4.0 && b.0 < a.2 + 4.0 && a.1 < b.3 + 2.0 && b.1 < a.3 + 2.0
}

/// Whether a line runs through `area`.
fn crosses(line: &[Place], area: &Bounds) -> bool {
    line.windows(2).any(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let pieces = ((b.0 - a.0).hypot(b.1 - a.1) / 2.0).clamp(1.0, 500.0) as u32;
        (0..=pieces).any(|piece| {
            let share = f64::from(piece) / f64::from(pieces);
            let (x, y) = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
            x > area.0 - 1.5 && x < area.2 + 1.5 && y > area.1 - 1.0 && y < area.3 + 1.0
        })
    })
}

/// The lowest chance that is drawn: five replications are beyond it.
fn lowest_chance(replications: u64) -> f64 {
    let least = 5.0 / replications.max(1) as f64;
    CHANCES
        .into_iter()
        .filter(|&chance| chance >= least * 0.999)
        .fold(0.1, f64::min)
}

fn title(curves: &[Curve<'_>], unit: Unit, period: &str, replications: u64) -> String {
    let of = |curve: &Curve<'_>| {
        curve
            .marked
            .iter()
            .find(|mark| mark.1 == 0.05)
            .map_or(0.0, |mark| mark.2)
    };
    if curves.iter().all(|curve| {
        curve
            .points
            .iter()
            .all(|point| point[1] <= 0.0 || point[0] <= 0.0)
    }) && curves.iter().all(|curve| of(curve) <= 0.0)
    {
        let total = counted(replications, "replication", "replications");
        return format!("No oil stays undelivered in any of {total}");
    }
    let first = &curves[0];
    if replications < 100 {
        let total = counted(replications, "replication", "replications");
        let say = if replications == 1 { "says" } else { "say" };
        return format!("{total} {say} little yet about how much may stay undelivered");
    }
    match curves[1..].iter().min_by(|a, b| of(a).total_cmp(&of(b))) {
        None => format!(
            "One {period} in twenty leaves more than {} undelivered",
            unit.told(of(first))
        ),
        Some(best) if of(best) < of(first) => format!(
            "{} cuts the loss of one {period} in twenty from {} to {}",
            best.name,
            unit.short(of(first)),
            unit.told(of(best))
        ),
        Some(_) => format!(
            "No strategy makes the worst {period} in twenty better: {} stay undelivered",
            unit.told(of(first))
        ),
    }
}

/// A line of colours and names, for several curves that begin in one place and so cannot be named
/// at their ends without hiding each other.
fn keys(scene: &mut Scene, panel: &mut Panel, curves: &[Curve<'_>]) {
    let style = theme::LABEL;
    let mut x = theme::MARGIN;
    let mut y = panel.top - 16.0;
    for curve in curves {
        let name = super::text::shortened(curve.name, style.size, style.weight, 260.0);
        let width = style.width(&name);
        if x + 22.0 + width > theme::WIDTH - theme::MARGIN {
            x = theme::MARGIN;
            y += 17.0;
        }
        scene.begin(curve.name);
        scene.rectangle((x, y - 5.5), (x + 16.0, y - 2.5), curve.colour, 1.0);
        scene.text(
            &name,
            (x + 22.0, y),
            style.in_colour(theme::readable(curve.colour)),
        );
        scene.end();
        x += 22.0 + width + 20.0;
    }
    panel.top = y + 30.0;
}

/// Hairlines with the chance at the left and how often that is at the right.
fn chances(scene: &mut Scene, panel: &mut Panel, chance: &Axis, least: f64, period: &str) {
    let shown: Vec<f64> = CHANCES
        .into_iter()
        .filter(|&p| p >= least * 0.999)
        .collect();
    let texts: Vec<(String, String)> = shown
        .iter()
        .map(|&p| (chance_in_words(p), often(p, period)))
        .collect();
    let widest = |texts: Vec<f64>| texts.into_iter().fold(0.0, f64::max);
    let left = widest(
        texts
            .iter()
            .map(|text| theme::TICK.width(&text.0))
            .collect(),
    );
    let right = widest(
        texts
            .iter()
            .map(|text| theme::TICK.width(&text.1))
            .collect(),
    );
    theme::upright_caption(scene, "Chance", panel);
    let caption = if period == "year" {
        "Return period"
    } else {
        "How often"
    };
    let place = (panel.right, panel.top - 13.0);
    scene.text(caption, place, theme::CAPTION.at(Anchor::End));
    let (from, to) = (panel.left, panel.right);
    panel.left += left + 10.0;
    panel.right -= right + 10.0;
    for (&p, text) in shown.iter().zip(&texts) {
        let y = chance.at(p);
        if (p - least).abs() < 1e-12 {
            theme::base_line(scene, panel, y);
        } else {
            theme::hairline(scene, panel, y);
        }
        let base = y + theme::TICK.size * 0.36;
        scene.text(&text.0, (from + left, base), theme::TICK.at(Anchor::End));
        scene.text(
            &text.1,
            (to, base),
            theme::TICK.in_colour(theme::PALE).at(Anchor::End),
        );
    }
}

/// Numbers below the panel, from its left to its right edge.
pub(super) fn level_scale(scene: &mut Scene, panel: &Panel, marks: &[f64]) -> Axis {
    let decimals = super::axis::decimals(marks);
    let ends = (
        marks.first().copied().unwrap_or(0.0),
        marks.last().copied().unwrap_or(1.0),
    );
    let level = Axis::linear(ends, (panel.left, panel.right));
    for &mark in marks {
        let x = level.at(mark);
        theme::notch(scene, x, panel.bottom);
        let place = (x, panel.bottom + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    level
}

/// A chance that is marked, as a percentage.
fn chance_in_words(p: f64) -> String {
    let share = p * 100.0;
    format!("{}\u{a0}%", fixed(share, super::axis::decimals(&[share])))
}

/// How often something happens that has the chance `p` in each period.
fn often(p: f64, period: &str) -> String {
    let times = fixed(1.0 / p, 0);
    match period {
        "year" if p > 0.99 => "1\u{a0}year".to_owned(),
        "year" => format!("{times}\u{a0}years"),
        _ if p > 0.99 => "always".to_owned(),
        _ => format!("1 in {times}"),
    }
}

/// A curve's line down to the chance `least`, where it is cut off.
fn clipped(points: &[[f64; 4]], of: usize, least: f64) -> Vec<(f64, f64)> {
    let mut places: Vec<(f64, f64)> = Vec::new();
    for point in points {
        let (x, p) = (point[0], point[of]);
        if p > least {
            places.push((x, p));
            continue;
        }
        if let Some(&(before, high)) = places.last() {
            let lower = p.max(least * 1e-3).ln();
            let share = (high.ln() - least.ln()) / (high.ln() - lower).max(1e-12);
            places.push((before + (x - before) * share.clamp(0.0, 1.0), least));
        }
        break;
    }
    places
}

/// The corners of the area between the bounds of points, cut off at the chance `least`.
fn corners(points: &[[f64; 4]], least: f64) -> impl Iterator<Item = (f64, f64)> {
    let upper = clipped(points, 3, least);
    let mut lower = clipped(points, 2, least);
    lower.reverse();
    upper.into_iter().chain(lower)
}
