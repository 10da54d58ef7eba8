//! What more and less of each capacity is worth.
//!
//! Links, hubs, fields and markets: what the allocation of each instant says of one barrel a day
//! more or less. With tanks that leaves out what a barrel does later, so tanks, and the first of the
//! others, are played again with another size, in the same futures.

use super::part::Part;
use crate::metrics::paired;
use crate::model::{Element, Model, Quota};
use crate::results::{Rank, RankElement, RankEstimate, RankPlayed, RankTank};
use crate::simulation::{
    Estimated, Observer, RunError, Settings, Takings, scenario_info, shadow_prices, takings,
};
use crate::units::{Barrels, BarrelsPerDay, DAYS_PER_YEAR, Fraction, Seconds};

use super::names::named;

/// A tank changes by at least so much, if it is large enough, bbl.
const LEAST_STEP: i64 = 10_000;

/// How prices are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct RankSettings {
    /// Seed, replications and threads.
    pub run: Settings,
    /// Change of capacity for which earnings are compared, b/d.
    pub step: BarrelsPerDay,
    /// Change of a tank, as a share of its size; at least 10 kb.
    pub tank_step: Fraction,
    /// Where there are tanks, how many links, hubs and markets are played again with a step more and a step less.
    pub played: usize,
}

/// Ranks a scenario's capacities by what they are worth; `None` if the observer cancelled before
/// anything was known.
///
/// # Errors
/// [`RunError`] if threads cannot be started or the scenario cannot be played.
pub fn rank_by_shadow_price(
    model: &Model,
    sha256: &str,
    settings: &RankSettings,
    observer: &mut dyn Observer,
) -> Result<Option<Rank>, RunError> {
    let run = &settings.run;
    let count = run.range.end.saturating_sub(run.range.start);
    let tanks: Vec<usize> = (0..model.hubs.len())
        .filter(|&hub| model.hubs[hub].tank.is_some())
        .collect();
    let played = |others: usize| {
        if tanks.is_empty() {
            0
        } else {
            1 + 2 * (tanks.len() + others) as u64
        }
    };
    let mut part = Part {
        observer,
        before: 0,
        each: 1.0,
        total: count * (1 + played(settings.played)),
        name: "shadow prices".to_owned(),
    };
    let prices = shadow_prices(model, run, settings.step.0, &mut part)?;
    if prices.replications < count {
        return Ok(None);
    }
    let per_year = DAYS_PER_YEAR / settings.step.0 as f64;
    let mut elements: Vec<RankElement> = prices
        .elements
        .iter()
        .map(|found| {
            let (id, name) = named(model, found.element);
            let usd =
                |estimate: Estimated| prices.is_priced.then(|| shown(estimate).scaled(per_year));
            let has_cut = prices.why_no_derivative.is_none();
            RankElement {
                id,
                name,
                capacity_bpd: capacity(model, found.element),
                in_cut: has_cut.then(|| shown(found.in_cut)),
                right: Some(shown(found.right)),
                right_of_nameplate: Some(shown(found.right_of_nameplate)),
                left: Some(shown(found.left)),
                kb_per_year_per_kbd: Some(shown(found.right).scaled(DAYS_PER_YEAR)),
                usd_more_per_year_per_bpd: usd(found.usd_more),
                usd_less_per_year_per_bpd: usd(found.usd_less),
            }
        })
        .collect();
    let usd = |estimate: Option<RankEstimate>| estimate.map_or(0.0, |estimate| estimate.mean);
    elements.sort_by(|one, other| {
        let by = |of: &dyn Fn(&RankElement) -> f64| of(other).total_cmp(&of(one));
        by(&|element| element.right_and_left()[0])
            .then_with(|| by(&|element| usd(element.usd_more_per_year_per_bpd)))
            .then_with(|| by(&|element| element.right_and_left()[1]))
            .then_with(|| one.id.cmp(&other.id))
    });

    let (mut sizes, mut changed) = (Vec::new(), Vec::new());
    if !tanks.is_empty() {
        let others = candidates(model, &elements, settings);
        let played = played(others.len());
        part.total = count * (1 + played);
        part.next(count, "other sizes and capacities");
        part.each = played as f64;
        let steps: Vec<i64> = (tanks.iter())
            .map(|&hub| step_of(model, hub, settings.tank_step))
            .collect();
        let resized: Vec<Model> = (tanks.iter().zip(&steps))
            .flat_map(|(&hub, &step)| [resized(model, hub, step), resized(model, hub, -step)])
            .chain(
                others
                    .iter()
                    .flat_map(|other| [other.with(model, 1), other.with(model, -1)]),
            )
            .collect();
        let models: Vec<&Model> = std::iter::once(model).chain(&resized).collect();
        let found = takings(&models, run, &mut part)?;
        let done = |one: &Takings| one.delivered.len() as u64 == count;
        let Some((base, pairs)) = found.split_first().filter(|(base, _)| done(base)) else {
            return Ok(None);
        };
        let mut sides = pairs.chunks_exact(2);
        for ((&hub, &step), sides) in tanks.iter().zip(&steps).zip(&mut sides) {
            let worth = Worth::of(model, step, base, sides, prices.is_priced);
            sizes.push(tank(model, hub, step, worth));
        }
        for (other, sides) in others.iter().zip(sides) {
            let worth = Worth::of(model, other.step, base, sides, prices.is_priced);
            changed.push(other.shown(worth));
        }
        changed.sort_by(|one, other| {
            let by_more = other.more.mean.total_cmp(&one.more.mean);
            by_more.then_with(|| one.id.cmp(&other.id))
        });
        sizes.sort_by(|one, other| {
            let by_more = other.more.mean.total_cmp(&one.more.mean);
            by_more.then_with(|| one.id.cmp(&other.id))
        });
    }
    let mut warnings = Vec::new();
    if let Some(why) = prices.why_no_derivative {
        warnings.push(format!(
            "barrels at once are those of a step more and a step less, in each state solved again, and of the minimum cut \
             nothing is told: {why}"
        ));
    }
    if !tanks.is_empty() {
        warnings.push(
            "with tanks, prices of each instant leave out that a barrel kept in one may be delivered \
             later; what was played again counts it"
                .to_owned(),
        );
    }
    if model.quotas.iter().any(Quota::cuts) {
        warnings.push(
            "all else stays as at the instant, cuts for quotas too: a barrel more that a field under \
             a quota produces would be cut elsewhere"
                .to_owned(),
        );
    }
    Ok(Some(Rank {
        format: "keruen-rank/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        by: "shadow-price".to_owned(),
        seed: run.seed,
        replications: prices.replications,
        step_bpd: settings.step.0,
        elements,
        played: changed,
        tanks: sizes,
        warnings,
    }))
}

