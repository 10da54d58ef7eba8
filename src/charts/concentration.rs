//! How exports are spread over routes and over the countries they cross, from future to future.

use std::collections::BTreeMap;

use crate::results::{Metric, Metrics, StrategyResult, Summary};

use super::axis::Axis;
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{fixed, name_of_id, percent, sane};
use super::{text, theme, tips};

/// The most rows of one group.
const MOST: usize = 10;
/// Height of a row.
const PITCH: f64 = 24.0;
/// Room for numbers at the right.
const VALUES: f64 = 132.0;
/// The widest that names are set.
const NAMES: f64 = 270.0;

/// A route or jurisdiction and its share of exports.
struct Row<'m> {
    name: String,
    share: f64,
    metric: &'m Metric,
    undisturbed: Option<f64>,
}

impl Row<'_> {
    /// What nine of ten futures lie between.
    fn band(&self) -> Option<(f64, f64)> {
        let level = |level: &str| self.metric.quantiles.get(level).copied().flatten();
        Some((sane(level("0.05")?), sane(level("0.95")?)))
    }
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary.strategies.first()?;
    let routes = routes(summary, strategy);
    let crossed = jurisdictions(summary, strategy);
    if routes.len() < 2 {
        return None;
    }
    let index = |name: &str| strategy.metrics.get(name).and_then(|metric| metric.mean);
    let title = title(&routes, index("concentration"));
    let mut subtitle = "Share of exports: dots are means, bands hold nine of ten futures, ticks are the undisturbed \
                        shares. What crosses several countries counts for each of them"
        .to_owned();
    if let Some(by) = index("concentration_by_jurisdiction") {
        subtitle += &format!(
            "; concentration by first jurisdiction {} (1: all by one)",
            fixed(by, 2)
        );
    }
    if summary.strategies.len() > 1 {
        subtitle += &format!("; strategy: {}", strategy.name);
    }
    let groups: Vec<(&str, &[Row<'_>], Colour)> = [
        ("By route", routes.as_slice(), theme::BLUE),
        (
            "By jurisdiction crossed",
            crossed.as_slice(),
            theme::series(2),
        ),
    ]
    .into_iter()
    .filter(|group| !group.1.is_empty())
    .collect();
    let count: usize = groups.iter().map(|group| group.1.len()).sum();
    let height = theme::head(&title, &subtitle)
        + count as f64 * PITCH
        + groups.len() as f64 * 38.0
        + 26.0
        + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &theme::run_footer(summary), height);
    let names = groups
        .iter()
        .flat_map(|group| group.1)
        .map(|row| theme::LABEL.width(&row.name) + 16.0)
        .fold(110.0, f64::max)
        .min(NAMES);
    let share = Axis::linear((0.0, 1.0), (panel.left + names, panel.right - VALUES));
    let marks = [0.0, 0.25, 0.5, 0.75, 1.0];
    let mut y = panel.top - 4.0;
    for (heading, rows, colour) in groups {
        y += 16.0;
        scene.text(heading, (panel.left, y), theme::STRONG_LABEL);
        let ends = (y + 8.0, y + 8.0 + rows.len() as f64 * PITCH);
        for mark in &marks[1..] {
            theme::faint_upright(&mut scene, share.at(*mark), ends);
        }
        theme::upright(&mut scene, share.at(0.0), ends);
        let head = theme::CAPTION.at(Anchor::End);
        scene.text("mean", (panel.right - 74.0, y), head);
        scene.text("P5–P95", (panel.right, y), head);
        for (place, row) in rows.iter().enumerate() {
            let middle = ends.0 + (place as f64 + 0.5) * PITCH;
            draw(&mut scene, row, (&share, middle), colour, (&panel, names));
        }
        y = ends.1 + 14.0;
    }
    let foot = y - 14.0;
    for mark in marks {
        let text = format!("{}\u{a0}%", fixed(100.0 * mark, 0));
        let place = (share.at(mark), foot + 17.0);
        scene.text(&text, place, theme::TICK.at(Anchor::Middle));
    }
    let place = (f64::midpoint(share.at(0.0), share.at(1.0)), foot + 34.0);
    scene.text("Share of exports", place, theme::CAPTION.at(Anchor::Middle));
    Some(scene)
}

