//! What a model says of times that are on record.
//!
//! Two separate questions: do recorded disruptions, fed in exactly, give the recorded losses; and
//! do hazards that know nothing of a time forecast it?

use crate::metrics::{crps, fair_crps, far_from_uniform, probability_integral, skill};
use crate::model::{Hazard, Model};
use crate::results::{
    Backtest, BacktestEpisode, BacktestForecast, BacktestRow, BacktestScore, BacktestVariant,
};
use crate::sampling::Stream;
use crate::scenario::{self, Episode, Forecast, Invalid, Metric, Question, Variant};
use crate::simulation::{Observer, Progress, RunError, Silent, Window, doubt_uniform, windows};
use crate::units::{SECONDS_PER_DAY, Seconds};

/// Levels of the quantiles of a forecast.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Draws of what is in doubt about a variant, over which its replications are spread.
const DRAWS: u64 = 100;

/// Fewer outcomes than this tell gross failure only.
const FEW: usize = 24;

/// Why a back-test failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BacktestError {
    /// A scenario cannot be played.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A figure in doubt leads to no scenario.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The observer cancelled it.
    #[error("cancelled")]
    Cancelled,
}

/// Replays the episodes and scores the forecasts.
///
/// # Errors
/// [`BacktestError`] if a scenario cannot be played, or the observer cancels.
pub fn backtest(
    stated: &scenario::Backtest,
    observer: &mut dyn Observer,
) -> Result<Backtest, BacktestError> {
    let mut steps = Steps {
        observer,
        done: 0,
        total: (stated.episodes.len() as u64)
            .saturating_mul(stated.replays.saturating_add(1))
            .saturating_add((stated.variants.len() as u64).saturating_mul(stated.replications)),
    };
    let mut episodes = Vec::new();
    for episode in &stated.episodes {
        episodes.push(replayed(stated, episode, &mut steps)?);
    }
    let mut variants = Vec::new();
    for variant in &stated.variants {
        variants.push(forecast(stated, variant, &mut steps)?);
    }
    let mut warnings = Vec::new();
    let outcomes = stated.forecasts.len();
    if !variants.is_empty() && outcomes < FEW {
        let outcomes = match outcomes {
            1 => "one outcome shows".to_owned(),
            several => format!("{several} outcomes show"),
        };
        warnings.push(format!(
            "{outcomes} gross failure only, and no small difference between variants; outcomes of \
             the same months are not independent"
        ));
    }
    Ok(Backtest {
        format: "keruen-backtest/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: stated.name.clone(),
        about: stated.about.clone(),
        base: stated.base.clone(),
        sha256: stated.sha256.clone(),
        seed: stated.seed,
        within: stated.within,
        replays: stated.replays,
        episodes,
        variants,
        warnings,
    })
}

/// How far a back-test is, for its observer.
struct Steps<'o> {
    observer: &'o mut dyn Observer,
    done: u64,
    total: u64,
}

impl Steps<'_> {
    fn step(&mut self, count: u64, what: &str) -> Result<(), BacktestError> {
        self.done += count;
        self.tell(self.done, what);
        if self.observer.is_cancelled() {
            return Err(BacktestError::Cancelled);
        }
        Ok(())
    }

    fn tell(&mut self, done: u64, what: &str) {
        self.observer.progress(&Progress {
            done,
            total: self.total,
            mean: 0.0,
            std_error: 0.0,
            metric: what.to_owned(),
        });
    }
}

/// A run within a back-test.
struct Part<'s, 'o> {
    steps: &'s mut Steps<'o>,
    name: &'s str,
}

impl Observer for Part<'_, '_> {
    fn progress(&mut self, progress: &Progress) {
        self.steps.tell(self.steps.done + progress.done, self.name);
    }

    fn is_cancelled(&self) -> bool {
        self.steps.observer.is_cancelled()
    }
}

/// Volumes of an episode's windows: undisturbed, and under its closures.
type Played = (Vec<f64>, Vec<f64>);

fn replayed(
    stated: &scenario::Backtest,
    episode: &Episode,
    steps: &mut Steps<'_>,
) -> Result<BacktestEpisode, BacktestError> {
    let questions = &episode.questions;
    let central = played(questions, &episode.model, &episode.closures)?;
    steps.step(1, &episode.name)?;
    let doubted = episode.doubted();
    let streams: Vec<Stream> = doubted
        .iter()
        .map(|key| Stream::new(stated.seed, 0, &format!("backtest.{}", episode.id), key))
        .collect();
    let mut answers: Vec<Vec<f64>> = vec![Vec::new(); questions.len()];
    for replay in 0..stated.replays {
        if !doubted.is_empty() {
            let quantiles: Vec<f64> = streams
                .iter()
                .map(|stream| stream.uniform(replay, 0, 0))
                .collect();
            let (model, closures) = episode.replay(&quantiles)?;
            let (undisturbed, volumes) = played(questions, &model, &closures)?;
            for (index, question) in questions.iter().enumerate() {
                answers[index].push(answer(question, undisturbed[index], volumes[index]));
            }
        }
        steps.step(1, &episode.name)?;
    }
    let rows: Vec<BacktestRow> = questions
        .iter()
        .enumerate()
        .map(|(index, question)| {
            let (undisturbed, volume) = (central.0[index], central.1[index]);
            row(
                stated,
                episode,
                question,
                (undisturbed, volume),
                &answers[index],
            )
        })
        .collect();
    Ok(BacktestEpisode {
        id: episode.id.clone(),
        name: episode.name.clone(),
        about: episode.about.clone(),
        start: episode.model.start.to_string(),
        days: episode.model.horizon.days(),
        doubts: doubted,
        is_within: rows.first().is_some_and(|row| row.is_within),
        rows,
    })
}

