//! Cost against loss: the frontier, what cannot be told from the best, and the budget.

use crate::results::{OnFrontier, Optimise, OptimiseBest, Portfolio, RankEstimate};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Place, Scene, Style, Zone};
use super::colour::{self, Colour};
use super::numbers::{counted, fixed, percent, sane, with_error};
use super::{text, theme};

/// Height of the part with points.
const FIELD: f64 = 300.0;
/// Height of a line of the list below.
const LINE: f64 = 17.0;
/// Room for the names of the list.
const NAMES: f64 = theme::WIDTH - 2.0 * theme::MARGIN - 26.0 - 222.0;
/// The most portfolios that are listed.
const MOST: usize = 24;

const ON: Colour = theme::BLUE;
const BEST: Colour = theme::VERMILION;

/// Cost against the mean loss.
pub(super) fn mean_scene(found: &Optimise) -> Option<Scene> {
    let of = |portfolio: &Portfolio| Some(portfolio.paired_mean());
    scene(found, "mean", &of, &|portfolio| portfolio.mean_frontier)
}

/// Cost against the mean of the worst losses.
pub(super) fn tail_scene(found: &Optimise) -> Option<Scene> {
    let of = Portfolio::paired_tail;
    scene(found, "tail", &of, &|portfolio| portfolio.tail_frontier)
}

/// A portfolio as it is drawn.
struct Dot<'o> {
    portfolio: &'o Portfolio,
    place: usize,
    cost: f64,
    loss: RankEstimate,
    frontier: OnFrontier,
    is_told_apart: bool,
    is_best: bool,
}

