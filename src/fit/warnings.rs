//! What is unsure about estimates, in sentences.

use crate::results::{CampaignFit, DurationFit, FitGroup};

use super::group::{Form, Settings};
use super::log::{Observed, Record};
use super::promises;

/// Differences of Akaike's criterion up to here say next to nothing.
const ALIKE: f64 = 2.0;

/// What must be known of the window and of the rows left out.
pub(super) fn of_rows(records: &[Record], settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    let count = |is: &dyn Fn(&Record) -> bool| records.iter().filter(|record| is(record)).count();
    let before = count(&|record| record.start.0 < 0);
    let after = count(&|record| record.start >= settings.window);
    if before + after > 0 {
        found.push(format!(
            "{} that {} outside the window {} no part in this ({before} before it, {after} after it)",
            counted(before + after, "row"),
            if before + after == 1 { "begins" } else { "begin" },
            if before + after == 1 { "has" } else { "have" },
        ));
    }
    found
}

/// What is unsure about the estimates of a group.
pub(super) fn of_group(group: &FitGroup, observed: &Observed, settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    if group.events == 0 {
        found.push(
            "no event was counted: the rate is what Jeffreys' prior makes of the exposure alone"
                .to_owned(),
        );
    }
    if observed.uneven > 0 {
        found.push(format!(
            "{} with rows that differ in `end` or `left`: an event lasts until the last end and \
             leaves the least share",
            counted(observed.uneven as usize, "event"),
        ));
    }
    if let Some(least) = settings.longer_than_days {
        found.push(format!(
            "rate and durations are those of events longer than {least} days, because short ones are \
             often not reported; {} left out as shorter, {} because nobody can say; nothing is \
             extrapolated to short ones",
            observed.shorter, observed.undecided,
        ));
    }
    durations(&group.durations, &mut found);
    if group.left.values.first() != group.left.values.last() && group.durations.known > 1 {
        found.push(
            "shares left differ between events: the form to paste draws share and duration \
             independently; if long events are of another kind than short ones, make two logs and two \
             hazards of them"
                .to_owned(),
        );
    }
    if let Some(campaign) = &group.campaign {
        campaigns(campaign, group, &mut found);
    } else if settings.form == Form::Campaign {
        found.push(format!(
            "no campaign is tried with fewer than {} events",
            promises::LEAST_CAMPAIGN_EVENTS
        ));
    }
    found
}

fn durations(fit: &DurationFit, found: &mut Vec<String>) {
    if fit.known == 0 {
        if fit.censored + fit.unknown > 0 {
            found.push("no duration is known: state one from elsewhere".to_owned());
        }
        return;
    }
    if let Some(days) = fit.fixed_days {
        found.push(format!(
            "all {} known durations are {days} days: they look rounded or assumed, and say nothing of \
             how durations vary",
            fit.known
        ));
        return;
    }
    if fit.known < promises::LEAST_DURATIONS {
        found.push(format!(
            "only {}: even the mean is hardly identified, and the tail (p95, shape) is not; state \
             durations with doubt, or pool this log with those of like events",
            counted(fit.known as usize, "known duration"),
        ));
    } else if fit.known < promises::DURATIONS {
        found.push(format!(
            "{}: with fewer than {} the 95 % intervals of a law's parameters miss the truth in \
             more than one of twenty logs",
            counted(fit.known as usize, "known duration"),
            promises::DURATIONS,
        ));
    }
    let Some(best) = fit.laws.first() else { return };
    let alike: Vec<&str> = fit
        .laws
        .iter()
        .skip(1)
        .filter(|law| law.aic - best.aic < ALIKE)
        .map(|law| law.law.as_str())
        .collect();
    if !alike.is_empty() {
        found.push(format!(
            "the log does not tell {} from {} (AIC within {ALIKE}): their tails differ, so try both",
            best.law,
            alike.join(" or "),
        ));
    }
    // Without any fitting, 5 % of samples are farther away than this; with it, fewer.
    if best.ks_distance * (fit.known as f64).sqrt() > 1.358 {
        found.push(format!(
            "no law fits: the best, {}, is {:.2} away from the durations; a mixture of two hazards, \
             or `empirical`, may do",
            best.law, best.ks_distance
        ));
    }
}

fn campaigns(campaign: &CampaignFit, group: &FitGroup, found: &mut Vec<String>) {
    let is_unsure = campaign.hardly_identified || group.events < promises::CAMPAIGN_EVENTS;
    if group.as_campaign && is_unsure {
        let why = if campaign.hardly_identified {
            "branching and memory are hardly identified by it, as their wide intervals show: \
             give them priors, or vary them"
                .to_owned()
        } else {
            format!(
                "the 95 % intervals of a campaign hold from about {} events on",
                promises::CAMPAIGN_EVENTS
            )
        };
        found.push(format!(
            "{}: {why}",
            counted(group.events as usize, "event")
        ));
    }
    if group.as_campaign && campaign.p_value >= 0.05 {
        found.push(format!(
            "the log does not carry a campaign (p = {:.2}): a constant rate explains it as well",
            campaign.p_value
        ));
    }
    if group.as_campaign && campaign.branching.high.is_none() {
        found.push(
            "a branching of 0.99 is likely enough: the rate may have changed for good within the \
             window; look for a shorter window or for regimes"
                .to_owned(),
        );
    }
    if group.as_campaign {
        found.push(
            "regimes or a season would bunch events too; the log alone does not tell them apart"
                .to_owned(),
        );
    }
    if group.as_campaign && campaign.ks_p_value < 0.05 {
        found.push(format!(
            "the campaign does not fit: its residuals are {:.2} away from the exponential law \
             (p = {:.3})",
            campaign.ks_distance, campaign.ks_p_value
        ));
    }
    if !group.as_campaign && group.events < 20 {
        found.push(
            "no campaign is seen, but with fewer than 20 events only a violent one would be"
                .to_owned(),
        );
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
