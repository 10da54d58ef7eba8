//! All estimates of a log.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::results::{Bounded, CampaignFit, FitGroup, SeasonFit};
use crate::units::{DAYS_PER_YEAR, Seconds};

use super::campaign::{Estimate, estimate, residuals};
use super::campaign_test::likelihood_ratio_p_value;
use super::durations::{Durations, fit_durations};
use super::goodness::{exponential_distance, kolmogorov_p_value};
use super::log::{Event, Lasts, Observed, Record, observe};
use super::promises;
use super::rates::fit_rate;
use super::season::fit_season;
use super::shares::fit_left;
use super::warnings::{of_group, of_rows};

/// The version of the results of a fit.
pub const FORMAT: &str = "keruen-fit/1";

/// The form of the process that is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A campaign if the log carries it, else a constant rate.
    Auto,
    /// A campaign, if there are events enough to try.
    Campaign,
    /// A constant rate; no campaign is looked for.
    Constant,
}

/// What is asked of a log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The instant from which records count their time, UTC.
    pub from: DateTime,
    /// Length of the window, longer than 0.
    pub window: Seconds,
    /// Only events longer than this, days.
    pub longer_than_days: Option<f64>,
    /// Estimates for each target apart, or for all together.
    pub by_target: bool,
    /// Whether campaigns are looked for.
    pub form: Form,
}

/// All estimates of a log, and what must be known of the rows left out.
///
/// - `name`: what the log is called; ids of hazards are made of it.
#[must_use]
pub fn fit_log(
    records: &[Record],
    name: &str,
    settings: &Settings,
) -> (Vec<FitGroup>, Vec<String>) {
    let mut parts: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in records {
        let part = if settings.by_target {
            record.target.as_str()
        } else {
            ""
        };
        parts.entry(part).or_default().push(record);
    }
    let mut ids = BTreeSet::new();
    let mut groups = Vec::new();
    for (target, rows) in parts {
        let plain = match target {
            "" => id_of(name),
            target => id_of(&format!("{name}-{target}")),
        };
        // Targets that differ in signs only would have the same id.
        let mut id = plain.clone();
        let mut next = 2;
        while !ids.insert(id.clone()) {
            id = format!("{plain}-{next}");
            next += 1;
        }
        groups.push(fit_group(id, &rows, settings));
    }
    (groups, of_rows(records, settings))
}

/// A word made of the letters of ids.
fn id_of(name: &str) -> String {
    let letter = |letter: char| {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            letter
        } else {
            '-'
        }
    };
    name.chars().map(letter).collect()
}

fn fit_group(id: String, rows: &[&Record], settings: &Settings) -> FitGroup {
    let observed = observe(rows, settings.window, settings.longer_than_days);
    let events = &observed.events;
    let count = events.len() as u64;
    let window_days = settings.window.days();
    let season = season(events, settings);
    let starts: Vec<f64> = events.iter().map(|event| event.start.days()).collect();
    let is_tried = settings.form != Form::Constant && count >= promises::LEAST_CAMPAIGN_EVENTS;
    let campaign = is_tried
        .then(|| estimate(&starts, window_days))
        .flatten()
        .map(|estimate| campaign(&estimate, &starts, window_days));
    let as_campaign = campaign.as_ref().is_some_and(|campaign| {
        settings.form == Form::Campaign
            || (campaign.p_value < 0.05 && campaign.memory_days.is_some())
    });
    let mut targets: Vec<String> = rows.iter().map(|record| record.target.clone()).collect();
    targets.sort();
    targets.dedup();
    let left: Vec<Option<f64>> = events.iter().map(|event| event.left).collect();
    let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
    for target in events.iter().flat_map(|event| &event.targets) {
        *hits.entry(target).or_default() += 1;
    }
    let hits = |target: &String| hits.get(target.as_str()).copied().unwrap_or(0);
    let mut group = FitGroup {
        id,
        hits: targets.iter().map(hits).collect(),
        targets,
        events: count,
        rate: fit_rate(count, window_days),
        durations: fit_durations(&durations(&observed)),
        left: fit_left(&left),
        season,
        campaign,
        as_campaign,
        warnings: Vec::new(),
    };
    group.warnings = of_group(&group, &observed, settings);
    group
}

