//! What is left without the worst things to lose.

use crate::results::{Worst, WorstSet};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::numbers::{fixed, in_words, percent, sane};
use super::{text, theme, tips};

/// The most sets of one size.
const MOST: usize = 10;
/// The most sizes.
const MOST_SIZES: usize = 6;
/// Room for all bars and headings.
const HEIGHT: f64 = 640.0;
/// Height of a bar with its distance to the next.
const PITCH: f64 = 23.0;
/// Height of the heading of a size.
const HEADING: f64 = 30.0;
/// Room for figures at the right.
const FIGURES: f64 = 150.0;
/// The widest that names are set.
const NAMES: f64 = 400.0;

pub(super) fn scene(worst: &Worst) -> Option<Scene> {
    let whole = worst.delivered_bpd as f64 / 1_000.0;
    let mut sizes: Vec<(usize, &[WorstSet])> = (worst.sizes.iter())
        .filter(|size| !size.worst.is_empty())
        .map(|size| (size.size, size.worst.as_slice()))
        .collect();
    while sizes.len() > MOST_SIZES {
        sizes.remove(sizes.len() - 2);
    }
    let room = (HEIGHT - sizes.len() as f64 * HEADING) / PITCH / sizes.len().max(1) as f64;
    // As many bars of each as have room, which is one at least.
    let most = (room as usize).clamp(1, MOST);
    for (_, sets) in &mut sizes {
        *sets = &sets[..sets.len().min(most)];
    }
    let (count, sets) = sizes.last()?;
    if whole <= 0.0 {
        return None;
    }
    let share = |set: &WorstSet| percent(set.delivered_bpd as f64 / worst.delivered_bpd as f64);
    let first = |set: &WorstSet| set.elements.first().map_or("", |id| bare(id)).to_owned();
    let title = match count {
        _ if sizes[0].1[0].delivered_bpd == 0 => {
            format!("Without {} nothing is left", first(&sizes[0].1[0]))
        }
        1 => format!("Without {} {} is left", first(&sets[0]), share(&sets[0])),
        several => format!(
            "The worst {} things to lose leave {}; the worst one leaves {}",
            in_words(*several as u64),
            share(&sets[0]),
            share(&sizes[0].1[0])
        ),
    };
    let subtitle = "Delivered in the long run without them, tanks full or empty and every diversion \
                    made. Full colour: one hazard can take out all of them at once, to that degree";
    let bars: usize = sizes.iter().map(|(_, sets)| sets.len()).sum();
    let height = bars as f64 * PITCH + sizes.len() as f64 * HEADING;
    let needed = theme::head(&title, subtitle) + height + 50.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, subtitle, &footer(worst), needed);
    let names = (sizes.iter().flat_map(|(_, sets)| sets.iter()))
        .map(|set| theme::LABEL.width(&name(set)) + 14.0)
        .fold(110.0, f64::max)
        .min(NAMES);
    let marks = round_marks(0.0, whole, 4);
    let marks: Vec<f64> = marks
        .into_iter()
        .filter(|&mark| mark <= whole * 1.001)
        .collect();
    let ends = (0.0, whole);
    let across = Axis::linear(ends, (panel.left + names, panel.right - FIGURES));
    let foot = panel.top + height;
    let caption = theme::CAPTION.at(Anchor::End);
    scene.text("left, kb/d", (panel.right - 76.0, panel.top + 8.0), caption);
    scene.text("of all", (panel.right, panel.top + 8.0), caption);
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (panel.top + 14.0, foot));
    }
    let mut y = panel.top;
    for (size, sets) in &sizes {
        let heading = match size {
            1 => "One at a time".to_owned(),
            several => format!(
                "{} together",
                super::numbers::capitalised(&in_words(*several as u64))
            ),
        };
        scene.text(
            &heading,
            (panel.left, y + HEADING - 10.0),
            theme::STRONG_LABEL,
        );
        y += HEADING;
        for set in *sets {
            bar(&mut scene, &across, y + PITCH / 2.0, set, names, worst);
            let base = y + PITCH / 2.0 + theme::LABEL.size * 0.36;
            let left = fixed(set.delivered_bpd as f64 / 1_000.0, 0);
            let strong = theme::STRONG_LABEL.at(Anchor::End);
            scene.text(&left, (panel.right - 76.0, base), strong);
            scene.text(
                &share(set),
                (panel.right, base),
                theme::LABEL.at(Anchor::End),
            );
            let told = format!(
                "Without {}: {left} kb/d are left, {}",
                name(set),
                share(set)
            );
            let row = (y + PITCH / 2.0, PITCH);
            tips::row(&mut scene, (panel.left, panel.right), row, &told);
            y += PITCH;
        }
    }
    theme::upright(&mut scene, across.at(0.0), (panel.top + 14.0, foot + 1.0));
    let at_whole = across.at(whole);
    scene.dashed(
        &[(at_whole, panel.top + 14.0), (at_whole, foot)],
        theme::INK,
        1.0,
        4.0,
    );
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        let place = (across.at(mark), foot + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    let centre = f64::midpoint(across.at(0.0), across.at(ends.1));
    let caption = theme::CAPTION.at(Anchor::Middle);
    let measure = "kb/d delivered; dashed: with everything in place";
    scene.text(measure, (centre, foot + 34.0), caption);
    Some(scene)
}

