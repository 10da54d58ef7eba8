//! The story of one replication, played again from its seed alone.

use std::cmp::Reverse;

use crate::accumulate::{Group, UNDEFINED};
use crate::model::{Collect, Element, Model};
use crate::results::{
    CourseField, Story, StoryBottleneck, StoryCause, StoryDisruption, StoryPick, StoryRegime,
    StoryShortfall, StoryShutIn, StoryTankPhase, TankPhase,
};
use crate::sampling::{Disruption, Timeline};
use crate::units::Seconds;

use super::overview::{element_of, qualified};
use super::recorder::{Piece, Recorder, bbl};
use super::replication::{Follower, play};
use super::run::{Path, RunPlan};
use super::settings::{RunError, Settings};
use super::spans::{Span, Spans};
use super::state::State;
use super::summary::scenario_info;
use super::undisturbed::Undisturbed;
use super::world::World;

/// Nanoshares in one.
const BILLION: f64 = 1e9;

/// Plays one replication again and tells what happened in it.
///
/// It is added up by the code of a run, so that every number is what a run of this replication
/// alone reports.
///
/// # Errors
/// [`RunError`] if tanks do not come to rest.
pub fn story(
    model: &Model,
    sha256: &str,
    (seed, replication): (u64, u64),
    pick: StoryPick,
) -> Result<Story, RunError> {
    let world = World::new(model, &model.hazards, seed, 0)?;
    let undisturbed = Undisturbed::of(&world)?;
    let settings = Settings {
        seed,
        range: replication..replication.saturating_add(1),
        threads: 1,
        collect: Collect::All,
        stop: None,
        shortfalls: true,
        rows: false,
        plain: true,
    };
    let plan = RunPlan::new(&world, &undisturbed, &settings, None)?;
    let mut timeline = Timeline::default();
    world.timelines.sample(replication, &mut timeline);
    let mut state = State::new(&world, true);
    let mut teller = Teller::new(&world, &undisturbed, &plan);
    play(&world, &mut state, replication, &timeline, &mut teller)?;
    teller.path.finish(model.horizon);
    let ended = Ended::new(&plan, &state, &teller.path, &timeline);
    let asked = Asked {
        sha256,
        seed,
        replication,
        pick,
    };
    Ok(teller.finish(asked, &state, &timeline, &ended))
}

/// Whose story is told.
struct Asked<'a> {
    sha256: &'a str,
    seed: u64,
    replication: u64,
    pick: StoryPick,
}

/// The numbers of the replication, as a run has them.
struct Ended<'p> {
    plan: &'p RunPlan<'p>,
    values: Vec<i64>,
    /// Whether deliveries left the band and had not returned by the horizon.
    not_recovered: bool,
}

impl<'p> Ended<'p> {
    fn new(plan: &'p RunPlan<'p>, state: &State<'_>, path: &Path<'_>, timeline: &Timeline) -> Self {
        let mut values = Vec::new();
        let attribution = path.attribution.as_ref();
        let not_recovered =
            plan.columns
                .fill(state, &path.totals, attribution, timeline, &mut values);
        Self {
            plan,
            values,
            not_recovered,
        }
    }

    /// A number of the replication, as a whole number of the column's unit; 0 if undefined.
    fn whole(&self, group: Group, name: &str) -> i64 {
        self.defined(group, name).unwrap_or(0)
    }

    fn defined(&self, group: Group, name: &str) -> Option<i64> {
        let mut columns = self.plan.columns.plan.columns.iter();
        let at = columns.position(|column| column.group == group && column.name == name)?;
        self.values
            .get(at)
            .copied()
            .filter(|&value| value != UNDEFINED)
    }
}

/// Volumes of a tank at the beginning and end of a phase, 86 400ths of a barrel.
type Contents = Option<(i64, i64)>;

/// Follows the replication as a run does, and writes down what a run only adds up.
struct Teller<'w> {
    world: &'w World<'w>,
    path: Path<'w>,
    recorder: Recorder<'w>,
    seen: Seen<'w>,
}

/// What is told besides the epochs.
struct Seen<'w> {
    world: &'w World<'w>,
    /// By element.
    binding: Spans<(), ()>,
    tanks: Spans<TankPhase, Contents>,
    /// By field: volume in 86 400ths of a barrel, and the greatest rate.
    shut_ins: Spans<(), (i64, i64)>,
    /// Undisturbed − disturbed production, and undisturbed deliveries, 86 400ths of a barrel.
    lost_production: i64,
    undisturbed_delivered: i64,
    /// Planned − undisturbed production, 86 400ths of a barrel.
    undisturbed_shut_in: i64,
}

impl<'w> Teller<'w> {
    fn new(world: &'w World<'w>, undisturbed: &'w Undisturbed, plan: &RunPlan<'w>) -> Self {
        let mut path = Path::new(plan);
        if let Some(attribution) = &mut path.attribution {
            attribution.by_disruption = Some(Vec::new());
        }
        Self {
            world,
            path,
            recorder: Recorder::new(world, undisturbed),
            seen: Seen {
                world,
                binding: Spans::new(world.elements.count()),
                tanks: Spans::new(world.network.tanks.len()),
                shut_ins: Spans::new(world.model.fields.len()),
                lost_production: 0,
                undisturbed_delivered: 0,
                undisturbed_shut_in: 0,
            },
        }
    }
}

