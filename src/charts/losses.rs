//! What is lost, by route and by class of hazard, as bars.

use std::collections::BTreeMap;

use crate::results::{Metrics, Summary};

use super::axis::{Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{Unit, capitalised, name_of_id, percent, sane, with_error};
use super::{text, theme, tips};

/// The most bars of one group; what is smaller is put together.
const MOST: usize = 12;
/// Height of a bar with its distance to the next, if its name takes one line.
const PITCH: f64 = 22.0;
/// The least and the most room for names: the most is two fifths of the figure's width.
const NAMES: (f64, f64) = (110.0, 0.4 * theme::WIDTH);
/// Distance of names from bars.
const BESIDE: f64 = 14.0;
/// Distance between the two lines of a long name.
const LEADING: f64 = 12.0;
/// The most room for the numbers beside bars.
const VALUES: f64 = 200.0;

/// A bar.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) error: Option<f64>,
    /// What figures in doubt make of it.
    pub(super) doubt: Option<(f64, f64)>,
    /// Whether it stands for all that is too small for a bar of its own.
    pub(super) several: bool,
}

/// What is said around bars.
pub(super) struct Words {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) footer: String,
    /// Under the scale.
    pub(super) caption: String,
}

impl Bar {
    /// Where its errors begin.
    fn least(&self) -> f64 {
        let sure = self.value - self.error.unwrap_or(0.0);
        self.doubt.map_or(sure, |band| sure.min(band.0))
    }

    /// Where its errors end.
    fn most(&self) -> f64 {
        let sure = self.value + self.error.unwrap_or(0.0);
        self.doubt.map_or(sure, |band| sure.max(band.1))
    }
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary.strategies.first()?;
    let names: BTreeMap<&str, &str> = summary
        .network
        .routes
        .iter()
        .map(|r| (r.id.as_str(), r.name.as_str()))
        .collect();
    let routes = bars(&strategy.routes, "lost", |id| {
        names
            .get(id)
            .filter(|name| !name.is_empty())
            .map_or_else(|| name_of_id(id), ToString::to_string)
    });
    let classes = bars(&strategy.classes, "attributed", class_name);
    let crossed = bars(&strategy.jurisdictions, "lost", ToOwned::to_owned);
    if routes.is_empty() && classes.is_empty() {
        return None;
    }
    let period = theme::period(&summary.scenario);
    let all = || routes.iter().chain(&classes).chain(&crossed);
    let greatest = all().map(|bar| bar.value.abs()).fold(0.0, f64::max);
    let unit = Unit::barrels(greatest);
    let mut subtitle = format!(
        "Mean volume lost per {period} against undisturbed flows, {}; whiskers: ± one standard \
         error{}",
        unit.words,
        if all().any(|bar| bar.doubt.is_some()) {
            ", which more replications make shorter; purple: 90\u{a0}% band from doubt about \
             figures, which they do not"
        } else {
            ""
        }
    );
    if summary.strategies.len() > 1 {
        subtitle = format!("{subtitle}; strategy: {}", strategy.name);
    }

    let groups: Vec<(&str, &[Bar], Colour)> = [
        ("By route", routes.as_slice(), theme::BLUE),
        ("By class of hazard", classes.as_slice(), theme::VERMILION),
        (
            "By jurisdiction; what crosses several counts for each",
            crossed.as_slice(),
            theme::series(4),
        ),
    ]
    .into_iter()
    .filter(|(_, bars, _)| !bars.is_empty())
    .collect();
    let words = Words {
        title: title(&routes, &classes),
        subtitle,
        footer: theme::run_footer(summary),
        caption: format!("{}, mean per {period}", unit.heading()),
    };
    Some(laid_out(&groups, unit, &words))
}

