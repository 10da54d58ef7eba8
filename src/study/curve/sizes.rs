//! One value of a scenario over a list of sizes.

use crate::model::{Element, Model};
use crate::results::{Curve, CurveLoss, CurvePoint, CurveSizes};
use crate::simulation::{Observer, RunError};

use super::super::futures::{FuturesSettings, futures};
use super::{CurveSettings, difference, empty, loss, metrics};

/// A size: the value that is set, its number, and the scenario with it.
#[derive(Clone, Debug)]
pub struct Size {
    /// As it is set, `900 kb/d`.
    pub value: String,
    /// Its number, in the unit that all sizes share.
    pub number: f64,
    /// The scenario with it.
    pub model: Model,
}

/// Plays a scenario at several sizes of one value, all in the same futures; `None` if the observer
/// cancelled.
///
/// - `base`: the scenario as it is, and its hash.
/// - `key`, `unit`: what is set, and the unit of its sizes.
/// - `sizes`: upward.
///
/// # Errors
/// [`RunError`] if threads cannot be started or a size cannot be played.
pub fn curve_of_sizes(
    (base, sha256): (&Model, &str),
    (key, unit): (&str, &str),
    sizes: &[Size],
    settings: &CurveSettings,
    observer: &mut dyn Observer,
) -> Result<Option<Curve>, RunError> {
    let models: Vec<&Model> = std::iter::once(base)
        .chain(sizes.iter().map(|size| &size.model))
        .collect();
    let metrics = metrics(base);
    let asked = FuturesSettings {
        seed: settings.seed,
        range: 0..settings.replications,
        threads: settings.threads,
    };
    let found = futures(&models, metrics, &asked, observer)?;
    if found.replications() < settings.replications {
        return Ok(None);
    }
    let count = metrics.len();
    let mut points = Vec::with_capacity(sizes.len());
    for (at, size) in sizes.iter().enumerate() {
        let step = at
            .checked_sub(1)
            .map(|before| size.number - sizes[before].number);
        points.push(CurvePoint {
            value: size.value.clone(),
            size: size.number,
            loss: loss(&found, at + 1, count),
            from_as_it_is: difference(&found, at + 1, 0, count),
            for_one_more: step
                .filter(|&step| step > 0.0)
                .map(|step| scaled(difference(&found, at + 1, at, count), 1.0 / step)),
        });
    }
    let mut curve = empty(base, sha256, settings);
    curve.warnings = warnings(base, key, sizes);
    curve.sizes = Some(CurveSizes {
        key: key.to_owned(),
        unit: unit.to_owned(),
        as_it_is: loss(&found, 0, count),
        points,
    });
    Ok(Some(curve))
}

fn scaled(loss: CurveLoss, by: f64) -> CurveLoss {
    CurveLoss {
        mean_bbl: loss.mean_bbl.scaled(by),
        cvar95_bbl: loss.cvar95_bbl.map(|tail| tail.scaled(by)),
        netback_usd: loss.netback_usd.map(|usd| usd.scaled(by)),
    }
}

fn warnings(base: &Model, key: &str, sizes: &[Size]) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(size) = sizes.iter().find(|size| has_unhit_units(base, &size.model)) {
        warnings.push(format!(
            "with {} some units are hit by fewer hazards than others, as hazards name units one by \
             one: what they would add is told too high unless a strategy names them too",
            size.value
        ));
    }
    if key.starts_with("hub.") && key.contains(".tank") {
        warnings.push(
            "a share that a tank holds at the start is a share of its size: larger tanks begin with \
             more oil in them, which is delivered once"
                .to_owned(),
        );
    }
    if sizes
        .iter()
        .any(|size| size.model.hazards.len() != base.hazards.len())
    {
        warnings.push("not all sizes have the same hazards".to_owned());
    }
    warnings
}

/// Whether units of a model that the base does not have are named by fewer hazards than those
/// that it has.
fn has_unhit_units(base: &Model, model: &Model) -> bool {
    let hits = |element: Element, unit: usize| {
        let is_hit = |hazard: &&crate::model::Hazard| {
            let mut parts = hazard.targets.iter().flat_map(|target| &target.parts);
            parts.any(|part| part.element == element && part.unit == Some(unit))
        };
        model.hazards.iter().filter(is_hit).count()
    };
    let has_unhit = |element: Element, before: usize, now: usize| {
        let most = (0..before)
            .map(|unit| hits(element, unit))
            .max()
            .unwrap_or(0);
        (before..now).any(|unit| hits(element, unit) < most)
    };
    let links = base.links.iter().zip(&model.links).enumerate();
    let mut links = links.map(|(at, (one, other))| (Element::Link(at), &one.units, &other.units));
    let hubs = base.hubs.iter().zip(&model.hubs).enumerate();
    let mut hubs = hubs.map(|(at, (one, other))| (Element::Hub(at), &one.units, &other.units));
    links.any(|(element, one, other)| has_unhit(element, one.len(), other.len()))
        || hubs.any(|(element, one, other)| has_unhit(element, one.len(), other.len()))
}
