//! To whom the loss is laid, by Shapley's rule: coalitions of hazards in the same futures.

use std::collections::{BTreeMap, BTreeSet};

use crate::metrics::{Influence, shapley_factors};
use crate::model::Model;
use crate::results::{RankEstimate, Shapley, ShapleyPlayer, ShapleyShare, ShapleyTotal};
use crate::sampling::shuffled;
use crate::simulation::{Observer, RunError, scenario_info};

use super::beside::beside;
use super::futures::FuturesSettings;
use super::importance::{shown, thin_tail};

/// Up to so many players all coalitions are played.
pub const MOST_PLAYERS: usize = 10;

/// Among whom a loss is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Players {
    /// Each hazard.
    Hazards,
    /// Each class of hazards.
    Classes,
}

/// How shares are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapleySettings {
    /// Seed, replications and threads.
    pub futures: FuturesSettings,
    /// Level of the conditional value at risk, such as 0.95.
    pub level: f64,
    /// Among whom.
    pub players: Players,
    /// Random orders where there are more than [`MOST_PLAYERS`] players: rounded up to whole pairs.
    pub orders: u64,
}

/// Divides the loss among hazards or classes of hazards; `None` if the observer cancelled.
///
/// # Errors
/// [`RunError`] if threads cannot be started or the scenario cannot be played.
///
/// # Source
/// Shapley (1953); random orders after Castro, Gómez and Tejada (2009), *Computers & Operations
/// Research* 36(5).
pub fn rank_by_shapley(
    model: &Model,
    sha256: &str,
    settings: &ShapleySettings,
    observer: &mut dyn Observer,
) -> Result<Option<Shapley>, RunError> {
    let players = players(model, settings.players);
    let count = players.len();
    let futures = &settings.futures;
    let game = if count <= MOST_PLAYERS {
        Game::of_all(count)
    } else {
        let pairs = settings.orders.div_ceil(2).max(1);
        let orders = (0..2 * pairs).map(|number| shuffled(futures.seed, number, count));
        Game::of_orders(orders.collect(), count)
    };
    // All hazards together are the base.
    let coalitions: Vec<&Coalition> = game.coalitions.keys().collect();
    let rest = coalitions
        .iter()
        .filter(|coalition| coalition.len() < count);
    let rest: Vec<&Coalition> = rest.copied().collect();
    let variant = |index: usize| {
        let active: BTreeSet<&str> = rest[index]
            .iter()
            .flat_map(|&player| players[player].hazards.iter().map(String::as_str))
            .collect();
        model.without_hazards(&|hazard| !active.contains(hazard.id.as_str()))
    };
    let told = ("coalitions", observer);
    let Some(losses) = beside(model, rest.len(), &variant, futures, told)? else {
        return Ok(None);
    };
    let sample_of = |coalition: &Coalition| {
        let place = rest.binary_search(&coalition);
        place.map_or(losses.base.as_slice(), |place| {
            losses.variants[place].as_slice()
        })
    };
    let samples: Vec<&[i64]> = coalitions
        .iter()
        .map(|coalition| sample_of(coalition))
        .collect();
    let means = game.shares(&samples, &|sample| Influence::of_mean(sample));
    let tails = game.shares(&samples, &|sample| {
        Influence::of_conditional_value_at_risk(sample, settings.level)
    });

    let empty = Shares::default();
    let found = means.as_ref().unwrap_or(&empty);
    let mut rows: Vec<ShapleyPlayer> = players
        .iter()
        .enumerate()
        .filter_map(|(index, player)| {
            Some(ShapleyPlayer {
                id: player.id.clone(),
                name: player.name.clone(),
                mean: *found.players.get(index)?,
                conditional_value_at_risk: tails.as_ref().map(|tails| tails.players[index]),
            })
        })
        .collect();
    rows.sort_by(|one, other| {
        let by_share = other.mean.bbl.mean.total_cmp(&one.mean.bbl.mean);
        by_share.then_with(|| one.id.cmp(&other.id))
    });
    let replications = losses.base.len() as u64;
    Ok(Some(Shapley {
        format: "keruen-shapley/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        by: "shapley".to_owned(),
        among: match settings.players {
            Players::Hazards => "hazards",
            Players::Classes => "classes",
        }
        .to_owned(),
        seed: futures.seed,
        replications,
        coalitions: coalitions.len() as u64,
        orders: (!game.orders.is_empty()).then_some(game.orders.len() as u64),
        mean: found.total,
        level: settings.level,
        conditional_value_at_risk: tails.map(|tails| tails.total),
        players: rows,
        warnings: thin_tail(replications, settings.level)
            .into_iter()
            .collect(),
    }))
}

/// Somebody to whom a part of the loss is laid.
struct Player {
    id: String,
    name: String,
    hazards: BTreeSet<String>,
}