/// One future under closures.
fn played(questions: &[Question], model: &Model, closures: &[Hazard]) -> Result<Played, RunError> {
    let asked = asked(questions);
    let mut silent = Silent;
    let found = windows(model, closures, 0, 0..1, &asked, &mut silent)?;
    let volumes = found.volumes.iter().map(|volumes| volumes.first().copied());
    Ok((
        found.undisturbed,
        volumes.map(Option::unwrap_or_default).collect(),
    ))
}

fn asked(questions: &[Question]) -> Vec<Window> {
    questions
        .iter()
        .map(|question| Window {
            of: question.of.clone(),
            from: question.from,
            until: question.until,
        })
        .collect()
}

/// What volumes within a window say to a question, in its unit.
fn answer(question: &Question, undisturbed: f64, volume: f64) -> f64 {
    match question.metric {
        Metric::Level => in_unit(question, volume),
        Metric::Loss => in_unit(question, undisturbed - volume),
        Metric::Gain => in_unit(question, volume - undisturbed),
        Metric::Fall if undisturbed > 0.0 => 1.0 - volume / undisturbed,
        Metric::Fall => 0.0,
    }
}

fn in_unit(question: &Question, volume: f64) -> f64 {
    let time = if question.is_rate {
        (question.until - question.from).days()
    } else {
        1.0
    };
    volume / time / question.scale
}

fn row(
    stated: &scenario::Backtest,
    episode: &Episode,
    question: &Question,
    (undisturbed, volume): (f64, f64),
    answers: &[f64],
) -> BacktestRow {
    let modelled = answer(question, undisturbed, volume);
    let observed = question.value;
    let allowed = question.within.unwrap_or(stated.within * observed.abs());
    let band = quantiles(answers, &[0.05, 0.95]);
    let start = episode.model.start;
    BacktestRow {
        name: question.name.clone(),
        metric: word(question.metric).to_owned(),
        of: question.written.clone(),
        from: moment(start, question.from),
        until: moment(start, question.until),
        unit: question.unit.clone(),
        observed,
        observed_low: question.low,
        observed_high: question.high,
        undisturbed: match question.metric {
            Metric::Fall => 1.0,
            _ => in_unit(question, undisturbed),
        },
        modelled,
        band_low: band.first().copied(),
        band_high: band.get(1).copied(),
        relative_error: (observed != 0.0).then(|| (modelled - observed) / observed.abs()),
        allowed,
        is_within: (modelled - observed).abs() <= allowed,
        sources: question.sources.clone(),
        note: question.note.clone(),
    }
}

fn forecast(
    stated: &scenario::Backtest,
    variant: &Variant,
    steps: &mut Steps<'_>,
) -> Result<BacktestVariant, BacktestError> {
    let model = &variant.model;
    let (undisturbed, answers) = futures(stated, variant, steps)?;
    let forecasts: Vec<BacktestForecast> = variant
        .questions
        .iter()
        .zip(&stated.forecasts)
        .enumerate()
        .filter_map(|(index, (question, forecast))| {
            let plan = answer(question, undisturbed[index], undisturbed[index]);
            scored(stated, variant, forecast, question, &answers[index], plan)
        })
        .collect();
    Ok(BacktestVariant {
        id: variant.id.clone(),
        name: variant.name.clone(),
        about: variant.about.clone(),
        in_sample: variant.in_sample,
        start: model.start.to_string(),
        doubts: variant.doubted(),
        replications: stated.replications,
        score: score(&forecasts),
        forecasts,
    })
}