/// Groups of bars below each other, over one scale.
pub(super) fn laid_out(groups: &[(&str, &[Bar], Colour)], unit: Unit, words: &Words) -> Scene {
    let all = || groups.iter().flat_map(|(_, bars, _)| bars.iter());
    let names_room = all()
        .map(|bar| theme::LABEL.width(&bar.name) + BESIDE)
        .fold(NAMES.0, f64::max)
        .min(NAMES.1);
    let rows: f64 = all().map(|bar| pitch(bar, names_room - BESIDE)).sum();
    let needed = theme::head(&words.title, &words.subtitle) - 19.0
        + rows
        + groups.len() as f64 * 38.0
        + 34.0
        + theme::FOOT;
    let (mut scene, panel) = theme::page(&words.title, &words.subtitle, &words.footer, needed);

    let low = all().map(|bar| unit.of(bar.least())).fold(0.0, f64::min);
    let high = all().map(|bar| unit.of(bar.most())).fold(0.0, f64::max);
    let marks = round_marks(low, high, 6);
    // The scale ends with the data at the left, so that names stay near their bars.
    let ends = (low, marks[marks.len() - 1].max(high));
    let marks: Vec<f64> = marks.into_iter().filter(|&mark| mark >= low).collect();
    // Numbers of negative bars stand at the left of them, beside the names.
    let room = |gains: bool| {
        all()
            .filter(|bar| (bar.value < 0.0) == gains)
            .map(|bar| theme::LABEL.width(&number(bar, unit)) + 8.0)
            .fold(0.0, f64::max)
            .min(VALUES)
    };
    let edges = (
        panel.left + names_room + room(true),
        panel.right - room(false),
    );
    let value = Axis::linear(ends, edges);
    let decimals = super::axis::decimals(&marks);

    let mut y = panel.top - 4.0;
    let mut group_ends = Vec::new();
    for (heading, bars, _) in groups {
        y += 14.0;
        scene.text(heading, (panel.left, y), theme::STRONG_LABEL);
        let top = y + 9.0;
        y = bars
            .iter()
            .fold(top, |y, bar| y + pitch(bar, names_room - BESIDE));
        group_ends.push((top, y));
        y += 15.0;
    }
    for ((_, bars, colour), &(top, bottom)) in groups.iter().zip(&group_ends) {
        for &mark in &marks {
            theme::faint_upright(&mut scene, value.at(mark), (top, bottom));
        }
        draw_bars(
            &mut scene,
            bars,
            (&value, unit, edges),
            (panel.left, top, names_room - BESIDE),
            *colour,
        );
        theme::upright(&mut scene, value.at(0.0), (top - 1.0, bottom + 1.0));
    }
    let foot = group_ends.last().map_or(panel.bottom, |ends| ends.1);
    for &mark in &marks {
        let text = super::numbers::fixed(mark, decimals);
        scene.text(
            &text,
            (value.at(mark), foot + 17.0),
            theme::TICK.at(Anchor::Middle),
        );
    }
    let centre = f64::midpoint(value.at(ends.0), value.at(ends.1));
    scene.text(
        &words.caption,
        (centre, foot + 34.0),
        theme::CAPTION.at(Anchor::Middle),
    );
    scene
}

fn draw_bars(
    scene: &mut Scene,
    bars: &[Bar],
    (value, unit, edges): (&Axis, Unit, (f64, f64)),
    (left, top, names_room): (f64, f64, f64),
    colour: Colour,
) {
    let zero = value.at(0.0);
    let mut below = top;
    for bar in bars {
        let above = below;
        below += pitch(bar, names_room);
        let middle = f64::midpoint(above, below);
        let end = value.at(unit.of(bar.value));
        let half = PITCH * 0.34;
        // What gains is not a loss and looks unlike one.
        let fill = match bar {
            Bar { several: true, .. } => theme::REST,
            gain if gain.value < 0.0 => theme::series(2),
            _ => colour,
        };
        scene.rectangle(
            (zero, middle - half),
            (end, middle + half),
            fill.tint(0.88),
            1.0,
        );
        let error = unit.of(bar.error.unwrap_or(0.0)).abs();
        let inside = |x: f64| value.at(x).clamp(edges.0, edges.1);
        let reach = (
            inside(unit.of(bar.value) - error),
            inside(unit.of(bar.value) + error),
        );
        if let Some((low, high)) = bar.doubt {
            let ends = (inside(unit.of(low)), inside(unit.of(high)));
            theme::doubtful_end(scene, middle, ends);
        }
        theme::whisker(scene, middle, reach);
        let reach = (inside(unit.of(bar.least())), inside(unit.of(bar.most())));
        let base = middle + theme::LABEL.size * 0.36;
        let style = theme::LABEL;
        let lines = named(bar, names_room);
        let first = base - LEADING * 0.5 * (lines.len() as f64 - 1.0);
        for (place, line) in lines.iter().enumerate() {
            scene.text(line, (left, first + LEADING * place as f64), style);
        }
        let number = number(bar, unit);
        if bar.value < 0.0 {
            let place = (reach.0.min(end) - 6.0, base);
            scene.text(&number, place, theme::LABEL.at(Anchor::End));
        } else {
            scene.text(&number, (reach.1.max(end) + 6.0, base), theme::LABEL);
        }
        let mut told = format!("{}: {number} {}", bar.name, unit.words);
        if let Some((low, high)) = bar.doubt {
            let (low, high) = (unit.short(low), unit.short(high));
            told += &format!("\n90\u{a0}% band from doubt about figures: {low} to {high}");
        }
        let row = (middle, below - above);
        tips::row(scene, (left, theme::WIDTH - theme::MARGIN), row, &told);
    }
}