fn durations(observed: &Observed) -> Durations {
    let mut found = Durations::default();
    for event in &observed.events {
        match event.lasts {
            Lasts::Known(days) => found.known.push(days),
            Lasts::AtLeast(days) => found.at_least.push(days),
            Lasts::Unknown => found.unknown += 1,
        }
    }
    found
}

fn campaign(found: &Estimate, starts: &[f64], window_days: f64) -> CampaignFit {
    let ratio = found.likelihood_ratio();
    let (p_value, simulated) = likelihood_ratio_p_value(ratio, starts.len(), window_days);
    let residuals = residuals(starts, &found.best);
    let ks_distance = exponential_distance(&residuals);
    let rate = found.rate_per_day;
    let by_year = |rate: f64| rate * DAYS_PER_YEAR;
    CampaignFit {
        rate_per_year: Bounded {
            value: by_year(rate.value),
            low: rate.low.map(by_year),
            high: rate.high.map(by_year),
        },
        branching: found.branching,
        memory_days: (found.best.branching > 0.0).then_some(found.memory_days),
        log_likelihood: found.log_likelihood,
        poisson_log_likelihood: found.poisson_log_likelihood,
        likelihood_ratio: ratio,
        p_value,
        simulated,
        ks_distance,
        ks_p_value: kolmogorov_p_value(ks_distance, residuals.len()),
        residuals,
        hardly_identified: found.is_hardly_identified(),
    }
}

