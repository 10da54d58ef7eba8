//! Sharper means and tails where rare disruptions make them: beside a plain run, futures sorted by
//! how often rare hazards strike, each kind played as often as is worth while and weighed by its
//! exact chance.
//!
//! The plain replications say which hazards are worth sorting by and, with a few futures of each
//! kind beside them, how many of each kind to play. The estimates come from others, so that what
//! was chosen depends on nothing in them.

mod plain;
mod rare;

use crate::metrics::{StratifiedSample, neyman_shares, whole_shares};
use crate::model::Model;
use crate::results::{self, StrataFigure, StrataKind, Tail};
use crate::sampling::{Strata, StrataSpace, StratumKind, Timelines};
use crate::simulation::{
    Observer, Progress, Row, Run, RunError, Settings, ShortfallRow, Stopped, StrataAsked,
    play_strata, run, timelines,
};

use super::futures::column;
use plain::{Figure, Plain, Spread, std_devs, told};
use rare::Rare;

pub use rare::MOST_RARE;

/// Fewest plain replications that say what is worth while.
pub const LEAST_PLAIN: u64 = 500;
/// Replications by which hazards are chosen, at most.
const MOST_LEARNT: usize = 1 << 17;
/// A hazard is chosen if sorting by it too leaves less than this of the variance.
const WORTH: f64 = 0.95;
/// Share of the replications that are divided as chances are, so that a kind whose spread was
/// misjudged costs little.
const AS_CHANCES: f64 = 0.1;
/// Fewest replications of each kind.
const LEAST_OF_A_KIND: u64 = 32;
/// Of so many plain replications, one is of the pilot of each kind.
const PILOT: u64 = 100;
/// Replications of different purpose have numbers that differ by this at least.
const BLOCK: u64 = 1 << 40;

/// A run, and what sorted futures add.
#[derive(Clone, Debug)]
pub struct WithStrata {
    /// The plain run, to the bit as without strata.
    pub run: Run,
    /// Estimates from sorted futures; `None` if the run or they were interrupted.
    pub strata: Option<results::Strata>,
}

/// Why futures cannot be sorted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StrataError {
    /// What was asked for cannot be sorted by.
    #[error("{0}")]
    Unsuitable(String),
    /// Playing failed.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Runs a model plainly and then, with as many replications again, in strata.
///
/// - `asked`: ids of the hazards whose disruptions futures are sorted by; if empty, rare ones are
///   chosen by what they bring.
///
/// # Errors
/// [`StrataError`] if a hazard that was asked for is unknown, not rare or without a known law of
/// its number of events, if there are fewer than [`LEAST_PLAIN`] replications, and as
/// [`run`](crate::simulation::run()).
pub fn run_with_strata(
    model: &Model,
    settings: &Settings,
    asked: &[String],
    observer: &mut dyn Observer,
) -> Result<WithStrata, StrataError> {
    let unsuitable = |text: String| Err(StrataError::Unsuitable(text));
    let count = settings.range.end.saturating_sub(settings.range.start);
    if count < LEAST_PLAIN {
        return unsuitable(format!(
            "{count} replications are too few for --strata, which learns from at least \
             {LEAST_PLAIN} plain ones"
        ));
    }
    if settings.range.end >= BLOCK {
        return unsuitable(format!(
            "--strata numbers its own replications from {BLOCK} on; --first and -n together pass that"
        ));
    }
    let timelines = timelines(model, settings.seed);
    let rare = Rare::of(model, &timelines);
    let wanted = rare.wanted(asked)?;

    let mut keeper = Keeper {
        losses: Vec::new(),
        wants_rows: settings.rows,
        observer,
    };
    let plain = Settings {
        rows: true,
        ..settings.clone()
    };
    let run = run(model, &plain, &mut keeper)?;
    let Keeper {
        losses, observer, ..
    } = keeper;
    if run.stopped == Stopped::Interrupted {
        return Ok(WithStrata { run, strata: None });
    }
    if (losses.len() as u64) < LEAST_PLAIN {
        let strata = Some(rare.nothing(
            !asked.is_empty(),
            format!(
                "the run stopped after {} replications, and {LEAST_PLAIN} are needed to learn from",
                losses.len()
            ),
        ));
        return Ok(WithStrata { run, strata });
    }
    let question = Question {
        model,
        settings,
        timelines: &timelines,
        rare: &rare,
        plain: Plain::of(&losses),
    };
    let strata = question.answer(wanted, observer)?;
    Ok(WithStrata { run, strata })
}

/// What is estimated.
const METRIC: &str = "undelivered";

/// What is asked, and what is known.
struct Question<'q> {
    model: &'q Model,
    settings: &'q Settings,
    timelines: &'q Timelines,
    rare: &'q Rare,
    plain: Plain<'q>,
}