fn scene(
    found: &Optimise,
    by: &str,
    of: &dyn Fn(&Portfolio) -> Option<RankEstimate>,
    frontier: &dyn Fn(&Portfolio) -> OnFrontier,
) -> Option<Scene> {
    let best = found.best.iter().find(|best| best.by == by);
    let is_best = |at: usize| best.is_some_and(|best| best.portfolio == at);
    let untold = |best: &OptimiseBest, at: usize| {
        let mut others = best.not_told_apart.iter();
        others.any(|other| other.portfolio == at)
    };
    let dots: Vec<Dot<'_>> = (found.portfolios.iter().enumerate())
        .filter_map(|(at, portfolio)| {
            let loss = of(portfolio)?.scaled(1e-6);
            Some(Dot {
                portfolio,
                place: at,
                cost: sane(portfolio.annual_usd / 1e6),
                loss: RankEstimate {
                    mean: sane(loss.mean),
                    std_error: loss.std_error.map(sane),
                },
                frontier: frontier(portfolio),
                is_told_apart: !best.is_some_and(|best| untold(best, at)),
                is_best: is_best(at),
            })
        })
        .collect();
    if dots.len() < 2 {
        return None;
    }
    let listed: Vec<&Dot<'_>> = (dots.iter())
        .filter(|dot| dot.frontier.is_on || dot.is_best)
        .collect();
    let title = headline(found, by, &dots);
    let subtitle = subtitle(found, by, &dots, listed.len());
    let shown = &listed[..listed.len().min(MOST)];
    let lines: usize = shown.iter().map(|dot| name_lines(dot).len()).sum();
    let needed = theme::head(&title, &subtitle) + FIELD + 76.0 + lines as f64 * LINE + theme::FOOT;
    let (mut scene, mut panel) = theme::page(&title, &subtitle, &footer(found), needed);
    panel.top += 14.0;
    panel.bottom = panel.top + FIELD;

    let error = |dot: &Dot<'_>| dot.loss.std_error.unwrap_or(0.0);
    let ends = |sign: f64| {
        dots.iter()
            .map(move |dot| dot.loss.mean + sign * error(dot))
    };
    let (low, high) = (
        ends(-1.0).fold(f64::INFINITY, f64::min),
        ends(1.0).fold(0.0, f64::max),
    );
    let marks = round_marks(low, high, 6);
    let what = match by {
        "tail" => "lost in the worst twentieth of futures, Mb a year",
        _ => "mean loss, Mb a year",
    };
    theme::upright_caption(&mut scene, what, &panel);
    let up = theme::upright_scale(&mut scene, &mut panel, &marks);
    let budget = found.budget_usd.map(|usd| sane(usd / 1e6));
    let dearest = dots.iter().map(|dot| dot.cost).fold(0.0, f64::max);
    // A budget far beyond everything would press all points together.
    let budget = budget.filter(|&budget| budget <= dearest * 1.3);
    let costs = round_marks(0.0, dearest.max(budget.unwrap_or(0.0)), 8);
    let across = Axis::linear(
        (0.0, costs[costs.len() - 1]),
        (panel.left + 12.0, panel.right - 12.0),
    );
    let decimals = axis::decimals(&costs);
    theme::base_line(&mut scene, &panel, panel.bottom);
    for &mark in &costs {
        let x = across.at(mark);
        theme::notch(&mut scene, x, panel.bottom);
        let label = fixed(mark, decimals);
        scene.text(
            &label,
            (x, panel.bottom + 17.0),
            theme::TICK.at(Anchor::Middle),
        );
    }
    theme::level_caption(&mut scene, "cost, million USD a year", &panel);

    if let Some(budget) = budget {
        let x = across.at(budget);
        let ends = [(x, panel.top), (x, panel.bottom)];
        scene.dashed(&ends, theme::GREY, 1.0, 4.0);
        let (anchor, at) = if x > panel.right - 80.0 {
            (Anchor::End, x - 5.0)
        } else {
            (Anchor::Start, x + 5.0)
        };
        scene.text("budget", (at, panel.top + 9.0), theme::CAPTION.at(anchor));
    }
    let place = |dot: &Dot<'_>| (across.at(dot.cost), up.at(dot.loss.mean));
    staircase(&mut scene, &dots, &place, panel.right);
    // What is told is drawn over what is not.
    let weight = |dot: &Dot<'_>| (dot.is_best, dot.frontier.is_on, dot.frontier.is_likely());
    let mut order: Vec<&Dot<'_>> = dots.iter().collect();
    order.sort_by_key(|dot| weight(dot));
    for dot in order {
        let (x, y) = place(dot);
        let is_near = dot.frontier.is_likely();
        if is_near || dot.is_best {
            let (foot, head) = (
                up.at(dot.loss.mean - error(dot)),
                up.at(dot.loss.mean + error(dot)),
            );
            scene.line(vec![(x, foot), (x, head)], theme::GREY, 0.8);
        }
        let (radius, colour) = match (dot.is_best, dot.frontier.is_on) {
            (true, _) => (5.0, BEST),
            (false, true) => (4.0, ON),
            (false, false) if is_near => (3.2, ON.tint(0.45)),
            _ => (2.2, theme::REST),
        };
        if !dot.is_told_apart && !dot.is_best {
            scene.dot((x, y), radius + 2.4, BEST);
            scene.dot((x, y), radius + 1.2, colour::GROUND);
        }
        scene.dot((x, y), radius, colour);
        let what = match dot.portfolio.strategies.as_slice() {
            [] => "as it is".to_owned(),
            several => several.join(" + "),
        };
        let told = format!(
            "{what}\n{} million USD a year, {} Mb a year lost; {} likely on the frontier",
            fixed(dot.cost, 1),
            with_error(
                dot.loss.mean,
                dot.loss.std_error.filter(|&error| error > 0.0)
            ),
            percent(dot.frontier.probability),
        );
        scene.tip(Zone::Around((x, y), radius + 2.0), &told);
    }
    let points: Vec<Place> = shown.iter().map(|dot| place(dot)).collect();
    numbers(&mut scene, &points, &panel);
    list(&mut scene, shown, &panel);
    Some(scene)
}

/// The frontier as steps: with a little more money nothing changes until the next portfolio.
fn staircase(scene: &mut Scene, dots: &[Dot<'_>], place: &dyn Fn(&Dot<'_>) -> Place, right: f64) {
    let mut on: Vec<&Dot<'_>> = dots.iter().filter(|dot| dot.frontier.is_on).collect();
    on.sort_by(|one, other| one.cost.total_cmp(&other.cost));
    let mut corners: Vec<Place> = Vec::new();
    for dot in on {
        let (x, y) = place(dot);
        if let Some(&(_, before)) = corners.last() {
            corners.push((x, before));
        }
        corners.push((x, y));
    }
    if let Some(&(_, y)) = corners.last() {
        corners.push((right, y));
        scene.line(corners, ON.tint(0.6), 1.2);
    }
}