/// Events and days of the window by calendar month.
fn season(events: &[Event], settings: &Settings) -> SeasonFit {
    let month_at = |time: Seconds| {
        let instant = settings.from.checked_add(SignedDuration::from_secs(time.0));
        // An instant that no calendar has cannot be read from a log.
        instant.map_or(0, |instant| usize::from(instant.month().unsigned_abs()) - 1)
    };
    let mut counts = [0_u64; 12];
    for event in events {
        counts[month_at(event.start)] += 1;
    }
    let mut exposure = [0.0; 12];
    let mut at = Seconds::ZERO;
    let mut first = settings.from.first_of_month().date();
    while at < settings.window {
        let Ok(next) = first.checked_add(jiff::Span::new().months(1)) else {
            break;
        };
        let since = next.at(0, 0, 0, 0).duration_since(settings.from).as_secs();
        let until = Seconds(since).min(settings.window);
        exposure[month_at(at)] += Seconds(until.0 - at.0).days();
        (at, first) = (until, next);
    }
    fit_season(&counts, &exposure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::End;

    fn settings() -> Settings {
        Settings {
            from: jiff::civil::date(2025, 1, 15).at(12, 0, 0, 0),
            window: Seconds(365 * 86_400),
            longer_than_days: None,
            by_target: false,
            form: Form::Auto,
        }
    }

    fn record(target: &str, day: f64) -> Record {
        Record {
            target: target.to_owned(),
            start: Seconds::from_days(day),
            end: End::At(Seconds::from_days(day + 1.5)),
            left: Some(0.0),
        }
    }

    #[test]
    fn months_share_the_window_out() {
        let records = [record("a", 0.0), record("a", 17.0), record("a", 360.0)];
        let (groups, _) = fit_log(&records, "x y", &settings());
        let season = &groups[0].season;
        assert_eq!(groups[0].id, "x-y");
        assert_eq!(season.events[..2], [2, 1]);
        let exposure: f64 = season.exposure_days.iter().sum();
        assert!((exposure - 365.0).abs() < 1e-9);
        assert!((season.exposure_days[0] - 31.0).abs() < 1e-9);
        assert!((season.exposure_days[1] - 28.0).abs() < 1e-9);
    }

    #[test]
    fn targets_are_told_apart_or_together() {
        let records = [record("a", 1.0), record("b", 1.0), record("b", 9.0)];
        let (all, _) = fit_log(&records, "log", &settings());
        assert_eq!((all.len(), all[0].events), (1, 2));
        assert_eq!(all[0].hits, [1, 2]);
        let apart = Settings {
            by_target: true,
            ..settings()
        };
        let (each, _) = fit_log(&records, "log", &apart);
        let found: Vec<(&str, u64)> = each
            .iter()
            .map(|group| (group.id.as_str(), group.events))
            .collect();
        assert_eq!(found, [("log-a", 1), ("log-b", 2)]);
    }

    #[test]
    fn targets_that_differ_in_signs_only_keep_apart() {
        let records = [record("a#1", 1.0), record("a-1", 2.0)];
        let apart = Settings {
            by_target: true,
            ..settings()
        };
        let (each, _) = fit_log(&records, "log", &apart);
        assert_eq!([&*each[0].id, &*each[1].id], ["log-a-1", "log-a-1-2"]);
    }

    /// Lengths from a second to a century, bunched and repeated beginnings, few events and many.
    #[test]
    fn no_log_is_too_odd() {
        let stream = crate::sampling::Stream::new(1, 0, "odd", "");
        for log in 0..60 {
            let count = 1 + (log % 12) as u32;
            let records: Vec<Record> = (0..count)
                .map(|row| {
                    let uniform = |draw| stream.uniform(log, row, draw);
                    let start = match log % 3 {
                        0 => Seconds((uniform(0) * 20.0) as i64),
                        1 => Seconds(365 * 86_400 - 1 - i64::from(row / 2)),
                        _ => Seconds::from_days(uniform(0) * 365.0),
                    };
                    let length = libm::exp(uniform(1) * 21.9) as i64 + 1;
                    Record {
                        target: format!("t{}", row % 3),
                        start,
                        end: match (uniform(2) * 8.0) as u32 {
                            0 => End::Lasting,
                            1 => End::Unknown,
                            _ => End::At(Seconds(start.0 + length)),
                        },
                        left: (uniform(3) < 0.7).then(|| uniform(4)),
                    }
                })
                .collect();
            let asked = Settings {
                by_target: log % 5 == 0,
                form: Form::Campaign,
                longer_than_days: (log % 7 == 0).then_some(0.1),
                ..settings()
            };
            let (groups, _) = fit_log(&records, "log", &asked);
            for group in groups {
                let laws = group.durations.laws.iter();
                let estimates = laws.flat_map(|law| &law.parameters).map(|one| one.estimate);
                for Bounded { value, low, high } in estimates {
                    assert!(value > 0.0 && value.is_finite(), "{log}");
                    assert!(low.is_none_or(|low| low <= value * 1.0001), "{log}");
                    assert!(high.is_none_or(|high| high >= value * 0.9999), "{log}");
                }
                let campaign = group.campaign.iter();
                for campaign in campaign {
                    assert!(campaign.log_likelihood.is_finite(), "{log}");
                    assert!(campaign.likelihood_ratio >= 0.0 && campaign.p_value > 0.0);
                }
            }
        }
    }

    /// Six bursts of six in a year are no accident; evenly spread events are.
    #[test]
    fn a_campaign_is_printed_only_if_the_log_carries_it() {
        let bursts: Vec<Record> = (0..36)
            .map(|k| record("a", f64::from(k / 6) * 60.0 + f64::from(k % 6) * 0.7 + 3.0))
            .collect();
        let (groups, _) = fit_log(&bursts, "log", &settings());
        assert!(groups[0].as_campaign, "{:?}", groups[0].campaign);
        let even: Vec<Record> = (0..36).map(|k| record("a", f64::from(k) * 10.0)).collect();
        let (groups, _) = fit_log(&even, "log", &settings());
        assert!(!groups[0].as_campaign);
        let constant = Settings {
            form: Form::Constant,
            ..settings()
        };
        let (groups, _) = fit_log(&bursts, "log", &constant);
        assert!(groups[0].campaign.is_none() && !groups[0].as_campaign);
    }
}
