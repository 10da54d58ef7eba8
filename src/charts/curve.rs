//! What is not delivered, by size of one value.

use crate::results::{Curve, CurvePoint, CurveSizes, RankEstimate};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::labels::{self, EndLabel};
use super::numbers::{Unit, capitalised, counted, fixed, sane, significant, with_error};
use super::{theme, tips};

const MEAN: Colour = theme::BLUE;
const TAIL: Colour = theme::VERMILION;

/// Opacity of a band of two standard errors at either side.
const BAND: f64 = 0.18;

/// What is drawn of a size.
type Of = dyn Fn(&CurvePoint) -> Option<RankEstimate>;

pub(super) fn scene(curve: &Curve) -> Option<Scene> {
    let sizes = curve.sizes.as_ref()?;
    let (first, last) = (sizes.points.first()?, sizes.points.last()?);
    if sizes.points.len() < 2 {
        return None;
    }
    let tail = |point: &CurvePoint| point.loss.cvar95_bbl;
    let mean = |point: &CurvePoint| Some(point.loss.mean_bbl);
    let reach = |estimate: RankEstimate| {
        sane(estimate.mean) + 2.0 * sane(estimate.std_error.unwrap_or(0.0))
    };
    let most = (sizes.points.iter())
        .flat_map(|point| [mean(point), tail(point)].into_iter().flatten())
        .map(reach)
        .fold(0.0, f64::max);
    let unit = Unit::barrels(most);
    let footer = footer(curve);
    let subtitle = format!(
        "Undelivered over the horizon by size of {}, in the same futures; bands: ± two standard errors; \
         the dashed line is the scenario as it is",
        sizes.key
    );
    let (mut scene, mut panel) = theme::page(
        &title(sizes, first, last),
        &subtitle,
        &footer,
        theme::HEIGHT,
    );
    panel.top += 12.0;
    panel.bottom -= 14.0;
    let names = ["Mean", "Worst twentieth (CVaR 95 %)"];
    panel.right -= labels::room(names);
    let marks = round_marks(0.0, most / unit.divisor, 6);
    theme::upright_caption(&mut scene, &capitalised(unit.words), &panel);
    let up = theme::upright_scale(&mut scene, &mut panel, &marks);
    let level = round_marks(first.size, last.size, 7);
    let across = Axis::linear(
        (first.size, last.size),
        (panel.left + 10.0, panel.right - 10.0),
    );
    let decimals = axis::decimals(&level);
    for &mark in &level {
        if mark < first.size - 1e-9 * first.size.abs() || mark > last.size * (1.0 + 1e-9) {
            continue;
        }
        theme::notch(&mut scene, across.at(mark), panel.bottom);
        let place = (across.at(mark), panel.bottom + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    let caption = if sizes.unit.is_empty() {
        sizes.key.clone()
    } else {
        format!("{}, {}", sizes.key, sizes.unit)
    };
    theme::level_caption(&mut scene, &caption, &panel);
    let as_it_is = [Some(sizes.as_it_is.mean_bbl), sizes.as_it_is.cvar95_bbl];
    let mut ends = Vec::new();
    let series: [(&Of, Colour, &str); 2] = [(&mean, MEAN, names[0]), (&tail, TAIL, names[1])];
    for ((of, colour, name), now) in series.into_iter().zip(as_it_is) {
        let points: Vec<(f64, RankEstimate)> = (sizes.points.iter())
            .filter_map(|point| Some((point.size, of(point)?)))
            .collect();
        let height = |bbl: f64| up.at(sane(bbl) / unit.divisor);
        let edge = |side: f64| {
            let at = move |&(size, estimate): &(f64, RankEstimate)| {
                let error = side * 2.0 * sane(estimate.std_error.unwrap_or(0.0));
                (across.at(size), height((estimate.mean + error).max(0.0)))
            };
            points.iter().map(at).collect::<Vec<_>>()
        };
        let mut band = edge(1.0);
        band.extend(edge(-1.0).into_iter().rev());
        scene.begin(name);
        scene.area(band, colour, BAND);
        if let Some(now) = now {
            let y = height(now.mean);
            scene.dashed(
                &[(panel.left, y), (panel.right, y)],
                colour.tint(0.7),
                0.9,
                5.0,
            );
        }
        let line = edge(0.0);
        for &place in &line {
            scene.marker(place, 3.2, colour);
        }
        for (&place, (_, estimate)) in line.iter().zip(&points) {
            let told = format!("{name}: {}", tips::estimate(unit, *estimate));
            tips::mark(&mut scene, place, &told);
        }
        if let Some(&(_, height)) = line.last() {
            ends.push(EndLabel {
                text: name.to_owned(),
                height,
                colour: theme::readable(colour),
                strong: colour == MEAN,
            });
        }
        scene.line(line, colour, 1.8);
        scene.end();
    }
    labels::beside(&mut scene, &ends, &panel, labels::MOST);
    Some(scene)
}

fn title(sizes: &CurveSizes, first: &CurvePoint, last: &CurvePoint) -> String {
    // From the smallest to the largest size, of what is known from pairs.
    let (one, other) = (first.from_as_it_is.mean_bbl, last.from_as_it_is.mean_bbl);
    let saved = one.mean - other.mean;
    let unit = Unit::barrels(saved);
    let span = format!("from {} to {} of {}", first.value, last.value, sizes.key);
    if saved.abs() < 1.0 {
        format!("Nothing changes {span}")
    } else {
        let way = if saved > 0.0 { "less" } else { "more" };
        let volume = significant(saved.abs() / unit.divisor, 3);
        format!("{volume} {} {way} is lost {span}", unit.words)
    }
}

/// Where the figures come from.
pub(super) fn footer(curve: &Curve) -> String {
    let what = format!(
        "{}, seed {}",
        counted(curve.replications, "replication", "replications"),
        curve.seed
    );
    theme::course_footer(&curve.scenario, &curve.version, &curve.strategies, &what)
}

/// An estimate in a unit of volume.
pub(super) fn volume(estimate: RankEstimate, unit: Unit) -> String {
    let error = estimate.std_error.map(|error| error / unit.divisor);
    with_error(estimate.mean / unit.divisor, error)
}
