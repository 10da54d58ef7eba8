//! Paired differences with control variates.
//!
//! A control of the base is a number of a replication whose mean is known, so it corrects whatever
//! else that replication gave: a difference between two models, too. What a model draws otherwise
//! than the base gives controls of its own.

use std::ops::Range;

use crate::metrics::{ControlSums, Controlled, KnownMean, SampledMeans};
use crate::model::{Element, Hazard, Model};
use crate::sampling::{
    ControlSpace, Controls, JointSpace, JointTimes, Timeline, Timelines, with_all_they_need,
};

use super::apart::FuturesApart;
use super::controlled::{TOLERANCE, learnt};
use super::memoryless::Memoryless;
use super::parallel::Threads;
use super::run::pool;
use super::settings::{RunError, Settings};
use super::world::World;

/// Replications of one task.
const TASK: u64 = 256;

/// What one model draws, and the controls that are read off it.
struct Drawn {
    model: Model,
    timelines: Timelines,
    controls: Controls,
    /// Which of its controls are used.
    kept: Vec<usize>,
    joint: JointTimes,
}

/// Work space of one.
#[derive(Default)]
struct Space {
    timeline: Timeline,
    controls: ControlSpace,
    joint: JointSpace,
    row: Vec<i64>,
}

/// Models that draw alike, apart from what the base draws.
struct Class {
    /// What they draw otherwise than the base; `None` if that is nothing.
    own: Option<Drawn>,
    /// Numbers of the models.
    members: Vec<usize>,
}

impl Drawn {
    /// - `is_kept`: whether the controls of a hazard, by its index, are used.
    fn of(
        model: Model,
        seed: u64,
        is_kept: &dyn Fn(&Model, usize) -> bool,
        with_joint: bool,
    ) -> Self {
        let timelines = Timelines::new(&model, &model.hazards, seed, 0);
        let controls = Controls::of(&model, &timelines);
        let list = controls.list().iter().enumerate();
        let kept = list.filter(|(_, control)| is_kept(&model, control.hazard));
        let kept = kept.map(|(at, _)| at).collect();
        let hazards = if with_joint { &model.hazards[..] } else { &[] };
        let joint = JointTimes::of(hazards, &timelines);
        Self {
            model,
            timelines,
            controls,
            kept,
            joint,
        }
    }

    fn known(&self) -> impl Iterator<Item = KnownMean> + '_ {
        self.kept.iter().map(|&at| {
            let control = self.controls.list()[at];
            KnownMean {
                mean: control.mean,
                occurs: control.occurs,
            }
        })
    }

    /// Appends what is read off a replication: controls with known means to `exact`, joint times to
    /// `joint`.
    fn read(
        &self,
        replication: u64,
        space: &mut Space,
        exact: &mut Vec<i64>,
        joint: &mut Vec<i64>,
    ) {
        let Space {
            timeline,
            controls,
            joint: own,
            row,
        } = space;
        self.timelines.sample(replication, timeline);
        row.clear();
        (self.controls).read(&self.timelines, replication, timeline, controls, row);
        exact.extend(self.kept.iter().map(|&at| row[at]));
        self.joint.read(timeline, own, joint);
    }
}

impl Class {
    fn exact(&self, base: &Drawn) -> usize {
        base.kept.len() + self.own.as_ref().map_or(0, |own| own.kept.len())
    }

    fn controls(&self, base: &Drawn) -> usize {
        let own = self.own.as_ref().map_or(0, |own| own.joint.count());
        self.exact(base) + base.joint.count() + own
    }
}

