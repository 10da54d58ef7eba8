//! The delivered rate over the horizon, as a fan.

use crate::results::{Fan, Summary};

use super::axis::{Axis, round_marks};
use super::calendar;
use super::canvas::{Anchor, Place, Scene};
use super::colour::Colour;
use super::labels::{self, EndLabel};
use super::leading::{self, leading};
use super::numbers::{Unit, percent, sane};
use super::{theme, tips};

/// What plan and undisturbed deliveries are called where they are the same.
const BOTH: &str = "Plan, undisturbed";

/// The mean's error.
const MEAN: Colour = theme::INK;

/// A line over time.
struct Line<'a> {
    name: &'a str,
    values: &'a [f64],
    colour: Colour,
    width: f64,
    dashed: bool,
    /// Whether its name is set in the strong face.
    strong: bool,
}

impl<'a> Line<'a> {
    fn dashed(name: &'a str, values: &'a [f64], colour: Colour) -> Self {
        Self {
            name,
            values,
            colour,
            width: 1.2,
            dashed: true,
            strong: false,
        }
    }

    fn strong(name: &'a str, values: &'a [f64], colour: Colour, width: f64) -> Self {
        Self {
            name,
            values,
            colour,
            width,
            dashed: false,
            strong: true,
        }
    }
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let mut drawn = leading(summary)
        .into_iter()
        .enumerate()
        .filter_map(|(place, strategy)| Some((place, strategy, strategy.fan.as_ref()?)));
    let (_, strategy, fan) = drawn.next().filter(|one| !one.2.mean_bpd.is_empty())?;
    let others: Vec<(usize, &str, &Fan)> = drawn
        .map(|(place, other, fan)| (place, other.name.as_str(), fan))
        .collect();

    let (least, most) = extremes(fan, &others);
    let unit = Unit::rate(most.abs().max(least.abs()));
    let has_inner = has_inner(fan, most - least);
    let mut subtitle = String::from(if has_inner {
        "Delivered rate by day: half of all replications lie in the inner band, nine of ten in the \
         outer one"
    } else {
        "Delivered rate by day: nine of ten replications lie in the band"
    });
    if fan.bin_days > 1.01 {
        let bin = theme::days(fan.bin_days);
        subtitle = subtitle.replace("by day", &format!("in steps of {bin}"));
    }
    if !others.is_empty() {
        subtitle = format!("{subtitle}; bands for {}", strategy.name) + &leading::left_out(summary);
    }
    let title = title(fan, &summary.scenario.start);
    let (mut scene, mut panel) = theme::page(
        &title,
        &subtitle,
        &theme::run_footer(summary),
        theme::HEIGHT,
    );
    panel.top += 14.0;
    let doubt = fan.doubt.as_ref();
    if doubt.is_some_and(|doubt| !doubt.low_bpd.is_empty()) {
        let keys = [
            (MEAN, 0.5, "Mean ± one standard error"),
            (
                theme::DOUBT,
                0.4,
                "90\u{a0}% band of the mean from doubt about figures",
            ),
        ];
        theme::error_keys(&mut scene, &mut panel, &keys);
    }
    theme::upright_caption(&mut scene, &unit.heading(), &panel);
    let low = if least > 0.45 * most {
        least
    } else {
        least.min(0.0)
    };
    let marks = round_marks(unit.of(low), unit.of(most), 5);
    let strongest = if others.is_empty() {
        "Mean"
    } else {
        strategy.name.as_str()
    };
    let named = others.iter().map(|other| other.1).chain([BOTH, strongest]);
    let names_room = labels::room(named);
    panel.right -= names_room;
    let rate = theme::upright_scale(&mut scene, &mut panel, &marks);
    if marks.first().is_some_and(|&first| first.abs() > 1e-12) {
        theme::base_line(&mut scene, &panel, panel.bottom);
    }

    let span = fan.mean_bpd.len() as f64 * fan.bin_days;
    let time = Axis::linear((0.0, span), (panel.left, panel.right));
    let days = |day: f64| time.at(day);
    calendar::draw(&mut scene, &panel, &days, &summary.scenario.start, span);

    let place = |bin: usize, value: f64| -> Place {
        (
            time.at((bin as f64 + 0.5) * fan.bin_days),
            rate.at(unit.of(value)),
        )
    };
    let line = |values: &[f64]| -> Vec<Place> {
        values
            .iter()
            .take(fan.mean_bpd.len())
            .enumerate()
            .map(|(bin, &v)| place(bin, v))
            .collect()
    };
    let mut names = Vec::new();
    bands(&mut scene, fan, has_inner, &line, &mut names);
    if let Some(doubt) = doubt {
        let mut fill = |high: &[f64], low: &[f64], colour, opacity| {
            let below = line(low).into_iter().rev();
            let corners = line(high).into_iter().chain(below).collect();
            scene.area(corners, colour, opacity);
        };
        fill(&doubt.high_bpd, &doubt.low_bpd, theme::DOUBT, 0.4);
        let moved = |sign: f64| -> Vec<f64> {
            let errors = fan.mean_bpd.iter().zip(&doubt.std_error_bpd);
            errors.map(|(mean, error)| mean + sign * error).collect()
        };
        fill(&moved(1.0), &moved(-1.0), MEAN, 0.5);
    }

