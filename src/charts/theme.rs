//! What all figures look like.

use std::fmt::Write;

use crate::results::{ScenarioInfo, Story, StoryPick, Summary};

use super::axis::{self, Axis};
use super::canvas::{Anchor, Scene, Style};
use super::colour::Colour;
use super::numbers::{counted, fixed, trimmed};
use super::text::{self, Weight};

/// Width of every figure, points.
pub(super) const WIDTH: f64 = 800.0;
/// Height of a figure with one panel, points.
pub(super) const HEIGHT: f64 = 500.0;
/// Distance from the lowest text of a figure to its lower edge, with the footer between.
pub(super) const FOOT: f64 = 46.0;
/// Free space at the left and right edge.
pub(super) const MARGIN: f64 = 32.0;
/// Least distance between two lines of labels.
pub(super) const LABEL_GAP: f64 = 14.0;
/// Opacity of a band from doubt about figures.
pub(super) const DOUBT_BAND: f64 = 0.26;
/// Opacity of an outer band.
pub(super) const BAND: f64 = 0.16;

/// Text.
pub(super) const INK: Colour = Colour::new(0x1c_1f_24, 0xe8_ea_ed);
/// Text that explains.
pub(super) const GREY: Colour = Colour::new(0x5c_63_6d, 0xb0_b6_bf);
/// Text that may be overlooked.
pub(super) const PALE: Colour = Colour::new(0x82_89_94, 0x8c_94_a0);
/// Hairlines.
const HAIR: Colour = Colour::new(0xdd_e0_e5, 0x2d_32_3a);
/// Zero lines and axes.
const AXIS: Colour = Colour::new(0x6b_72_7d, 0x7d_85_91);

/// Blue.
pub(super) const BLUE: Colour = Colour::new(0x00_72_b2, 0x35_85_e6);
/// Vermilion.
pub(super) const VERMILION: Colour = Colour::new(0xd5_5e_00, 0xe8_5d_24);
/// What is not known: bands from doubt about figures.
pub(super) const DOUBT: Colour = Colour::new(0xa6_4d_8f, 0xd6_7c_c0);
/// Text on a fill of middling depth: nearly white on both grounds.
pub(super) const ON_FILL: Colour = Colour::new(0xff_ff_fe, 0xe8_ea_ed);
/// What is left over.
pub(super) const REST: Colour = Colour::new(0xa9_af_b8, 0x6a_71_7c);

/// Colours that colour-blind readers can tell apart (Okabe and Ito; on a dark ground lighter ones of the same
/// hues), in the order of use.
const SERIES: [Colour; 7] = [
    BLUE,
    Colour::new(0xe6_9f_00, 0xf0_ae_2c),
    Colour::new(0x00_9e_73, 0x1f_ae_78),
    VERMILION,
    Colour::new(0x56_b4_e9, 0x8f_d2_fb),
    Colour::new(0xcc_79_a7, 0xe0_8c_bc),
    Colour::new(0xf0_e4_42, 0xf7_f0_7a),
];

const TITLE: Style = style(20.0, Weight::Strong, INK);
const SUBTITLE: Style = style(12.5, Weight::Regular, GREY);
const FOOTER: Style = style(9.5, Weight::Regular, PALE);
/// Numbers along an axis.
pub(super) const TICK: Style = style(11.0, Weight::Regular, GREY);
/// What an axis measures.
pub(super) const CAPTION: Style = style(10.5, Weight::Regular, PALE);
/// Names and values within a figure.
pub(super) const LABEL: Style = style(11.5, Weight::Regular, INK);
/// The same, stressed.
pub(super) const STRONG_LABEL: Style = style(11.5, Weight::Strong, INK);

const fn style(size: f64, weight: Weight, colour: Colour) -> Style {
    Style {
        size,
        weight,
        colour,
        anchor: Anchor::Start,
    }
}

/// The colour of the series or strategy with this place in the list.
pub(super) fn series(place: usize) -> Colour {
    SERIES[place % SERIES.len()]
}

/// How many colours there are before they repeat.
pub(super) const fn series_count() -> usize {
    SERIES.len()
}

/// A series' colour as text on the ground.
pub(super) fn readable(colour: Colour) -> Colour {
    colour.readable()
}

/// The part of a figure in which data is drawn, in points from the left and top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Panel {
    /// Left edge.
    pub(super) left: f64,
    /// Right edge.
    pub(super) right: f64,
    /// Upper edge.
    pub(super) top: f64,
    /// Lower edge.
    pub(super) bottom: f64,
}

/// Height of a page's title and subtitle: where its panel begins.
pub(super) fn head(title: &str, subtitle: &str) -> f64 {
    let (scene, panel) = page(title, subtitle, "", HEIGHT);
    drop(scene);
    panel.top
}