/// Mean differences from the first model with control variates, by other model and metric, in the
/// whole units of the samples; `None` where controls say nothing.
///
/// - `values`: by model and metric a number for each replication of `settings.range`.
///
/// # Errors
/// Those of [`run`](super::run()).
pub fn controlled_differences(
    models: &[&Model],
    values: &[Vec<&[i64]>],
    settings: &Settings,
) -> Result<Vec<Vec<Option<Controlled>>>, RunError> {
    let Some((&first, others)) = models.split_first() else {
        return Ok(Vec::new());
    };
    let metrics = values[0].len();
    let mut found = vec![vec![None; metrics]; others.len()];
    let is_slow = {
        let world = World::new(first, &first.hazards, settings.seed, 0)?;
        Memoryless::of(&world, settings.collect).is_none()
    };
    let base = Drawn::of(first.clone(), settings.seed, &|_, _| true, is_slow);
    if base.controls.is_too_large() {
        return Ok(found);
    }
    let classes = classes(&base, others, settings.seed, is_slow);
    let count = settings.range.end.saturating_sub(settings.range.start);
    let sums = gather(&base, &classes, values, settings, count)?;
    let pool = pool(settings)?;
    let apart = |models: &[&Model]| {
        let apart = FuturesApart::new(models, settings.seed, settings.range.start);
        pool.install(|| apart.draw(count));
        apart.means()
    };
    let of_base = (base.joint.count() > 0).then(|| apart(&[first]));
    for (class, sums) in classes.iter().zip(&sums) {
        let own = class.own.as_ref();
        let of_both = (own.filter(|own| own.joint.count() > 0)).map(|own| {
            let models = [first, &own.model];
            apart(if base.joint.count() > 0 {
                &models
            } else {
                &models[1..]
            })
        });
        let joint = of_both.as_ref().or(of_base.as_ref());
        let mut known: Vec<KnownMean> = base.known().collect();
        known.extend(own.into_iter().flat_map(Drawn::known));
        let exact = known.len();
        known.extend(joint.into_iter().flat_map(|joint| &joint.means));
        let sampled = joint.map(|joint| SampledMeans {
            first: exact,
            sums: &joint.sums,
        });
        for (place, &member) in class.members.iter().enumerate() {
            for (metric, found) in found[member].iter_mut().enumerate() {
                let value = place * metrics + metric;
                *found = sums.estimate_with(value, &known, TOLERANCE, sampled);
            }
        }
    }
    Ok(found)
}

/// Puts together the models that draw alike.
fn classes(base: &Drawn, others: &[&Model], seed: u64, with_joint: bool) -> Vec<Class> {
    let first = &base.model;
    let mut classes: Vec<Class> = Vec::new();
    for (number, &other) in others.iter().enumerate() {
        let is_same_world = other.start == first.start
            && other.horizon == first.horizon
            && other.regimes == first.regimes
            && other.crews == first.crews;
        let placed: Vec<Hazard> = (other.hazards.iter())
            .map(|hazard| placed(hazard, other, first))
            .collect();
        let changed: Vec<&str> = (placed.iter())
            .filter(|hazard| !is_same_world || !first.hazards.contains(hazard))
            .map(|hazard| hazard.id.as_str())
            .collect();
        let is_changed = |hazard: &Hazard| changed.contains(&hazard.id.as_str());
        let hazards = with_all_they_need(&other.hazards, &is_changed);
        let is_alike = |class: &Class| match &class.own {
            None => hazards.is_empty(),
            Some(own) => {
                own.model.hazards == hazards
                    && own.model.regimes == other.regimes
                    && own.model.crews == other.crews
                    && (own.model.start, own.model.horizon) == (other.start, other.horizon)
            }
        };
        if let Some(class) = classes.iter_mut().find(|class| is_alike(class)) {
            class.members.push(number);
            continue;
        }
        let own = (!hazards.is_empty()).then(|| {
            let waits = |hazards: &[Hazard]| {
                with_all_they_need(hazards, &|hazard| !hazard.repair.is_plain())
            };
            let is_drawn = |own: &&Hazard| hazards.iter().any(|hazard| hazard.id == own.id);
            let drawn: Vec<Hazard> = placed.iter().filter(is_drawn).cloned().collect();
            // The same joint times would say nothing new.
            let has_own_joint = !is_same_world || waits(&drawn) != waits(&first.hazards);
            let model = Model {
                hazards,
                ..other.clone()
            };
            let is_changed = |model: &Model, hazard: usize| is_changed(&model.hazards[hazard]);
            Drawn::of(model, seed, &is_changed, with_joint && has_own_joint)
        });
        // Controls beyond what is bearable are left to the base's.
        let own = own.filter(|own| !own.controls.is_too_large());
        classes.push(Class {
            own,
            members: vec![number],
        });
    }
    classes
}

