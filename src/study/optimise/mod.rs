//! Which portfolio of strategies is best under a budget.
//!
//! All portfolios that keep the rules are screened in few futures (`screen.rs`); what is left is
//! played again in many others, and its frontier told with what noise may hide (`front.rs`); each is
//! then held against what has no probability (`regret.rs`), and against building later (`timing.rs`).

mod front;
mod play;
mod regret;
mod rules;
mod screen;
mod timing;

use crate::model::Strategy;
use crate::results::{
    GivenUp, Optimise, OptimiseOption, OptimiseOverlap, OptimiseRules, OptimiseScreening,
    OptimiseStage, Portfolio,
};
use crate::scenario::{Axis, Catalogue, Change, Invalid, Overlap, Overlaps};
use crate::simulation::{Observer, RunError, Threads, scenario_info};
use crate::units::DAYS_PER_YEAR;

use play::Player;
pub use rules::{MOST_OPTIONS, Price, Rules};
use rules::{members, sum};
use screen::{ALPHA, Contender, Contest, ScreenSettings, screen};

/// The most portfolios that are screened.
pub const MOST_PORTFOLIOS: usize = 1 << 16;

/// What portfolios are judged by, beside what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Mean of what is not delivered.
    Mean,
    /// Mean of the worst of it.
    Tail,
}

impl Goal {
    fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Tail => "tail",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct OptimiseQuestion<'a> {
    /// Name of the study; empty without one.
    pub name: String,
    /// Base, strategies, and a change for each case of each axis, in their order.
    pub catalogue: &'a Catalogue,
    /// The strategies, with what they cost.
    pub strategies: Vec<Strategy>,
    /// Rules of portfolios, without those that follow from overlaps.
    pub rules: Rules,
    /// What becomes of strategies that give one key different values.
    pub overlaps: Overlaps,
    /// What has no probability.
    pub axes: Vec<Axis>,
    /// What a portfolio may cost a year, USD.
    pub budget_usd: Option<f64>,
}

/// How it is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimiseSettings {
    /// Seed of all random streams.
    pub seed: u64,
    /// Threads; 0 for all there are.
    pub threads: usize,
    /// Futures of each portfolio for screening, at most.
    pub screen: u64,
    /// Replications of each that is left.
    pub replications: u64,
    /// Replications of each that is left under each combination of cases.
    pub case_replications: u64,
    /// By what they are screened; one that is beaten in all of these is given up.
    pub goals: Vec<Goal>,
    /// Level of the tail.
    pub level: f64,
    /// Difference that does not matter, as a share of what the base loses.
    pub indifference: f64,
    /// What a delivered barrel is worth, USD/bbl.
    pub value_usd_per_bbl: Option<f64>,
    /// Weight of the best case after Hurwicz.
    pub optimism: f64,
    /// Mean loss that is still acceptable, bbl a year.
    pub enough: Option<f64>,
    /// Whether building later is weighed, and for which portfolio if not for the best.
    pub timing: Option<TimingQuestion>,
}

/// What is asked of building later.
#[derive(Clone, Debug, PartialEq)]
pub struct TimingQuestion {
    /// Strategies of the portfolio, by place; of the best ones if absent.
    pub portfolio: Option<Vec<usize>>,
    /// Time until it is known which case holds, years.
    pub wait_years: f64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptimiseError {
    /// There is nothing to choose from.
    #[error("there are no strategies to choose from")]
    NoOptions,
    /// More strategies than all selections can be gone through of.
    #[error(
        "{count} strategies are more than {MOST_OPTIONS}, of which all selections can be gone through"
    )]
    TooManyOptions {
        /// Strategies there are.
        count: usize,
    },
    /// More portfolios than can be screened.
    #[error(
        "{count} portfolios keep the rules, more than the {MOST_PORTFOLIOS} that can be screened"
    )]
    TooManyPortfolios {
        /// Portfolios that keep the rules.
        count: usize,
    },
    /// Strategies that do not say what they cost.
    #[error("no cost is known of {}", ids.join(", "))]
    NoCost {
        /// Their ids.
        ids: Vec<String>,
    },
    /// A portfolio that makes no scenario.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It cannot be played.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The changes of a catalogue for the cases of axes, in their order.
