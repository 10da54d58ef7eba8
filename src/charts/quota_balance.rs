//! A production quota by month: what counts against the cap, and the balance of what was too much.

use crate::results::{QuotaMonth, Summary};

use super::axis::{self, Axis, round_marks};
use super::calendar;
use super::canvas::{Place, Scene};
use super::labels::{self, EndLabel};
use super::numbers::{Unit, fixed, name_of_id, sane};
use super::theme::{self, Panel};
use super::tips;

/// Height of the figure, points.
const HEIGHT: f64 = 560.0;
/// Share of the height of both panels that the upper one takes.
const UPPER: f64 = 0.44;
/// Between the two panels.
const GAP: f64 = 44.0;

/// The quota with the largest balance in the first strategy that has one.
pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary
        .strategies
        .iter()
        .find(|strategy| !strategy.quota_months.is_empty())?;
    let largest = strategy
        .quota_months
        .iter()
        .max_by(|a, b| sane(a.balance_bbl).total_cmp(&sane(b.balance_bbl)))?;
    let months: Vec<&QuotaMonth> = strategy
        .quota_months
        .iter()
        .filter(|month| month.quota == largest.quota)
        .collect();
    let last = *months.last()?;
    let opening = strategy.undisturbed.quotas.get(&largest.quota);
    let opening = opening.map_or(0.0, |quota| quota.opening_bbl);
    let volume = Unit::barrels(greatest(&months, |month| {
        month
            .balance_high_bbl
            .abs()
            .max(month.balance_low_bbl.abs())
    }));
    let rate = Unit::rate(greatest(&months, |month| {
        month
            .cap_bpd
            .max(month.counted_bpd)
            .max(month.undisturbed_bpd)
    }));
    let subtitle = "What counts by month against the quota, and the balance at its end: nine of ten \
                    replications lie in the band";
    let (mut scene, whole) = theme::page(
        &title(&months, last, volume),
        subtitle,
        &theme::run_footer(summary),
        HEIGHT,
    );
    let names = ["Cap − compensation", "Undisturbed", "Median, P5–P95"];
    let room = labels::room(names);
    let height = whole.bottom - whole.top - GAP - 14.0;
    let upper = Panel {
        top: whole.top + 14.0,
        bottom: whole.top + 14.0 + UPPER * height,
        right: whole.right - room,
        ..whole
    };
    let lower = Panel {
        top: upper.bottom + GAP,
        ..Panel {
            right: upper.right,
            ..whole
        }
    };

    let rates = |month: &&QuotaMonth| {
        let kept = (month.cap_bpd - month.compensation_bpd).max(0.0);
        [
            month.cap_bpd,
            kept,
            month.counted_bpd,
            month.undisturbed_bpd,
        ]
    };
    let (least, most) = extremes(months.iter().flat_map(rates));
    // Not so near that a barrel's rounding fills the panel.
    let low = if least > 0.45 * most {
        least.min(0.98 * most)
    } else {
        0.0
    };
    let above = round_marks(rate.of(low), rate.of(most), 4);
    let (least, most) = extremes(
        months
            .iter()
            .flat_map(|month| [month.balance_low_bbl, month.balance_high_bbl])
            .chain([opening]),
    );
    let below = round_marks(volume.of(least.min(0.0)), volume.of(most.max(0.0)), 4);
    // One left edge for both.
    let widths = [&above, &below].map(|marks| width(marks));
    let indent = |own: f64| widths[0].max(widths[1]) - own;
    let mut upper = Panel {
        left: upper.left + indent(widths[0]),
        ..upper
    };
    let mut lower = Panel {
        left: lower.left + indent(widths[1]),
        ..lower
    };
    theme::upright_caption(&mut scene, &rate.heading(), &upper);
    let rates_at = theme::upright_scale(&mut scene, &mut upper, &above);
    theme::base_line(&mut scene, &upper, upper.bottom);
    theme::upright_caption(&mut scene, &volume.heading(), &lower);
    let volumes_at = theme::upright_scale(&mut scene, &mut lower, &below);

    let days: f64 = months.iter().map(|month| sane(month.days)).sum();
    let time = Axis::linear((0.0, days), (lower.left, lower.right));
    calendar::draw(
        &mut scene,
        &lower,
        &|day| time.at(day),
        &summary.scenario.start,
        days,
    );
    draw_rates(&mut scene, &months, (&upper, room), &time, &|value| {
        rates_at.at(rate.of(value))
    });
    let height = |value: f64| volumes_at.at(volume.of(value));
    draw_balance(
        &mut scene,
        (&months, opening),
        (&lower, room),
        &time,
        &height,
    );
    let mut day = 0.0;
    let told = months.iter().map(|month| {
        day += sane(month.days);
        let x = time.at(day - sane(month.days) / 2.0);
        let told = format!(
            "{}\nCap: {}\nCounts: {}\nBalance at the end: median {}, P5 {}, P95 {}",
            month.month,
            tips::value(rate, month.cap_bpd, None),
            tips::value(rate, month.counted_bpd, month.counted_std_error_bpd),
            volume.short(month.balance_median_bbl),
            volume.short(month.balance_low_bbl),
            tips::value(volume, month.balance_high_bbl, None),
        );
        (x, told)
    });
    let both = Panel {
        top: upper.top,
        ..lower
    };
    tips::columns(&mut scene, &both, &told.collect::<Vec<_>>());
    Some(scene)
}

