//! How the mean settles as replications accumulate.

use crate::results::{ConvergencePoint, Summary};

use super::axis::{Axis, round_marks};
use super::canvas::{Place, Scene};
use super::labels::{self, EndLabel};
use super::leading::{self, leading};
use super::numbers::{Unit, capitalised, counted, fixed, name_of_id, percent, sane, with_error};
use super::{theme, tips};

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let mut curves: Vec<(usize, &str, Vec<&ConvergencePoint>)> = leading(summary)
        .into_iter()
        .enumerate()
        .filter_map(|(place, strategy)| {
            let points = &strategy.convergence.as_ref()?.points;
            let points: Vec<_> = points
                .iter()
                .filter(|point| point.replications > 0)
                .collect();
            (!points.is_empty()).then_some((place, strategy.name.as_str(), points))
        })
        .collect();
    let settled = summary
        .strategies
        .iter()
        .find_map(|strategy| strategy.convergence.as_ref())?;
    let last = *curves.first()?.2.last()?;
    // The first few means wander far and say nothing.
    let begin = 10_u64.pow((last.replications / 500).max(1).ilog10());
    for (_, _, points) in &mut curves {
        points.retain(|point| point.replications >= begin);
    }
    let all = || {
        curves
            .iter()
            .flat_map(|(_, _, points)| points.iter().copied())
    };

    let greatest = all()
        .map(|point| sane(point.mean).abs())
        .fold(0.0, f64::max);
    let unit = match settled.unit.as_str() {
        "bbl" => Unit::barrels(greatest),
        "b/d" => Unit::rate(greatest),
        "share" => Unit {
            divisor: 0.01,
            words: "%",
        },
        "h" => Unit {
            divisor: 1.0,
            words: "hours",
        },
        _ => Unit {
            divisor: 1.0,
            words: "",
        },
    };
    let other = if unit.words.is_empty() {
        settled.unit.as_str()
    } else {
        unit.words
    };
    let metric = told(&settled.metric);
    let doubt = settled
        .epistemic
        .map(|band| (unit.of(band.low), unit.of(band.high)));
    let band = if doubt.is_some() {
        ", with the errors of two kinds"
    } else {
        "; band: ± one standard error"
    };
    let subtitle = format!(
        "Mean {} as replications accumulate{band}{}",
        metric,
        if other.is_empty() {
            String::new()
        } else {
            format!("; {other}")
        }
    );
    let subtitle = subtitle + &leading::left_out(summary);
    let (mut scene, mut panel) = theme::page(
        &title(&metric, last),
        &subtitle,
        &theme::run_footer(summary),
        theme::HEIGHT,
    );
    panel.top += 14.0;
    panel.bottom -= 16.0;
    if doubt.is_some() {
        let monte_carlo = "± one standard error: more replications make it narrower";
        let doubt = "90\u{a0}% band from doubt about figures: they do not";
        let keys = [
            (theme::series(0), 0.4, monte_carlo),
            (theme::DOUBT, theme::DOUBT_BAND, doubt),
        ];
        theme::error_keys(&mut scene, &mut panel, &keys);
    }
    let caption = capitalised(&metric);
    let caption = if other.is_empty() {
        caption
    } else {
        format!("{caption}, {other}")
    };
    theme::upright_caption(&mut scene, &caption, &panel);

    // Every mean is in the scale, and the bands once they are narrow.
    let settle = |point: &&ConvergencePoint| point.replications * 100 >= last.replications;
    let reach = |point: &ConvergencePoint| unit.of(point.std_error.unwrap_or(0.0)).abs();
    let means = || all().map(|point| unit.of(point.mean));
    let low = all()
        .filter(settle)
        .map(|p| unit.of(p.mean) - reach(p))
        .chain(means())
        .chain(doubt.map(|band| band.0));
    let high = all()
        .filter(settle)
        .map(|p| unit.of(p.mean) + reach(p))
        .chain(means())
        .chain(doubt.map(|band| band.1));
    let (low, high) = (
        low.fold(f64::INFINITY, f64::min),
        high.fold(f64::NEG_INFINITY, f64::max),
    );
    let marks = round_marks(low, high, 5);
    let results: Vec<String> = curves
        .iter()
        .filter_map(|(_, _, points)| points.last())
        .map(|end| with_error(unit.of(end.mean), end.std_error.map(|error| unit.of(error))))
        .collect();
    let named = curves
        .iter()
        .map(|curve| curve.1)
        .filter(|_| curves.len() > 1);
    let room = labels::room(results.iter().map(String::as_str).chain(named));
    panel.right -= room;
    let value = theme::upright_scale(&mut scene, &mut panel, &marks);
    let (floor, ceiling) = (marks[0], marks[marks.len() - 1]);

    let least = all().map(|point| point.replications).min().unwrap_or(1) as f64;
    let most = (all().map(|point| point.replications).max().unwrap_or(1) as f64).max(least * 2.0);
    let count = Axis::logarithmic((least, most), (panel.left, panel.right));
    theme::base_line(&mut scene, &panel, panel.bottom);
    for mark in counts(least, most) {
        theme::notch(&mut scene, count.at(mark), panel.bottom);
        let style = theme::TICK.at(super::canvas::Anchor::Middle);
        scene.text(
            &fixed(mark, 0),
            (count.at(mark), panel.bottom + 17.0),
            style,
        );
    }
    theme::level_caption(&mut scene, "Replications, logarithmic scale", &panel);

    if let Some((low, high)) = doubt {
        let [low, high] = [low, high].map(|end| value.at(end.clamp(floor, ceiling)));
        let (from, to) = ((panel.left, high), (panel.right, low));
        scene.rectangle(from, to, theme::DOUBT, theme::DOUBT_BAND);
    }
    let mut names = Vec::new();
    for (number, name, points) in &curves {
        let colour = theme::series(*number);
        scene.begin(name);
        let place = |point: &ConvergencePoint, side: f64| -> Place {
            let height = unit.of(point.mean) + side * reach(point);
            (
                count.at(point.replications as f64),
                value.at(height.clamp(floor, ceiling)),
            )
        };
        let corners = points.iter().map(|point| place(point, 1.0));
        let corners = corners
            .chain(points.iter().rev().map(|point| place(point, -1.0)))
            .collect();
        // Many bands would hide each other.
        if *number == 0 || curves.len() < 3 {
            scene.area(corners, colour, if doubt.is_some() { 0.4 } else { 0.2 });
        }
        scene.line(
            points.iter().map(|point| place(point, 0.0)).collect(),
            colour,
            2.0,
        );
        if let Some(end) = points.last() {
            let place = place(end, 0.0);
            scene.marker(place, 3.6, colour);
            scene.end();
            let colour = theme::readable(colour);
            let result = with_error(unit.of(end.mean), end.std_error.map(|error| unit.of(error)));
            if curves.len() > 1 {
                let text = (*name).to_owned();
                names.push(EndLabel {
                    text,
                    height: place.1 - 7.0,
                    colour,
                    strong: false,
                });
            }
            names.push(EndLabel {
                text: result,
                height: place.1,
                colour,
                strong: true,
            });
        }
    }
    scene.end();
    labels::beside(&mut scene, &names, &panel, room);
    let mut told: Vec<(f64, String)> = Vec::new();
    for (_, name, points) in &curves {
        for point in points {
            let x = count.at(point.replications as f64);
            let error = point.std_error.map(|error| unit.of(error));
            let mean = with_error(unit.of(point.mean), error);
            let line = format!("{name}: {mean} {other}");
            // Curves have their points at the same numbers.
            if let Some(known) = told.iter_mut().find(|known| (known.0 - x).abs() < 0.01) {
                known.1 += &format!("\n{line}");
            } else {
                let total = counted(point.replications, "replication", "replications");
                told.push((x, format!("{total}\n{line}")));
            }
        }
    }
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    tips::columns(&mut scene, &panel, &told);
    Some(scene)
}

fn title(metric: &str, last: &ConvergencePoint) -> String {
    let total = counted(last.replications, "replication", "replications");
    let error = last.std_error.map(|error| sane(error).abs());
    let mean = sane(last.mean).abs();
    match error {
        Some(error) if mean > 0.0 => format!(
            "After {total}, the standard error of mean {metric} is {} of it",
            percent(error / mean)
        ),
        Some(_) => format!("After {total}, mean {metric} is zero"),
        None => format!("{total} cannot tell how well mean {metric} is known"),
    }
}

/// What a metric is called in a sentence.
fn told(metric: &str) -> String {
    match metric {
        "undelivered" | "delivered" | "planned" => format!("{metric} volume"),
        "shut_in" => "shut-in volume".to_owned(),
        other => name_of_id(other).to_lowercase(),
    }
}

/// Round numbers of replications between `least` and `most`, no more than a dozen.
fn counts(least: f64, most: f64) -> Vec<f64> {
    let mut marks = Vec::new();
    let factors: &[f64] = if most / least < 5_000.0 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    for power in 0..16 {
        for factor in factors {
            let mark = factor * 10_f64.powi(power);
            if mark >= least * 0.999 && mark <= most * 1.001 {
                marks.push(mark);
            }
        }
    }
    marks
}
