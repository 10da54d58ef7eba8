//! Which portfolios are worth many futures.
//!
//! All are played in a few futures, those that are left in twice as many, and so on. One is given
//! up only for another that costs no more, by the rules of [`Elimination`].

use std::ops::Range;

use crate::metrics::{Elimination, Verdict};
use crate::simulation::Threads;

use super::play::{Job, Player};
use super::{Goal, OptimiseError};

/// Futures of the first stage of screening, for means.
const FIRST: u64 = 32;

/// Futures of the first stage if tails count too: fewer say nothing of a tail.
const FIRST_OF_TAILS: u64 = 128;

/// How often at most a portfolio may be given up that is better by more than what does not matter.
pub(super) const ALPHA: f64 = 0.05;

/// Portfolios that differ in at most so many strategies are near each other.
///
/// What beats a portfolio mostly has one strategy more, less or exchanged. These are few, so half of
/// what may go wrong, spread over them, asks for fewer standard errors than over all rivals.
const NEAR: u32 = 2;

/// What two portfolios are told apart by, in one goal.
struct Rules {
    /// For those that are near.
    near: Elimination,
    /// For all others.
    all: Elimination,
}

/// A portfolio in the contest.
#[derive(Clone, Debug)]
pub(super) struct Contender {
    /// Its strategies, as bits.
    pub(super) portfolio: u32,
    /// What it costs a year, USD.
    pub(super) annual_usd: f64,
    /// What is not delivered, by replication, bbl; empty once it is given up.
    pub(super) sample: Vec<i64>,
    /// Futures that it was played in.
    pub(super) futures: u64,
    /// Mean of what is not delivered in those, bbl.
    pub(super) mean: f64,
    /// For which other it was given up, by place.
    pub(super) given_up_for: Option<usize>,
    /// Whether another was given up as not worth more than this: then it must not be given up for the
    /// same reason, or what does not matter would add up.
    stands_for_another: bool,
}

impl Contender {
    pub(super) fn new(portfolio: u32, annual_usd: f64) -> Self {
        Self {
            portfolio,
            annual_usd,
            sample: Vec::new(),
            futures: 0,
            mean: 0.0,
            given_up_for: None,
            stands_for_another: false,
        }
    }

    /// The same in another contest, of other futures.
    pub(super) fn again(&self) -> Self {
        Self {
            stands_for_another: self.stands_for_another,
            ..Self::new(self.portfolio, self.annual_usd)
        }
    }
}

/// How far the contest went.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub(super) futures: u64,
    pub(super) left: usize,
}

/// The contest.
pub(super) struct Contest {
    /// All portfolios, the cheapest first.
    pub(super) contenders: Vec<Contender>,
    pub(super) stages: Vec<Stage>,
    /// Differences below these do not matter: of the mean and of the tail, bbl.
    pub(super) indifference: [f64; 2],
}

/// What the contest goes by.
pub(super) struct ScreenSettings<'g> {
    pub(super) goals: &'g [Goal],
    /// Level of the tail.
    pub(super) level: f64,
    /// The futures that are played: all of them by those that are left at the end.
    pub(super) range: Range<u64>,
    /// Futures of the first stage.
    pub(super) first: u64,
    /// How often at most a portfolio may be given up that is better by more than what does not matter.
    pub(super) alpha: f64,
    /// Whether some may still be given up when all futures are played.
    pub(super) at_the_end: bool,
    /// What does not matter, as a share of what the base has.
    pub(super) indifference: f64,
    /// Futures that follow for each that is left.
    pub(super) after: u64,
    /// What becomes of the portfolios.
    pub(super) what: &'static str,
}

/// Holds the contest; `None` if the observer cancelled.
pub(super) fn screen(
    mut contenders: Vec<Contender>,
    settings: &ScreenSettings<'_>,
    player: &mut Player<'_>,
) -> Result<Option<Contest>, OptimiseError> {
    let ends = stages(settings);
    let near = near_rivals(&contenders);
    let mut contest_stages = Vec::new();
    let mut indifference = [0.0; 2];
    let mut start = settings.range.start;
    let mut played = 0;
    for (look, &end) in ends.iter().enumerate() {
        // Neighbours by their bits have most in common, and are played side by side.
        let mut left: Vec<usize> = (0..contenders.len())
            .filter(|&at| contenders[at].given_up_for.is_none())
            .collect();
        left.sort_by_key(|&at| contenders[at].portfolio);
        let jobs: Vec<Job> = (left.iter())
            .map(|&at| Job::plain(contenders[at].portfolio))
            .collect();
        player.total = player.done + guess(left.len(), &ends[look..], played, settings.after);
        player.what = format!("futures: {} portfolios {}", left.len(), settings.what);
        let until = settings.range.start + end;
        let Some(found) = player.play(&jobs, &(start..until))? else {
            return Ok(None);
        };
        for (&at, more) in left.iter().zip(&found) {
            let contender = &mut contenders[at];
            contender.sample.extend(more);
            contender.futures = end;
            let sum: i128 = contender
                .sample
                .iter()
                .map(|&value| i128::from(value))
                .sum();
            contender.mean = sum as f64 / end as f64;
        }
        let base = base_place(&contenders);
        let order = by_cost(&contenders);
        let mut values = Vec::new();
        for goal in settings.goals {
            values.push(Values::of(
                &contenders,
                *goal,
                settings.level,
                &player.threads,
            ));
        }
        let rules: Vec<Rules> = (values.iter().zip(settings.goals))
            .map(|(values, goal)| {
                let count = match goal {
                    Goal::Mean => end as f64,
                    Goal::Tail => (end as f64 * (1.0 - settings.level)).floor(),
                };
                let matters = settings.indifference * values.means[base];
                let sizes = (matters, deviation(&values.all[base]));
                let rule = |rivals: usize| {
                    let numbers = (rivals, ends.len());
                    Elimination::new((end, count - 1.0), numbers, settings.alpha / 2.0, sizes)
                };
                Rules {
                    near: rule(near),
                    all: rule(contenders.len() - 1),
                }
            })
            .collect();
        for (goal, rules) in settings.goals.iter().zip(&rules) {
            indifference[usize::from(*goal == Goal::Tail)] = rules.all.indifference;
        }
        if settings.at_the_end || look + 1 < ends.len() {
            give_up(&mut contenders, &order, &values, &rules);
        }
        let count = contenders
            .iter()
            .filter(|contender| contender.given_up_for.is_none())
            .count();
        contest_stages.push(Stage {
            futures: end,
            left: count,
        });
        for contender in &mut contenders {
            if contender.given_up_for.is_some() {
                contender.sample = Vec::new();
            }
        }
        (start, played) = (until, end);
    }
    Ok(Some(Contest {
        contenders,
        stages: contest_stages,
        indifference,
    }))
}