#[must_use]
pub fn changes(axes: &[Axis]) -> Vec<Change> {
    let of_axis = |axis: &Axis| -> Vec<Change> {
        let change = |case: &crate::scenario::Case| Change {
            name: format!("study.axis.{}.case.{}", axis.id, case.id),
            set: case.set.clone(),
            with: case.with.clone(),
        };
        axis.cases.iter().map(change).collect()
    };
    axes.iter().flat_map(of_axis).collect()
}

/// Finds the portfolios that are worth their cost; `None` if the observer cancelled.
///
/// # Errors
/// [`OptimiseError`].
pub fn optimise(
    question: &OptimiseQuestion<'_>,
    settings: &OptimiseSettings,
    observer: &mut dyn Observer,
) -> Result<Option<Optimise>, OptimiseError> {
    let priced = priced(&question.strategies)?;
    let prices: Vec<Price> = priced.iter().map(|(price, _)| *price).collect();
    let overlaps = question.catalogue.overlaps();
    let mut rules = question.rules.clone();
    if question.overlaps == Overlaps::Exclusive {
        let pairs = overlaps.iter().map(|overlap| overlap.strategies.to_vec());
        rules.exclusive.extend(pairs);
    }
    let masks = rules.portfolios(&prices);
    if masks.len() > MOST_PORTFOLIOS {
        let count = masks.len();
        return Err(OptimiseError::TooManyPortfolios { count });
    }
    let contenders: Vec<Contender> = (masks.iter())
        .map(|&mask| Contender::new(mask, sum(mask, &prices, &|price| price.annual_usd)))
        .collect();
    let mut player = Player {
        catalogue: question.catalogue,
        seed: settings.seed,
        threads: Threads::new(settings.threads)?,
        observer,
        done: 0,
        total: 0,
        what: String::new(),
    };
    let screening = ScreenSettings {
        goals: &settings.goals,
        level: settings.level,
        range: 0..settings.screen,
        first: screen::first(&settings.goals),
        alpha: ALPHA / 2.0,
        at_the_end: true,
        indifference: settings.indifference,
        after: settings.replications,
        what: "are screened",
    };
    let Some(contest) = screen(contenders, &screening, &mut player)? else {
        return Ok(None);
    };
    let screened = player.done;
    // Once more in other futures, in which nothing was chosen yet.
    let again = ScreenSettings {
        range: settings.screen..settings.screen + settings.replications,
        first: settings.screen.max(screening.first),
        at_the_end: false,
        after: 0,
        what: "are played again",
        ..screening
    };
    let contenders = left(&contest).map(Contender::again).collect();
    let Some(last) = screen(contenders, &again, &mut player)? else {
        return Ok(None);
    };
    let left: Vec<&Contender> = left(&last).collect();
    let samples: Vec<&[i64]> = left.iter().map(|one| one.sample.as_slice()).collect();
    let model = question.catalogue.base();
    let per_year = DAYS_PER_YEAR / model.horizon.days();
    let names = |mask: u32| -> Vec<String> {
        let id = |at: usize| question.strategies[at].id.clone();
        members(mask).map(id).collect()
    };
    let front = front::Front {
        annual_usd: left.iter().map(|contender| contender.annual_usd).collect(),
        samples: &samples,
        level: settings.level,
        per_year,
        value_usd_per_bbl: settings.value_usd_per_bbl,
        seed: settings.seed,
    };
    let base = left.iter().position(|one| one.portfolio == 0).unwrap_or(0);
    let mut portfolios: Vec<Portfolio> = front.portfolios(base);
    for (portfolio, contender) in portfolios.iter_mut().zip(&left) {
        portfolio.strategies = names(contender.portfolio);
        portfolio.capex_usd = sum(contender.portfolio, &prices, &|price| price.capex_usd);
        portfolio.futures = settings.screen + settings.replications;
    }
    let within: Vec<usize> = (0..portfolios.len())
        .filter(|&at| {
            let most = question.budget_usd.unwrap_or(f64::INFINITY);
            portfolios[at].annual_usd <= most * (1.0 + 1e-12)
        })
        .collect();
    // What is the same as a cheaper one is no choice of its own.
    let apart = within.iter().copied();
    let apart: Vec<usize> = apart
        .filter(|&at| portfolios[at].same_as.is_none())
        .collect();
    let best = front.best(&apart, &portfolios);
    let masks: Vec<u32> = left.iter().map(|one| one.portfolio).collect();
    let chosen = (settings.timing.as_ref())
        .map_or_else(Vec::new, |timing| timing::chosen(timing, &best, &masks));
    let weighed: Vec<usize> = (within.iter().copied())
        .filter(|&at| {
            let is_chosen = at == base || chosen.contains(&at);
            is_chosen || best.iter().any(|best| best.portfolio == at) || {
                let portfolio = &portfolios[at];
                portfolio.same_as.is_none()
                    && settings.goals.iter().any(|goal| match goal {
                        Goal::Mean => portfolio.mean_frontier.is_likely(),
                        Goal::Tail => portfolio.tail_frontier.is_likely(),
                    })
            }
        })
        .collect();
    let asked = regret::Asked {
        axes: &question.axes,
        masks: &masks,
        portfolios: &portfolios,
        within: &weighed,
        per_year,
        range: settings.screen..settings.screen + settings.case_replications,
        settings,
    };
    let (mut found, mut later, mut warnings) = (None, Vec::new(), Vec::new());
    if !question.axes.is_empty() {
        let Some(played) = asked.play(&mut player)? else {
            return Ok(None);
        };
        if let Some(timing) = &settings.timing {
            for at in chosen {
                match timing::timing(&asked, &played, (at, base), &question.strategies, timing) {
                    Ok(timing) => later.push(timing),
                    Err(why) => warnings.push(why),
                }
            }
        }
        found = Some(asked.regret(&played, base));
    }
    warn(
        question,
        settings,
        &contest,
        &overlaps,
        &portfolios,
        &mut warnings,
    );
    Ok(Some(Optimise {
        format: "keruen-optimise/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, question.catalogue.sha256()),
        study: question.name.clone(),
        seed: settings.seed,
        level: settings.level,
        options: options(&question.strategies, &priced),
        rules: told_rules(question, &overlaps),
        budget_usd: question.budget_usd,
        value_usd_per_bbl: settings.value_usd_per_bbl,
        screening: told_screening(
            [&contest, &last],
            &names,
            settings,
            (prices.len(), screened),
            per_year,
        ),
        replications: settings.replications,
        portfolios,
        best,
        regret: found,
        timing: later,
        warnings,
    }))
}

