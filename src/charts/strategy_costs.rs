//! What strategies cost a year against the loss of a bad year that they leave.

use crate::results::Summary;

use super::axis::{Axis, round_marks, round_step};
use super::canvas::{Anchor, Place, Scene};
use super::colour::Colour;
use super::numbers::{Unit, fixed, sane};
use super::{theme, tips};

/// Standard errors that a whisker reaches: 95 %.
const REACH: f64 = 1.96;
/// Height of the panel.
const HEIGHT: f64 = 540.0;

const FRONTIER: Colour = theme::BLUE;

/// Left, upper, right and lower edge.
type Bounds = (f64, f64, f64, f64);

/// A strategy: its cost and its loss.
struct Point<'s> {
    name: &'s str,
    /// USD a year, and at the ends of its range.
    cost: [f64; 3],
    /// CVaR, bbl, and its standard error.
    loss: [f64; 2],
    is_best: bool,
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let base = summary.strategies.first()?;
    let mut points = Vec::new();
    for (place, strategy) in summary.strategies.iter().enumerate() {
        let tails = &strategy
            .metrics
            .get("undelivered")?
            .conditional_value_at_risk;
        let Some(tail) = tails.get("0.95").and_then(|tail| tail.as_ref()) else {
            continue;
        };
        let pair = summary
            .comparisons
            .iter()
            .find(|one| one.of == strategy.id && one.against == base.id);
        let cost = match (place, pair.and_then(|pair| pair.cost)) {
            (0, _) => [0.0; 3],
            (_, Some(cost)) => {
                let own = cost.annual_usd;
                let low = cost.annual_low_usd.unwrap_or(own);
                [own, low, cost.annual_high_usd.unwrap_or(own)]
            }
            (_, None) => continue,
        };
        // What differs from the baseline is better known than either: the whisker is that of the
        // paired difference.
        let error = pair.map_or(0.0, |pair| {
            let metric = pair.metrics.get("undelivered");
            let tail = metric.and_then(|m| m.conditional_value_at_risk.get("0.95")?.as_ref());
            tail.and_then(|tail| tail.std_error).unwrap_or(0.0)
        });
        points.push(Point {
            name: &strategy.name,
            cost: cost.map(|usd| sane(usd).max(0.0)),
            loss: [sane(tail.value), sane(error)],
            is_best: false,
        });
    }
    if points.len() < 3 || points.iter().all(|point| point.cost[0] == 0.0) {
        return None;
    }
    for at in 0..points.len() {
        let own = (points[at].cost[0], points[at].loss[0]);
        points[at].is_best = !points.iter().any(|other| {
            let other = (other.cost[0], other.loss[0]);
            other.0 <= own.0 && other.1 <= own.1 && other != own
        });
    }
    let unit = Unit::barrels(points.iter().map(|p| p.loss[0]).fold(0.0, f64::max));
    let money = Unit::dollars(points.iter().map(|p| p.cost[2]).fold(0.0, f64::max));
    let period = theme::period(&summary.scenario);
    let mut best: Vec<&Point<'_>> = points.iter().filter(|point| point.is_best).collect();
    best.sort_by(|one, other| one.cost[0].total_cmp(&other.cost[0]));
    let last = best.last()?;
    let title = if last.cost[0] > 0.0 {
        format!(
            "{} a year for {} brings the worst {period} in twenty down to {}",
            money.told(last.cost[0]),
            last.name,
            unit.told(last.loss[0])
        )
    } else {
        format!("No strategy that costs anything makes the worst {period} in twenty better")
    };
    let left_out = summary.strategies.len() - points.len();
    let mut subtitle = "Cost a year against the mean loss of the worst twentieth of futures (CVaR \
                        95\u{a0}%). Line: nothing that costs as little loses less. Whiskers: range \
                        of the cost, and 95\u{a0}% interval of the difference from the baseline"
        .to_owned();
    if left_out > 0 {
        subtitle += &format!("; {left_out} without a stated cost are left out");
    }
    let (mut scene, mut panel) =
        theme::page(&title, &subtitle, &theme::run_footer(summary), HEIGHT);
    panel.top += 16.0;
    panel.bottom -= 16.0;
    let caption = format!("CVaR 95\u{a0}% of undelivered volume, {}", unit.words);
    theme::upright_caption(&mut scene, &caption, &panel);
    let ends = |point: &Point<'_>| {
        [-1.0, 1.0].map(|side| unit.of(point.loss[0] + side * REACH * point.loss[1]))
    };
    let low = points
        .iter()
        .map(|p| ends(p)[0])
        .fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| ends(p)[1]).fold(0.0, f64::max);
    let low = if low > 0.5 * high { low } else { low.min(0.0) };
    let loss = theme::upright_scale(&mut scene, &mut panel, &round_marks(low, high, 6));
    let dearest = points
        .iter()
        .map(|p| money.of(p.cost[2]))
        .fold(0.0, f64::max);
    panel.left += 8.0;
    let cost = root_scale(&mut scene, &panel, dearest);
    let caption = format!("Cost, {} a year, on a square-root scale", money.words);
    theme::level_caption(&mut scene, &caption, &panel);

    let mut line: Vec<Place> = Vec::new();
    for point in &best {
        let place = (
            cost.at(money.of(point.cost[0]).sqrt()),
            loss.at(unit.of(point.loss[0])),
        );
        if let Some(&(_, before)) = line.last() {
            line.push((place.0, before));
        }
        line.push(place);
    }
    let mut taken: Vec<Bounds> = Vec::new();
    for pair in line.windows(2) {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        taken.push((
            x1.min(x2) - 1.0,
            y1.min(y2) - 1.0,
            x1.max(x2) + 1.0,
            y1.max(y2) + 1.0,
        ));
    }
    scene.line(line, FRONTIER, 1.4);
    for point in &points {
        let (x, y) = spot(point, (&cost, money), (&loss, unit));
        let colour = if point.is_best { FRONTIER } else { theme::REST };
        let pale = colour.tint(0.6);
        let [from, to] = [1, 2].map(|end| cost.at(money.of(point.cost[end]).sqrt()));
        if to - from > 1.0 {
            scene.rectangle((from, y - 0.6), (to, y + 0.6), pale, 1.0);
            taken.push((from, y - 1.0, to, y + 1.0));
        }
        let [upper, lower] =
            [1.0, -1.0].map(|side| loss.at(unit.of(point.loss[0] + side * REACH * point.loss[1])));
        if lower - upper > 1.0 {
            scene.rectangle((x - 0.6, upper), (x + 0.6, lower), pale, 1.0);
            taken.push((x - 1.0, upper, x + 1.0, lower));
        }
        taken.push((x - 5.0, y - 5.0, x + 5.0, y + 5.0));
    }
    for point in &points {
        let place = spot(point, (&cost, money), (&loss, unit));
        let colour = if point.is_best { FRONTIER } else { theme::REST };
        scene.marker(place, 4.2, colour);
        let told = format!(
            "{}: {} a year, CVaR 95\u{a0}% {}",
            point.name,
            money.told(point.cost[0]),
            tips::value(unit, point.loss[0], Some(point.loss[1])),
        );
        tips::mark(&mut scene, place, &told);
    }
    // Those on the line are named first, then those that cost most: there is room among them.
    let mut order: Vec<&Point<'_>> = points.iter().collect();
    order.sort_by(|one, other| {
        let by_line = other.is_best.cmp(&one.is_best);
        by_line.then_with(|| other.cost[0].total_cmp(&one.cost[0]))
    });
    for point in order {
        let place = spot(point, (&cost, money), (&loss, unit));
        name(&mut scene, point, place, &panel, &mut taken);
    }
    Some(scene)
}