    let quantile = |level: &str| {
        fan.quantiles_bpd
            .get(level)
            .filter(|values| !values.is_empty())
    };
    let mut lines = Vec::new();
    if same(&fan.plan_bpd, &fan.undisturbed_bpd) {
        lines.push(Line::dashed(BOTH, &fan.plan_bpd, theme::GREY));
    } else {
        lines.push(Line::dashed("Plan", &fan.plan_bpd, theme::INK));
        lines.push(Line::dashed(
            "Undisturbed",
            &fan.undisturbed_bpd,
            theme::GREY,
        ));
    }
    if let Some(median) = quantile("0.5") {
        let line = Line::dashed("Median", median, theme::BLUE);
        lines.push(Line {
            width: 1.4,
            dashed: false,
            ..line
        });
    }
    lines.push(Line::strong(
        strongest,
        &fan.mean_bpd,
        theme::BLUE.shade(0.45),
        if doubt.is_some() { 1.4 } else { 2.2 },
    ));
    for &(place, name, other) in &others {
        lines.push(Line::strong(
            name,
            &other.mean_bpd,
            theme::series(place),
            1.8,
        ));
    }
    for Line {
        name,
        values,
        colour,
        width,
        dashed,
        strong,
    } in lines
    {
        let places = line(values);
        let Some(&(_, height)) = places.last() else {
            continue;
        };
        scene.begin(name);
        if dashed {
            scene.dashed(&places, colour, width, 5.0);
        } else {
            scene.line(places, colour, width);
        }
        scene.end();
        let colour = theme::readable(colour);
        names.push(EndLabel {
            text: name.to_owned(),
            height,
            colour,
            strong,
        });
    }
    // A reader wonders at more than the plan, so it is explained where there is most room.
    if let Some(above) = above_plan(fan, &place) {
        let style = theme::LABEL.in_colour(theme::GREY).at(Anchor::Middle);
        let text = "above plan: tanks draining";
        let half = style.width(text) / 2.0;
        let x = f64::midpoint(above.left, above.right);
        let x = x.clamp(
            panel.left + half,
            (panel.right - half).max(panel.left + half),
        );
        // Within the band if it is high enough there, else over it.
        let base = if above.plan - above.top > 2.0 * style.size {
            f64::midpoint(above.plan, above.top) + style.size * 0.36
        } else {
            above.top - 5.0
        };
        scene.text(text, (x, base), style);
    }
    labels::beside(&mut scene, &names, &panel, names_room);
    let start = &summary.scenario.start;
    let told: Vec<(f64, String)> = (0..fan.mean_bpd.len())
        .map(|bin| {
            let x = place(bin, 0.0).0;
            (x, told(fan, bin, (unit, strongest), &others, start))
        })
        .collect();
    tips::columns(&mut scene, &panel, &told);
    Some(scene)
}

/// What is said of a step of time.
fn told(
    fan: &Fan,
    bin: usize,
    (unit, strongest): (Unit, &str),
    others: &[(usize, &str, &Fan)],
    start: &str,
) -> String {
    let first = bin as f64 * fan.bin_days;
    let mut told = calendar::day_of(start, first);
    if fan.bin_days > 1.01 {
        let last = calendar::day_of(start, first + fan.bin_days - 1.0);
        told = format!("{told} – {last}");
    }
    let mut line = |name: &str, values: &[f64]| {
        if let Some(&value) = values.get(bin) {
            told += &format!("\n{name}: {}", tips::value(unit, value, None));
        }
    };
    line(strongest, &fan.mean_bpd);
    for (level, name) in [("0.05", "P5"), ("0.5", "Median"), ("0.95", "P95")] {
        if let Some(values) = fan.quantiles_bpd.get(level) {
            line(name, values);
        }
    }
    for (_, name, other) in others {
        line(name, &other.mean_bpd);
    }
    line("Plan", &fan.plan_bpd);
    line("Undisturbed", &fan.undisturbed_bpd);
    told
}

/// Whether the inner quantiles lie so far apart that the band between them is seen beside the
/// median, where the figure shows values that reach over `span` b/d.
fn has_inner(fan: &Fan, span: f64) -> bool {
    let quantile = |level: &str| fan.quantiles_bpd.get(level).into_iter().flatten();
    let apart = quantile("0.25")
        .zip(quantile("0.75"))
        .map(|(low, high)| sane(high - low).abs());
    apart.fold(0.0, f64::max) > 0.005 * span
}