/// What the strategies cost.
fn priced(strategies: &[Strategy]) -> Result<Vec<(Price, crate::study::Cost)>, OptimiseError> {
    if strategies.is_empty() {
        return Err(OptimiseError::NoOptions);
    }
    if strategies.len() > MOST_OPTIONS {
        let count = strategies.len();
        return Err(OptimiseError::TooManyOptions { count });
    }
    let found: Vec<_> = strategies.iter().map(Price::of).collect();
    let unknown: Vec<String> = (strategies.iter().zip(&found))
        .filter(|(_, price)| price.is_none())
        .map(|(strategy, _)| strategy.id.clone())
        .collect();
    if unknown.is_empty() {
        Ok(found.into_iter().flatten().collect())
    } else {
        Err(OptimiseError::NoCost { ids: unknown })
    }
}

/// The contenders that are left, the cheapest first.
fn left(contest: &Contest) -> impl Iterator<Item = &Contender> {
    let all = contest.contenders.iter();
    let mut left: Vec<&Contender> = all.filter(|one| one.given_up_for.is_none()).collect();
    left.sort_by(|one, other| {
        let by_cost = one.annual_usd.total_cmp(&other.annual_usd);
        by_cost.then_with(|| one.portfolio.cmp(&other.portfolio))
    });
    left.into_iter()
}

fn options(strategies: &[Strategy], priced: &[(Price, crate::study::Cost)]) -> Vec<OptimiseOption> {
    let option =
        |(strategy, (price, cost)): (&Strategy, &(Price, crate::study::Cost))| OptimiseOption {
            id: strategy.id.clone(),
            name: strategy.name.clone(),
            annual_usd: price.annual_usd,
            capex_usd: cost.capex_usd,
            construction_interest_usd: cost.construction_interest_usd,
            capital_usd_per_year: cost.capital_usd_per_year,
            opex_usd_per_year: cost.opex_usd_per_year,
            lead_time_years: strategy.lead_time_years,
        };
    strategies.iter().zip(priced).map(option).collect()
}