/// A scene with title, subtitle and footer, and the space that they leave.
pub(super) fn page(title: &str, subtitle: &str, footer: &str, height: f64) -> (Scene, Panel) {
    let mut scene = Scene::new(WIDTH, height, title);
    scene.description = text::printable(&format!("{subtitle}. {footer}"));
    scene.rectangle((MARGIN, 0.0), (MARGIN + 36.0, 5.0), BLUE, 1.0);
    let room = WIDTH - 2.0 * MARGIN;
    let mut y = 16.0;
    for line in text::balanced(title, TITLE.size, TITLE.weight, room) {
        y += 25.0;
        scene.text(&line, (MARGIN, y), TITLE);
    }
    y += 3.0;
    for line in text::wrapped(subtitle, SUBTITLE.size, SUBTITLE.weight, room, 2) {
        y += 17.0;
        scene.text(&line, (MARGIN, y), SUBTITLE);
    }
    let foot = height - 16.0;
    let footer = text::shortened(footer, FOOTER.size, FOOTER.weight, room);
    scene.text(&footer, (MARGIN, foot), FOOTER);
    let panel = Panel {
        left: MARGIN,
        right: WIDTH - MARGIN,
        top: y + 22.0,
        bottom: foot - 38.0,
    };
    (scene, panel)
}

/// Where a run's figures come from.
pub(super) fn run_footer(summary: &Summary) -> String {
    let mut parts = vec![
        scenario_name(&summary.scenario),
        format!(
            "{} of {}",
            counted(summary.replications, "replication", "replications"),
            days(summary.scenario.horizon_days),
        ),
        format!("seed {}", summary.seed),
    ];
    parts.extend(origin(&summary.scenario, &summary.version));
    if summary.stopped == "interrupted" {
        parts.insert(2, "interrupted".to_owned());
    }
    parts.join(" · ")
}

/// Where a stress' figures come from.
pub(super) fn stress_footer(
    scenario: &ScenarioInfo,
    version: &str,
    strategies: &[String],
) -> String {
    course_footer(scenario, version, strategies, "one deterministic course")
}

/// Where a story's figures come from.
pub(super) fn story_footer(story: &Story) -> String {
    let mut what = format!("replication {} of seed {}", story.replication, story.seed);
    match &story.pick {
        StoryPick::Number => {}
        StoryPick::Worst(standing) => {
            let _ = write!(what, ", the worst of {}", fixed(standing.among as f64, 0));
        }
        StoryPick::Quantile {
            probability,
            standing,
        } => {
            let among = fixed(standing.among as f64, 0);
            let share = fixed(100.0 * probability, 3);
            let _ = write!(what, ", the {} % quantile of {among}", trimmed(&share));
        }
    }
    course_footer(&story.scenario, &story.version, &story.strategies, &what)
}

/// Where the figures of a result come from, and what was done for them.
pub(super) fn course_footer(
    scenario: &ScenarioInfo,
    version: &str,
    strategies: &[String],
    what: &str,
) -> String {
    let mut parts = vec![scenario_name(scenario), what.to_owned()];
    if !strategies.is_empty() {
        parts.push(format!("with {}", strategies.join(", ")));
    }
    parts.extend(origin(scenario, version));
    parts.join(" · ")
}

/// A name so short that the rest of the footer has its room.
fn scenario_name(scenario: &ScenarioInfo) -> String {
    text::shortened(&scenario.name, FOOTER.size, FOOTER.weight, 320.0)
}

fn origin(scenario: &ScenarioInfo, version: &str) -> Vec<String> {
    let hash: String = scenario.sha256.chars().take(8).collect();
    let mut parts = vec![format!("Keruen {version}")];
    if !hash.is_empty() {
        parts.insert(0, format!("scenario {hash}"));
    }
    parts
}

/// A number of days in words.
pub(super) fn days(days: f64) -> String {
    let decimals = usize::from((days - days.round()).abs() > 0.05);
    let one = decimals == 0 && (days - 1.0).abs() < 0.05;
    format!(
        "{}\u{a0}{}",
        fixed(days, decimals),
        if one { "day" } else { "days" }
    )
}

/// What one replication is: a `year`, a `3-year run` or a `90-day run`.
pub(super) fn period(scenario: &ScenarioInfo) -> String {
    let years = (scenario.horizon_days / 365.25).round();
    if (350.0..=380.0).contains(&scenario.horizon_days) {
        "year".to_owned()
    } else if years >= 2.0 && (scenario.horizon_days - years * 365.25).abs() < 3.0 {
        format!("{}-year run", fixed(years, 0))
    } else {
        format!("{}-day run", fixed(scenario.horizon_days, 0))
    }
}