/// Numbers below and left of their points, where nothing else on the frontier is, pushed apart.
fn numbers(scene: &mut Scene, points: &[Place], panel: &theme::Panel) {
    let mut taken: Vec<Place> = Vec::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        let label = fixed((at + 1) as f64, 0);
        let width = theme::LABEL.width(&label);
        let is_free = |&(left, base): &Place| {
            let is_apart = |other: &Place| {
                (other.0 - left).abs() > width + 4.0 || (other.1 - base).abs() > 12.0
            };
            let own = |point: &Place| {
                let nearest = (left + width / 2.0 - point.0, base - 4.0 - point.1);
                nearest.0.hypot(nearest.1) > 8.0
            };
            left > panel.left
                && base < panel.bottom - 2.0
                && taken.iter().all(is_apart)
                && points.iter().all(own)
        };
        let below = (1..8).flat_map(|step| {
            let step = f64::from(step);
            let off = 7.0 + 9.0 * (step - 1.0);
            [
                (x - off - width, y + off + 5.0),
                (x - off - width, y + 4.0),
                (x + off, y + off + 5.0),
                (x + off, y - off + 1.0),
            ]
        });
        let mut candidates = below.filter(is_free);
        let Some((left, base)) = candidates.next() else {
            continue;
        };
        let middle = (left + width / 2.0, base - 4.0);
        if (middle.0 - x).hypot(middle.1 - y) > 20.0 {
            scene.line(vec![(x, y), middle], theme::REST, 0.5);
        }
        scene.text(&label, (left, base), theme::LABEL);
        taken.push((left, base));
    }
}

/// The name of a portfolio, on lines of the list.
fn name_lines(dot: &Dot<'_>) -> Vec<String> {
    let name = if dot.portfolio.strategies.is_empty() {
        "as it is".to_owned()
    } else {
        dot.portfolio.strategies.join(" + ")
    };
    let style = label(dot);
    text::wrapped(&name, style.size, style.weight, NAMES, 3)
}

fn label(dot: &Dot<'_>) -> Style {
    if dot.is_best {
        theme::STRONG_LABEL.in_colour(theme::readable(BEST))
    } else {
        theme::LABEL
    }
}

