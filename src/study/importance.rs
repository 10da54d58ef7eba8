//! What depends on each hazard and each element: the same futures with it perfect, and with it down.

use crate::metrics::Influence;
use crate::model::{Element, Model, Struck};
use crate::results::{Importance, ImportanceMeasures, ImportanceRow, RankEstimate};
use crate::simulation::{Observer, RunError, scenario_info};

use super::beside::beside;
use super::futures::FuturesSettings;
use super::names::named;
use super::outages::{Outages, Seen};

/// Replications beyond the level with fewer of which a tail's error is itself unsure.
const THIN: f64 = 250.0;

/// How importance is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportanceSettings {
    /// Seed, replications and threads.
    pub futures: FuturesSettings,
    /// Level of the conditional value at risk, such as 0.95.
    pub level: f64,
}

/// What is looked at: a hazard by its id, or something that hazards hit.
enum Subject {
    Hazard(String),
    Struck(Struck),
}

/// Importance of every hazard, and of every element, unit and service that hazards hit; `None` if
/// the observer cancelled.
///
/// - Birnbaum: lost with it down less lost with it perfect. Birnbaum (1969), *Multivariate Analysis
///   II*.
/// - Fussell–Vesely, risk achievement and reduction worth: Vesely et al. (1983), NUREG/CR-3385.
///
/// # Errors
/// [`RunError`] if threads cannot be started or the scenario cannot be played.
pub fn rank_by_importance(
    model: &Model,
    sha256: &str,
    settings: &ImportanceSettings,
    observer: &mut dyn Observer,
) -> Result<Option<Importance>, RunError> {
    let mut subjects: Vec<Subject> = Vec::new();
    for hazard in &model.hazards {
        let is_new =
            |subject: &Subject| !matches!(subject, Subject::Hazard(id) if *id == hazard.id);
        if subjects.iter().all(is_new) {
            subjects.push(Subject::Hazard(hazard.id.clone()));
        }
    }
    subjects.extend(model.struck().into_iter().map(Subject::Struck));
    let count = subjects.len();
    let variant = |index: usize| match (&subjects[index % count.max(1)], index < count) {
        (Subject::Hazard(id), true) => model.without_hazards(&|hazard| hazard.id == *id),
        (Subject::Hazard(id), false) => model.with_hazard_down(id),
        (Subject::Struck(struck), true) => model.sparing(struck),
        (Subject::Struck(struck), false) => model.holding_down(struck),
    };
    let futures = &settings.futures;
    let told = ("importance", observer);
    let Some(losses) = beside(model, 2 * count, &variant, futures, told)? else {
        return Ok(None);
    };
    let mut outages = Outages::new(model, futures.seed);
    outages.add(model, futures.range.clone());
    let outages = outages.found();

    let tail = |sample: &[i64]| Influence::of_conditional_value_at_risk(sample, settings.level);
    let base = Influence::of_mean(&losses.base);
    let base_tail = tail(&losses.base);
    let mut hazards = Vec::new();
    let mut elements = Vec::new();
    let mut place = 0;
    for (index, subject) in subjects.iter().enumerate() {
        let samples = [&losses.variants[index], &losses.variants[count + index]];
        let (mut row, down) = match subject {
            Subject::Hazard(id) => (hazard_row(model, id, &outages), 1.0),
            Subject::Struck(struck) => {
                let row = struck_row(model, struck, &outages.struck[place].lost);
                place += 1;
                let lost = 1.0 - row.1.down_left.unwrap_or(0.0);
                let is_service = matches!(struck, Struck::Service(_));
                (row, if is_service { 1.0 } else { lost })
            }
        };
        let unavailable = row
            .0
            .as_ref()
            .map(|own| own.scaled(if down > 0.0 { 1.0 / down } else { 0.0 }, 0.0));
        row.1.unavailability = shown(unavailable.as_ref());
        let means = samples.map(|sample| Influence::of_mean(sample));
        if let (Some(base), [Some(perfect), Some(down)]) = (&base, &means) {
            row.1.mean = measures(base, [perfect, down], unavailable.as_ref());
        }
        let tails = samples.map(|sample| tail(sample));
        if let (Some(base), [Some(perfect), Some(down)]) = (&base_tail, &tails) {
            row.1.conditional_value_at_risk = Some(measures(base, [perfect, down], None));
        }
        match subject {
            Subject::Hazard(_) => hazards.push(row.1),
            Subject::Struck(_) => elements.push(row.1),
        }
    }
    for rows in [&mut hazards, &mut elements] {
        rows.sort_by(|one, other| {
            let by = |of: &dyn Fn(&ImportanceRow) -> f64| of(other).total_cmp(&of(one));
            by(&|row| row.mean.saved_bbl.mean)
                .then_with(|| by(&|row| row.mean.down_bbl.mean))
                .then_with(|| one.id.cmp(&other.id))
        });
    }
    let replications = losses.base.len() as u64;
    Ok(Some(Importance {
        format: "keruen-importance/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        by: "importance".to_owned(),
        seed: futures.seed,
        replications,
        configurations: 1 + 2 * count as u64,
        level: settings.level,
        undelivered_bbl: shown(base.as_ref()),
        conditional_value_at_risk_bbl: base_tail.as_ref().map(|tail| shown(Some(tail))),
        hazards,
        elements,
        warnings: thin_tail(replications, settings.level)
            .into_iter()
            .collect(),
    }))
}