/// What the colours of two kinds of error mean, in a line above the panel; makes room for it.
pub(super) fn error_keys(scene: &mut Scene, panel: &mut Panel, keys: &[(Colour, f64, &str)]) {
    let y = panel.top - 8.0;
    let mut x = MARGIN;
    for &(colour, opacity, text) in keys {
        scene.rectangle((x, y - 9.0), (x + 18.0, y + 1.0), colour, opacity);
        scene.text(text, (x + 24.0, y), LABEL);
        x += 24.0 + LABEL.width(text) + 20.0;
    }
    panel.top += 25.0;
}

/// The end of a bar with its two errors: what figures in doubt make of it, and over that the
/// Monte Carlo error.
pub(super) fn doubtful_end(scene: &mut Scene, y: f64, (low, high): (f64, f64)) {
    if high - low > 0.5 {
        scene.rectangle((low, y - 4.5), (high, y + 4.5), DOUBT, 0.45);
    }
}

/// A whisker, with caps where they would not run together.
pub(super) fn whisker(scene: &mut Scene, y: f64, (low, high): (f64, f64)) {
    if high - low <= 1.0 {
        return;
    }
    scene.rectangle((low, y - 0.5), (high, y + 0.5), INK, 1.0);
    for x in [low, high].into_iter().filter(|_| high - low > 4.0) {
        scene.rectangle((x - 0.5, y - 3.0), (x + 0.5, y + 3.0), INK, 1.0);
    }
}

/// A horizontal hairline.
pub(super) fn hairline(scene: &mut Scene, panel: &Panel, y: f64) {
    rule(scene, (panel.left, panel.right), y, HAIR, 0.5);
}

/// A horizontal line on which data stands.
pub(super) fn base_line(scene: &mut Scene, panel: &Panel, y: f64) {
    rule(scene, (panel.left, panel.right), y, AXIS, 0.8);
}

/// An upright line on which bars stand.
pub(super) fn upright(scene: &mut Scene, x: f64, (top, bottom): (f64, f64)) {
    scene.rectangle((x - 0.4, top), (x + 0.4, bottom), AXIS, 1.0);
}

/// A faint upright line.
pub(super) fn faint_upright(scene: &mut Scene, x: f64, (top, bottom): (f64, f64)) {
    scene.rectangle((x - 0.25, top), (x + 0.25, bottom), HAIR, 1.0);
}

/// A short upright mark below a base line.
pub(super) fn notch(scene: &mut Scene, x: f64, y: f64) {
    scene.rectangle((x - 0.4, y), (x + 0.4, y + 4.5), AXIS, 1.0);
}

fn rule(scene: &mut Scene, (from, to): (f64, f64), y: f64, colour: Colour, width: f64) {
    // On whole pixels of the PNG, where a hairline stays one.
    let y = (y * 2.0).round() / 2.0;
    scene.rectangle((from, y), (to, y + width), colour, 1.0);
}

/// Draws hairlines and numbers of an upright scale into `panel`, whose left edge moves right by
/// the room that the numbers need. The scale runs from the first to the last mark.
pub(super) fn upright_scale(scene: &mut Scene, panel: &mut Panel, marks: &[f64]) -> Axis {
    let decimals = axis::decimals(marks);
    let texts: Vec<String> = marks.iter().map(|&mark| fixed(mark, decimals)).collect();
    let widest = texts
        .iter()
        .map(|text| TICK.width(text))
        .fold(0.0, f64::max);
    let edge = panel.left + widest;
    panel.left = edge + 10.0;
    let (low, high) = (
        marks.first().copied().unwrap_or(0.0),
        marks.last().copied().unwrap_or(1.0),
    );
    let scale = Axis::linear((low, high), (panel.bottom, panel.top));
    for (mark, text) in marks.iter().zip(&texts) {
        let y = scale.at(*mark);
        if mark.abs() < 1e-12 {
            base_line(scene, panel, y);
        } else {
            hairline(scene, panel, y);
        }
        scene.text(text, (edge, y + TICK.size * 0.36), TICK.at(Anchor::End));
    }
    scale
}

/// The unit of an upright scale, above its numbers.
pub(super) fn upright_caption(scene: &mut Scene, text: &str, panel: &Panel) {
    scene.text(text, (MARGIN, panel.top - 13.0), CAPTION);
}

/// What a level scale measures, at the right below its numbers.
pub(super) fn level_caption(scene: &mut Scene, text: &str, panel: &Panel) {
    let place = (f64::midpoint(panel.left, panel.right), panel.bottom + 33.0);
    scene.text(text, place, CAPTION.at(Anchor::Middle));
}