/// How many rivals near it a portfolio may have at most.
fn near_rivals(contenders: &[Contender]) -> usize {
    let all = contenders
        .iter()
        .fold(0, |all, contender| all | contender.portfolio);
    let options = all.count_ones() as usize;
    let near = options + options * options.saturating_sub(1) / 2;
    near.min(contenders.len() - 1)
}

/// Where the portfolio without a strategy is.
fn base_place(contenders: &[Contender]) -> usize {
    let is_base = |contender: &Contender| contender.portfolio == 0;
    contenders.iter().position(is_base).unwrap_or(0)
}

/// The ends of stages: some futures, and twice as many each time.
fn stages(settings: &ScreenSettings<'_>) -> Vec<u64> {
    let most = settings.range.end - settings.range.start;
    let mut ends = Vec::new();
    let mut end = settings.first.max(1);
    while end < most {
        ends.push(end);
        end *= 2;
    }
    ends.push(most);
    ends
}

/// Futures that are still to be played if each stage gives up half.
fn guess(left: usize, ends: &[u64], start: u64, after: u64) -> u64 {
    let mut left = left as f64;
    let mut start = start;
    let mut total = 0.0;
    for &end in ends {
        total += left * (end - start) as f64;
        start = end;
        left = (left * 0.5).max(left.min(24.0));
    }
    (total + left * after as f64) as u64
}

/// Those that are left, the cheapest first, of the same cost the better one.
fn by_cost(contenders: &[Contender]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..contenders.len())
        .filter(|&at| contenders[at].given_up_for.is_none())
        .collect();
    order.sort_by(|&a, &b| {
        let (one, other) = (&contenders[a], &contenders[b]);
        let by_cost = one.annual_usd.total_cmp(&other.annual_usd);
        by_cost
            .then_with(|| one.mean.total_cmp(&other.mean))
            .then_with(|| {
                one.portfolio
                    .count_ones()
                    .cmp(&other.portfolio.count_ones())
            })
    });
    order
}

/// What a goal compares, by contender: what is not delivered, or influence values of its tail.
struct Values {
    all: Vec<Vec<f64>>,
    means: Vec<f64>,
}

/// Futures of the first stage of screening.
pub(super) fn first(goals: &[Goal]) -> u64 {
    if goals.contains(&Goal::Tail) {
        FIRST_OF_TAILS
    } else {
        FIRST
    }
}

impl Values {
    fn of(contenders: &[Contender], goal: Goal, level: f64, threads: &Threads) -> Self {
        let all = threads.each(
            contenders.iter().collect(),
            |contender: &Contender| match goal {
                Goal::Mean => contender.sample.iter().map(|&value| value as f64).collect(),
                Goal::Tail => crate::metrics::tail_influence(&contender.sample, level),
            },
        );
        let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let means = all.iter().map(mean).collect();
        Self { all, means }
    }
}

/// Gives up what is beaten in every goal.
fn give_up(contenders: &mut [Contender], order: &[usize], values: &[Values], rules: &[Rules]) {
    let mut kept: Vec<usize> = Vec::new();
    for &at in order {
        let found: Option<Vec<(usize, Verdict)>> = (values.iter().zip(rules))
            .map(|(values, rule)| beaten_by(contenders, &kept, at, values, rule))
            .collect();
        // The portfolio without a strategy stays, to compare with.
        let Some(found) = found.filter(|_| contenders[at].portfolio != 0) else {
            kept.push(at);
            continue;
        };
        for &(by, verdict) in &found {
            if verdict == Verdict::NotWorthMore {
                contenders[by].stands_for_another = true;
            }
        }
        contenders[at].given_up_for = found.first().map(|&(by, _)| by);
    }
}

/// The first kept one for which another may be given up, in one goal.
fn beaten_by(
    contenders: &[Contender],
    kept: &[usize],
    at: usize,
    values: &Values,
    rules: &Rules,
) -> Option<(usize, Verdict)> {
    let own = &contenders[at];
    // The dearer ones are the better ones, mostly.
    for &by in kept.iter().rev() {
        if values.means[at] - values.means[by] < -rules.all.indifference {
            continue;
        }
        let is_near = (own.portfolio ^ contenders[by].portfolio).count_ones() <= NEAR;
        let rule = if is_near { &rules.near } else { &rules.all };
        let is_cheaper = contenders[by].annual_usd < own.annual_usd && !own.stands_for_another;
        let verdict = rule.verdict(&values.all[at], &values.all[by], is_cheaper);
        if verdict != Verdict::Kept {
            return Some((by, verdict));
        }
    }
    None
}

fn deviation(values: &[f64]) -> f64 {
    let count = values.len().max(2) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt()
}