/// Undisturbed volumes with every doubt at its value, and the answers of all futures.
fn futures(
    stated: &scenario::Backtest,
    variant: &Variant,
    steps: &mut Steps<'_>,
) -> Result<(Vec<f64>, Vec<Vec<f64>>), BacktestError> {
    let asked = asked(&variant.questions);
    let mut answers: Vec<Vec<f64>> = vec![Vec::new(); asked.len()];
    let keys = variant.doubted();
    let streams: Vec<Stream> = keys
        .iter()
        .map(|key| Stream::new(stated.seed, 0, &format!("backtest.{}", variant.id), key))
        .collect();
    let mut silent = Silent;
    let own = &variant.model;
    let undisturbed = windows(own, &[], 0, 0..0, &asked, &mut silent)?.undisturbed;
    let draws = DRAWS.min(stated.replications);
    for draw in 0..draws {
        // The last draws take what does not divide.
        let share = u128::from(stated.replications);
        let of = |draw: u64| (share * u128::from(draw) / u128::from(draws)) as u64;
        let range = of(draw)..of(draw + 1);
        let count = range.end - range.start;
        let quantiles: Vec<f64> = streams
            .iter()
            .map(|stream| stream.uniform(draw, 0, 0))
            .collect();
        let others = |path: &str| doubt_uniform(stated.seed, draw + 1, path);
        let model = variant.draw(&quantiles, &others)?;
        let mut part = Part {
            steps,
            name: &variant.name,
        };
        let found = windows(
            &model,
            &model.hazards,
            stated.seed,
            range,
            &asked,
            &mut part,
        )?;
        for (index, question) in variant.questions.iter().enumerate() {
            let usual = found.undisturbed[index];
            let volumes = found.volumes[index].iter();
            answers[index].extend(volumes.map(|&volume| answer(question, usual, volume)));
        }
        steps.step(count, &variant.name)?;
    }
    Ok((undisturbed, answers))
}

fn scored(
    stated: &scenario::Backtest,
    variant: &Variant,
    forecast: &Forecast,
    question: &Question,
    sample: &[f64],
    plan: f64,
) -> Option<BacktestForecast> {
    let observed = question.value;
    let (pit_low, pit_high) = probability_integral(sample, observed)?;
    let between = Stream::new(stated.seed, 0, "backtest.pit", &forecast.id).uniform(0, 0, 0);
    let start = variant.model.start;
    Some(BacktestForecast {
        id: forecast.id.clone(),
        name: question.name.clone(),
        metric: word(question.metric).to_owned(),
        of: question.written.clone(),
        from: moment(start, question.from),
        until: moment(start, question.until),
        unit: question.unit.clone(),
        observed,
        observed_low: question.low,
        observed_high: question.high,
        plan,
        mean: sample.iter().sum::<f64>() / sample.len() as f64,
        quantiles: quantiles(sample, &QUANTILES).try_into().ok()?,
        crps: crps(sample, observed)?,
        fair_crps: fair_crps(sample, observed),
        pit: pit_low + between * (pit_high - pit_low),
        pit_low,
        pit_high,
        crps_plan: (plan - observed).abs(),
        crps_persistence: forecast.before.last().map(|last| (last - observed).abs()),
        crps_climatology: crps(&forecast.before, observed),
        sources: question.sources.clone(),
        note: question.note.clone(),
    })
}

/// Scores over all forecasts, each in shares of what came, so that tonnes and barrels go together.
fn score(forecasts: &[BacktestForecast]) -> Option<BacktestScore> {
    if forecasts.is_empty() {
        return None;
    }
    let mean = |of: &dyn Fn(&BacktestForecast) -> Option<f64>| -> Option<f64> {
        let shares = forecasts.iter().map(|forecast| {
            let size = forecast.observed.abs();
            of(forecast).map(|value| if size > 0.0 { value / size } else { value })
        });
        let shares: Option<Vec<f64>> = shares.collect();
        shares.map(|shares| shares.iter().sum::<f64>() / forecasts.len() as f64)
    };
    let own = mean(&|forecast| Some(forecast.crps))?;
    let over = |of: &dyn Fn(&BacktestForecast) -> Option<f64>| {
        mean(of).and_then(|reference| skill(own, reference))
    };
    let pits: Vec<f64> = forecasts.iter().map(|forecast| forecast.pit).collect();
    let (pit_distance, pit_is_far) = far_from_uniform(&pits)?;
    let is_inside = |forecast: &&BacktestForecast| {
        (forecast.quantiles[0]..=forecast.quantiles[4]).contains(&forecast.observed)
    };
    Some(BacktestScore {
        crps: own,
        skill_over_plan: over(&|forecast| Some(forecast.crps_plan)),
        skill_over_persistence: over(&|forecast| forecast.crps_persistence),
        skill_over_climatology: over(&|forecast| forecast.crps_climatology),
        pit_distance,
        pit_is_far,
        inside_90: forecasts.iter().filter(is_inside).count() as u64,
    })
}

/// The least values that at least these shares of the sample do not exceed; none of no sample.
fn quantiles(sample: &[f64], levels: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |level: &f64| {
        let rank = (level * sorted.len() as f64 - 1e-9).ceil().max(1.0) as usize;
        sorted.get(rank - 1).copied()
    };
    levels.iter().filter_map(at).collect()
}

fn word(metric: Metric) -> &'static str {
    match metric {
        Metric::Level => "level",
        Metric::Loss => "loss",
        Metric::Gain => "gain",
        Metric::Fall => "fall",
    }
}

/// A date, with the time of day if it is not midnight.
fn moment(start: jiff::civil::Date, at: Seconds) -> String {
    let midnight = start.to_datetime(jiff::civil::Time::midnight());
    let span = jiff::SignedDuration::from_secs(at.0);
    let Ok(instant) = midnight.checked_add(span) else {
        return format!("{} s", at.0);
    };
    if at.0 % SECONDS_PER_DAY == 0 {
        instant.date().to_string()
    } else {
        instant.to_string()
    }
}
