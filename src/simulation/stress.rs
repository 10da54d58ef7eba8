//! One future under stated closures, with nothing else going wrong.

use crate::accumulate::{RecoveryRule, ShortfallRule, Shortfalls};
use crate::metrics::Recovery;
use crate::model::{Hazard, Model, Occurs};
use crate::results::{Stress, StressEpoch, StressEvent, StressField, StressRoute, StressTank};
use crate::sampling::Timeline;
use crate::units::{BarrelsPerDay, Seconds, Volume, round_half_even};

use super::replication::{Follower, play};
use super::settings::RunError;
use super::state::State;
use super::summary::scenario_info;
use super::undisturbed::{Undisturbed, through};
use super::world::World;

/// Plays the closures (hazards that occur by a log) and nothing else.
///
/// # Errors
/// [`RunError`] if tanks do not come to rest.
pub fn stress(model: &Model, sha256: &str, closures: &[Hazard]) -> Result<Stress, RunError> {
    let world = World::new(model, closures, 0, 0)?;
    let undisturbed = Undisturbed::of(&world)?;
    let mut timeline = Timeline::default();
    world.timelines.sample(0, &mut timeline);
    let mut state = State::new(&world, false);
    let mut story = Story::new(&world, &undisturbed, closures);
    play(&world, &mut state, 0, &timeline, &mut story)?;
    Ok(story.finish(&state, sha256))
}

struct Story<'w> {
    world: &'w World<'w>,
    undisturbed: &'w Undisturbed,
    closures: &'w [Hazard],
    at: usize,
    causes: Vec<String>,
    epochs: Vec<StressEpoch>,
    before: Vec<(bool, bool)>,
    shortfalls: Shortfalls,
    planned: i64,
    delivered: i64,
    undisturbed_delivered: i64,
    shut_in: i64,
    field_outage: i64,
    field_planned: Vec<i64>,
    field_shut_in: Vec<i64>,
    first_shut_in: Option<Seconds>,
    first_closure: Option<Seconds>,
}

impl<'w> Story<'w> {
    fn new(world: &'w World<'w>, undisturbed: &'w Undisturbed, closures: &'w [Hazard]) -> Self {
        let model = world.model;
        let rules = &model.simulation;
        let ppb = |share: f64| round_half_even(share * 1e9);
        let shortfall = ShortfallRule {
            tolerance: ppb(rules.shortfall.tolerance.get()),
            gap: rules.shortfall.gap,
        };
        let recovery = RecoveryRule {
            band: ppb(rules.recovery.band.get()),
            hold: rules.recovery.hold,
        };
        Self {
            world,
            undisturbed,
            closures,
            at: 0,
            causes: Vec::new(),
            epochs: Vec::new(),
            before: Vec::new(),
            shortfalls: Shortfalls::new(shortfall, recovery, false),
            planned: 0,
            delivered: 0,
            undisturbed_delivered: 0,
            shut_in: 0,
            field_outage: 0,
            field_planned: vec![0; model.fields.len()],
            field_shut_in: vec![0; model.fields.len()],
            first_shut_in: None,
            first_closure: events(closures)
                .iter()
                .map(|event| Seconds(event.start_seconds))
                .min(),
        }
    }

    /// Why a new epoch begins, where no closure says so: a tank, or the calendar.
    fn name_cause(&mut self, state: &State<'_>) -> String {
        let hub = |tank: usize| &self.world.model.hubs[self.world.network.tanks[tank].hub].name;
        for (tank, (now, before)) in state.tanks.iter().zip(&self.before).enumerate() {
            if now.full && !before.0 {
                self.causes.push(format!("tank full: {}", hub(tank)));
            }
            if now.low && !before.1 {
                self.causes.push(format!("tank drawn down: {}", hub(tank)));
            }
        }
        self.before = state
            .tanks
            .iter()
            .map(|tank| (tank.full, tank.low))
            .collect();
        if self.causes.is_empty() {
            let start = self.epochs.is_empty();
            return if start { "start" } else { "flows change" }.to_owned();
        }
        self.causes.drain(..).collect::<Vec<_>>().join("; ")
    }

