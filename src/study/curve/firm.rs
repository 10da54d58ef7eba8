//! The firm capacity that a risky way is worth, and how much more plan it carries.

use crate::metrics::Difference;
use crate::model::{Element, Link, Model, NodeRef, Objective, Series};
use crate::results::{Curve, FirmAnswer, FirmEquivalent, FirmPoint, RankEstimate};
use crate::scenario::Text;
use crate::simulation::{Observer, RunError};
use crate::units::BarrelsPerDay;

use super::super::futures::{FuturesSettings, futures};
use super::super::part::Part;
use super::search::{MEASURES, Search, TAIL};
use super::{CurveSettings, empty, loss};

/// Id of the firm way, and of a market of its own.
pub const FIRM_LINK: &str = "firm-equivalent";

/// Where a firm way starts and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Id of a field or hub.
    pub from: String,
    /// Id of a hub or market; `None` for a market of its own that takes everything.
    pub to: Option<String>,
}

/// What a firm equivalent is sought of.
#[derive(Clone, Copy, Debug)]
pub struct FirmAsked<'a> {
    /// The scenario without the option, and its hash.
    pub without: (&'a Model, &'a str),
    /// With it.
    pub with: &'a Model,
    /// Without it, but with the link of [`firm_text`].
    pub firm: &'a Model,
    /// Its ends.
    pub ends: &'a Ends,
    /// Sizes are whole multiples of this.
    pub step: BarrelsPerDay,
}

/// A strategy that adds a way that never fails, as if it had been written in a file.
#[must_use]
pub fn firm_text(ends: &Ends) -> Text {
    let (from, market) = (toml_text(&ends.from), "[market.firm-equivalent]\n");
    let (to, market) = match &ends.to {
        Some(to) => (toml_text(to), ""),
        None => (toml_text(FIRM_LINK), market),
    };
    Text::new(
        format!("{FIRM_LINK}.toml"),
        format!(
            "[strategy]\nname = \"Firm equivalent\"\n{market}[link.{FIRM_LINK}]\nfrom = {from}\n\
             to = {to}\ncapacity = \"1 kb/d\"\n"
        ),
    )
}

/// An id as TOML writes it.
fn toml_text(id: &str) -> String {
    let plain: String = id
        .chars()
        .filter(|letter| !"\"\\\n\r".contains(*letter))
        .collect();
    format!("\"{plain}\"")
}

/// The ends of the links that an option adds, or else of those whose capacity it changes, if they
/// are one or follow one another; `None` if they begin or end at several nodes.
#[must_use]
pub fn usual_ends(without: &Model, with: &Model) -> Option<Ends> {
    let before = |id: &str| without.links.iter().find(|link| link.id == id);
    let added: Vec<&Link> = with
        .links
        .iter()
        .filter(|link| before(&link.id).is_none())
        .collect();
    let is_changed = |link: &&Link| {
        let before = before(&link.id);
        before.is_some_and(|old| old.capacity != link.capacity || old.units != link.units)
    };
    let found: Vec<&Link> = if added.is_empty() {
        with.links.iter().filter(is_changed).collect()
    } else {
        added
    };
    let starts = found.iter().map(|link| link.from);
    let starts = only(starts.filter(|&node| found.iter().all(|link| link.to != node)))?;
    let ends = found.iter().map(|link| link.to);
    let ends = only(ends.filter(|&node| found.iter().all(|link| link.from != node)))?;
    let id = |node: NodeRef| match node {
        NodeRef::Field(at) => with.fields[at].id.clone(),
        NodeRef::Hub(at) => with.hubs[at].id.clone(),
        NodeRef::Market(at) => with.markets[at].id.clone(),
    };
    Some(Ends {
        from: id(starts),
        to: Some(id(ends)),
    })
}

/// The node that all are; `None` if they differ or there is none.
fn only(mut nodes: impl Iterator<Item = NodeRef>) -> Option<NodeRef> {
    let first = nodes.next()?;
    nodes.all(|node| node == first).then_some(first)
}

