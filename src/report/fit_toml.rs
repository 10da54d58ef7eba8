//! Estimates from an event log as a hazard that can be pasted into a scenario.

use crate::results::{
    Bounded, CampaignFit, DurationFit, Fit, FitGroup, LawFit, LeftFit, Parameter,
};
use crate::units::DAYS_PER_YEAR;

/// The estimates as tables of a scenario file, one hazard for each group.
#[must_use]
pub fn fit_toml(fit: &Fit) -> String {
    let groups: Vec<String> = fit.groups.iter().map(|group| hazard(fit, group)).collect();
    groups.join("\n")
}

fn hazard(fit: &Fit, group: &FitGroup) -> String {
    let mut text = format!(
        "[hazard.{}]\n# keruen {} on {} (SHA-256 {}): {}, {} to {}{}\n",
        group.id,
        fit.version,
        fit.log,
        fit.sha256.get(..12).unwrap_or(&fit.sha256),
        events(group.events),
        fit.from,
        fit.until,
        match fit.longer_than_days {
            None => String::new(),
            Some(least) => format!(", only those longer than {} d", plain(least)),
        },
    );
    let mut line = |line: &str| {
        text += line;
        text.push('\n');
    };
    line("# class = \"attack\"   # the log does not say: technical, weather, attack, …");
    let targets: Vec<String> = group.targets.iter().map(|id| format!("\"{id}\"")).collect();
    line(&format!("hits = [{}]", targets.join(", ")));
    if let Some(scope) = scope(group) {
        line(&scope);
    }
    if let (true, Some(campaign)) = (group.as_campaign, &group.campaign) {
        for told in campaign_lines(campaign) {
            line(&told);
        }
    } else {
        line(&poisson(fit, group));
        if let Some(weights) = &group.season.weights {
            line("# weights of months drawn towards 1");
            line(&format!("season = [{}]", list(weights)));
        }
    }
    for told in duration(&group.durations) {
        line(&told);
    }
    line(&left(&group.left));
    match &fit.source {
        Some(id) => line(&format!("source = \"{id}\"")),
        None => line(
            "# source = \"…\"        # the id of a [source.ID] that says where the log is from",
        ),
    }
    text
}

/// How an event chooses what it hits, if there is more than one target.
fn scope(group: &FitGroup) -> Option<String> {
    let targets = group.targets.len();
    let hits: u64 = group.hits.iter().sum();
    if targets < 2 || group.events == 0 {
        return None;
    }
    if group.hits.iter().all(|&hits| hits == group.events) {
        return Some("scope = \"all\"".to_owned());
    }
    if hits == group.events {
        let weights: Vec<String> = group.hits.iter().map(ToString::to_string).collect();
        return Some(format!(
            "scope = \"one\"\nweights = [{}]",
            weights.join(", ")
        ));
    }
    let chance = hits as f64 / (group.events as f64 * targets as f64);
    Some(format!(
        "scope = \"all\"\nchance = {}   # the share of targets that an event hit, on average",
        plain(chance)
    ))
}

fn poisson(fit: &Fit, group: &FitGroup) -> String {
    // Weights of months multiply the rate, so the exposure is weighted with them.
    let exposure_days = match &group.season.weights {
        None => fit.exposure_days,
        Some(weights) => {
            let months = weights.iter().zip(&group.season.exposure_days);
            months.map(|(weight, days)| weight * days).sum()
        }
    };
    let source = match &fit.source {
        Some(id) => format!(", source = \"{id}\""),
        None => String::new(),
    };
    format!(
        "occurs = {{ poisson = {{ rate = {{ events = {}, exposure = \"{} yr\"{source} }} }} }}",
        group.events,
        plain(exposure_days / DAYS_PER_YEAR),
    )
}

fn campaign_lines(campaign: &CampaignFit) -> Vec<String> {
    // A memory is absent only where the best branching is 0, and then it changes nothing.
    let memory = campaign.memory_days.map_or(1.0, |memory| memory.value);
    let mut told = vec![format!(
        "# 95 %: rate {} /yr, branching {}{}",
        ends(campaign.rate_per_year),
        ends(campaign.branching),
        match campaign.memory_days {
            Some(memory) => format!(", memory {} d", ends(memory)),
            None => String::new(),
        },
    )];
    told.push(format!(
        "occurs = {{ campaign = {{ rate = \"{} /yr\", branching = {}, memory = \"{} d\" }} }}",
        plain(campaign.rate_per_year.value),
        plain(campaign.branching.value),
        plain(memory),
    ));
    told
}

fn duration(fit: &DurationFit) -> Vec<String> {
    if let Some(days) = fit.fixed_days {
        return vec![format!("duration = \"{} d\"", plain(days))];
    }
    let Some(best) = fit.laws.first() else {
        return vec!["# duration = \"…\"      # no duration is known".to_owned()];
    };
    let intervals: Vec<String> = best
        .parameters
        .iter()
        .map(|parameter| {
            let unit = if parameter.unit.is_empty() { "" } else { " d" };
            format!("{} {}{unit}", parameter.name, ends(parameter.estimate))
        })
        .collect();
    vec![
        format!("# 95 %: {}", intervals.join(", ")),
        format!("duration = {}", law(best)),
    ]
}

/// A law as scenario files write it.
fn law(fit: &LawFit) -> String {
    let value = |parameter: &Parameter| {
        let value = plain(parameter.estimate.value);
        if parameter.unit.is_empty() {
            format!("{} = {value}", parameter.name)
        } else {
            format!("{} = \"{value} d\"", parameter.name)
        }
    };
    let parameters: Vec<String> = fit.parameters.iter().map(value).collect();
    format!("{{ {} = {{ {} }} }}", fit.law, parameters.join(", "))
}

fn left(fit: &LeftFit) -> String {
    match (fit.values.first(), fit.values.last()) {
        (Some(first), Some(last)) if first == last => format!("left = {}", plain(*first)),
        (Some(_), Some(_)) => format!("left = {{ empirical = [{}] }}", list(&fit.values)),
        _ => "# left = 0           # no share is known".to_owned(),
    }
}

fn list(values: &[f64]) -> String {
    let values: Vec<String> = values.iter().map(|value| plain(*value)).collect();
    values.join(", ")
}

/// `1.2 to 8.8`; `…` for an end that is not known.
fn ends(estimate: Bounded) -> String {
    let end = |end: Option<f64>| end.map_or("…".to_owned(), plain);
    format!("{} to {}", end(estimate.low), end(estimate.high))
}

fn events(count: u64) -> String {
    format!("{count} event{}", if count == 1 { "" } else { "s" })
}

/// Four significant digits, as files write numbers.
fn plain(value: f64) -> String {
    let rounded = format!("{value:.3e}").parse().unwrap_or(value);
    format!("{rounded}")
}
