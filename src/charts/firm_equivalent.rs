//! Which capacity of a way that never fails loses as much as a risky option.

use crate::results::{Curve, FirmAnswer, FirmEquivalent, FirmPoint, RankEstimate};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::curve::{footer, volume};
use super::labels::{self, EndLabel};
use super::numbers::{Unit, capitalised, fixed, sane};
use super::{theme, tips};

const FIRM: Colour = theme::BLUE;
const OPTION: Colour = theme::VERMILION;

/// Opacity of a band of two standard errors at either side.
const BAND: f64 = 0.18;

/// So much of the sizes beyond the answer is shown, as a share of it.
const BEYOND: f64 = 0.6;

pub(super) fn scene(curve: &Curve) -> Option<Scene> {
    let firm = curve.firm.as_ref()?;
    let answer = firm.equivalents.first()?;
    let last = shown_to(firm, answer);
    let mut points: Vec<&FirmPoint> = firm
        .points
        .iter()
        .filter(|point| point.size_bpd <= last)
        .collect();
    if points.len() < 2 {
        points = firm.points.iter().collect();
    }
    let end = points.last()?.size_bpd;
    let most = points
        .iter()
        .map(|point| sane(point.mean_bbl))
        .fold(0.0, f64::max);
    if most <= 0.0 || points.len() < 2 || end <= 0 {
        return None;
    }
    let unit = Unit::barrels(most);
    let option = firm.option.join(" + ");
    let to = firm.to.as_deref().unwrap_or("a market of its own");
    let subtitle = format!(
        "Mean undelivered with a way of this capacity from {} to {to} that never fails, in the same \
         futures; the option leaves {} {}; bands: ± two standard errors of the paired difference",
        firm.from,
        volume(firm.with.mean_bbl, unit),
        unit.words
    );
    let title = title(firm, answer, &option);
    let (mut scene, mut panel) = theme::page(&title, &subtitle, &footer(curve), theme::HEIGHT);
    panel.top += 12.0;
    panel.bottom -= 14.0;
    panel.right -= labels::room(["Firm way", option.as_str()]);
    let error = |estimate: RankEstimate| 2.0 * sane(estimate.std_error.unwrap_or(0.0));
    let reach = |side: f64| {
        let points = points.iter();
        points.map(move |point| sane(point.mean_bbl) + side * error(point.mean_difference_bbl))
    };
    let least = reach(-1.0).fold(firm.with.mean_bbl.mean, f64::min).max(0.0);
    let marks = round_marks(
        least / unit.divisor,
        reach(1.0).fold(most, f64::max) / unit.divisor,
        6,
    );
    theme::upright_caption(&mut scene, &capitalised(unit.words), &panel);
    let up = theme::upright_scale(&mut scene, &mut panel, &marks);
    let in_kbd = |bpd: i64| bpd as f64 / 1_000.0;
    let level = round_marks(0.0, in_kbd(end), 7);
    let across = Axis::linear((0.0, in_kbd(end)), (panel.left + 6.0, panel.right - 6.0));
    let decimals = axis::decimals(&level);
    for &mark in level
        .iter()
        .filter(|&&mark| mark <= in_kbd(end) * (1.0 + 1e-9))
    {
        theme::notch(&mut scene, across.at(mark), panel.bottom);
        let place = (across.at(mark), panel.bottom + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    theme::level_caption(&mut scene, "Firm capacity, kb/d", &panel);
    let height = |bbl: f64| up.at(sane(bbl) / unit.divisor);
    // What chance leaves of the answer.
    if let (Some(low), Some(high)) = (answer.chance_low_bpd, answer.chance_high_bpd) {
        let (from, to) = (across.at(in_kbd(low)), across.at(in_kbd(high.min(end))));
        let corners = ((from, panel.top), (to.max(from + 1.0), panel.bottom));
        scene.rectangle(corners.0, corners.1, theme::REST, 0.3);
    }
    let edge = |side: f64| {
        let at = move |point: &&FirmPoint| {
            let reach = side * error(point.mean_difference_bbl);
            (
                across.at(in_kbd(point.size_bpd)),
                height((point.mean_bbl + reach).max(0.0)),
            )
        };
        points.iter().map(at).collect::<Vec<_>>()
    };
    let mut band = edge(1.0);
    band.extend(edge(-1.0).into_iter().rev());
    scene.area(band, FIRM, BAND);
    let line = edge(0.0);
    let with = height(firm.with.mean_bbl.mean);
    scene.line(vec![(panel.left, with), (panel.right, with)], OPTION, 1.5);
    let last = line.last().map_or(panel.bottom, |&(_, height)| height);
    scene.line(line.clone(), FIRM, 1.8);
    for (place, point) in line.into_iter().zip(&points) {
        scene.dot(place, 1.8, FIRM);
        let told = format!(
            "Firm way of {} kb/d: {}",
            fixed(in_kbd(point.size_bpd), 1),
            tips::value(unit, point.mean_bbl, None),
        );
        tips::mark(&mut scene, place, &told);
    }
    if let Some([_, high]) = answer.size_bpd.filter(|&[_, high]| high <= end) {
        scene.marker((across.at(in_kbd(high)), with), 4.5, OPTION);
    }
    let label = |text: &str, height: f64, colour: Colour, strong: bool| EndLabel {
        text: text.to_owned(),
        height,
        colour: theme::readable(colour),
        strong,
    };
    let ends = [
        label("Firm way", last, FIRM, false),
        label(&option, with, OPTION, true),
    ];
    labels::beside(&mut scene, &ends, &panel, labels::MOST);
    Some(scene)
}

/// The largest size that is shown: somewhat more than the answer and what chance leaves of it.
fn shown_to(firm: &FirmEquivalent, answer: &FirmAnswer) -> i64 {
    let high = answer.size_bpd.map(|[_, high]| high);
    let wanted = high.max(answer.chance_high_bpd).unwrap_or(firm.most_bpd) as f64;
    let wanted = (wanted * (1.0 + BEYOND)) as i64;
    // Up to the next size that was tried, so that the line does not end before.
    let sizes = firm.points.iter().map(|point| point.size_bpd);
    sizes
        .filter(|&size| size >= wanted)
        .min()
        .unwrap_or(firm.most_bpd)
}

fn title(firm: &FirmEquivalent, answer: &FirmAnswer, option: &str) -> String {
    let kbd = |bpd: i64| {
        let size = bpd as f64 / 1_000.0;
        fixed(size, usize::from(size.fract() != 0.0))
    };
    match answer.size_bpd {
        Some([low, high]) if low == high => {
            format!("{option} is worth {} kb/d that never fail", kbd(high))
        }
        Some([low, high]) => {
            format!(
                "{option} is worth {} to {} kb/d that never fail",
                kbd(low),
                kbd(high)
            )
        }
        None => format!(
            "No way of up to {} kb/d is worth {option}",
            kbd(firm.most_bpd)
        ),
    }
}
