//! What a network keeps without the worst that it could lose at once, in the long run.

use crate::model::Model;
use crate::results::{Retention, Retentions};
use crate::simulation::{RunError, Silent};
use crate::units::Seconds;

use super::worst::{Among, DownState, WorstError, WorstSettings, worst};

/// Links and hubs up to which each is taken out: the time for it grows with their square, and is about a
/// second at 1 600.
const MOST: usize = 4_000;

/// Deliveries without the worst single link or hub, and without all that the worst single cause
/// can take out; `None` if nothing can be lost or the network is too large to try each.
///
/// # Errors
/// [`RunError`] if the model cannot be played.
pub(super) fn retentions(model: &Model, threads: usize) -> Result<Option<Retentions>, RunError> {
    if model.links.len() + model.hubs.len() > MOST {
        return Ok(None);
    }
    let settings = WorstSettings {
        size: 1,
        among: vec![Among::Links, Among::Hubs],
        units: false,
        down: DownState::Closed,
        top: 1,
        at: Seconds::ZERO,
        lengths: Vec::new(),
        most_sets: u64::MAX,
        is_plain: false,
        threads,
    };
    let found = match worst(model, "", &settings, &mut Silent) {
        Ok(found) => found,
        Err(WorstError::Run(error)) => return Err(error),
        Err(WorstError::Nothing(_) | WorstError::Unknown(_) | WorstError::Cancelled) => {
            return Ok(None);
        }
    };
    let element = found.sizes.first().and_then(|size| size.worst.first());
    Ok(Some(Retentions {
        delivered_bpd: found.delivered_bpd,
        element: element.map(|set| Retention {
            without: set.elements.join(" + "),
            delivered_bpd: set.delivered_bpd,
            share: set.retention,
        }),
        cause: found.common.first().map(|cause| Retention {
            without: format!("{} {}", cause.kind, cause.id),
            delivered_bpd: cause.delivered_bpd,
            share: cause.retention,
        }),
    }))
}