/// Says so if a tail rests on few replications, or on none.
pub(super) fn thin_tail(replications: u64, level: f64) -> Option<String> {
    let beyond = replications as f64 * (1.0 - level);
    if beyond < 1.0 {
        return Some(format!(
            "there are too few replications to say anything of the tail beyond {level}"
        ));
    }
    (beyond < THIN).then(|| {
        format!(
            "the tail beyond level {level} rests on {} replications, so its error is itself unsure; run \
             with -n {} or more",
            beyond.round(),
            (THIN / (1.0 - level)).round()
        )
    })
}

/// An estimate as results hold it.
pub(super) fn shown(influence: Option<&Influence>) -> RankEstimate {
    influence.map_or_else(RankEstimate::default, |influence| RankEstimate {
        mean: influence.value,
        std_error: influence.std_error(),
    })
}

/// A share that was counted in 10⁻⁹.
fn share(parts: &[i64]) -> Option<Influence> {
    Influence::of_mean(parts).map(|share| share.scaled(1e-9, 0.0))
}

/// A row without measures, and its unavailability.
type Row = (Option<Influence>, ImportanceRow);

fn hazard_row(model: &Model, id: &str, outages: &Seen) -> Row {
    // After a dated strategy several hazards may have one id; each has its own time.
    let own: Vec<usize> = (0..model.hazards.len())
        .filter(|&index| model.hazards[index].id == id)
        .collect();
    let parts: Vec<Influence> = own
        .iter()
        .filter_map(|&index| share(&outages.hazards[index]))
        .collect();
    let hazard = own.first().map(|&index| &model.hazards[index]);
    let mut row = empty(
        id.to_owned(),
        hazard.map(|hazard| hazard.name.clone()).unwrap_or_default(),
        "hazard",
    );
    row.class = hazard.map(|hazard| hazard.class.clone());
    (Influence::sum(parts.iter().map(|part| (1.0, part))), row)
}

fn struck_row(model: &Model, struck: &Struck, lost: &[i64]) -> Row {
    let (id, name, kind) = struck_name(model, struck);
    let mut row = empty(id, name, kind);
    row.down_left = Some(model.down_left(struck));
    (share(lost), row)
}

/// What something that hazards hit is called: its qualified id, its name, its kind.
pub(super) fn struck_name(model: &Model, struck: &Struck) -> (String, String, &'static str) {
    match struck {
        Struck::Element(Element::Tank(hub)) => {
            let hub = &model.hubs[*hub];
            (
                format!("tank.{}", hub.id),
                format!("{}, tank", hub.name),
                "tank",
            )
        }
        Struck::Element(element) => {
            let (id, name) = named(model, *element);
            (id, name, "element")
        }
        Struck::Unit(element, unit) => {
            let (id, name) = named(model, *element);
            let number = unit + 1;
            (
                format!("{id}#{number}"),
                format!("{name}, unit {number}"),
                "unit",
            )
        }
        Struck::Service(key) => {
            let id = key.strip_prefix("service.").unwrap_or(key);
            let service = model.services.iter().find(|service| service.id == id);
            let name = service.map_or_else(|| id.to_owned(), |service| service.name.clone());
            (key.clone(), name, "service")
        }
    }
}

fn empty(id: String, name: String, kind: &str) -> ImportanceRow {
    let nothing = RankEstimate::default();
    ImportanceRow {
        id,
        name,
        kind: kind.to_owned(),
        class: None,
        unavailability: nothing,
        down_left: None,
        mean: ImportanceMeasures {
            perfect_bbl: nothing,
            down_bbl: nothing,
            saved_bbl: nothing,
            birnbaum_bbl: nothing,
            criticality: None,
            fussell_vesely: None,
            risk_achievement_worth: None,
            risk_reduction_worth: None,
        },
        conditional_value_at_risk: None,
    }
}

/// Measures from what is lost as it is, with something perfect, and with it down, over the same
/// replications. Errors of ratios are those of the delta method.
fn measures(
    base: &Influence,
    [perfect, down]: [&Influence; 2],
    unavailable: Option<&Influence>,
) -> ImportanceMeasures {
    let less = |one: &Influence, other: &Influence| Influence::sum([(1.0, one), (-1.0, other)]);
    let ratio =
        |one: &Influence, other: &Influence| one.over(other).map(|ratio| shown(Some(&ratio)));
    let birnbaum = less(down, perfect);
    let critical = unavailable
        .zip(birnbaum.as_ref())
        .and_then(|(unavailable, birnbaum)| {
            let critical = unavailable.times(birnbaum)?.over(base)?;
            Some(shown(Some(&critical)))
        });
    // One less a ratio has the ratio's error.
    let saved = perfect
        .over(base)
        .map(|left| shown(Some(&left.scaled(-1.0, 1.0))));
    ImportanceMeasures {
        perfect_bbl: shown(Some(perfect)),
        down_bbl: shown(Some(down)),
        saved_bbl: shown(less(base, perfect).as_ref()),
        birnbaum_bbl: shown(birnbaum.as_ref()),
        criticality: critical,
        fussell_vesely: saved,
        risk_achievement_worth: ratio(down, base),
        risk_reduction_worth: ratio(base, perfect),
    }
}
