//! One future under stated closures, with nothing else going wrong.

use crate::accumulate::{RecoveryRule, ShortfallRule, Shortfalls};
use crate::metrics::Recovery;
use crate::model::{Hazard, LogEvent, Model, Occurs};
use crate::results::{CourseField, Stress, StressEvent};
use crate::sampling::Timeline;
use crate::units::{Seconds, round_half_even};

use super::recorder::{Piece, Recorder, bbl};
use super::replication::{Follower, play};
use super::settings::RunError;
use super::state::State;
use super::summary::scenario_info;
use super::undisturbed::Undisturbed;
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
    let mut closed = Closed::new(&world, &undisturbed, closures);
    play(&world, &mut state, 0, &timeline, &mut closed)?;
    Ok(closed.finish(&state, sha256))
}

/// Follows the closures.
struct Closed<'w> {
    world: &'w World<'w>,
    closures: &'w [Hazard],
    recorder: Recorder<'w>,
    sums: Sums,
}

/// What adds up over the horizon; volumes in 86 400ths of a barrel.
struct Sums {
    shortfalls: Shortfalls,
    planned: i64,
    delivered: i64,
    undisturbed_delivered: i64,
    shut_in: i64,
    field_outage: i64,
    damaged: i64,
    quota_cut: i64,
    field_planned: Vec<i64>,
    field_shut_in: Vec<i64>,
    first_shut_in: Option<Seconds>,
    first_closure: Option<Seconds>,
}

impl<'w> Closed<'w> {
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
            closures,
            recorder: Recorder::new(world, undisturbed),
            sums: Sums {
                shortfalls: Shortfalls::new(shortfall, recovery, false),
                planned: 0,
                delivered: 0,
                undisturbed_delivered: 0,
                shut_in: 0,
                field_outage: 0,
                damaged: 0,
                quota_cut: 0,
                field_planned: vec![0; model.fields.len()],
                field_shut_in: vec![0; model.fields.len()],
                first_shut_in: None,
                first_closure: events(closures)
                    .iter()
                    .map(|event| Seconds(event.start_seconds))
                    .min(),
            },
        }
    }

    fn finish(self, state: &State<'_>, sha256: &str) -> Stress {
        let model = self.world.model;
        let mut sums = self.sums;
        sums.shortfalls.close();
        let recovery = sums.shortfalls.time_to_recover();
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
            routes: self.recorder.routes(),
            tanks: self.recorder.tanks(state),
            epochs: self.recorder.epochs,
            fields: model
                .fields
                .iter()
                .enumerate()
                .map(|(index, field)| CourseField {
                    id: field.id.clone(),
                    name: field.name.clone(),
                    planned_bbl: bbl(sums.field_planned[index]),
                    shut_in_bbl: bbl(sums.field_shut_in[index]),
                })
                .collect(),
            planned_bbl: bbl(sums.planned),
            delivered_bbl: bbl(sums.delivered),
            undisturbed_delivered_bbl: bbl(sums.undisturbed_delivered),
            shut_in_bbl: bbl(sums.shut_in),
            field_outage_bbl: bbl(sums.field_outage),
            damaged_bbl: bbl(sums.damaged),
            quota_cut_bbl: bbl(sums.quota_cut),
            stored_bbl: bbl(state.stored()),
            lost_bbl: bbl(sums.undisturbed_delivered - sums.delivered),
            time_to_recover_hours: match recovery {
                Recovery::Recovered(time) => Some(time.hours()),
                Recovery::NeverLeft | Recovery::Censored(_) => None,
            },
            not_recovered: matches!(recovery, Recovery::Censored(_)),
            time_to_shut_in_hours: sums
                .first_shut_in
                .zip(sums.first_closure)
                .map(|(shut_in, closure)| (shut_in - closure).hours()),
        }
    }
}

impl Follower for Closed<'_> {
    fn disruption(&mut self, timeline: &Timeline, index: usize, begins: bool, _: Seconds) {
        let hazard = &self.closures[timeline.disruptions()[index].hazard as usize];
        let cause = format!(
            "{}: {}",
            if begins { "closed" } else { "reopened" },
            hazard.name
        );
        self.recorder.note(cause);
    }

    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let state = &*state;
        let (world, sums) = (self.world, &mut self.sums);
        self.recorder
            .epoch(from, to, state, |piece| sums.see(world, piece, state));
    }
}

impl Sums {
    fn see(&mut self, world: &World<'_>, piece: &Piece<'_>, state: &State<'_>) {
        let elements = world.elements;
        let rates = &state.rates;
        let (from, to) = (piece.from, piece.to);
        let undisturbed = piece.usually_delivered;
        let time = (to - from).0;
        self.shortfalls.see(from, to, undisturbed, rates.delivered);
        self.planned += rates.books.planned * time;
        self.delivered += rates.delivered * time;
        self.undisturbed_delivered += undisturbed * time;
        let shut_in = rates.books.potential() - rates.produced;
        self.shut_in += shut_in * time;
        self.field_outage += rates.books.field_outage * time;
        self.damaged += rates.books.damaged * time;
        self.quota_cut += rates.books.quota_cut * time;
        let usual_shut_in: i64 = piece.usually_shut_in.iter().sum();
        for field in 0..world.model.fields.len() {
            let element = elements.field(field);
            self.field_planned[field] += state.nominal[element] * time;
            self.field_shut_in[field] +=
                (state.field_books()[field].potential() - piece.through[element]) * time;
        }
        let closed = self.first_closure.is_some_and(|first| from >= first);
        if closed && shut_in > usual_shut_in && self.first_shut_in.is_none() {
            self.first_shut_in = Some(from);
        }
    }
}

/// The closures as events, targets of one closure that are units of one element joined.
fn events(closures: &[Hazard]) -> Vec<StressEvent> {
    let mut found = Vec::new();
    for hazard in closures {
        let Occurs::Log(log) = &hazard.occurs else {
            continue;
        };
        // What goes down and comes back together, and as deep, is one closure.
        let mut rows: Vec<&LogEvent> = log.iter().collect();
        let alike = |row: &LogEvent| (row.start, row.end, row.left.get().to_bits());
        rows.sort_by_key(|row| (alike(row), row.target));
        let together: Vec<&[&LogEvent]> = rows
            .chunk_by(|one, other| alike(one) == alike(other))
            .collect();
        let is_one = together.len() == 1;
        for rows in together {
            let keys = rows.iter().map(|row| &*hazard.targets[row.target].key);
            let target = keys.collect::<Vec<_>>().join(", ");
            let name = if is_one {
                hazard.name.clone()
            } else {
                target.clone()
            };
            found.push(StressEvent {
                target,
                name,
                start_seconds: rows[0].start.0,
                end_seconds: rows[0].end.0,
                left: rows[0].left.get(),
            });
        }
    }
    found
}