/// How often some hazards strike in the plain replications from which it is learnt.
struct Seen {
    places: Vec<usize>,
    /// Replication by replication, by place in the list.
    counts: Vec<u8>,
}

impl Question<'_> {
    fn strata(&self, places: &[usize]) -> Result<Strata, StrataError> {
        let of = |&place: &usize| self.rare.groups[place].1.clone();
        let hazards: Vec<Vec<usize>> = places.iter().map(of).collect();
        Strata::new(self.model, self.timelines, &hazards, self.settings.seed).map_err(
            |(hazard, reason)| {
                let id = &self.model.hazards[hazard].id;
                StrataError::Unsuitable(format!("futures cannot be sorted by `{id}`: it {reason}"))
            },
        )
    }

    /// Looks how often hazards strike in the plain replications.
    fn look(&self, places: Vec<usize>) -> Result<Seen, StrataError> {
        let strata = self.strata(&places)?;
        let mut space = StrataSpace::default();
        let learnt = self.plain.losses.len().min(MOST_LEARNT);
        let mut counts = Vec::with_capacity(learnt * places.len());
        for replication in (self.settings.range.start..).take(learnt) {
            let own = strata.count(self.timelines, replication, &mut space);
            counts.extend(own.iter().map(|&count| count.min(2) as u8));
        }
        Ok(Seen { places, counts })
    }

    /// How much the kinds of futures vary that some of the hazards that were looked at make.
    fn spreads(&self, seen: &Seen, chosen: &[usize], strata: &Strata) -> Vec<Spread> {
        let kinds = strata.kinds();
        let kind = |wanted: StratumKind| kinds.iter().position(|&(kind, _)| kind == wanted);
        let mut spreads = vec![Spread::default(); kinds.len()];
        let at: Vec<usize> = (chosen.iter())
            .filter_map(|place| seen.places.iter().position(|own| own == place))
            .collect();
        let rows = seen.counts.chunks_exact(seen.places.len().max(1));
        for (row, &loss) in rows.zip(self.plain.losses) {
            let events: u32 = at.iter().map(|&at| u32::from(row[at])).sum();
            let wanted = match events {
                0 => StratumKind::None,
                1 => StratumKind::One(at.iter().position(|&at| row[at] > 0).unwrap_or(0)),
                _ => StratumKind::More,
            };
            if let Some(kind) = kind(wanted) {
                spreads[kind].add(self.plain.standardised(loss));
            }
        }
        spreads
    }

    /// Chooses hazards one after the other, each time the one that leaves least of the variance of
    /// all figures together, as long as it is worth while.
    fn choose(&self, seen: &Seen) -> Result<Vec<usize>, StrataError> {
        let mut chosen: Vec<usize> = Vec::new();
        let varying = |figure: &&Figure| figure.pulls[1] > 0.0;
        let mut left = self.plain.figures.iter().filter(varying).count() as f64;
        while chosen.len() < MOST_RARE {
            let mut best: Option<(f64, usize)> = None;
            for &place in seen.places.iter().filter(|place| !chosen.contains(place)) {
                let tried: Vec<usize> = chosen.iter().copied().chain([place]).collect();
                let strata = self.strata(&tried)?;
                let spreads = std_devs(&self.spreads(seen, &tried, &strata));
                let kinds = strata.kinds().iter().zip(&spreads);
                let sum: f64 = kinds.map(|((_, chance), spread)| chance * spread).sum();
                if best.is_none_or(|(least, _)| sum * sum < least) {
                    best = Some((sum * sum, place));
                }
            }
            match best {
                Some((least, place)) if least < WORTH * left => {
                    chosen.push(place);
                    left = least;
                }
                _ => break,
            }
        }
        Ok(chosen)
    }

    fn answer(
        &self,
        wanted: Vec<usize>,
        observer: &mut dyn Observer,
    ) -> Result<Option<results::Strata>, StrataError> {
        let asked = !wanted.is_empty();
        let candidates = self.rare.candidates();
        let (seen, chosen) = if asked {
            (self.look(wanted.clone())?, wanted)
        } else {
            let seen = self.look(candidates.clone())?;
            let chosen = self.choose(&seen)?;
            (seen, chosen)
        };
        if chosen.is_empty() {
            let why = if candidates.is_empty() {
                "there is no hazard that is rare, and whose number of events has a known law"
            } else {
                "no rare hazard promises to make mean or tails much surer"
            };
            return Ok(Some(self.rare.nothing(asked, why.to_owned())));
        }
        let strata = self.strata(&chosen)?;
        let mut spreads = self.spreads(&seen, &chosen, &strata);

        // What was seen too seldom is looked at on purpose.
        let count = self.plain.losses.len() as u64;
        let least = (count / PILOT).max(LEAST_OF_A_KIND);
        let pilot: Vec<u64> = spreads
            .iter()
            .map(|spread| least.saturating_sub(spread.count as u64))
            .collect();
        let Some(found) = self.play(&strata, BLOCK, &pilot, observer)? else {
            return Ok(None);
        };
        for (spread, losses) in spreads.iter_mut().zip(&found) {
            for &loss in losses {
                spread.add(self.plain.standardised(loss));
            }
        }
        let pilot: u64 = pilot.iter().sum();

        let weights: Vec<f64> = strata.kinds().iter().map(|&(_, chance)| chance).collect();
        let best = neyman_shares(&weights, &std_devs(&spreads));
        let shares: Vec<f64> = (best.iter().zip(&weights))
            .map(|(best, weight)| (1.0 - AS_CHANCES) * best + AS_CHANCES * weight)
            .collect();
        let rest = count.saturating_sub(pilot).max(count / 2);
        let counts = whole_shares(rest, &shares, LEAST_OF_A_KIND);
        let Some(found) = self.play(&strata, 2 * BLOCK, &counts, observer)? else {
            return Ok(None);
        };
        let sample = StratifiedSample::new(weights, found);
        Ok(sample.map(|sample| self.tell(&sample, &strata, &chosen, asked, pilot)))
    }

    fn play(
        &self,
        strata: &Strata,
        block: u64,
        counts: &[u64],
        observer: &mut dyn Observer,
    ) -> Result<Option<Vec<Vec<i64>>>, RunError> {
        let asked = StrataAsked {
            seed: self.settings.seed,
            first: block + self.settings.range.start,
            counts,
            threads: self.settings.threads,
        };
        play_strata(self.model, strata, &asked, observer)
    }

    fn tell(
        &self,
        sample: &StratifiedSample,
        strata: &Strata,
        chosen: &[usize],
        asked: bool,
        pilot: u64,
    ) -> results::Strata {
        let id = |place: usize| self.rare.groups[chosen[place]].0.clone();
        let kinds = strata.kinds().iter().enumerate();
        let kinds = kinds.filter_map(|(number, &(kind, probability))| {
            let (events, hazard) = match kind {
                StratumKind::None => ("0", None),
                StratumKind::One(place) => ("1", Some(id(place))),
                StratumKind::More => ("2+", None),
            };
            let within = sample.within(number)?;
            Some(StrataKind {
                events: events.to_owned(),
                hazard,
                probability,
                replications: sample.size(number),
                mean: within.mean,
                std_dev: within.std_dev,
            })
        });
        let plain = self.plain.losses.len() as f64;
        let all = (sample.count() + pilot) as f64;
        let figures = self.plain.figures.iter().filter_map(|figure| {
            let stratified = match figure.tail {
                None => sample.mean().map(|mean| Tail {
                    value: mean.value,
                    std_error: Some(mean.std_error),
                    thin: false,
                }),
                Some((level, _)) => sample.conditional_value_at_risk(level).map(told),
            }?;
            let errors = figure.found.std_error.zip(stratified.std_error);
            Some(StrataFigure {
                name: figure.name.to_owned(),
                plain: figure.found,
                variance_ratio: errors
                    .filter(|&(_, own)| own > 0.0)
                    .map(|(plain_error, own)| (plain_error / own).powi(2) * plain / all),
                stratified,
            })
        });
        let candidates = self.rare.candidates().into_iter();
        let not_chosen = candidates.filter(|place| !asked && !chosen.contains(place));
        results::Strata {
            metric: METRIC.to_owned(),
            asked,
            hazards: self.rare.told(chosen.iter().copied()),
            not_chosen: self.rare.told(not_chosen),
            left_out: self.rare.left_out.clone(),
            why_none: None,
            pilot,
            replications: sample.count(),
            kinds: kinds.collect(),
            figures: figures.collect(),
        }
    }
}

/// Keeps what is not delivered of each replication of a run, for the observer of which it stands in.
struct Keeper<'o> {
    losses: Vec<i64>,
    wants_rows: bool,
    observer: &'o mut dyn Observer,
}

impl Observer for Keeper<'_> {
    fn progress(&mut self, progress: &Progress) {
        self.observer.progress(progress);
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }

    fn rows(&mut self, rows: &[Row]) -> std::io::Result<()> {
        let column = column(METRIC);
        self.losses
            .extend(rows.iter().map(|row| row.values[column]));
        if self.wants_rows {
            self.observer.rows(rows)?;
        }
        Ok(())
    }

    fn shortfalls(&mut self, rows: &[ShortfallRow]) -> std::io::Result<()> {
        self.observer.shortfalls(rows)
    }
}