/// A hazard of a model with its targets by the places that they have in another model, so that hazards of
/// both can be compared: what one adds moves the places of all that follows.
fn placed(hazard: &Hazard, own: &Model, other: &Model) -> Hazard {
    let hub = |at: usize| place(&own.hubs[at].id, other.hubs.iter().map(|hub| &hub.id));
    let mut hazard = hazard.clone();
    for part in (hazard.targets.iter_mut()).flat_map(|target| &mut target.parts) {
        part.element = match part.element {
            Element::Field(at) => Element::Field(place(
                &own.fields[at].id,
                other.fields.iter().map(|field| &field.id),
            )),
            Element::Hub(at) => Element::Hub(hub(at)),
            Element::Tank(at) => Element::Tank(hub(at)),
            Element::Market(at) => Element::Market(place(
                &own.markets[at].id,
                other.markets.iter().map(|market| &market.id),
            )),
            Element::Link(at) => Element::Link(place(
                &own.links[at].id,
                other.links.iter().map(|link| &link.id),
            )),
        };
    }
    hazard
}

/// Where an id stands; nowhere if it is not among them.
fn place<'m>(id: &str, mut among: impl Iterator<Item = &'m String>) -> usize {
    among.position(|known| known == id).unwrap_or(usize::MAX)
}

/// Draws all replications again and adds up controls and differences, by class.
fn gather(
    base: &Drawn,
    classes: &[Class],
    values: &[Vec<&[i64]>],
    settings: &Settings,
    count: u64,
) -> Result<Vec<ControlSums>, RunError> {
    let tasks = count.div_ceil(TASK) as usize;
    let empty = |class: &Class| {
        let values = class.members.len() * values[0].len();
        ControlSums::new(class.controls(base), values)
    };
    let part = |task: usize| {
        let from = task as u64 * TASK;
        let range = from..count.min(from + TASK);
        gather_part(base, classes, values, settings.range.start, &range, &empty)
    };
    let mut sums: Vec<ControlSums> = classes.iter().map(empty).collect();
    for part in Threads::new(settings.threads)?.each((0..tasks).collect(), part) {
        for (sums, more) in sums.iter_mut().zip(&part) {
            sums.merge(more);
        }
    }
    Ok(sums)
}

/// - `range`: replications, from the first on.
fn gather_part(
    base: &Drawn,
    classes: &[Class],
    values: &[Vec<&[i64]>],
    first: u64,
    range: &Range<u64>,
    empty: &dyn Fn(&Class) -> ControlSums,
) -> Vec<ControlSums> {
    let mut space = Space::default();
    let (mut exact, mut joint) = (Vec::new(), Vec::new());
    for at in range.clone() {
        base.read(first + at, &mut space, &mut exact, &mut joint);
    }
    let metrics = values[0].len();
    let mut found = Vec::with_capacity(classes.len());
    for class in classes {
        let mut rows =
            Vec::with_capacity(class.controls(base) * (range.end - range.start) as usize);
        let mut own_joint = Vec::new();
        for (place, at) in range.clone().enumerate() {
            let of = |all: &[i64], each: usize| all[place * each..(place + 1) * each].to_vec();
            rows.extend(of(&exact, base.kept.len()));
            own_joint.clear();
            if let Some(own) = &class.own {
                own.read(first + at, &mut space, &mut rows, &mut own_joint);
            }
            rows.extend(of(&joint, base.joint.count()));
            rows.extend_from_slice(&own_joint);
        }
        let places = range.start as usize..range.end as usize;
        let differences: Vec<Vec<i64>> = (class.members.iter())
            .flat_map(|&member| (0..metrics).map(move |metric| (member, metric)))
            .map(|(member, metric)| {
                let of = &values[member + 1][metric][places.clone()];
                let against = &values[0][metric][places.clone()];
                of.iter().zip(against).map(|(a, b)| a - b).collect()
            })
            .collect();
        let differences: Vec<&[i64]> = differences.iter().map(Vec::as_slice).collect();
        let mut sums = empty(class);
        let learns = range.start < learnt(class.controls(base));
        sums.add(&rows, &differences, learns);
        found.push(sums);
    }
    found
}
