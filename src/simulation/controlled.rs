//! Means with control variates: what hazards took of their targets, whose means are known, beside
//! what was lost for it. Where repairs wait, also how long parts were gone together, whose means are
//! found in futures of their own.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::accumulate::EXACT;
use crate::metrics::{ControlSums, Controlled, KnownMean, SampledMeans};
use crate::results::{self, ControlVariates, Metrics};
use crate::sampling::{ControlSpace, Controls, JointSpace, JointTimes, Timeline};

use super::apart::{FuturesApart, JointMeans};
use super::memoryless::{Memoryless, SERIES, Series};
use super::world::World;

/// Metrics that are estimated with controls too, the first of those whose exact sample is kept:
/// volumes.
const VALUES: usize = 3;
/// Products of controls that are formed at most for coefficients to be learnt…
const MOST_PRODUCTS: u64 = 1 << 24;
/// … but of so many replications at least: twenty for each of the most controls there are.
const LEAST_LEARNT: u64 = 4096;
/// Disruptions begin and end at whole seconds, so that no mean is known better, s.
pub(super) const TOLERANCE: f64 = 0.5;

/// Replications from which coefficients are learnt, with so many controls.
pub(super) fn learnt(controls: usize) -> u64 {
    let count = controls as u64;
    let products = (count * (count + 1) / 2).max(1);
    (MOST_PRODUCTS / products).max(LEAST_LEARNT) & !31
}

/// What is known of the controls of a model.
#[derive(Debug)]
pub(super) struct ControlPlan {
    controls: Controls,
    /// Of those whose means are known.
    known: Vec<KnownMean>,
    joint: JointTimes,
    /// Where the means of joint times come from; `None` if there are no such times.
    apart: Option<Arc<FuturesApart>>,
    /// What disruptions take alone and in pairs, in place of all others.
    series: Option<Series>,
    /// Replications before this one are learnt from.
    learnt_before: u64,
}

impl ControlPlan {
    /// - `first`: number of the first replication.
    /// - `with_joint`: whether joint times are worth it: futures apart take time, and where a
    ///   replication costs little more than to draw it they would take more than the run.
    /// - `others`: controls of other models with the same seed: what they draw apart is drawn once.
    pub(super) fn of(
        world: &World<'_>,
        (seed, first): (u64, u64),
        with_joint: bool,
        others: &[Arc<Self>],
    ) -> Self {
        let (model, timelines) = (world.model, &world.timelines);
        let controls = Controls::of(model, timelines);
        let known = controls.list().iter().map(|control| KnownMean {
            mean: control.mean,
            occurs: control.occurs,
        });
        let known: Vec<KnownMean> = known.collect();
        let has_joint = with_joint && !controls.is_too_large();
        let hazards = if has_joint { &model.hazards[..] } else { &[] };
        let joint = JointTimes::of(hazards, timelines);
        let apart = (joint.count() > 0).then(|| {
            let mut drawn = others.iter().filter_map(|other| other.apart.as_ref());
            let same = drawn.find(|apart| apart.is_of(&[model]));
            same.cloned()
                .unwrap_or_else(|| Arc::new(FuturesApart::new(&[model], seed, first)))
        });
        let learnt = learnt(known.len() + joint.count());
        Self {
            controls,
            known,
            joint,
            apart,
            series: None,
            learnt_before: first.saturating_add(learnt),
        }
    }

    /// Those of a network that remembers nothing, of which totals alone are asked for: what
    /// disruptions take alone and in pairs, if that is known, else as [`Self::of`].
    pub(super) fn of_memoryless(
        fixed: &Memoryless<'_>,
        world: &World<'_>,
        (seed, range): (u64, &Range<u64>),
    ) -> Self {
        let first = range.start;
        let is_worth = range.end.saturating_sub(first) >= ControlSums::least(SERIES);
        let series = is_worth.then(|| Series::of(fixed)).flatten();
        let Some(series) = series else {
            return Self::of(world, (seed, first), false, &[]);
        };
        Self {
            controls: Controls::default(),
            known: series.known.to_vec(),
            joint: JointTimes::of(&[], &world.timelines),
            apart: None,
            learnt_before: first.saturating_add(learnt(series.known.len())),
            series: Some(series),
        }
    }

    /// How far known means may be off, in the unit of the controls.
    fn tolerance(&self) -> f64 {
        let series = self.series.as_ref();
        series.map_or(TOLERANCE, |series| series.tolerance)
    }

    /// Draws as many futures apart as so many replications ask for; on the threads of the pool in
    /// which it is called.
    pub(super) fn draw_apart(&self, replications: u64) {
        if let Some(apart) = &self.apart {
            apart.draw(replications);
        }
    }

    fn joint_means(&self) -> Option<JointMeans> {
        self.apart.as_ref().map(|apart| apart.means())
    }

    /// Sums with nothing in them.
    pub(super) fn sums(&self) -> ControlSums {
        ControlSums::new(self.known.len() + self.joint.count(), VALUES)
    }