fn bar(scene: &mut Scene, across: &Axis, middle: f64, set: &WorstSet, names: f64, worst: &Worst) {
    let label = theme::LABEL;
    let shown = text::shortened(&name(set), label.size, label.weight, names - 12.0);
    let left = across.at(0.0) - names;
    scene.text(&shown, (left, middle + label.size * 0.36), label);
    // As far as they are taken out here, and no less.
    let degree = (worst.elements.iter())
        .filter(|element| set.elements.contains(&element.id))
        .map(|element| element.left)
        .fold(0.0, f64::max);
    let at_once = set
        .causes
        .iter()
        .any(|cause| cause.kind == "hazard" && cause.left <= degree);
    let colour = if at_once {
        theme::VERMILION
    } else {
        theme::VERMILION.tint(0.45)
    };
    let end = across.at(sane(set.delivered_bpd as f64 / 1_000.0));
    let half = PITCH * 0.34;
    let whole = across.at(worst.delivered_bpd as f64 / 1_000.0);
    scene.rectangle(
        (across.at(0.0), middle - half),
        (whole, middle + half),
        theme::REST,
        0.18,
    );
    scene.rectangle(
        (across.at(0.0), middle - half),
        (end.max(across.at(0.0) + 0.8), middle + half),
        colour,
        1.0,
    );
}

/// The ids of a set without their kinds.
fn name(set: &WorstSet) -> String {
    let ids: Vec<&str> = set.elements.iter().map(|id| bare(id)).collect();
    ids.join(" + ")
}

/// An id without its kind.
pub(super) fn bare(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, bare)| bare)
}

pub(super) fn footer(worst: &Worst) -> String {
    let what = if worst.down_state == "closed" {
        "closed altogether"
    } else {
        "as far as their hazards take them"
    };
    theme::course_footer(&worst.scenario, &worst.version, &worst.strategies, what)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::results::{ScenarioInfo, WorstCause, WorstPairs, WorstSize};

    fn set(names: usize, delivered_bpd: i64) -> WorstSet {
        WorstSet {
            elements: (0..names)
                .map(|at| format!("link.a-rather-long-name-{at}"))
                .collect(),
            delivered_bpd,
            exported_bpd: 0,
            retention: None,
            lost_bpd: 1_000_000 - delivered_bpd,
            causes: vec![WorstCause {
                kind: "hazard".to_owned(),
                id: "storm".to_owned(),
                name: "Storm".to_owned(),
                left: 0.0,
            }],
            outages: Vec::new(),
        }
    }

    /// Sets of up to so many things.
    pub(in crate::charts) fn sample(sizes: usize, delivered_bpd: i64) -> Worst {
        let size = |size: usize| WorstSize {
            size,
            among: 30,
            sets: 100,
            solved: 10,
            searched: "all".to_owned(),
            lower_bpd: 0,
            upper_bpd: 0,
            ties: 1,
            worst: (0..10).map(|at| set(size, at * 30_000)).collect(),
        };
        let ids: Vec<String> = (0..16).map(|at| format!("hub.h{at}")).collect();
        Worst {
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
            at_seconds: 0,
            down_state: "closed".to_owned(),
            planned_bpd: delivered_bpd,
            delivered_bpd,
            exported_bpd: delivered_bpd,
            elements: Vec::new(),
            sizes: (1..=sizes).map(size).collect(),
            pairs: Some(WorstPairs {
                lost_bpd: vec![vec![900_000; ids.len()]; ids.len()],
                elements: ids,
            }),
            common: Vec::new(),
            over_time: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn any_losses_make_a_figure_or_none() {
        assert!(scene(&sample(0, 1_000_000)).is_none());
        assert!(scene(&sample(2, 0)).is_none());
        for sizes in [1, 2, 3, 9, 20] {
            let figure = scene(&sample(sizes, 1_000_000)).expect("something to draw");
            assert!(figure.height <= 850.0, "{sizes}: {}", figure.height);
            let case = if sizes == 2 { "rank" } else { "scene" };
            let drawn = figure.draw_as("worst_sets", case);
            assert!(drawn.is_ok_and(|figure| figure.svg().contains("nothing is left")));
        }
    }
}