/// Numbers below the panel on a scale of square roots, on which what is cheap has room too.
fn root_scale(scene: &mut Scene, panel: &theme::Panel, greatest: f64) -> Axis {
    let axis = Axis::linear(
        (0.0, 1.04 * greatest.max(1e-9).sqrt()),
        (panel.left, panel.right),
    );
    let step = round_step(greatest / 200.0);
    let rising = [1.0, 2.0, 4.0, 10.0, 20.0, 40.0, 80.0, 120.0, 160.0, 200.0];
    let marks: Vec<f64> = [0.0]
        .into_iter()
        .chain(rising.map(|times| times * step))
        .filter(|&mark| mark <= 1.05 * greatest)
        .collect();
    let decimals = super::axis::decimals(&marks);
    let mut last = f64::NEG_INFINITY;
    for &mark in &marks {
        let x = axis.at(mark.sqrt());
        if x - last < 36.0 {
            continue;
        }
        last = x;
        theme::notch(scene, x, panel.bottom);
        let place = (x, panel.bottom + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    axis
}

fn spot(point: &Point<'_>, (cost, money): (&Axis, Unit), (loss, unit): (&Axis, Unit)) -> Place {
    (
        cost.at(money.of(point.cost[0]).sqrt()),
        loss.at(unit.of(point.loss[0])),
    )
}

/// Names a point if there is room beside it.
fn name(
    scene: &mut Scene,
    point: &Point<'_>,
    (x, y): Place,
    panel: &theme::Panel,
    taken: &mut Vec<Bounds>,
) {
    let style = if point.is_best {
        theme::STRONG_LABEL.in_colour(theme::readable(FRONTIER))
    } else {
        theme::LABEL.in_colour(theme::GREY)
    };
    let shown = super::text::shortened(point.name, style.size, style.weight, 260.0);
    let width = style.width(&shown);
    let steps = (0..3).flat_map(|step| {
        let down = f64::from(step) * 7.0;
        [
            (10.0, 4.0 - down),
            (10.0, 4.0 + down),
            (-10.0 - width, 4.0 - down),
            (-10.0 - width, 4.0 + down),
            (-0.5 * width, -10.0 - down),
            (-0.5 * width, 18.0 + down),
        ]
    });
    let free = |area: &Bounds| {
        let is_inside = area.0 >= panel.left - 4.0
            && area.2 <= panel.right + 4.0
            && area.1 >= panel.top - 6.0
            && area.3 <= panel.bottom - 3.0;
        is_inside
            && !taken.iter().any(|other| {
                area.0 < other.2 && other.0 < area.2 && area.1 < other.3 && other.1 < area.3
            })
    };
    for (right, down) in steps {
        let (left, base) = (x + right, y + down);
        let area = (left - 2.0, base - 10.0, left + width + 2.0, base + 3.0);
        if !free(&area) {
            continue;
        }
        scene.text(&shown, (left, base), style.at(Anchor::Start));
        taken.push(area);
        return;
    }
}