fn shown(estimate: Estimated) -> RankEstimate {
    RankEstimate {
        mean: estimate.mean,
        std_error: estimate.std_error,
    }
}

/// The nameplate of an element at the start, b/d.
fn capacity(model: &Model, element: Element) -> i64 {
    let of_units = |rate: Option<i64>, units: &[BarrelsPerDay]| {
        let sum: i64 = units.iter().map(|unit| unit.0).sum();
        let units = (!units.is_empty()).then_some(sum);
        rate.into_iter().chain(units).min().unwrap_or(0)
    };
    let first = |series: &Option<crate::model::Series<BarrelsPerDay>>| {
        series.as_ref().map(|series| series.first().0)
    };
    match element {
        Element::Field(at) => model.fields[at].plan.first().0,
        Element::Hub(at) | Element::Tank(at) => {
            of_units(first(&model.hubs[at].capacity), &model.hubs[at].units)
        }
        Element::Market(at) => first(&model.markets[at].demand).unwrap_or(0),
        Element::Link(at) => of_units(first(&model.links[at].capacity), &model.links[at].units),
    }
}

/// By how much the size of a tank is changed, bbl.
fn step_of(model: &Model, hub: usize, share: Fraction) -> i64 {
    let size = size_of_tank(model, hub);
    let share = (size as f64 * share.get()).round() as i64;
    share.max(LEAST_STEP).min((size / 2).max(1))
}

/// What a hub's tank holds at the start, bbl.
fn size_of_tank(model: &Model, hub: usize) -> i64 {
    let tank = model.hubs[hub].tank.as_ref();
    tank.map_or(0, |tank| tank.capacity.first().0)
}

/// What a step more and a step less change in the same futures, in a year and per unit of the step.
#[derive(Clone, Copy)]
struct Worth {
    more: RankEstimate,
    less: RankEstimate,
    usd_more: Option<RankEstimate>,
    usd_less: Option<RankEstimate>,
}