impl Follower for Teller<'_> {
    fn disruption(&mut self, timeline: &Timeline, index: usize, begins: bool, at: Seconds) {
        self.path.disruption(timeline, index, begins, at);
        let disruption = &timeline.disruptions()[index];
        let hazard = &self.world.model.hazards[disruption.hazard as usize].name;
        let (_, target) = named(self.world, disruption);
        let what = if begins { "begins" } else { "ends" };
        self.recorder.note(format!("{what}: {hazard}, {target}"));
    }

    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        self.path.epoch(from, to, state);
        let seen = &mut self.seen;
        self.recorder
            .epoch(from, to, state, |piece| seen.piece(piece, state));
    }
}

impl Seen<'_> {
    fn piece(&mut self, piece: &Piece<'_>, state: &State<'_>) {
        let world = self.world;
        let elements = world.elements;
        let time = (piece.from, piece.to);
        let seconds = piece.seconds();

        let mut binds = vec![false; elements.count()];
        let arcs = state.binding.iter().map(|&arc| world.network.arcs[arc]);
        for element in arcs.filter_map(|arc| element_of(arc.role)) {
            let number = elements.number(element);
            // That a field produces all it plans is no bottleneck, that it cannot is one.
            let is_whole = state.available[number] >= state.nominal[number];
            binds[number] = !(matches!(element, Element::Field(_)) && is_whole);
        }
        for (element, binds) in binds.into_iter().enumerate() {
            self.binding
                .see(element, binds.then_some(()), time, |()| {});
        }

        for (index, tank) in state.tanks.iter().enumerate() {
            let phase = match tank.net {
                1.. => Some(TankPhase::Fills),
                0 => tank.full.then_some(TankPhase::Full),
                _ => Some(TankPhase::Empties),
            };
            self.tanks.see(index, phase, time, |contents| {
                let now = piece.contents(tank, piece.from);
                let first = contents.map_or(now, |(first, _)| first);
                *contents = Some((first, piece.contents(tank, piece.to)));
            });
        }

        for field in 0..world.model.fields.len() {
            let element = elements.field(field);
            let shut_in = state.field_books()[field].potential() - piece.through[element];
            // What is shut in if nothing goes wrong is no news.
            let beyond = shut_in - piece.usually_shut_in[field];
            let kind = (beyond > 0).then_some(());
            self.shut_ins.see(field, kind, time, |(volume, most)| {
                *volume += beyond * seconds;
                *most = beyond.max(*most);
            });
            self.undisturbed_shut_in += (state.nominal[element] - piece.usual[element]) * seconds;
            self.lost_production += (piece.usual[element] - piece.through[element]) * seconds;
        }
        self.undisturbed_delivered += piece.usually_delivered * seconds;
    }
}

impl Teller<'_> {
    fn finish(
        self,
        asked: Asked<'_>,
        state: &State<'_>,
        timeline: &Timeline,
        ended: &Ended<'_>,
    ) -> Story {
        let world = self.world;
        let model = world.model;
        let system = |name: &str| ended.whole(Group::System, name);
        let recovered = ended.defined(Group::System, "time_to_recover");
        let bottleneck = |span: Span<(), ()>| {
            let element = world.elements.kind(span.key);
            StoryBottleneck {
                element: qualified(model, element),
                name: name(model, element).to_owned(),
                start_seconds: span.from.0,
                end_seconds: span.to.0,
            }
        };
        let tank_phase = |span: Span<TankPhase, Contents>| {
            let (from, to) = span.sum.unwrap_or_default();
            StoryTankPhase {
                tank: model.hubs[world.network.tanks[span.key].hub].id.clone(),
                phase: span.kind,
                start_seconds: span.from.0,
                end_seconds: span.to.0,
                from_bbl: bbl(from),
                to_bbl: bbl(to),
            }
        };
        let shut_in = |span: Span<(), (i64, i64)>| StoryShutIn {
            field: model.fields[span.key].id.clone(),
            start_seconds: span.from.0,
            end_seconds: span.to.0,
            volume_bbl: bbl(span.sum.0),
            most_bpd: span.sum.1,
        };
        let shortfalls = self.path.totals.shortfalls.kept();
        Story {
            format: "keruen-story/1".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario_info(model, asked.sha256),
            strategies: model
                .strategies
                .iter()
                .map(|strategy| strategy.name.clone())
                .collect(),
            seed: asked.seed,
            replication: asked.replication,
            pick: asked.pick,
            planned_bbl: system("planned"),
            delivered_bbl: system("delivered"),
            undelivered_bbl: system("undelivered"),
            undisturbed_delivered_bbl: bbl(self.seen.undisturbed_delivered),
            lost_production_bbl: bbl(self.seen.lost_production),
            undisturbed_shut_in_bbl: bbl(self.seen.undisturbed_shut_in),
            field_outage_bbl: system("field_outage"),
            damaged_bbl: system("damaged"),
            quota_cut_bbl: system("quota_cut"),
            shut_in_bbl: system("shut_in"),
            stored_bbl: system("stored"),
            time_to_recover_hours: recovered.map(|seconds| Seconds(seconds).hours()),
            not_recovered: ended.not_recovered,
            causes: causes(model, ended),
            regimes: timeline
                .regimes()
                .switches()
                .iter()
                .map(|&(at, regime)| StoryRegime {
                    start_seconds: at.0,
                    regime: model.regimes[regime].name.clone(),
                })
                .collect(),
            disruptions: disruptions(world, timeline, &self.path),
            bottlenecks: self
                .seen
                .binding
                .finish()
                .into_iter()
                .map(bottleneck)
                .collect(),
            tank_phases: self
                .seen
                .tanks
                .finish()
                .into_iter()
                .map(tank_phase)
                .collect(),
            shut_ins: self
                .seen
                .shut_ins
                .finish()
                .into_iter()
                .map(shut_in)
                .collect(),
            shortfalls: shortfalls
                .iter()
                .map(|event| StoryShortfall {
                    start_seconds: event.start.0,
                    end_seconds: event.end.0,
                    undelivered_bbl: bbl(event.volume),
                    deepest_cut: event.deepest as f64 / BILLION,
                })
                .collect(),
            routes: self.recorder.routes(),
            tanks: self.recorder.tanks(state),
            fields: (0..model.fields.len())
                .map(|field| CourseField {
                    id: model.fields[field].id.clone(),
                    name: model.fields[field].name.clone(),
                    planned_bbl: ended.whole(Group::Field(field), "planned"),
                    shut_in_bbl: ended.whole(Group::Field(field), "shut_in"),
                })
                .collect(),
            epochs: self.recorder.epochs,
        }
    }
}

