//! What one more kb/d of each capacity delivers, and what one less costs.

use crate::results::{Rank, RankElement, RankEstimate, RankPlayed};

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

/// What more and less of one element delivers, kb a year for a kb/d; nothing where that is not known.
struct Row {
    name: String,
    right: RankEstimate,
    left: RankEstimate,
}

impl Row {
    fn new((id, name): (&str, &str), [right, left]: [RankEstimate; 2]) -> Self {
        let name = if name.is_empty() { id } else { name };
        Self {
            name: name.to_owned(),
            right,
            left,
        }
    }

    /// As an instant says.
    fn at_once(element: &RankElement) -> Self {
        let yearly = |side: Option<RankEstimate>| side.unwrap_or_default().scaled(YEAR);
        let sides = [yearly(element.right), yearly(element.left)];
        Self::new((&element.id, &element.name), sides)
    }

    /// With what follows later.
    fn played(played: &RankPlayed) -> Self {
        Self::new((&played.id, &played.name), [played.more, played.less])
    }

    fn weight(&self) -> f64 {
        sane(self.right.mean).max(sane(self.left.mean))
    }
}

pub(super) fn scene(rank: &Rank) -> Option<Scene> {
    // More production is no matter of capacity.
    let at_once = rank
        .elements
        .iter()
        .filter(|element| !element.id.starts_with("field."))
        .map(Row::at_once);
    let is_played = !rank.played.is_empty();
    let mut rows: Vec<Row> = if is_played {
        rank.played.iter().map(Row::played).collect()
    } else {
        at_once.filter(|row| row.weight() > 0.0).collect()
    };
    // The heaviest are shown, in the order of the ranking.
    rows.sort_by(|one, other| other.weight().total_cmp(&one.weight()));
    let left_out = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    rows.sort_by(|one, other| {
        let by_right = other.right.mean.total_cmp(&one.right.mean);
        by_right.then_with(|| other.left.mean.total_cmp(&one.left.mean))
    });
    let first = rows.first()?;
    let title = if first.right.mean > 0.0 {
        format!(
            "One more kb/d at {} delivers {} kb more a year",
            first.name,
            fixed(first.right.mean, 0)
        )
    } else {
        "No single capacity delivers more if it is widened alone".to_owned()
    };
    let mut subtitle = if is_played {
        "Delivered more a year for one more kb/d of nameplate at the right, less for one less at the \
         left, in the same futures, with what tanks do later; whiskers: ± one standard error. Shown are \
         those that are worth most at once"
            .to_owned()
    } else {
        "Delivered more a year for one more kb/d of capacity at the right, less for one less at the \
         left; whiskers: ± one standard error. A long bar at the left alone: several bind together"
            .to_owned()
    };
    if left_out > 0 {
        subtitle += &format!("; {} more are in rank.csv", fixed(left_out as f64, 0));
    }
    let needed = theme::head(&title, &subtitle) + rows.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer(rank), needed);
    let names = rows
        .iter()
        .map(|row| theme::LABEL.width(&row.name) + 14.0)
        .fold(110.0, f64::max)
        .min(230.0);
    // One side may be below zero: then its bar is on the other.
    let reach = |sign: f64| {
        rows.iter()
            .flat_map(|row| [(row.right, 1.0), (row.left, -1.0)])
            .map(|(estimate, side)| {
                sign * side * sane(estimate.mean) + sane(estimate.std_error.unwrap_or(0.0))
            })
            .fold(0.0, f64::max)
    };
    let marks = round_marks(-reach(-1.0), reach(1.0), 7);
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
        let shown = text::shortened(&row.name, label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        scene.begin("one more");
        bar(&mut scene, &across, middle, (row.right, 1.0), MORE);
        scene.begin("one less");
        bar(&mut scene, &across, middle, (row.left, -1.0), LESS);
        scene.end();
        let place = (panel.right - 86.0, base);
        scene.text(
            &figure(row.right),
            place,
            theme::STRONG_LABEL.at(Anchor::End),
        );
        scene.text(
            &figure(row.left),
            (panel.right, base),
            label.at(Anchor::End),
        );
        let told = format!(
            "{}: one more kb/d delivers {} kb more a year, one less costs {}",
            row.name,
            figure(row.right),
            figure(row.left),
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

/// With no more than two decimals where it is small, so that it stays narrow.
fn figure(estimate: RankEstimate) -> String {
    match estimate.std_error.filter(|&error| error > 0.0) {
        Some(error) if error < 0.005 => fixed(estimate.mean, 2),
        Some(error) if error < 0.05 => {
            format!("{} ± {}", fixed(estimate.mean, 2), fixed(error, 2))
        }
        error => with_error(estimate.mean, error),
    }
}

fn bar(
    scene: &mut Scene,
    across: &Axis,
    middle: f64,
    (estimate, side): (RankEstimate, f64),
    colour: Colour,
) {
    let value = side * sane(estimate.mean);
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
    let error = sane(estimate.std_error.unwrap_or(0.0));
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

    /// What was played again is shown in place of what an instant promises, below zero too.
    #[test]
    fn what_was_played_again_is_what_is_shown() {
        let mut rank = rank(vec![
            element("link.a", [0.9, 0.9]),
            element("link.b", [0.8, 0.8]),
        ]);
        let of = |mean: f64| RankEstimate {
            mean,
            std_error: Some(0.2),
        };
        let played = |id: &str, more: f64| RankPlayed {
            id: id.to_owned(),
            name: String::new(),
            capacity_bpd: 1_000,
            step_bpd: 100,
            more: of(more),
            less: of(1.0),
            usd_more_per_year_per_bpd: None,
            usd_less_per_year_per_bpd: None,
        };
        rank.played = vec![played("link.a", 12.0), played("link.b", -1.5)];
        let figure = scene(&rank)
            .expect("something to draw")
            .draw()
            .expect("a figure");
        let svg = figure.svg();
        assert!(svg.contains("One more kb/d at link.a delivers 12 kb more a year"));
        assert!(svg.contains("−1.50 ± 0.20") && svg.contains("in the same futures"));
    }
}
