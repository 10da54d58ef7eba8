//! Money: what is earned and paid in a replication, and what of it is lost.
//!
//! Everything is added up exactly, in parts of a dollar so small that no share of a price and no
//! part of a barrel is lost, and rounded once to whole dollars.

use crate::accumulate::{Column, Group, UNDEFINED};
use crate::model::{Collect, Deferral, Model, Objective};
use crate::network::Network;
use crate::results::{AtRisk, Metric, Money, ObjectiveOutcome};
use crate::units::{Fraction, MilliUsdPerBarrel, SECONDS_PER_DAY, round_half_even};

use super::undisturbed::Undisturbed;
use super::world::World;

/// Shares and price responses are counted in parts of this.
const PARTS: i128 = 1_000_000_000;

/// The small parts in which money is added up, in a dollar: thousandths, of 86 400ths of a barrel,
/// times [`PARTS`].
const PER_DOLLAR: i128 = 1_000 * SECONDS_PER_DAY as i128 * PARTS;

/// More dollars than any scenario is about; sums of a few still fit.
const MOST_DOLLARS: i128 = 1_000_000_000_000_000_000;

/// What was moved, in 86 400ths of a barrel.
#[derive(Clone, Debug, Default)]
pub(super) struct Volumes {
    /// By market, then by lot of those that pay by grade.
    pub(super) sold: Vec<i64>,
    /// By link, in both directions together.
    pub(super) carried: Vec<i64>,
    /// By field.
    pub(super) produced: Vec<i64>,
    /// Planned by all fields.
    pub(super) planned: i64,
}

impl Volumes {
    /// Of the future in which nothing goes wrong.
    fn undisturbed(world: &World<'_>, undisturbed: &Undisturbed) -> Self {
        let model = world.model;
        let elements = world.elements;
        let sum = |rate: &dyn Fn(usize) -> i64| -> i64 {
            (0..undisturbed.starts.len())
                .map(|epoch| {
                    let end = undisturbed.end_of(epoch, model.horizon);
                    rate(epoch) * (end - undisturbed.starts[epoch]).0
                })
                .sum()
        };
        let through = |element: usize| sum(&|epoch| undisturbed.through[epoch][element].abs());
        let (markets, links) = (0..model.markets.len(), 0..model.links.len());
        let lots = (0..world.lots.len()).map(|lot| sum(&|epoch| undisturbed.lots[epoch][lot]));
        Self {
            sold: (markets.map(|at| through(elements.market(at))))
                .chain(lots)
                .collect(),
            carried: links.map(|at| through(elements.link(at))).collect(),
            produced: (0..model.fields.len())
                .map(|at| through(elements.field(at)))
                .collect(),
            planned: sum(&|epoch| undisturbed.planned[epoch]),
        }
    }

    fn delivered(&self, model: &Model) -> i64 {
        self.sold[..model.markets.len()].iter().sum()
    }

    fn exported(&self, model: &Model) -> i64 {
        let sold = model.markets.iter().zip(&self.sold);
        sold.filter(|(market, _)| market.export)
            .map(|(_, &sold)| sold)
            .sum()
    }

    /// Delivered where it is paid for: what netback is earned with.
    fn paid(&self, outlets: &[Outlet]) -> i64 {
        let paid = outlets.iter().filter(|outlet| outlet.price.0 > 0);
        paid.map(|outlet| self.sold[outlet.sold]).sum()
    }
}

/// A market, or what one that pays by grade gets of one commodity.
#[derive(Clone, Copy, Debug)]
struct Outlet {
    market: usize,
    price: MilliUsdPerBarrel,
    /// Its place in [`Volumes::sold`].
    sold: usize,
}

/// What is paid what, each barrel once.
fn outlets(model: &Model, network: &Network) -> Vec<Outlet> {
    let by_lot = |market: usize| network.lots.iter().any(|lot| lot.market == market);
    let whole = (0..model.markets.len()).filter(|&market| !by_lot(market));
    let whole = whole.map(|market| Outlet {
        market,
        price: model.markets[market].price,
        sold: market,
    });
    let lots = network.lots.iter().enumerate();
    let lots = lots.map(|(index, lot)| Outlet {
        market: lot.market,
        price: model.markets[lot.market].price + lot.premium,
        sold: model.markets.len() + index,
    });
    whole.chain(lots).collect()
}

/// What is earned and paid, in whole dollars.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    revenue: i64,
    quality_bank: i64,
    tariff: i64,
    freight: i64,
    war_risk: i64,
    lifting: i64,
    state_take: i64,
    /// Revenue of each market, without the quality bank.
    pub(super) markets: Vec<i64>,
}