/// Fills the space between the outer and the inner quantiles, and names it.
fn bands(
    scene: &mut Scene,
    fan: &Fan,
    has_inner: bool,
    line: &impl Fn(&[f64]) -> Vec<Place>,
    names: &mut Vec<EndLabel>,
) {
    for (low, high, opacity, name) in [
        ("0.05", "0.95", theme::BAND, "P5–P95"),
        ("0.25", "0.75", 0.28, "P25–P75"),
    ]
    .into_iter()
    .take(1 + usize::from(has_inner))
    {
        let (Some(low), Some(high)) = (fan.quantiles_bpd.get(low), fan.quantiles_bpd.get(high))
        else {
            continue;
        };
        let mut corners = line(high);
        let mut below = line(low);
        let Some((&(_, upper), &(_, lower))) = corners.last().zip(below.last()) else {
            continue;
        };
        below.reverse();
        corners.append(&mut below);
        scene.begin(name);
        scene.area(corners, theme::BLUE, opacity);
        scene.end();
        // A band is named where it is widest below the middle.
        let height = lower * 0.8 + upper * 0.2;
        names.push(EndLabel {
            text: name.to_owned(),
            height,
            colour: theme::BLUE.tint(0.75),
            strong: false,
        });
    }
}

fn extremes(fan: &Fan, others: &[(usize, &str, &Fan)]) -> (f64, f64) {
    let drawn = fan
        .plan_bpd
        .iter()
        .chain(&fan.undisturbed_bpd)
        .chain(&fan.mean_bpd)
        .chain(
            fan.quantiles_bpd
                .iter()
                .filter(|(level, _)| {
                    ["0.05", "0.25", "0.5", "0.75", "0.95"].contains(&level.as_str())
                })
                .flat_map(|(_, values)| values),
        )
        .chain(others.iter().flat_map(|(_, _, other)| &other.mean_bpd));
    drawn.fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), &value| {
            let value = sane(value);
            (least.min(value), most.max(value))
        },
    )
}

/// A stretch of time in which the upper quantile is above the plan, in points of the scene.
struct Above {
    left: f64,
    right: f64,
    /// Height of the plan, and of the highest quantile.
    plan: f64,
    top: f64,
}

/// The longest stretch in which the upper quantile is so far above the plan that it is seen.
fn above_plan(fan: &Fan, place: &impl Fn(usize, f64) -> Place) -> Option<Above> {
    let most = fan.quantiles_bpd.get("0.95")?.iter().zip(&fan.plan_bpd);
    let mut longest: Option<Above> = None;
    let mut open: Option<Above> = None;
    for (bin, (&most, &plan)) in most.enumerate() {
        let ((x, top), (_, plan)) = (place(bin, most), place(bin, plan));
        if plan - top <= 3.0 {
            open = None;
            continue;
        }
        let left = open.as_ref().map_or(x, |open| open.left);
        let top = open.as_ref().map_or(top, |open| open.top.min(top));
        let above = open.insert(Above {
            left,
            right: x,
            plan,
            top,
        });
        let length = above.right - above.left;
        if longest
            .as_ref()
            .is_none_or(|best| best.right - best.left < length)
        {
            longest = Some(Above { ..*above });
        }
    }
    longest
}

/// Whether two lines cannot be told apart in the figure.
fn same(a: &[f64], b: &[f64]) -> bool {
    let most = a.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 0.002 * most)
}

fn title(fan: &Fan, start: &str) -> String {
    let total = |values: &[f64]| values.iter().map(|&value| sane(value)).sum::<f64>();
    let (planned, delivered) = (total(&fan.plan_bpd), total(&fan.mean_bpd));
    if planned <= 0.0 {
        return "Nothing is planned to be delivered".to_owned();
    }
    let share = delivered / planned;
    if share > 0.9995 {
        return "Deliveries keep to the plan throughout".to_owned();
    }
    let average = format!("Deliveries average {} of plan", percent(share));
    match weakest_month(fan, start) {
        Some((name, low)) if low < share - 0.005 => {
            format!("{average}, and only {} in {name}", percent(low))
        }
        Some(_) => format!("{average}, much the same in every month"),
        None => average,
    }
}

/// The month in which the mean is the least share of the plan, and that share; `None` if the
/// horizon is shorter than two months or longer than about a year, when a month's name is not a
/// time of its own.
fn weakest_month(fan: &Fan, start: &str) -> Option<(&'static str, f64)> {
    let days = fan.mean_bpd.len() as f64 * fan.bin_days;
    if !(60.0..=380.0).contains(&days) {
        return None;
    }
    let mut months: Vec<(i32, &'static str, f64, f64)> = Vec::new();
    for (bin, (&mean, &plan)) in fan.mean_bpd.iter().zip(&fan.plan_bpd).enumerate() {
        let (month, name) = calendar::month_of(start, (bin as f64 + 0.5) * fan.bin_days)?;
        match months.last_mut().filter(|last| last.0 == month) {
            Some(last) => {
                last.2 += sane(mean);
                last.3 += sane(plan);
            }
            None => months.push((month, name, sane(mean), sane(plan))),
        }
    }
    months
        .into_iter()
        .filter(|month| month.3 > 0.0)
        .map(|(_, name, mean, plan)| (name, mean / plan))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}
