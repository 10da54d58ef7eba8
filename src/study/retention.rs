//! What a network keeps without the worst that it could lose at once, in the long run.

use crate::model::Model;
use crate::results::{Retention, Retentions};
use crate::simulation::Silent;
use crate::units::Seconds;

use super::worst::{Among, DownState, WorstSettings, worst};

/// Links and hubs up to which each is taken out: the time for it grows with their square, and is about a
/// second at 1 600.
const MOST: usize = 4_000;

/// Deliveries without the worst single link or hub, and without all that the worst single cause
/// can take out.
///
/// It stands beside what was played, and must not lose that: the error is a sentence for the user.
pub(super) fn retentions(model: &Model, threads: usize) -> Result<Retentions, String> {
    let untold =
        |why: &str| format!("what is left without the worst link or cause is not told: {why}");
    if model.links.len() + model.hubs.len() > MOST {
        return Err(untold(&format!(
            "there are more than {MOST} links and hubs to try"
        )));
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
    let found =
        worst(model, "", &settings, &mut Silent).map_err(|error| untold(&error.to_string()))?;
    let element = found.sizes.first().and_then(|size| size.worst.first());
    Ok(Retentions {
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
    })
}