impl Account {
    /// - `undisturbed_exports`: what prices respond to, 86 400ths of a barrel; none if they do not.
    fn of(
        model: &Model,
        outlets: &[Outlet],
        volumes: &Volumes,
        undisturbed_exports: Option<i64>,
    ) -> Self {
        let exported = volumes.exported(model);
        let raised = undisturbed_exports.map_or(0, |planned| {
            let missing = (planned - exported).max(0) as f64 / planned.max(1) as f64;
            i128::from(round_half_even(
                model.money.price_response * missing * PARTS as f64,
            ))
        });
        let mut by_market = vec![0_i128; model.markets.len()];
        for outlet in outlets {
            let is_export = model.markets[outlet.market].export;
            let parts = if is_export { PARTS + raised } else { PARTS };
            let paid = worth(outlet.price.0, volumes.sold[outlet.sold]).saturating_mul(parts);
            let sum = &mut by_market[outlet.market];
            *sum = sum.saturating_add(paid);
        }
        let links = || model.links.iter().zip(&volumes.carried);
        let fields = || model.fields.iter().zip(&volumes.produced);
        let quality = total(fields().map(|(field, &made)| worth(field.quality.0, made)));
        let tariff = total(links().map(|(link, &flow)| worth(link.tariff.0, flow)));
        let freight = total(links().map(|(link, &flow)| worth(link.freight.0, flow)));
        let war_risk = total(links().map(|(link, &flow)| worth(link.war_risk.0, flow)));
        let lifting = total(fields().map(|(field, &made)| {
            let cost = field.lifting_cost.map_or(0, |cost| cost.0);
            worth(cost, made)
        }));
        let revenue = by_market
            .iter()
            .fold(quality, |sum, &paid| sum.saturating_add(paid));
        let costs = [tariff, freight, war_risk, lifting];
        let profit = costs
            .iter()
            .fold(revenue, |rest, &cost| rest.saturating_sub(cost));
        let state_take = model.money.take.map_or(0, |take| {
            let duty = worth(take.export_duty.0, exported).saturating_mul(PARTS);
            share_of(take.royalty, revenue)
                .saturating_add(duty)
                .saturating_add(share_of(take.profit_tax, profit.max(0)))
        });
        Self {
            revenue: dollars(revenue),
            quality_bank: dollars(quality),
            tariff: dollars(tariff),
            freight: dollars(freight),
            war_risk: dollars(war_risk),
            lifting: dollars(lifting),
            state_take: dollars(state_take),
            markets: by_market.into_iter().map(dollars).collect(),
        }
    }

    /// Revenue less what moving the oil costs: of whole dollars, so that the books close.
    fn netback(&self) -> i64 {
        self.revenue - self.tariff - self.freight - self.war_risk
    }
}

/// The books of a run: what replications are measured against.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    /// When nothing goes wrong: netback in dollars, and volumes.
    netback: i64,
    paid: i64,
    exported: i64,
    /// Share of its value that a barrel not produced loses.
    loss_of_deferral: Option<f64>,
    outlets: Vec<Outlet>,
}

impl Ledger {
    pub(super) fn of(world: &World<'_>, undisturbed: &Undisturbed) -> Self {
        let model = world.model;
        let volumes = Volumes::undisturbed(world, undisturbed);
        let outlets = outlets(model, &world.network);
        Self {
            netback: Account::of(model, &outlets, &volumes, None).netback(),
            paid: volumes.paid(&outlets),
            exported: volumes.exported(model),
            loss_of_deferral: model.money.deferral.map(loss_of_deferral),
            outlets,
        }
    }

    /// Adds the system's numbers of a replication, in the order of [`columns`], and hands back its
    /// account.
    pub(super) fn fill(&self, model: &Model, volumes: &Volumes, values: &mut Vec<i64>) -> Account {
        let account = Account::of(model, &self.outlets, volumes, Some(self.exported));
        let netback = account.netback();
        let lost = self.netback - netback;
        values.extend([
            account.tariff,
            account.revenue,
            account.quality_bank,
            account.freight,
            account.war_risk,
            netback,
            // What no field states is not known to be nothing.
            if model
                .fields
                .iter()
                .any(|field| field.lifting_cost.is_some())
            {
                account.lifting
            } else {
                UNDEFINED
            },
        ]);
        if model.money.take.is_some() {
            values.push(account.state_take);
        }
        values.push(lost);
        // What a barrel earns when nothing goes wrong is not known if none is paid for then.
        if self.paid == 0 {
            values.extend([UNDEFINED, UNDEFINED]);
        } else {
            let missing = i128::from(self.paid - volumes.paid(&self.outlets));
            let by_volume = quotient(missing * i128::from(self.netback), i128::from(self.paid));
            values.extend([by_volume, lost - by_volume]);
        }
        if let Some(loss) = self.loss_of_deferral {
            let made: i64 = volumes.produced.iter().sum();
            let later = i128::from(volumes.planned - made);
            let worth = (later * i128::from(self.netback)) as f64;
            values.push(if self.paid == 0 {
                UNDEFINED
            } else {
                let most = MOST_DOLLARS as f64;
                round_half_even((worth / self.paid as f64 * loss).clamp(-most, most))
            });
        }
        account
    }
}