/// The players, in order of id.
fn players(model: &Model, among: Players) -> Vec<Player> {
    let mut found: BTreeMap<&str, Player> = BTreeMap::new();
    for hazard in &model.hazards {
        let (id, name) = match among {
            Players::Hazards => (&hazard.id, &hazard.name),
            Players::Classes => (&hazard.class, &hazard.class),
        };
        let player = found.entry(id).or_insert_with(|| Player {
            id: id.clone(),
            name: name.clone(),
            hazards: BTreeSet::new(),
        });
        player.hazards.insert(hazard.id.clone());
    }
    found.into_values().collect()
}

/// Players, in order.
type Coalition = Vec<usize>;

/// Which coalitions are asked for, and what for.
struct Game {
    count: usize,
    /// Each with its place.
    coalitions: BTreeMap<Coalition, usize>,
    /// Orders in which players join, in pairs; none if all coalitions are asked for.
    orders: Vec<Vec<usize>>,
}

/// What is laid to the players.
#[derive(Default)]
struct Shares {
    total: ShapleyTotal,
    players: Vec<ShapleyShare>,
}

impl Game {
    /// All coalitions of so many players.
    fn of_all(count: usize) -> Self {
        let members = |bits: usize| {
            (0..count)
                .filter(move |player| bits >> player & 1 == 1)
                .collect()
        };
        Self::over(
            (0..1_usize << count).map(members).collect(),
            count,
            Vec::new(),
        )
    }

    /// Those that come about when players join in some orders, each without one, each alone.
    fn of_orders(orders: Vec<Vec<usize>>, count: usize) -> Self {
        let mut wanted: BTreeSet<Coalition> = BTreeSet::new();
        for order in &orders {
            wanted.extend((0..=count).map(|joined| sorted(&order[..joined])));
        }
        for player in 0..count {
            wanted.insert(vec![player]);
            wanted.insert(others(player, count));
        }
        Self::over(wanted, count, orders)
    }

    fn over(wanted: BTreeSet<Coalition>, count: usize, orders: Vec<Vec<usize>>) -> Self {
        let coalitions = wanted
            .into_iter()
            .enumerate()
            .map(|(place, one)| (one, place));
        Self {
            count,
            coalitions: coalitions.collect(),
            orders,
        }
    }

    fn place(&self, coalition: &[usize]) -> usize {
        self.coalitions[coalition]
    }

    /// What is laid to each player, where a coalition is worth what `estimate` makes of its losses.
    /// `None` if it makes nothing of them.
    fn shares(
        &self,
        samples: &[&[i64]],
        estimate: &dyn Fn(&[i64]) -> Option<Influence>,
    ) -> Option<Shares> {
        let worth: Vec<Influence> = samples
            .iter()
            .map(|sample| estimate(sample))
            .collect::<Option<_>>()?;
        let everybody: Coalition = (0..self.count).collect();
        let (all, none) = (&worth[self.place(&everybody)], &worth[self.place(&[])]);
        let less = |one: &Influence, other: &Influence| Influence::sum([(1.0, one), (-1.0, other)]);
        let divided = less(all, none)?;
        let mut players = Vec::with_capacity(self.count);
        let mut left_out = 0.0;
        for player in 0..self.count {
            let (own, order_error) = self.share(&worth, player)?;
            let out = less(all, &worth[self.place(&others(player, self.count))])?;
            let alone = less(&worth[self.place(&[player])], none)?;
            left_out += out.value;
            let ratio = own.over(&divided);
            players.push(ShapleyShare {
                bbl: with_orders(&own, order_error),
                share: ratio.map(|share| {
                    with_orders(&share, order_error.map(|error| error / divided.value.abs()))
                }),
                leave_one_out_bbl: shown(Some(&out)),
                alone_bbl: shown(Some(&alone)),
            });
        }
        Some(Shares {
            total: ShapleyTotal {
                all_bbl: shown(Some(all)),
                none_bbl: shown(Some(none)),
                divided_bbl: shown(Some(&divided)),
                leave_one_out_sum_bbl: left_out,
            },
            players,
        })
    }

    /// The share of a player, and what the choice of orders adds to its error: `Some(0)` where all
    /// coalitions are known, `None` with a single pair of orders.
    fn share(&self, worth: &[Influence], player: usize) -> Option<(Influence, Option<f64>)> {
        if self.orders.is_empty() {
            let factors = shapley_factors(self.count as u32, player as u32);
            let terms = self.coalitions.iter().map(|(members, &place)| {
                let bits: usize = members.iter().map(|member| 1 << member).sum();
                (factors[bits], &worth[place])
            });
            return Some((Influence::sum(terms)?, Some(0.0)));
        }
        let mut factors: BTreeMap<usize, f64> = BTreeMap::new();
        let each = 1.0 / self.orders.len() as f64;
        let mut joins = Vec::with_capacity(self.orders.len());
        for order in &self.orders {
            let at = order.iter().position(|&other| other == player)?;
            let (before, after) = (
                self.place(&sorted(&order[..at])),
                self.place(&sorted(&order[..=at])),
            );
            *factors.entry(after).or_default() += each;
            *factors.entry(before).or_default() -= each;
            joins.push(worth[after].value - worth[before].value);
        }
        let own = Influence::sum(
            factors
                .iter()
                .map(|(&place, &factor)| (factor, &worth[place])),
        )?;
        let pairs: Vec<f64> = joins
            .chunks(2)
            .map(|pair| pair.iter().sum::<f64>() / pair.len() as f64)
            .collect();
        let n = pairs.len() as f64;
        let squares: f64 = pairs
            .iter()
            .map(|pair| (pair - own.value) * (pair - own.value))
            .sum();
        Some((own, (n > 1.0).then(|| (squares / (n - 1.0) / n).sqrt())))
    }
}