/// What the numbers stand for.
fn list(scene: &mut Scene, shown: &[&Dot<'_>], panel: &theme::Panel) {
    let mut base = panel.bottom + 70.0;
    let right = theme::WIDTH - theme::MARGIN;
    let heads = [("MUSD a year", 150.0), ("Mb a year", 48.0), ("on it", 0.0)];
    for (head, from_right) in heads {
        let place = (right - from_right, base - 16.0);
        scene.text(head, place, theme::CAPTION.at(Anchor::End));
    }
    for (at, dot) in shown.iter().enumerate() {
        let style = label(dot);
        let number = fixed((at + 1) as f64, 0);
        scene.text(&number, (theme::MARGIN + 16.0, base), style.at(Anchor::End));
        let error = dot.loss.std_error.filter(|&error| error > 0.0);
        let cells = [
            (fixed(dot.cost, 1), 150.0),
            (with_error(dot.loss.mean, error), 48.0),
            (
                format!("{} %", fixed(100.0 * dot.frontier.probability, 0)),
                0.0,
            ),
        ];
        for (cell, from_right) in cells {
            scene.text(&cell, (right - from_right, base), style.at(Anchor::End));
        }
        for line in name_lines(dot) {
            scene.text(&line, (theme::MARGIN + 26.0, base), style);
            base += LINE;
        }
    }
}

fn headline(found: &Optimise, by: &str, dots: &[Dot<'_>]) -> String {
    let base = dots.iter().find(|dot| dot.portfolio.strategies.is_empty());
    let best = dots.iter().find(|dot| dot.is_best);
    let what = match by {
        "tail" => "a bad year loses",
        _ => "the mean year loses",
    };
    match (best, base, found.budget_usd) {
        (Some(best), Some(base), Some(budget)) if best.place != base.place => format!(
            "For {} MUSD a year, {what} {} Mb instead of {}",
            fixed(budget / 1e6, 0),
            fixed(best.loss.mean, 1),
            fixed(base.loss.mean, 1)
        ),
        (Some(best), Some(base), None) if best.place != base.place => format!(
            "With {} MUSD a year, {what} {} Mb instead of {}",
            fixed(best.cost, 0),
            fixed(best.loss.mean, 1),
            fixed(base.loss.mean, 1)
        ),
        _ => "No portfolio loses less than the network as it is".to_owned(),
    }
}

fn subtitle(found: &Optimise, by: &str, dots: &[Dot<'_>], listed: usize) -> String {
    let untold = dots.iter().filter(|dot| !dot.is_told_apart).count();
    let mut text =
        "By cost and loss; whiskers: ± one standard error against the network as it is".to_owned();
    if listed > MOST {
        let more = fixed((listed - MOST) as f64, 0);
        text += &format!("; {more} more are in optimise.csv");
    }
    text += ". Blue: on the frontier, pale: dominated, perhaps by noise";
    if dots.iter().any(|dot| dot.is_best) {
        text += match found.budget_usd {
            Some(_) => "; red: the best for the budget",
            None => "; red: the best of all",
        };
        if untold > 0 {
            let untold = fixed(untold as f64, 0);
            text += &format!(", ringed: {untold} not told from it");
        }
    }
    if by == "tail" && found.level != 0.95 {
        text += &format!("; level {}", fixed(found.level, 3));
    }
    text
}

fn footer(found: &Optimise) -> String {
    let what = format!(
        "{}, seed {}",
        counted(found.replications, "replication", "replications"),
        found.seed
    );
    theme::course_footer(&found.scenario, &found.version, &[], &what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{NotToldApart, OptimiseRules, OptimiseScreening, ScenarioInfo};

    fn portfolio(strategies: &[&str], [cost, loss]: [f64; 2]) -> Portfolio {
        let estimate = RankEstimate {
            mean: loss,
            std_error: Some(loss / 20.0),
        };
        let frontier = OnFrontier {
            is_on: true,
            probability: 0.7,
        };
        Portfolio {
            strategies: strategies.iter().map(|&id| id.to_owned()).collect(),
            annual_usd: cost,
            capex_usd: 0.0,
            mean: estimate,
            tail: Some(estimate),
            mean_avoided: estimate,
            tail_avoided: None,
            net_usd: None,
            mean_frontier: frontier,
            tail_frontier: frontier,
            same_as: None,
            futures: 1,
        }
    }

    fn found(portfolios: Vec<Portfolio>) -> Optimise {
        let last = portfolios.len().saturating_sub(1);
        let not_told_apart = vec![NotToldApart {
            portfolio: 0,
            worse: RankEstimate::default(),
            p_value: 0.5,
        }];
        let best = OptimiseBest {
            by: "mean".to_owned(),
            portfolio: last,
            told_apart: 0,
            not_told_apart,
        };
        Optimise {
            format: String::new(),
            version: "0".to_owned(),
            scenario: ScenarioInfo {
                name: "World".to_owned(),
                about: String::new(),
                sha256: String::new(),
                start: "2026-01-01".to_owned(),
                horizon_days: 365.0,
            },
            study: String::new(),
            seed: 1,
            level: 0.95,
            options: Vec::new(),
            rules: OptimiseRules::default(),
            budget_usd: Some(30e6),
            value_usd_per_bbl: None,
            screening: OptimiseScreening::default(),
            replications: 2,
            portfolios,
            best: vec![best],
            regret: None,
            timing: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn any_portfolios_make_a_figure_or_none() {
        assert!(mean_scene(&found(Vec::new())).is_none());
        assert!(mean_scene(&found(vec![portfolio(&[], [0.0, 1e6])])).is_none());
        let odd = vec![
            portfolio(&[], [0.0, 4e7]),
            portfolio(&["a"], [0.0, 4e7]),
            portfolio(&["a", "b"], [f64::NAN, f64::INFINITY]),
            portfolio(&["c"], [1e300, -1e300]),
        ];
        for scene in [mean_scene(&found(odd.clone())), tail_scene(&found(odd))] {
            assert!(scene.expect("something to draw").draw().is_ok());
        }
        let many: Vec<Portfolio> = (0..40)
            .map(|at| portfolio(&["x"], [f64::from(at) * 1e6, f64::from(50 - at) * 1e6]))
            .collect();
        let many = found(many);
        let tail = tail_scene(&many).expect("something to draw");
        assert!(tail.draw_as("portfolios_tail", "optimise").is_ok());
        let mean = mean_scene(&many).expect("something to draw");
        let figure = mean.draw_as("portfolios_mean", "optimise");
        assert!(figure.is_ok_and(|figure| figure.svg().contains("16 more")));
    }
}