/// Draws cap, cap less compensation, and what counts with disruptions and without, as steps.
fn draw_rates(
    scene: &mut Scene,
    months: &[&QuotaMonth],
    (panel, room): (&Panel, f64),
    time: &Axis,
    height: &dyn Fn(f64) -> f64,
) {
    let steps = |value: &dyn Fn(&QuotaMonth) -> f64| -> Vec<Place> {
        let mut day = 0.0;
        let mut places = Vec::new();
        for month in months {
            let y = height(value(month));
            places.push((time.at(day), y));
            day += sane(month.days);
            places.push((time.at(day), y));
        }
        places
    };
    let mut names = Vec::new();
    let mut name = |text: &str, places: &[Place], colour, strong| {
        if let Some(&(_, height)) = places.last() {
            names.push(EndLabel {
                text: text.to_owned(),
                height,
                colour: theme::readable(colour),
                strong,
            });
        }
    };
    let cap = steps(&|month| month.cap_bpd);
    scene.begin("Cap");
    scene.line(cap.clone(), theme::VERMILION, 1.6);
    name("Cap", &cap, theme::VERMILION, false);
    if months.iter().any(|month| month.compensation_bpd > 0.0) {
        let kept = steps(&|month| (month.cap_bpd - month.compensation_bpd).max(0.0));
        scene.begin("Cap − compensation");
        scene.dashed(&kept, theme::VERMILION, 1.2, 4.0);
        name("Cap − compensation", &kept, theme::VERMILION, false);
    }
    let undisturbed = steps(&|month| month.undisturbed_bpd);
    scene.begin("Undisturbed");
    scene.dashed(&undisturbed, theme::GREY, 1.2, 4.0);
    name("Undisturbed", &undisturbed, theme::GREY, false);
    let counted = steps(&|month| month.counted_bpd);
    scene.begin("Counts, mean");
    scene.line(counted.clone(), theme::BLUE.shade(0.45), 2.2);
    scene.end();
    name("Counts, mean", &counted, theme::BLUE.shade(0.45), true);
    labels::beside(scene, &names, panel, room);
}

/// Draws the band and the median of the balance, month's end by month's end.
fn draw_balance(
    scene: &mut Scene,
    (months, opening): (&[&QuotaMonth], f64),
    (panel, room): (&Panel, f64),
    time: &Axis,
    height: &dyn Fn(f64) -> f64,
) {
    let line = |value: &dyn Fn(&QuotaMonth) -> f64| -> Vec<Place> {
        let mut day = 0.0;
        let mut places = vec![(time.at(0.0), height(opening))];
        places.extend(months.iter().map(|month| {
            day += sane(month.days);
            (time.at(day), height(value(month)))
        }));
        places
    };
    let low = line(&|month| month.balance_low_bbl);
    let high = line(&|month| month.balance_high_bbl);
    let corners = high.iter().chain(low.iter().rev()).copied().collect();
    scene.begin("Median, P5–P95");
    scene.area(corners, theme::BLUE, theme::BAND);
    let median = line(&|month| month.balance_median_bbl);
    scene.line(median.clone(), theme::BLUE, 2.0);
    for &place in &median {
        scene.marker(place, 2.6, theme::BLUE);
    }
    scene.end();
    if let Some(&(_, height)) = median.last() {
        let label = EndLabel {
            text: "Median, P5–P95".to_owned(),
            height,
            colour: theme::readable(theme::BLUE),
            strong: true,
        };
        labels::beside(scene, &[label], panel, room);
    }
}

fn title(months: &[&QuotaMonth], last: &QuotaMonth, volume: Unit) -> String {
    let name = if last.name.is_empty() {
        name_of_id(&last.quota)
    } else {
        last.name.clone()
    };
    let over = months
        .iter()
        .filter(|month| month.counted_bpd > month.cap_bpd)
        .count();
    let balance = volume.told(last.balance_median_bbl);
    let all = months.len();
    if over == 0 && last.balance_median_bbl <= 0.0 {
        return format!("{name}: the mean keeps to the cap in every month");
    }
    let over = if over == all {
        "in every month".to_owned()
    } else if over == 0 {
        "in no month".to_owned()
    } else {
        format!(
            "in {} of {} months",
            fixed(over as f64, 0),
            fixed(all as f64, 0)
        )
    };
    format!(
        "{name}: the mean is above the cap {over}; half of all replications end with more than \
         {balance} to make up for"
    )
}

fn greatest(months: &[&QuotaMonth], value: impl Fn(&QuotaMonth) -> f64) -> f64 {
    let values = months.iter().map(|month| sane(value(month)));
    values.fold(0.0, f64::max)
}

fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), value| (least.min(sane(value)), most.max(sane(value))),
    )
}

/// Width of the widest number of a scale.
fn width(marks: &[f64]) -> f64 {
    let decimals = axis::decimals(marks);
    let widths = marks
        .iter()
        .map(|&mark| theme::TICK.width(&fixed(mark, decimals)));
    widths.fold(0.0, f64::max)
}