/// An estimate whose error counts that of replications and that of orders.
fn with_orders(own: &Influence, order_error: Option<f64>) -> RankEstimate {
    RankEstimate {
        mean: own.value,
        std_error: own
            .std_error()
            .zip(order_error)
            .map(|(one, other)| (one * one + other * other).sqrt()),
    }
}

fn sorted(players: &[usize]) -> Coalition {
    let mut sorted = players.to_vec();
    sorted.sort_unstable();
    sorted
}

fn others(player: usize, count: usize) -> Coalition {
    (0..count).filter(|&other| other != player).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `shapley_value` of KA14, in thousandths, as losses of two replications whose mean they are.
    fn samples(game: &Game) -> Vec<Vec<i64>> {
        let worth = |members: &Coalition| match members.as_slice() {
            [0] => 10_000,
            [1] => 4_000,
            [0, 1] => 22_000,
            [0, 2] => 15_000,
            [1, 2] => 9_000,
            [0, 1, 2] => 40_000,
            _ => 0,
        };
        game.coalitions
            .keys()
            .map(|members| vec![worth(members) - 7, worth(members) + 7])
            .collect()
    }

    fn shares(game: &Game) -> Shares {
        let samples = samples(game);
        let samples: Vec<&[i64]> = samples.iter().map(Vec::as_slice).collect();
        game.shares(&samples, &|sample| Influence::of_mean(sample))
            .expect("values")
    }

    const EXACT: [f64; 3] = [115_000.0 / 6.0, 79_000.0 / 6.0, 46_000.0 / 6.0];

    #[test]
    fn all_coalitions_give_the_shares() {
        let found = shares(&Game::of_all(3));
        for ((own, exact), out) in found.players.iter().zip(EXACT).zip([31.0, 25.0, 18.0]) {
            assert!((own.bbl.mean - exact).abs() < 1e-9, "{own:?}");
            assert!((own.leave_one_out_bbl.mean - out * 1_000.0).abs() < 1e-9);
            assert!((own.share.expect("a loss").mean - exact / 40_000.0).abs() < 1e-12);
        }
        assert!((found.total.divided_bbl.mean - 40_000.0).abs() < 1e-9);
        assert!((found.total.leave_one_out_sum_bbl - 74_000.0).abs() < 1e-9);
        // All coalitions move together, and so no share moves.
        assert!(
            found
                .players
                .iter()
                .all(|own| own.bbl.std_error.expect("two") < 1e-9)
        );
    }

    /// The six orders, each once, as pairs.
    #[test]
    fn all_orders_give_the_shares_and_few_add_up_all_the_same() {
        let orders = vec![
            vec![0, 1, 2],
            vec![2, 1, 0],
            vec![1, 0, 2],
            vec![2, 0, 1],
            vec![0, 2, 1],
            vec![1, 2, 0],
        ];
        let found = shares(&Game::of_orders(orders.clone(), 3));
        for (own, exact) in found.players.iter().zip(EXACT) {
            assert!((own.bbl.mean - exact).abs() < 1e-9, "{own:?}");
        }
        let few = shares(&Game::of_orders(orders[..4].to_vec(), 3));
        let sum: f64 = few.players.iter().map(|own| own.bbl.mean).sum();
        assert!((sum - 40_000.0).abs() < 1e-9);
        // Player 0 adds 10 and 31, then 18 and 15: pairs of 20.5 and 16.5.
        let own = few.players[0].bbl;
        assert!((own.mean - 18_500.0).abs() < 1e-9, "{own:?}");
        assert!(
            (own.std_error.expect("two pairs") - 2_000.0).abs() < 1e-6,
            "{own:?}"
        );
        let one = shares(&Game::of_orders(orders[..2].to_vec(), 3));
        assert_eq!(one.players[0].bbl.std_error, None);
    }

    #[test]
    fn random_orders_come_near_the_shares() {
        let orders = (0..400).map(|number| shuffled(5, number, 3)).collect();
        let found = shares(&Game::of_orders(orders, 3));
        for (own, exact) in found.players.iter().zip(EXACT) {
            let error = own.bbl.std_error.expect("many pairs");
            assert!(
                error < 500.0 && (own.bbl.mean - exact).abs() < 4.0 * error,
                "{own:?}"
            );
        }
    }
}