/// Finds the size of a firm way that loses as much as an option, and how much more plan the option
/// carries; `None` if the observer cancelled.
///
/// # Errors
/// [`RunError`] if threads cannot be started or a size cannot be played.
pub fn firm_equivalent(
    asked: &FirmAsked<'_>,
    settings: &CurveSettings,
    observer: &mut dyn Observer,
) -> Result<Option<Curve>, RunError> {
    let (base, sha256) = asked.without;
    let planned: i64 = (base.fields.iter())
        .map(|field| {
            field
                .plan
                .steps()
                .iter()
                .map(|(_, rate)| rate.0)
                .max()
                .unwrap_or(0)
        })
        .sum();
    // Nothing carries more than is planned.
    let step = asked.step.0.max(1);
    let limit = (planned.max(0) as u64).div_ceil(step as u64).max(1);
    let mut player = Player {
        settings: FuturesSettings {
            seed: settings.seed,
            range: 0..settings.replications,
            threads: settings.threads,
        },
        observer,
        done: 0,
    };
    let Some(both) = player.play(&[base, asked.with])? else {
        return Ok(None);
    };
    let firm = Search::run(limit, both.sample(1, 0), &mut |sizes| {
        let models: Vec<Model> = sizes
            .iter()
            .map(|&size| sized(asked.firm, size, step))
            .collect();
        player.losses(&models)
    })?;
    let Some(firm) = firm else { return Ok(None) };
    // More plan loses more: sizes are counted down from the largest.
    let carried = Search::run(limit, both.sample(0, 0), &mut |sizes| {
        let more = |&size: &u64| planning(asked.with, (limit - size) as i64 * step, planned);
        player.losses(&sizes.iter().map(more).collect::<Vec<Model>>())
    })?;
    let Some(carried) = carried else {
        return Ok(None);
    };

    let mut curve = empty(base, sha256, settings);
    curve.warnings = warnings(asked, &firm, &carried);
    let option = asked
        .with
        .strategies
        .iter()
        .map(|strategy| strategy.id.clone());
    let points = |search: &Search, size: &dyn Fn(u64) -> i64| -> Vec<FirmPoint> {
        let mut points: Vec<FirmPoint> = (search.tried.iter())
            .map(|(&steps, (sample, worse))| point(size(steps), sample, worse))
            .collect();
        points.sort_by_key(|point| point.size_bpd);
        points
    };
    let upward = |steps: u64| steps as i64 * step;
    let downward = |steps: u64| (limit - steps) as i64 * step;
    curve.firm = Some(FirmEquivalent {
        option: option.filter(|id| !curve.strategies.contains(id)).collect(),
        from: asked.ends.from.clone(),
        to: asked.ends.to.clone(),
        step_bpd: step,
        most_bpd: limit as i64 * step,
        without: loss(&both, 0, 1),
        with: loss(&both, 1, 1),
        equivalents: (0..MEASURES.len())
            .map(|measure| answer(&firm, measure, &upward))
            .collect(),
        more_plan: (0..MEASURES.len())
            .map(|measure| turned(answer(&carried, measure, &downward)))
            .collect(),
        points: points(&firm, &upward),
        plan_points: points(&carried, &downward),
    });
    Ok(Some(curve))
}

/// Plays models over the same futures.
struct Player<'o> {
    settings: FuturesSettings,
    observer: &'o mut dyn Observer,
    /// Futures played so far.
    done: u64,
}

impl Player<'_> {
    fn play(&mut self, models: &[&Model]) -> Result<Option<super::Futures>, RunError> {
        let mut part = Part {
            observer: self.observer,
            name: "futures of the sizes tried so far".to_owned(),
            before: self.done,
            each: 1.0,
            // How many sizes it will take is not known.
            total: 0,
        };
        let found = futures(models, &["undelivered"], &self.settings, &mut part)?;
        self.done += self.settings.range.end * models.len() as u64;
        let is_whole = found.replications() == self.settings.range.end;
        Ok(is_whole.then_some(found))
    }

    fn losses(&mut self, models: &[Model]) -> Result<Option<Vec<Vec<i64>>>, RunError> {
        let borrowed: Vec<&Model> = models.iter().collect();
        let found = self.play(&borrowed)?;
        Ok(found.map(|found| {
            (0..models.len())
                .map(|at| found.sample(at, 0).to_vec())
                .collect()
        }))
    }
}