/// The system's columns of money, in the order of [`Ledger::fill`].
pub(super) fn columns(model: &Model, columns: &mut Vec<Column>) {
    let mut put = |name| columns.push(Column::dollars(Group::System, name));
    for name in [
        "tariff_paid",
        "revenue",
        "quality_bank",
        "freight_paid",
        "war_risk_paid",
        "netback",
        "lifting_cost",
    ] {
        put(name);
    }
    if model.money.take.is_some() {
        put("state_take");
    }
    for name in ["netback_lost", "volume_effect", "route_effect"] {
        put(name);
    }
    if model.money.deferral.is_some() {
        put("deferred_value");
    }
}

/// What is said about money besides metrics; nothing if the scenario has no prices, or if the run
/// did not gather them.
///
/// - `netback_lost`: the metric of that name.
pub(super) fn findings(
    world: &World<'_>,
    undisturbed: &Undisturbed,
    collect: Collect,
    netback_lost: Option<&Metric>,
) -> Option<Money> {
    let model = world.model;
    let lost = netback_lost.filter(|_| model.is_priced() && collect >= Collect::Markets)?;
    let in_force = model.allocation.objective;
    let outcomes = [Objective::Volume, Objective::Netback].map(|objective| {
        if objective == in_force {
            return Some(outcome(world, undisturbed, true));
        }
        let mut other = model.clone();
        other.allocation.objective = objective;
        // Reserves belong to the objective of volume.
        for tank in other.hubs.iter_mut().filter_map(|hub| hub.tank.as_mut()) {
            tank.reserve_price = tank
                .reserve_price
                .filter(|_| objective == Objective::Volume);
        }
        let world = World::new(&other, &[], 0, 0).ok()?;
        let undisturbed = Undisturbed::of(&world).ok()?;
        Some(outcome(&world, &undisturbed, false))
    });
    let at_risk = lost.value_at_risk.iter().map(|(level, &value_at_risk)| {
        let tail = lost.conditional_value_at_risk.get(level);
        let at_risk = AtRisk {
            value_at_risk,
            conditional_value_at_risk: tail.copied().flatten(),
        };
        (level.clone(), at_risk)
    });
    Some(Money {
        revenue_at_risk: at_risk.collect(),
        objectives: outcomes.into_iter().flatten().collect(),
    })
}

fn outcome(world: &World<'_>, undisturbed: &Undisturbed, in_force: bool) -> ObjectiveOutcome {
    let model = world.model;
    let volumes = Volumes::undisturbed(world, undisturbed);
    let account = Account::of(model, &outlets(model, &world.network), &volumes, None);
    let rate = |volume: i64| volume as f64 / model.horizon.0 as f64;
    ObjectiveOutcome {
        objective: model.allocation.objective.as_str().to_owned(),
        in_force,
        delivered_bpd: rate(volumes.delivered(model)),
        exported_bpd: rate(volumes.exported(model)),
        netback_usd: account.netback() as f64,
    }
}

/// Share of the value of a barrel that is lost if it is sold later.
fn loss_of_deferral(deferral: Deferral) -> f64 {
    let growth = (1.0 + deferral.growth.get()) / (1.0 + deferral.discount.get());
    1.0 - libm::pow(growth, deferral.years)
}

/// A volume at so many thousandths of a dollar a barrel, in small parts without [`PARTS`].
fn worth(milli_usd: i64, volume: i64) -> i128 {
    i128::from(milli_usd) * i128::from(volume)
}

/// A sum, in small parts.
fn total(worths: impl Iterator<Item = i128>) -> i128 {
    let sum = worths.fold(0_i128, i128::saturating_add);
    sum.saturating_mul(PARTS)
}

/// A share of an amount in small parts.
fn share_of(share: Fraction, amount: i128) -> i128 {
    let parts = i128::from(round_half_even(share.get() * PARTS as f64));
    (amount / PARTS).saturating_mul(parts)
}

/// Whole dollars of small parts, half to even.
fn dollars(amount: i128) -> i64 {
    quotient(amount, PER_DOLLAR)
}

/// The whole number nearest to a quotient, halves to the even one.
fn quotient(over: i128, under: i128) -> i64 {
    let whole = over.div_euclid(under);
    let rest = over.rem_euclid(under);
    let up = match (rest).cmp(&(under - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => whole % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    (whole + i128::from(up)).clamp(-MOST_DOLLARS, MOST_DOLLARS) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_round_half_to_even() {
        let half = PER_DOLLAR / 2;
        for (amount, whole) in [
            (half, 0),
            (half + 1, 1),
            (PER_DOLLAR + half, 2),
            (-half, 0),
            (-half - 1, -1),
            (-PER_DOLLAR - half, -2),
        ] {
            assert_eq!(dollars(amount), whole, "{amount}");
        }
    }

    /// KA08 `present_value_loss_fraction`.
    #[test]
    fn a_barrel_sold_fifteen_years_later_loses_two_thirds() {
        let share = |value| Fraction::new(value).expect("a share");
        let loss = loss_of_deferral(Deferral {
            discount: share(0.1),
            growth: share(0.02),
            years: 15.0,
        });
        assert!((loss - 0.677_809_820_3).abs() < 1e-9, "{loss}");
    }
}
