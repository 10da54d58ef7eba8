//! A base and many variants of it in the same futures, some at a time.

use super::part::Part;
use crate::model::Model;
use crate::simulation::{Observer, RunError};

use super::futures::{FuturesSettings, MOST_TOGETHER, futures};

/// Groups that are played side by side in one go: so many variants exist at a time.
const GROUPS: usize = 8;

/// What a base and its variants left undelivered, replication by replication, bbl.
#[derive(Clone, Debug, Default)]
pub(super) struct Losses {
    pub(super) base: Vec<i64>,
    /// By variant.
    pub(super) variants: Vec<Vec<i64>>,
}

/// Plays a base and `count` variants of it.
///
/// The base is played beside each group of variants: whatever a variant shares with it is then
/// known already, and most variants differ from it in few replications. `None` if the observer
/// cancelled.
///
/// - `variant`: makes a variant; they are made and dropped group by group.
pub(super) fn beside(
    base: &Model,
    count: usize,
    variant: &dyn Fn(usize) -> Model,
    settings: &FuturesSettings,
    (name, observer): (&str, &mut dyn Observer),
) -> Result<Option<Losses>, RunError> {
    let wanted = settings.range.end.saturating_sub(settings.range.start);
    let group = MOST_TOGETHER - 1;
    let mut losses = Losses::default();
    while losses.base.is_empty() || losses.variants.len() < count {
        let first = losses.variants.len();
        let last = count.min(first + GROUPS * group);
        let made: Vec<Model> = (first..last).map(variant).collect();
        let mut models: Vec<&Model> = Vec::new();
        let mut places = Vec::with_capacity(made.len());
        for group in made.chunks(group) {
            models.push(base);
            places.extend(models.len()..models.len() + group.len());
            models.extend(group);
        }
        if models.is_empty() {
            models.push(base);
        }
        let mut part = Part {
            observer,
            name: name.to_owned(),
            before: first as u64 * wanted,
            // Bases count for nothing.
            each: made.len().max(1) as f64 / models.len() as f64,
            total: count.max(1) as u64 * wanted,
        };
        let found = futures(&models, &["undelivered"], settings, &mut part)?;
        if found.replications() < wanted {
            return Ok(None);
        }
        if losses.base.is_empty() {
            losses.base = found.sample(0, 0).to_vec();
        }
        let samples = places.iter().map(|&place| found.sample(place, 0).to_vec());
        losses.variants.extend(samples);
        if wanted == 0 {
            losses.variants.resize(count, Vec::new());
            break;
        }
    }
    Ok(Some(losses))
}