fn draw(
    scene: &mut Scene,
    row: &Row<'_>,
    (share, middle): (&Axis, f64),
    colour: Colour,
    (panel, names): (&theme::Panel, f64),
) {
    let label = theme::LABEL;
    let base = middle + label.size * 0.36;
    let name = text::shortened(&row.name, label.size, label.weight, names - 12.0);
    scene.text(&name, (panel.left, base), label);
    let mut told = format!("{}: {} of exports", row.name, percent(row.share));
    if let Some(error) = row.metric.std_error {
        told += &format!(" ± {}", percent(error));
    }
    if let Some((low, high)) = row.band() {
        let (from, to) = (share.at(low), share.at(high).max(share.at(low) + 1.0));
        scene.rectangle((from, middle - 5.0), (to, middle + 5.0), colour, 0.3);
        let decimals = usize::from(high < 0.1);
        let band = format!(
            "{}–{}",
            fixed(100.0 * low, decimals),
            fixed(100.0 * high, decimals)
        );
        scene.text(&band, (panel.right, base), label.at(Anchor::End));
        told += &format!(
            "; nine of ten futures {} to {}",
            percent(low),
            percent(high)
        );
    }
    if let Some(undisturbed) = row.undisturbed {
        let x = share.at(undisturbed);
        scene.rectangle(
            (x - 0.8, middle - 8.0),
            (x + 0.8, middle + 8.0),
            theme::INK,
            1.0,
        );
        told += &format!("; undisturbed {}", percent(undisturbed));
    }
    scene.marker((share.at(row.share), middle), 4.0, colour);
    let strong = theme::STRONG_LABEL.at(Anchor::End);
    scene.text(&percent(row.share), (panel.right - 74.0, base), strong);
    tips::row(scene, (panel.left, panel.right), (middle, PITCH), &told);
}

fn routes<'s>(summary: &'s Summary, strategy: &'s StrategyResult) -> Vec<Row<'s>> {
    let named: BTreeMap<&str, &str> = summary
        .network
        .routes
        .iter()
        .map(|route| (route.id.as_str(), route.name.as_str()))
        .collect();
    let undisturbed = &strategy.undisturbed.routes_bpd;
    let total: f64 = undisturbed.values().map(|&flow| sane(flow).max(0.0)).sum();
    let alone = |id: &str| {
        let flow = sane(undisturbed.get(id).copied()?);
        (total > 0.0).then(|| (flow / total).clamp(0.0, 1.0))
    };
    let name = |id: &str| {
        let name = named.get(id).filter(|name| !name.is_empty());
        name.map_or_else(|| name_of_id(id), ToString::to_string)
    };
    rows(&strategy.routes, &name, &alone)
}

fn jurisdictions<'s>(summary: &'s Summary, strategy: &'s StrategyResult) -> Vec<Row<'s>> {
    let undisturbed = &strategy.undisturbed.routes_bpd;
    let total: f64 = undisturbed.values().map(|&flow| sane(flow).max(0.0)).sum();
    let alone = |id: &str| {
        let crossing = summary.network.routes.iter();
        let crossing = crossing.filter(|route| route.jurisdiction.iter().any(|other| other == id));
        let flows = crossing.filter_map(|route| undisturbed.get(&route.id));
        let flow: f64 = flows.map(|&flow| sane(flow)).sum();
        (total > 0.0).then(|| (flow / total).clamp(0.0, 1.0))
    };
    rows(&strategy.jurisdictions, &ToOwned::to_owned, &alone)
}

/// The largest shares, in falling order; what never carries anything is left out.
fn rows<'m>(
    groups: &'m BTreeMap<String, Metrics>,
    name: &dyn Fn(&str) -> String,
    undisturbed: &dyn Fn(&str) -> Option<f64>,
) -> Vec<Row<'m>> {
    let mut rows: Vec<Row<'_>> = groups
        .iter()
        .filter_map(|(id, metrics)| {
            let metric = metrics.get("share")?;
            Some(Row {
                name: name(id),
                share: sane(metric.mean?),
                metric,
                undisturbed: undisturbed(id),
            })
        })
        .filter(|row| row.share > 0.0 || row.undisturbed.is_some_and(|share| share > 0.0))
        .collect();
    rows.sort_by(|one, other| other.share.total_cmp(&one.share));
    rows.truncate(MOST);
    rows
}

fn title(routes: &[Row<'_>], index: Option<f64>) -> String {
    let first = &routes[0];
    let carries = format!("{} carries {} of exports", first.name, percent(first.share));
    match index {
        Some(index) => format!(
            "{carries}; concentration is {}, as of {} equal routes",
            fixed(index, 2),
            fixed(1.0 / sane(index).clamp(1e-3, 1.0), 1)
        ),
        None => carries,
    }
}