    fn finish(mut self, state: &State<'_>, sha256: &str) -> Stress {
        let model = self.world.model;
        let bbl = |volume: i64| Volume(volume).to_barrels().0;
        self.shortfalls.close();
        let recovery = self.shortfalls.time_to_recover();
        let stored: i64 = state
            .tanks
            .iter()
            .zip(&state.initial_volumes)
            .map(|(tank, initial)| tank.volume - initial)
            .sum();
        Stress {
            format: "keruen-stress/1".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario_info(model, sha256),
            strategies: model
                .strategies
                .iter()
                .map(|strategy| strategy.name.clone())
                .collect(),
            closures: events(self.closures),
            epochs: self.epochs,
            routes: model
                .routes
                .iter()
                .map(|route| StressRoute {
                    id: route.id.clone(),
                    name: route.name.clone(),
                })
                .collect(),
            tanks: self
                .world
                .network
                .tanks
                .iter()
                .enumerate()
                .map(|(index, tank)| StressTank {
                    id: model.hubs[tank.hub].id.clone(),
                    name: model.hubs[tank.hub].name.clone(),
                    capacity_bbl: bbl(state.tanks[index].top),
                    initial_bbl: bbl(state.initial_volumes[index]),
                })
                .collect(),
            fields: model
                .fields
                .iter()
                .enumerate()
                .map(|(index, field)| StressField {
                    id: field.id.clone(),
                    name: field.name.clone(),
                    planned_bbl: bbl(self.field_planned[index]),
                    shut_in_bbl: bbl(self.field_shut_in[index]),
                })
                .collect(),
            planned_bbl: bbl(self.planned),
            delivered_bbl: bbl(self.delivered),
            undisturbed_delivered_bbl: bbl(self.undisturbed_delivered),
            shut_in_bbl: bbl(self.shut_in),
            field_outage_bbl: bbl(self.field_outage),
            stored_bbl: bbl(stored),
            lost_bbl: bbl(self.undisturbed_delivered - self.delivered),
            time_to_recover_hours: match recovery {
                Recovery::Recovered(time) => Some(time.hours()),
                Recovery::NeverLeft | Recovery::Censored(_) => None,
            },
            not_recovered: matches!(recovery, Recovery::Censored(_)),
            time_to_shut_in_hours: self
                .first_shut_in
                .zip(self.first_closure)
                .map(|(shut_in, closure)| (shut_in - closure).hours()),
        }
    }
}

impl Follower for Story<'_> {
    fn disruption(&mut self, timeline: &Timeline, index: usize, begins: bool, _: Seconds) {
        let hazard = &self.closures[timeline.disruptions()[index].hazard as usize];
        let cause = format!(
            "{}: {}",
            if begins { "closed" } else { "reopened" },
            hazard.name
        );
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
    }

    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let cause = self.name_cause(state);
        self.at = self.undisturbed.epoch_at(from, self.at);
        let mut start = from;
        // The undisturbed future may change in between; then this is two epochs.
        while start < to {
            self.at = self.undisturbed.epoch_at(start, self.at);
            let end = self
                .undisturbed
                .end_of(self.at, self.world.model.horizon)
                .min(to);
            self.see(
                start,
                end,
                if start == from {
                    &cause
                } else {
                    "plan changes"
                },
                state,
            );
            start = end;
        }
    }
}

impl Story<'_> {
    fn see(&mut self, from: Seconds, to: Seconds, cause: &str, state: &State<'_>) {
        let model = self.world.model;
        let elements = self.world.elements;
        let rates = &state.rates;
        let undisturbed = self.undisturbed.delivered[self.at];
        let time = (to - from).0;
        self.shortfalls.see(from, to, undisturbed, rates.delivered);
        self.planned += rates.planned * time;
        self.delivered += rates.delivered * time;
        self.undisturbed_delivered += undisturbed * time;
        let shut_in = rates.potential - rates.produced;
        self.shut_in += shut_in * time;
        self.field_outage += (rates.planned - rates.potential) * time;
        let through = through(state);
        let usual = &self.undisturbed.through[self.at];
        let mut usual_shut_in = 0;
        for field in 0..model.fields.len() {
            let element = elements.field(field);
            self.field_planned[field] += state.nominal[element] * time;
            self.field_shut_in[field] += (state.available[element] - through[element]) * time;
            usual_shut_in += state.nominal[element] - usual[element];
        }
        let closed = self.first_closure.is_some_and(|first| from >= first);
        if closed && shut_in > usual_shut_in && self.first_shut_in.is_none() {
            self.first_shut_in = Some(from);
        }
        let after = |tank: &super::dispatch::TankState| {
            let volume = tank.volume + (BarrelsPerDay(tank.net) * (to - from)).0;
            Volume(volume).to_barrels().0
        };
        let routes_bpd = model
            .routes
            .iter()
            .map(|route| {
                route
                    .gates
                    .iter()
                    .map(|&gate| through[elements.link(gate)])
                    .sum()
            })
            .collect();
        self.epochs.push(StressEpoch {
            start_seconds: from.0,
            end_seconds: to.0,
            cause: cause.to_owned(),
            planned_bpd: rates.planned,
            delivered_bpd: rates.delivered,
            undisturbed_bpd: undisturbed,
            shut_in_bpd: shut_in,
            storing_bpd: state.tanks.iter().map(|tank| tank.net).sum(),
            routes_bpd,
            stocks_bbl: state.tanks.iter().map(after).collect(),
            produced_bpd: (0..model.fields.len())
                .map(|field| through[elements.field(field)])
                .collect(),
        });
    }
}

/// The closures as events, targets of one closure that are units of one element joined.
fn events(closures: &[Hazard]) -> Vec<StressEvent> {
    closures
        .iter()
        .filter_map(|hazard| {
            let Occurs::Log(log) = &hazard.occurs else {
                return None;
            };
            let start = log.iter().map(|event| event.start).min()?;
            let end = log.iter().map(|event| event.end).max()?;
            let targets: Vec<&str> = hazard
                .targets
                .iter()
                .map(|target| target.key.as_str())
                .collect();
            Some(StressEvent {
                target: targets.join(", "),
                name: hazard.name.clone(),
                start_seconds: start.0,
                end_seconds: end.0,
                left: log.first()?.left.get(),
            })
        })
        .collect()
}