fn told_rules(question: &OptimiseQuestion<'_>, overlaps: &[Overlap]) -> OptimiseRules {
    let id = |&at: &usize| question.strategies[at].id.clone();
    let named = |lists: &[Vec<usize>]| -> Vec<Vec<String>> {
        lists
            .iter()
            .map(|list| list.iter().map(id).collect())
            .collect()
    };
    let rules = &question.rules;
    OptimiseRules {
        exclusive: named(&rules.exclusive),
        requires: named(&rules.requires),
        at_most: rules.at_most,
        capex_budget_usd: rules.capex_budget_usd,
        capex_usd_per_year: rules.capex_usd_per_year,
        overlaps: (overlaps.iter())
            .map(|overlap| OptimiseOverlap {
                strategies: overlap.strategies.map(|at| id(&at)),
                keys: overlap.keys.clone(),
            })
            .collect(),
        overlaps_are: match question.overlaps {
            Overlaps::Exclusive => "exclusive",
            Overlaps::Later => "later",
        }
        .to_owned(),
    }
}

fn told_screening(
    [contest, last]: [&Contest; 2],
    names: &dyn Fn(u32) -> Vec<String>,
    settings: &OptimiseSettings,
    (options, futures): (usize, u64),
    per_year: f64,
) -> OptimiseScreening {
    let told = |all: &[Contender], before: u64| -> Vec<GivenUp> {
        let told = |contender: &Contender| {
            let other = &all[contender.given_up_for?];
            Some(GivenUp {
                strategies: names(contender.portfolio),
                annual_usd: contender.annual_usd,
                futures: before + contender.futures,
                mean: contender.mean * per_year,
                given_up_for: names(other.portfolio),
            })
        };
        all.iter().filter_map(told).collect()
    };
    let stages = |contest: &Contest| -> Vec<OptimiseStage> {
        let stage = |stage: &screen::Stage| OptimiseStage {
            futures: stage.futures,
            portfolios: stage.left as u64,
        };
        contest.stages.iter().map(stage).collect()
    };
    let mut given_up = told(&contest.contenders, 0);
    given_up.extend(told(&last.contenders, settings.screen));
    let indifference = |goal: Goal| {
        let is_asked = settings.goals.contains(&goal);
        is_asked.then(|| contest.indifference[usize::from(goal == Goal::Tail)] * per_year)
    };
    OptimiseScreening {
        selections: 1 << options,
        portfolios: contest.contenders.len() as u64,
        goals: settings
            .goals
            .iter()
            .map(|goal| goal.name().to_owned())
            .collect(),
        indifference_mean: indifference(Goal::Mean),
        indifference_tail: indifference(Goal::Tail),
        alpha: ALPHA,
        stages: stages(contest),
        futures,
        again: stages(last),
        given_up,
    }
}

/// What the reader must know.
fn warn(
    question: &OptimiseQuestion<'_>,
    settings: &OptimiseSettings,
    contest: &Contest,
    overlaps: &[Overlap],
    portfolios: &[Portfolio],
    warnings: &mut Vec<String>,
) {
    if !overlaps.is_empty() {
        let id = |at: usize| question.strategies[at].id.as_str();
        let pair = |overlap: &Overlap| {
            let [one, other] = overlap.strategies.map(id);
            format!("{one} + {other} ({})", overlap.keys.join(", "))
        };
        let pairs: Vec<String> = overlaps.iter().map(pair).collect();
        warnings.push(match question.overlaps {
            Overlaps::Exclusive => format!(
                "strategies that give one key different values do not add up, so they are never taken \
                 together: {}. Where they may be, `overlaps = \"later\"` lets the later in the list \
                 win, and `exclusive` says which still exclude each other",
                pairs.join("; ")
            ),
            Overlaps::Later => format!(
                "of strategies that give one key different values the later in the list wins: {}",
                pairs.join("; ")
            ),
        });
    }
    let tail = settings.replications as f64 * (1.0 - settings.level);
    if tail < 250.0 {
        warnings.push(format!(
            "tails rest on {tail:.0} replications each, so their errors are themselves unsure: -n {}",
            (250.0 / (1.0 - settings.level)).ceil()
        ));
    }
    let is_paid = |strategy: &&Strategy| strategy.available.is_some();
    if question
        .strategies
        .iter()
        .any(|strategy| is_paid(&strategy))
    {
        warnings.push(
            "strategies that hold from a date on give less within this horizon than in a later year, \
             while their cost is that of a whole year"
                .to_owned(),
        );
    }
    if settings.timing.is_some() && question.axes.is_empty() {
        warnings.push(
            "building later is only weighed against what may turn out: the study has no axes"
                .to_owned(),
        );
    }
    if contest.contenders.len() > 1 && portfolios.len() == 1 {
        warnings.push("no strategy is worth its cost by these goals".to_owned());
    }
}