/// The model with the firm way at a size.
fn sized(firm: &Model, steps: u64, step: i64) -> Model {
    let mut model = firm.clone();
    for link in model.links.iter_mut().filter(|link| link.id == FIRM_LINK) {
        link.capacity = Some(Series::constant(BarrelsPerDay(steps as i64 * step)));
    }
    model
}

/// The model with so much more plan, spread over fields by what they plan.
fn planning(model: &Model, more: i64, planned: i64) -> Model {
    let mut model = model.clone();
    let grown = |rate: BarrelsPerDay| {
        let sum = i128::from(rate.0) * i128::from(planned + more);
        BarrelsPerDay(i64::try_from(sum / i128::from(planned.max(1))).unwrap_or(rate.0))
    };
    for field in &mut model.fields {
        field.plan = field.plan.map(grown);
        field.entitlement = field.entitlement.as_ref().map(|series| series.map(grown));
    }
    model
}

fn answer(search: &Search, measure: usize, size: &dyn Fn(u64) -> i64) -> FirmAnswer {
    let found = search.found(measure);
    FirmAnswer {
        measure: MEASURES[measure].to_owned(),
        size_bpd: found.map(|found| [size(found.low), size(found.high)]),
        chance_low_bpd: found.map(|found| size(found.chance_low)),
        chance_high_bpd: found.and_then(|found| found.chance_high).map(size),
    }
}

/// An answer whose sizes were counted down.
fn turned(answer: FirmAnswer) -> FirmAnswer {
    FirmAnswer {
        size_bpd: answer.size_bpd.map(|[low, high]| [high, low]),
        chance_low_bpd: answer.size_bpd.map(|_| answer.chance_high_bpd.unwrap_or(0)),
        chance_high_bpd: answer.chance_low_bpd,
        ..answer
    }
}

fn point(size_bpd: i64, sample: &[i64], worse: &[Option<Difference>]) -> FirmPoint {
    let estimate = |difference: Difference| RankEstimate {
        mean: difference.value,
        std_error: Some(difference.std_error),
    };
    let mut sorted = sample.to_vec();
    sorted.sort_unstable();
    let sum: i128 = sample.iter().map(|&loss| i128::from(loss)).sum();
    FirmPoint {
        size_bpd,
        mean_bbl: sum as f64 / sample.len().max(1) as f64,
        mean_difference_bbl: worse[0].map_or_else(RankEstimate::default, estimate),
        cvar95_bbl: crate::metrics::conditional_value_at_risk(&sorted, TAIL).map(|tail| tail.value),
        cvar95_difference_bbl: worse[1].map(estimate),
    }
}

fn warnings(asked: &FirmAsked<'_>, firm: &Search, carried: &Search) -> Vec<String> {
    let mut warnings = Vec::new();
    let model = asked.firm;
    let place = model.links.iter().position(|link| link.id == FIRM_LINK);
    let is_hit = |element: Element| {
        let targets = model.hazards.iter().flat_map(|hazard| &hazard.targets);
        targets
            .flat_map(|target| &target.parts)
            .any(|part| part.element == element)
    };
    if place.is_some_and(|place| is_hit(Element::Link(place))) {
        let text = "hazards that hit every link hit the firm way too: it is not firm";
        warnings.push(text.to_owned());
    }
    if firm.rises(0) || carried.rises(0) {
        warnings.push(
            "losses do not fall everywhere as capacity grows: rules other than the greatest volume \
             have a hand in it, and there may be other equivalents"
                .to_owned(),
        );
    }
    if model.allocation.objective == Objective::Netback {
        let text = "the firm way costs nothing, which matters as flows go by what pays";
        warnings.push(text.to_owned());
    }
    warnings
}
