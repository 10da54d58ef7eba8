//! What one more kb/d of each capacity delivers, and what one less costs.

use crate::results::{Rank, RankElement, RankEstimate};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{counted, fixed, sane, with_error};
use super::{text, theme, tips};

/// The most elements.
const MOST: usize = 18;
/// Height of an element with its distance to the next.
const PITCH: f64 = 30.0;
/// Room for figures at the right.
const FIGURES: f64 = 176.0;
/// Days of a year.
const YEAR: f64 = 365.25;

const MORE: Colour = theme::BLUE;
const LESS: Colour = theme::VERMILION;

/// One more; nothing where that is not known.
fn right(element: &RankElement) -> RankEstimate {
    element.right.unwrap_or_default()
}

/// One less.
fn left(element: &RankElement) -> RankEstimate {
    element.left.unwrap_or_default()
}

pub(super) fn scene(rank: &Rank) -> Option<Scene> {
    let weight = |one: &RankElement| sane(right(one).mean).max(sane(left(one).mean));
    // More production is no matter of capacity.
    let is_field = |element: &RankElement| element.id.starts_with("field.");
    let mut rows: Vec<&RankElement> = rank
        .elements
        .iter()
        .filter(|element| weight(element) > 0.0 && !is_field(element))
        .collect();
    // The heaviest are shown, in the order of the ranking.
    rows.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    let left_out = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    rows.sort_by(|one, other| {
        let by_right = right(other).mean.total_cmp(&right(one).mean);
        by_right.then_with(|| left(other).mean.total_cmp(&left(one).mean))
    });
    let first = rows.first()?;
    let title = if right(first).mean > 0.0 {
        format!(
            "One more kb/d at {} delivers {} kb more a year",
            name(first),
            fixed(right(first).mean * YEAR, 0)
        )
    } else {
        "No single capacity delivers more if it is widened alone".to_owned()
    };
    let mut subtitle =
        "Delivered more a year for one more kb/d of capacity at the right, less for one \
                        less at the left; whiskers: ± one standard error. A long bar at the left \
                        alone: several bind together"
            .to_owned();
    if left_out > 0 {
        subtitle += &format!("; {} more are in rank.csv", fixed(left_out as f64, 0));
    }
    let needed = theme::head(&title, &subtitle) + rows.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer(rank), needed);
    let names = rows
        .iter()
        .map(|row| theme::LABEL.width(&name(row)) + 14.0)
        .fold(110.0, f64::max)
        .min(230.0);
    let reach = |of: &dyn Fn(&RankElement) -> RankEstimate| {
        rows.iter()
            .map(|row| YEAR * (of(row).mean + of(row).std_error.unwrap_or(0.0)))
            .fold(0.0, f64::max)
    };
    let (less, more) = (reach(&left), reach(&right));
    let marks = round_marks(-less, more, 7);
    let ends = (marks[0].min(0.0), marks[marks.len() - 1].max(0.0));
    let across = Axis::linear(ends, (panel.left + names, panel.right - FIGURES));
    let top = panel.top + 16.0;
    let foot = top + rows.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    let caption = theme::CAPTION.at(Anchor::End);
    scene.text("one more", (panel.right - 86.0, top - 8.0), caption);
    scene.text("one less", (panel.right, top - 8.0), caption);
    for (place, row) in rows.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let base = middle + theme::LABEL.size * 0.36;
        let label = theme::LABEL;
        let shown = text::shortened(&name(row), label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        scene.begin("one more");
        bar(&mut scene, &across, middle, (right(row), 1.0), MORE);
        scene.begin("one less");
        bar(&mut scene, &across, middle, (left(row), -1.0), LESS);
        scene.end();
        let figure = |estimate: RankEstimate| {
            let error = estimate.std_error.filter(|&error| error > 0.0);
            with_error(estimate.mean * YEAR, error.map(|error| error * YEAR))
        };
        let place = (panel.right - 86.0, base);
        scene.text(
            &figure(right(row)),
            place,
            theme::STRONG_LABEL.at(Anchor::End),
        );
        scene.text(
            &figure(left(row)),
            (panel.right, base),
            label.at(Anchor::End),
        );
        let told = format!(
            "{}: one more kb/d delivers {} kb more a year, one less costs {}",
            name(row),
            figure(right(row)),
            figure(left(row)),
        );
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        let label = fixed(mark.abs(), decimals);
        scene.text(
            &label,
            (across.at(mark), foot + 17.0),
            theme::TICK.at(Anchor::Middle),
        );
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(ends.0), across.at(ends.1));
    scene.text("kb a year for a kb/d", (centre, foot + 34.0), caption);
    Some(scene)
}