    /// The mean of a metric by its place in [`EXACT`], in its whole units.
    pub(super) fn estimate(&self, sums: &ControlSums, metric: usize) -> Option<Controlled> {
        self.estimate_given(sums, metric, self.joint_means().as_ref())
    }

    fn estimate_given(
        &self,
        sums: &ControlSums,
        metric: usize,
        joint: Option<&JointMeans>,
    ) -> Option<Controlled> {
        if metric >= VALUES {
            return None;
        }
        let Some(joint) = joint else {
            return sums.estimate(metric, &self.known, self.tolerance());
        };
        let known: Vec<KnownMean> = self.known.iter().chain(&joint.means).copied().collect();
        let sampled = SampledMeans {
            first: self.known.len(),
            sums: &joint.sums,
        };
        sums.estimate_with(metric, &known, TOLERANCE, Some(sampled))
    }

    /// Puts what was found beside the means of a model.
    ///
    /// - `scale`: of a whole unit, by place in [`EXACT`].
    pub(super) fn tell(
        &self,
        world: &World<'_>,
        sums: &ControlSums,
        scales: &[f64; EXACT.len()],
        metrics: &mut Metrics,
    ) -> ControlVariates {
        let joint = self.joint_means();
        let (mut used, mut sampled) = (0, 0_usize);
        for (at, (name, scale)) in EXACT.iter().zip(scales).enumerate() {
            let (Some(metric), Some(found)) = (
                metrics.get_mut(*name),
                self.estimate_given(sums, at, joint.as_ref()),
            ) else {
                continue;
            };
            let own = found.coefficients.iter();
            let drawn = own.filter(|&&(at, _)| at >= self.known.len()).count();
            used = used.max(found.coefficients.len() - drawn);
            sampled = sampled.max(drawn);
            let std_error = found.std_error * scale;
            let crude = metric.std_error.unwrap_or(0.0);
            metric.controlled = Some(results::Controlled {
                mean: found.mean * scale,
                std_error,
                variance_ratio: (std_error > 0.0).then(|| (crude / std_error).powi(2)),
            });
        }
        let mut left_out = BTreeMap::new();
        for &(hazard, reason) in self.controls.left_out() {
            let id = &world.model.hazards[hazard].id;
            left_out.insert(id.clone(), reason.to_owned());
        }
        ControlVariates {
            known: self.known.len(),
            used,
            of_losses: self.series.is_some(),
            sampled: sampled as u64,
            sampled_from: joint
                .filter(|_| sampled > 0)
                .map_or(0, |joint| joint.sums.count()),
            ended_run: false,
            why_none: (used + sampled == 0 && !world.model.hazards.is_empty())
                .then(|| self.why_none(sums)),
            left_out,
        }
    }

    fn why_none(&self, sums: &ControlSums) -> String {
        if self.controls.is_too_large() {
            let most = Controls::MOST;
            return format!(
                "hazards hit more than {most} targets, and each pair takes room and time"
            );
        }
        if self.known.is_empty() && self.joint.count() == 0 {
            return "the mean time that it takes is known of no hazard".to_owned();
        }
        let done = sums.count();
        format!(
            "{done} replications are too few, or what was lost did not vary: each control takes \
             20 replications, and 30 occurrences"
        )
    }
}

/// What one thread keeps of controls.
pub(super) struct ControlKeeper {
    /// Of the replications of a chunk so far, one after the other.
    rows: Vec<i64>,
    space: ControlSpace,
    joint: JointSpace,
    pub(super) sums: ControlSums,
}

impl ControlKeeper {
    pub(super) fn new(plan: &ControlPlan) -> Self {
        Self {
            rows: Vec::new(),
            space: ControlSpace::default(),
            joint: JointSpace::default(),
            sums: plan.sums(),
        }
    }

    /// Reads the controls of a replication.
    pub(super) fn note(
        &mut self,
        plan: &ControlPlan,
        world: &World<'_>,
        replication: u64,
        timeline: &Timeline,
    ) {
        if let Some(series) = &plan.series {
            series.read(timeline, &mut self.rows);
            return;
        }
        let (controls, timelines) = (&plan.controls, &world.timelines);
        controls.read(
            timelines,
            replication,
            timeline,
            &mut self.space,
            &mut self.rows,
        );
        (plan.joint).read(timeline, &mut self.joint, &mut self.rows);
    }

    /// Adds the replications that were read, now that what they gave is known.
    pub(super) fn close(
        &mut self,
        plan: &ControlPlan,
        range: &Range<u64>,
        exact: &[Vec<i64>; EXACT.len()],
    ) {
        let values: [&[i64]; VALUES] = std::array::from_fn(|at| exact[at].as_slice());
        let learns = range.start < plan.learnt_before;
        self.sums.add(&self.rows, &values, learns);
        self.rows.clear();
    }
}
