//! What telling grades apart changes.

use crate::results::GradeTreatment;

use super::overview::mean_rates;
use super::settings::RunError;
use super::undisturbed::Undisturbed;
use super::world::World;

/// How grades are treated in a world, and what counting them as one would overstate in the
/// undisturbed future; `None` if the scenario does not speak of them.
pub(super) fn treatment(
    world: &World<'_>,
    undisturbed: &Undisturbed,
) -> Result<Option<GradeTreatment>, RunError> {
    let Some(grading) = world.model.grading() else {
        return Ok(None);
    };
    let delivered_bpd = mean_rates(world, undisturbed).delivered_bpd;
    let aggregated_bpd = if world.network.problem.several.is_some() {
        let mut one = world.clone();
        one.network.problem.several = None;
        mean_rates(&one, &Undisturbed::of(&one)?).delivered_bpd
    } else {
        delivered_bpd
    };
    Ok(Some(GradeTreatment {
        commodities: grading.names,
        is_aggregated: grading.is_exact,
        reason: grading.reason,
        delivered_bpd,
        aggregated_bpd,
        gap_share: (aggregated_bpd > 0.0).then(|| 1.0 - delivered_bpd / aggregated_bpd),
    }))
}