/// To which hazards the loss is laid, the largest first and after-effects last.
fn causes(model: &Model, ended: &Ended<'_>) -> Vec<StoryCause> {
    let mut causes: Vec<StoryCause> = model
        .hazards
        .iter()
        .enumerate()
        .map(|(index, hazard)| {
            let whole = |name: &str| ended.whole(Group::Hazard(index), name);
            StoryCause {
                hazard: hazard.id.clone(),
                name: hazard.name.clone(),
                class: hazard.class.clone(),
                events: whole("events"),
                active_hours: Seconds(whole("active_time")).hours(),
                attributed_bbl: whole("attributed"),
            }
        })
        .filter(|cause| cause.events > 0 || cause.attributed_bbl != 0)
        .collect();
    causes.sort_by_key(|cause| Reverse(cause.attributed_bbl));
    let classes = ended.plan.columns.classes.len();
    let after = ended.whole(Group::Class(classes), "attributed");
    if after != 0 {
        causes.push(StoryCause {
            hazard: "after-effects".to_owned(),
            name: "After-effects".to_owned(),
            class: String::new(),
            events: 0,
            active_hours: 0.0,
            attributed_bbl: after,
        });
    }
    causes
}

fn disruptions(world: &World<'_>, timeline: &Timeline, path: &Path<'_>) -> Vec<StoryDisruption> {
    let laid = path.attribution.as_ref();
    let laid = laid.and_then(|attribution| attribution.by_disruption.as_ref());
    let mut order: Vec<usize> = (0..timeline.disruptions().len()).collect();
    order.sort_by_key(|&index| {
        let disruption = &timeline.disruptions()[index];
        (disruption.start, disruption.hazard, disruption.slot)
    });
    order
        .into_iter()
        .map(|index| {
            let disruption = &timeline.disruptions()[index];
            let (target, target_name) = named(world, disruption);
            let volume = laid.and_then(|laid| laid.get(index)).copied();
            StoryDisruption {
                hazard: world.model.hazards[disruption.hazard as usize].id.clone(),
                target,
                target_name,
                start_seconds: disruption.start.0,
                end_seconds: disruption.end.0,
                left: disruption.left.get(),
                is_first: disruption.is_first,
                attributed_bbl: bbl(volume.unwrap_or(0)),
            }
        })
        .collect()
}

/// Qualified id and name of what a disruption hits.
fn named(world: &World<'_>, disruption: &Disruption) -> (String, String) {
    let (element, unit) = world.timelines.slots()[disruption.slot as usize];
    let (id, name) = (qualified(world.model, element), name(world.model, element));
    match unit {
        Some(unit) => {
            let number = unit + 1;
            (format!("{id}#{number}"), format!("unit {number} of {name}"))
        }
        None => (id, name.to_owned()),
    }
}

/// Name of an element for people.
fn name(model: &Model, element: Element) -> &str {
    match element {
        Element::Field(index) => &model.fields[index].name,
        Element::Hub(index) => &model.hubs[index].name,
        Element::Market(index) => &model.markets[index].name,
        Element::Link(index) => &model.links[index].name,
        Element::Tank(hub) => &model.hubs[hub].name,
    }
}
