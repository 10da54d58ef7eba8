//! From all states to what is asked: means, laws, importances.

use std::collections::BTreeMap;

use crate::metrics::Compensated;
use crate::model::Quota;
use crate::results::{
    Exact, ExactBottleneck, ExactComponent, ExactImportance, ExactLevel, ExactLongRun, ExactRisk,
    ExactShortfall, ExactSpread, ExactStart, ExactStates,
};
use crate::simulation::{Setting, rules, scenario_info};
use crate::units::{DAYS_PER_YEAR, round_half_even};

use super::super::names::named;
use super::component::Course;
use super::face::convolved;
use super::obstacles::keeps_in_step;
use super::spread::spread;
use super::transient::delivered;
use super::{Period, Walk};

/// Most levels of the law of the delivered rate that are worked out, times the levels of a part.
const MOST_LEVELS: usize = 1 << 22;

/// Levels of the values at risk.
const RISKS: [f64; 3] = [0.9, 0.95, 0.99];

impl Walk<'_> {
    pub(super) fn findings(&self, sha256: &str, limit: u64, setting: &Setting<'_>) -> Exact {
        let model = self.model;
        let mut warnings = Vec::new();
        let planned = self.over_periods(|period| period.planned as f64);
        let mean = self.mean_delivered(&BTreeMap::new());
        let law = self.law();
        if law.is_none() {
            warnings.push(
                "the delivered rate has too many levels for its law to be told; means are exact"
                    .to_owned(),
            );
        }
        let in_step: Vec<&str> = model
            .hazards
            .iter()
            .filter(|hazard| keeps_in_step(hazard))
            .map(|hazard| hazard.id.as_str())
            .collect();
        if !in_step.is_empty() {
            warnings.push(format!(
                "up and down times of {} take steps and start together, so that they may keep in \
                 step for ever: the exact answer is that of a random start (`start = \"stationary\"`)",
                in_step.join(", ")
            ));
        }
        if model.quotas.iter().any(Quota::cuts) {
            warnings.push(
                "what one more and one less is worth keeps cuts for quotas as they are: a barrel more that a field \
                 under a quota produces would be cut elsewhere"
                    .to_owned(),
            );
        }
        let undelivered = planned - mean;
        Exact {
            format: "keruen-exact/1".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario_info(model, sha256),
            strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
            rules: rules(model),
            states: ExactStates {
                joint: self.components.iter().map(|c| c.law.len() as f64).product(),
                solved: self.solved,
                parts: self.periods.first().map_or(0, |period| period.faces.len()) as u64,
                periods: self.periods.len() as u64,
                limit,
            },
            long_run: ExactLongRun {
                planned_bpd: planned,
                undisturbed_bpd: self.over_periods(|period| in_states(period, &|_| 0) as f64),
                delivered_bpd: mean,
                undelivered_bpd: undelivered,
                deliverability: (planned > 0.0).then(|| mean / planned),
                delivered_bbl: mean * model.horizon.days(),
                undelivered_bbl: undelivered * model.horizon.days(),
                undelivered_at_risk: self.at_risk(),
            },
            from_start: self.over_the_horizon(planned),
            law: law.unwrap_or_default(),
            shortfall: self.shortfall(),
            spread: self.spread(),
            components: self.component_findings(undelivered),
            hazards: self.hazard_findings(undelivered),
            bottlenecks: self.bottlenecks(setting),
            bottlenecks_why_not: setting.why_no_derivative().map(str::to_owned),
            agreement: None,
            warnings,
        }
    }

    /// A mean over periods by their length.
    fn over_periods(&self, of: impl Fn(&Period) -> f64) -> f64 {
        let terms = self.periods.iter().map(|period| period.weight * of(period));
        terms.collect::<Compensated>().value()
    }

    /// Mean delivered rate if some processes have other laws, b/d.
    fn mean_delivered(&self, other: &BTreeMap<usize, Vec<f64>>) -> f64 {
        let law_of = |component: usize| {
            let law = other
                .get(&component)
                .unwrap_or(&self.components[component].law);
            law.as_slice()
        };
        self.over_periods(|period| {
            let means = period.faces.iter().map(|face| face.mean(&law_of));
            means.collect::<Compensated>().value()
        })
    }

    /// Means over the horizon from the start on, which may not be as in the long run.
    fn over_the_horizon(&self, planned: f64) -> ExactStart {
        let means: Vec<f64> = self
            .periods
            .iter()
            .map(|period| {
                let means = period
                    .faces
                    .iter()
                    .map(|face| face.delivered.mean(&face.laws));
                means.collect::<Compensated>().value()
            })
            .collect();
        let delivered = delivered(&self.periods, &self.components, &means);
        ExactStart {
            is_stationary: self
                .components
                .iter()
                .all(|component| component.course == Course::Stationary),
            delivered_bbl: delivered,
            undelivered_bbl: delivered
                .map(|delivered| planned * self.model.horizon.days() - delivered),
        }
    }

    /// Share of time by delivered rate; `None` if there are too many rates.
    fn law(&self) -> Option<Vec<ExactLevel>> {
        let mut all: BTreeMap<i64, Compensated> = BTreeMap::new();
        for period in &self.periods {
            let law = convolved(period.faces.iter().map(|face| &face.levels), MOST_LEVELS)?;
            for (rate, chance) in law {
                all.entry(rate)
                    .or_default()
                    .add(period.weight * chance.value());
            }
        }
        let levels = all.into_iter().map(|(delivered_bpd, chance)| ExactLevel {
            delivered_bpd,
            probability: chance.value(),
        });
        Some(levels.collect())
    }

    /// Rates below plan at a random instant: value at risk and the mean beyond.
    fn at_risk(&self) -> Vec<ExactRisk> {
        let mut missing: BTreeMap<i64, Compensated> = BTreeMap::new();
        for period in &self.periods {
            let faces = period.faces.iter().map(|face| &face.levels);
            let Some(law) = convolved(faces, MOST_LEVELS) else {
                return Vec::new();
            };
            for (rate, chance) in law {
                let below = period.planned - rate;
                missing
                    .entry(below)
                    .or_default()
                    .add(period.weight * chance.value());
            }
        }
        RISKS
            .iter()
            .filter_map(|&level| {
                let mut up_to = Compensated::default();
                let (&value, _) = missing.iter().find(|(_, chance)| {
                    up_to.add(chance.value());
                    up_to.value() >= level - 1e-12
                })?;
                let beyond: Compensated = missing
                    .range(value..)
                    .map(|(&below, chance)| (below - value) as f64 * chance.value())
                    .collect();
                Some(ExactRisk {
                    level,
                    value_bpd: value as f64,
                    beyond_bpd: value as f64 + beyond.value() / (1.0 - level),
                })
            })
            .collect()
    }

    /// The least rate that is no shortfall.
    fn least_fine(&self, planned: i64) -> i64 {
        let tolerance = self.model.simulation.shortfall.tolerance.get();
        let share = i128::from(1_000_000_000 - round_half_even(tolerance * 1e9));
        let wanted = i128::from(planned) * share;
        ((wanted + 999_999_999).div_euclid(1_000_000_000)) as i64
    }

    fn shortfall(&self) -> ExactShortfall {
        let nothing = |why: &str| ExactShortfall {
            probability: None,
            events_per_year: None,
            mean_days: None,
            why_not: Some(why.to_owned()),
        };
        let mut likely = Compensated::default();
        for period in &self.periods {
            let faces = period.faces.iter().map(|face| &face.levels);
            let Some(law) = convolved(faces, MOST_LEVELS) else {
                return nothing("the delivered rate has too many levels");
            };
            let fine = self.least_fine(period.planned);
            for (_, chance) in law.range(..fine) {
                likely.add(period.weight * chance.value());
            }
        }
        let probability = likely.value();
        let found = |events: Option<f64>, why: Option<&str>| ExactShortfall {
            probability: Some(probability),
            events_per_year: events.map(|often| often * DAYS_PER_YEAR),
            mean_days: events
                .filter(|&often| often > 0.0)
                .map(|often| probability / often),
            why_not: why.map(str::to_owned),
        };
        let [period] = self.periods.as_slice() else {
            return found(None, Some("plans or capacities change within the horizon"));
        };
        if self
            .components
            .iter()
            .filter(|component| component.on_grid)
            .count()
            > 1
        {
            let why = "several processes move on a grid of time, where moves fall together";
            return found(None, Some(why));
        }
        let fine = self.least_fine(period.planned);
        let mut often = Compensated::default();
        for (place, face) in period.faces.iter().enumerate() {
            let others = period.faces.iter().enumerate();
            let others = others.filter(|&(other, _)| other != place);
            let rest = convolved(others.map(|(_, face)| &face.levels), MOST_LEVELS);
            let rest = rest.unwrap_or_default();
            // The others must bring what keeps the higher rate from being short, and no more than
            // leaves the lower one short.
            let passes = |high: i64, low: i64| {
                let chances = rest.range(fine - high..fine - low);
                chances.map(|(_, chance)| chance.value()).sum()
            };
            often.add(face.falls(&self.components, &passes).value());
        }
        found(Some(often.value()), None)
    }

    fn spread(&self) -> ExactSpread {
        let none = |why: String| ExactSpread {
            std_dev_bbl: None,
            additive_share: None,
            why_not: Some(why),
        };
        let [period] = self.periods.as_slice() else {
            return none("plans or capacities change within the horizon".to_owned());
        };
        match spread(&period.faces, &self.components, self.model.horizon.days()) {
            Err(why) => none(why),
            Ok(found) => ExactSpread {
                std_dev_bbl: Some(libm::sqrt(found.variance.max(0.0))),
                additive_share: (found.variance > 0.0).then(|| found.additive / found.variance),
                why_not: None,
            },
        }
    }

    fn component_findings(&self, lost: f64) -> Vec<ExactComponent> {
        // By process: what is delivered on average with it whole, and with it disrupted.
        let planned = self.over_periods(|period| period.planned as f64);
        let count = self.components.len();
        let mut whole = vec![Compensated::default(); count];
        let mut disrupted = vec![Compensated::default(); count];
        for period in &self.periods {
            let means: Vec<f64> = period
                .faces
                .iter()
                .map(|face| face.delivered.mean(&face.laws))
                .collect();
            let total: Compensated = means.iter().copied().collect();
            let mut is_done = vec![false; count];
            for (face, own) in period.faces.iter().zip(&means) {
                let others = total.value() - own;
                for (place, variable) in face.variables.iter().enumerate() {
                    let by_value = face.delivered.means(&face.laws, place);
                    for &index in &variable.components {
                        is_done[index] = true;
                        let mean_under = |law: &[f64]| {
                            let law_of = |other: usize| {
                                if other == index {
                                    law
                                } else {
                                    self.components[other].law.as_slice()
                                }
                            };
                            let likely = variable.law(&law_of);
                            let terms = likely.iter().zip(&by_value);
                            let sum: Compensated =
                                terms.map(|(likely, mean)| likely * mean).collect();
                            others + sum.value()
                        };
                        let component = &self.components[index];
                        whole[index].add(period.weight * mean_under(&component.whole()));
                        if let Some(law) = component.disrupted() {
                            disrupted[index].add(period.weight * mean_under(&law));
                        }
                    }
                }
            }
            for index in (0..count).filter(|&index| !is_done[index]) {
                // It can change nothing.
                whole[index].add(period.weight * total.value());
                disrupted[index].add(period.weight * total.value());
            }
        }
        let mut found = Vec::new();
        for (index, component) in self.components.iter().enumerate() {
            let hazard = &self.model.hazards[component.hazard];
            let down = component.unavailability();
            let without = planned - whole[index].value();
            let with = (down > 0.0).then(|| planned - disrupted[index].value());
            let alone = self.over_periods(|period| {
                let state_of = |other: usize| if other == index { component.worst() } else { 0 };
                in_states(period, &state_of) as f64
            });
            let targets = component.targets.join(" + ");
            let importance = importance(format!("{} / {targets}", hazard.id), lost, without, with);
            found.push(ExactComponent {
                hazard: hazard.id.clone(),
                targets: component.targets.clone(),
                unavailability: down,
                events_per_year: component.events_per_day() * DAYS_PER_YEAR,
                is_exponential: component.rates.is_some(),
                alone_bpd: alone,
                criticality: importance
                    .birnbaum_bpd
                    .filter(|_| lost > 0.0)
                    .map(|birnbaum| down * birnbaum / lost),
                importance,
            });
        }
        found
    }

    fn hazard_findings(&self, lost: f64) -> Vec<ExactImportance> {
        let planned = self.over_periods(|period| period.planned as f64);
        let hazards = self.model.hazards.iter().enumerate();
        hazards
            .map(|(index, hazard)| {
                let own = || {
                    let all = self.components.iter().enumerate();
                    all.filter(move |(_, component)| component.hazard == index)
                };
                let whole = own()
                    .map(|(at, component)| (at, component.whole()))
                    .collect();
                let without = planned - self.mean_delivered(&whole);
                let down: Option<BTreeMap<usize, Vec<f64>>> = own()
                    .map(|(at, component)| Some((at, component.disrupted()?)))
                    .collect();
                let with = down
                    .filter(|laws| !laws.is_empty())
                    .map(|laws| planned - self.mean_delivered(&laws));
                importance(hazard.id.clone(), lost, without, with)
            })
            .collect()
    }

    fn bottlenecks(&self, setting: &Setting<'_>) -> Vec<ExactBottleneck> {
        if setting.why_no_derivative().is_some() {
            return Vec::new();
        }
        let elements = setting.rated().zip(&self.margins);
        elements
            .map(|(element, sums)| {
                let (id, name) = named(self.model, element);
                let [in_cut, right, right_of_nameplate, left] = sums.map(Compensated::value);
                ExactBottleneck {
                    id,
                    name,
                    in_cut,
                    right,
                    right_of_nameplate,
                    left,
                }
            })
            .collect()
    }
}

/// Delivered in a period with the processes in these states, b/d.
fn in_states(period: &Period, state_of: &dyn Fn(usize) -> usize) -> i64 {
    period.faces.iter().map(|face| face.at(state_of)).sum()
}

/// Losses are exact but for rounding; what is closer to nothing than this share of the whole is
/// nothing.
const NOTHING: f64 = 1e-12;

/// Importances from what is lost as it is, without disruptions, and with nothing but.
fn importance(id: String, lost: f64, without: f64, with: Option<f64>) -> ExactImportance {
    let is_loss = lost > 0.0;
    ExactImportance {
        id,
        birnbaum_bpd: with.map(|with| with - without),
        fussell_vesely: is_loss.then(|| 1.0 - without / lost),
        risk_achievement_worth: with.filter(|_| is_loss).map(|with| with / lost),
        risk_reduction_worth: (is_loss && without > lost * NOTHING).then(|| lost / without),
    }
}
