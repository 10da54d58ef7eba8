//! How many disruptions a replication is expected to have.

use std::collections::BTreeMap;

use crate::model::{Hazard, Model, Occurs, Scope};
use crate::scenario::read::Reader;
use crate::scenario::tree::Element;
use crate::units::Seconds;

/// Most disruptions that a replication may be expected to have.
const MAX_DISRUPTIONS: f64 = 1e6;

/// Complains if there are too many to be simulated.
///
/// - `tables`: where each hazard stands.
/// - `order`: the hazards, each after its cause.
pub(super) fn check(
    reader: &Reader<'_>,
    model: &Model,
    hazards: &[Hazard],
    tables: &[Element<'_>],
    order: &[usize],
) {
    let mut events: BTreeMap<&str, f64> = BTreeMap::new();
    let mut total = 0.0;
    let mut most: Option<(f64, usize)> = None;
    for &index in order {
        let hazard = &hazards[index];
        let number = expected_events(hazard, model.horizon, &events);
        *events.entry(&hazard.id).or_default() += number;
        let disruptions = number * (1 + hazard.stages.len()) as f64;
        total += disruptions;
        if most.is_none_or(|(largest, _)| disruptions > largest) {
            most = Some((disruptions, index));
        }
    }
    if let Some((number, index)) = most
        && total > MAX_DISRUPTIONS
    {
        let element = tables[index];
        reader
            .report
            .error(
                "scenario::too_many_disruptions",
                element.table.key_at("occurs").unwrap_or(element.at),
                format!("{number:.0} of them"),
                format!(
                    "{total:.0} disruptions are expected per replication, most of them from `{}`",
                    element.id
                ),
            )
            .help("at most a million are simulated: is the unit of time right?")
            .file();
    }
}

/// Mean number of events in a horizon, in the regime in which there are most of them.
///
/// - `causes`: the same of the hazards before.
fn expected_events(hazard: &Hazard, horizon: Seconds, causes: &BTreeMap<&str, f64>) -> f64 {
    let processes = match hazard.scope {
        Scope::Each => hazard.targets.len() as f64,
        Scope::All { .. } | Scope::Some { .. } => 1.0,
    };
    let days = horizon.days();
    let season = hazard
        .season
        .map_or(1.0, |weights| weights.iter().sum::<f64>() / 12.0);
    let worst = hazard.regime.iter().copied().reduce(f64::max);
    let factor = season * worst.unwrap_or(1.0);
    processes
        * match &hazard.occurs {
            Occurs::Poisson { rate_per_day } => rate_per_day * days * factor,
            Occurs::Campaign {
                rate_per_day,
                branching,
                history,
                ..
            } => {
                (rate_per_day * days * factor + branching * history.len() as f64)
                    / (1.0 - branching)
            }
            Occurs::Renewal { up } => {
                // What multiplies the rate shortens the up-time.
                days / (up.mean() / factor + hazard.duration.mean())
            }
            Occurs::Dates(dates) => dates.len() as f64,
            Occurs::Once { .. } => 1.0,
            Occurs::Every { period, .. } => days / period.days(),
            Occurs::Decisions { decisions, .. } => decisions.len() as f64,
            Occurs::After { hazard, .. } => causes.get(hazard.as_str()).copied().unwrap_or(0.0),
            Occurs::Log(events) => events.len() as f64,
        }
}