/// An element's name, with its id where it has no name of its own.
fn name(element: &RankElement) -> String {
    if element.name.is_empty() {
        element.id.clone()
    } else {
        element.name.clone()
    }
}

fn bar(
    scene: &mut Scene,
    across: &Axis,
    middle: f64,
    (estimate, side): (RankEstimate, f64),
    colour: Colour,
) {
    let value = side * YEAR * sane(estimate.mean);
    if value == 0.0 {
        return;
    }
    let half = PITCH * 0.29;
    let (zero, end) = (across.at(0.0), across.at(value));
    let (from, to) = (zero.min(end), zero.max(end).max(zero.min(end) + 0.8));
    scene.rectangle(
        (from, middle - half),
        (to, middle + half),
        colour.tint(0.88),
        1.0,
    );
    let error = YEAR * sane(estimate.std_error.unwrap_or(0.0));
    theme::whisker(
        scene,
        middle,
        (across.at(value - error), across.at(value + error)),
    );
}

fn footer(rank: &Rank) -> String {
    let what = format!(
        "{}, seed {}",
        counted(rank.replications, "replication", "replications"),
        rank.seed
    );
    theme::course_footer(&rank.scenario, &rank.version, &rank.strategies, &what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::ScenarioInfo;

    fn element(id: &str, [right, left]: [f64; 2]) -> RankElement {
        let of = |mean: f64| RankEstimate {
            mean,
            std_error: Some(mean / 10.0),
        };
        RankElement {
            id: id.to_owned(),
            name: String::new(),
            capacity_bpd: 1_000,
            in_cut: Some(of(left)),
            right: Some(of(right)),
            right_of_nameplate: Some(of(right)),
            left: Some(of(left)),
            kb_per_year_per_kbd: Some(of(right * YEAR)),
            usd_more_per_year_per_bpd: None,
            usd_less_per_year_per_bpd: None,
        }
    }

    fn rank(elements: Vec<RankElement>) -> Rank {
        Rank {
            format: String::new(),
            version: "0".to_owned(),
            scenario: ScenarioInfo {
                name: "World".to_owned(),
                about: String::new(),
                sha256: String::new(),
                start: "2026-01-01".to_owned(),
                horizon_days: 365.0,
            },
            strategies: Vec::new(),
            by: "shadow-price".to_owned(),
            seed: 1,
            replications: 2,
            step_bpd: 1_000,
            elements,
            played: Vec::new(),
            tanks: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn any_prices_make_a_figure_or_none() {
        let fields_only = rank(vec![element("field.a", [1.0, 1.0])]);
        assert!(scene(&fields_only).is_none());
        assert!(scene(&rank(Vec::new())).is_none());
        let odd = [
            element("link.a", [0.0, 0.5]),
            element("link.b", [f64::NAN, f64::INFINITY]),
            element("hub.c", [1e300, 1e-300]),
        ];
        let drawn = scene(&rank(odd.into())).expect("something to draw").draw();
        assert!(drawn.is_ok());
        let many = (0..40).map(|at| element(&format!("link.l{at}"), [f64::from(at) / 40.0, 0.5]));
        let figure = scene(&rank(many.collect()))
            .expect("something to draw")
            .draw_as("shadow_prices", "rank");
        assert!(figure.is_ok_and(|figure| figure.svg().contains("22 more are in rank.csv")));
    }
}