/// A bar's name in at most two lines.
fn named(bar: &Bar, room: f64) -> Vec<String> {
    text::wrapped(&bar.name, theme::LABEL.size, theme::LABEL.weight, room, 2)
}

/// Height of a bar with its distance to the next: more if its name takes two lines.
fn pitch(bar: &Bar, names_room: f64) -> f64 {
    if named(bar, names_room).len() > 1 {
        PITCH + LEADING
    } else {
        PITCH
    }
}

/// What is written beside a bar.
fn number(bar: &Bar, unit: Unit) -> String {
    with_error(unit.of(bar.value), bar.error.map(|error| unit.of(error)))
}

/// The largest values of `metric`, sorted, and the sum of the others.
fn bars(
    groups: &BTreeMap<String, Metrics>,
    metric: &str,
    name: impl Fn(&str) -> String,
) -> Vec<Bar> {
    let mut bars: Vec<Bar> = groups
        .iter()
        .filter_map(|(id, metrics)| {
            let metric = metrics.get(metric)?;
            let error = metric.std_error.map(|error| sane(error).abs());
            Some(Bar {
                name: name(id),
                value: sane(metric.mean?),
                error,
                doubt: metric
                    .epistemic
                    .map(|known| (sane(known.low), sane(known.high))),
                several: false,
            })
        })
        .collect();
    // What neither loses nor gains is left out, unless that is all there is.
    if bars.iter().any(|bar| bar.value != 0.0) {
        bars.retain(|bar| bar.value != 0.0 || bar.error.unwrap_or(0.0) != 0.0);
    }
    bars.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    let rest = if bars.len() > MOST + 1 {
        bars.split_off(MOST)
    } else {
        Vec::new()
    };
    bars.sort_by(|a, b| b.value.total_cmp(&a.value));
    if !rest.is_empty() {
        let value = rest.iter().map(|bar| bar.value).sum();
        // The parts are not independent, so their sum's error is unknown.
        bars.push(Bar {
            name: format!("{} others", rest.len()),
            value,
            error: None,
            doubt: None,
            several: true,
        });
    }
    bars
}

/// What the class of planned work is called.
const PLANNED: &str = "Planned maintenance";

/// What a class of hazards is called.
fn class_name(id: &str) -> String {
    match id {
        "maintenance" => PLANNED.to_owned(),
        "technical" => "Technical failures".to_owned(),
        _ => name_of_id(id),
    }
}

fn title(routes: &[Bar], classes: &[Bar]) -> String {
    let share_of = |bars: &[Bar], bar: &Bar| {
        let total: f64 = bars.iter().map(|bar| bar.value.max(0.0)).sum();
        let share = bar.value / total;
        if share > 0.9995 {
            "all".to_owned()
        } else {
            percent(share)
        }
    };
    let leading = |bars: &[Bar]| {
        let first = bars.first().filter(|bar| bar.value > 0.0)?;
        Some((first.name.clone(), share_of(bars, first)))
    };
    let of_losses = |share: &str| match share {
        "all" => "all losses".to_owned(),
        share => format!("{share} of all losses"),
    };
    // What is planned is no surprise, so the title goes on to the largest that is.
    let causes = |class: String, part: String| {
        let lower = class.to_lowercase();
        if class != PLANNED {
            return format!("the class “{lower}” causes {part}");
        }
        let next = classes
            .iter()
            .find(|bar| bar.name != PLANNED && !bar.several);
        match next.filter(|bar| bar.value > 0.0) {
            Some(next) => {
                let (name, next) = (next.name.to_lowercase(), share_of(classes, next));
                format!("by\u{a0}cause: {lower} {part}, {name} {next}")
            }
            None => format!("{lower} causes {part}"),
        }
    };
    let sum = |sign: f64| -> f64 { classes.iter().map(|bar| (sign * bar.value).max(0.0)).sum() };
    let (lost, made_up) = (sum(1.0), sum(-1.0));
    if let (Some((class, _)), true) = (leading(classes), made_up > 0.5 * lost) {
        let class = class.to_lowercase();
        let part = percent((made_up / lost).min(1.0));
        return format!(
            "{part} of what is lost is made up for later; the class “{class}” costs most"
        );
    }
    match (leading(routes), leading(classes)) {
        (Some((route, share)), Some((class, part))) => {
            let causes = causes(class, part);
            format!("{route} bears {}; {causes}", of_losses(&share))
        }
        (Some((route, share)), None) => format!("{route} bears {}", of_losses(&share)),
        (None, Some((class, part))) => capitalised(&causes(class, part)),
        (None, None) => "Nothing is lost".to_owned(),
    }
}