impl Worth {
    /// - `sides`: what is taken with a step more, and with a step less.
    fn of(model: &Model, step: i64, base: &Takings, sides: &[Takings], is_priced: bool) -> Self {
        let change = |other: &[i64], base: &[i64], by: i64| {
            let per_year = DAYS_PER_YEAR / model.horizon.days() / by as f64;
            let paired = paired(other, base);
            let known = paired.map_or_else(RankEstimate::default, |paired| RankEstimate {
                mean: paired.mean_difference,
                std_error: Some(paired.std_error),
            });
            known.scaled(per_year)
        };
        let delivered = |side: usize, by: i64| change(&sides[side].delivered, &base.delivered, by);
        let earned = |side: usize, by: i64| change(&sides[side].earned, &base.earned, by);
        Self {
            more: delivered(0, step),
            less: delivered(1, -step),
            usd_more: is_priced.then(|| earned(0, step)),
            usd_less: is_priced.then(|| earned(1, -step)),
        }
    }
}

fn tank(model: &Model, hub: usize, step: i64, worth: Worth) -> RankTank {
    let spec = &model.hubs[hub];
    RankTank {
        id: format!("hub.{}", spec.id),
        name: spec.name.clone(),
        capacity_bbl: size_of_tank(model, hub),
        step_bbl: step,
        more: worth.more,
        less: worth.less,
        usd_more_per_year: worth.usd_more,
        usd_less_per_year: worth.usd_less,
    }
}

/// A link, hub or market that is played again with another capacity.
struct Candidate<'e> {
    element: Element,
    found: &'e RankElement,
    /// b/d.
    step: i64,
}

/// The first links, hubs and markets that ever matter, of which a step can be taken away.
fn candidates<'e>(
    model: &Model,
    elements: &'e [RankElement],
    settings: &RankSettings,
) -> Vec<Candidate<'e>> {
    let links = (0..model.links.len()).map(Element::Link);
    let hubs = (0..model.hubs.len()).map(Element::Hub);
    let markets = (0..model.markets.len()).map(Element::Market);
    let all: Vec<(String, Element)> = links
        .chain(hubs)
        .chain(markets)
        .map(|element| (named(model, element).0, element))
        .collect();
    let of = |found: &'e RankElement| {
        let (_, element) = all.iter().find(|(id, _)| *id == found.id)?;
        let step = settings.step.0.min(found.capacity_bpd);
        (step > 0 && found.matters()).then_some(Candidate {
            element: *element,
            found,
            step,
        })
    };
    elements
        .iter()
        .filter_map(of)
        .take(settings.played)
        .collect()
}

impl Candidate<'_> {
    /// The model with a step more (1) or less (−1) of it: of its limit, and of its units together.
    fn with(&self, model: &Model, sign: i64) -> Model {
        let by = sign * self.step;
        let mut other = model.clone();
        let (limit, units) = match self.element {
            Element::Link(at) => {
                let link = &mut other.links[at];
                (&mut link.capacity, Some(&mut link.units))
            }
            Element::Hub(at) | Element::Tank(at) => {
                let hub = &mut other.hubs[at];
                (&mut hub.capacity, Some(&mut hub.units))
            }
            Element::Market(at) => (&mut other.markets[at].demand, None),
            Element::Field(_) => return other,
        };
        let changed = |rate: BarrelsPerDay, by: i64| BarrelsPerDay((rate.0 + by).max(0));
        if let Some(series) = limit {
            *series = series.map(|rate| changed(rate, by));
        }
        let units = units.map(Vec::as_mut_slice).unwrap_or_default();
        let mut left = by;
        for at in 0..units.len() {
            let own = left / (units.len() - at) as i64;
            units[at] = changed(units[at], own);
            left -= own;
        }
        other
    }

    fn shown(&self, worth: Worth) -> RankPlayed {
        RankPlayed {
            id: self.found.id.clone(),
            name: self.found.name.clone(),
            capacity_bpd: self.found.capacity_bpd,
            step_bpd: self.step,
            more: worth.more,
            less: worth.less,
            usd_more_per_year_per_bpd: worth.usd_more,
            usd_less_per_year_per_bpd: worth.usd_less,
        }
    }
}

/// A model with a tank larger or smaller by some barrels. It begins with as much in it, and keeps
/// as much back, as far as it can hold that: else a step would give or take a stock once.
fn resized(model: &Model, hub: usize, by: i64) -> Model {
    let mut other = model.clone();
    if let Some(tank) = &mut other.hubs[hub].tank {
        let before = tank.capacity.at(Seconds::ZERO).0 as f64;
        tank.capacity = tank.capacity.map(|size| Barrels((size.0 + by).max(0)));
        let after = tank.capacity.at(Seconds::ZERO).0.max(1) as f64;
        let as_much = |share: Fraction| Fraction::nearest(share.get() * before / after);
        tank.initial = as_much(tank.initial);
        tank.target = as_much(tank.target);
    }
    other
}
