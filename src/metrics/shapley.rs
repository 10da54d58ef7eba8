//! Fair shares of what several players bring about together.
//!
//! A coalition is a set of players, as the bits of a whole number: bit h is set if player h is in.
//! What a coalition brings about is its worth. The share of a player is its mean contribution over
//! all orders in which players may join; shares add up to the worth of all less that of none.
//!
//! Shapley (1953), *A value for n-person games*.

/// The factor with which the worth of each coalition counts for the share of a player:
/// (s−1)! (n−s)! / n! for coalitions of s players that it is in, −s! (n−s−1)! / n! for others.
/// Coalitions in order of their numbers, shape `[2^players]`. Players beyond 20 have no such list.
#[must_use]
pub fn shapley_factors(players: u32, player: u32) -> Vec<f64> {
    if players > 20 || player >= players {
        return Vec::new();
    }
    // 1 / (n · C(n−1, k)) for a player that joins k others.
    let mut joins = Vec::with_capacity(players as usize);
    let mut choices = 1.0_f64;
    for others in 0..players {
        joins.push(1.0 / (f64::from(players) * choices));
        choices *= f64::from(players - 1 - others) / f64::from(others + 1);
    }
    let factor = |coalition: u32| {
        let size = coalition.count_ones();
        if coalition & (1 << player) == 0 {
            -joins[size as usize]
        } else {
            joins[size as usize - 1]
        }
    };
    (0..1_u32 << players).map(factor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `shapley_value` of KA14: nothing, A, B, AB, C, AC, BC, ABC.
    const WORTH: [f64; 8] = [0.0, 10.0, 4.0, 22.0, 0.0, 15.0, 9.0, 40.0];

    fn share(worth: &[f64], player: u32) -> f64 {
        let factors = shapley_factors(worth.len().ilog2(), player);
        factors
            .iter()
            .zip(worth)
            .map(|(factor, worth)| factor * worth)
            .sum()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn shares_of_three_players() {
        close(share(&WORTH, 0), 19.166_666_666_67 - 3.333e-12);
        close(share(&WORTH, 1), 13.166_666_666_67 - 3.333e-12);
        close(share(&WORTH, 2), 7.666_666_666_67 - 3.333e-12);
        close((0..3).map(|player| share(&WORTH, player)).sum(), 40.0);
    }

    /// Every order counts as much as any other.
    #[test]
    fn the_mean_over_all_orders_is_the_share() {
        let orders = [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ];
        for player in 0..3 {
            let joins = orders.iter().map(|order| {
                let earlier = order.iter().take_while(|&&other| other != player);
                let before: usize = earlier.map(|&other| 1 << other).sum();
                WORTH[before | 1 << player] - WORTH[before]
            });
            close(joins.sum::<f64>() / 6.0, share(&WORTH, player as u32));
        }
    }

    /// Two routes, each enough by itself and down a tenth of the time: each bears half of what is
    /// lost when both are down.
    #[test]
    fn players_that_need_each_other_share() {
        let worth = [0.0, 0.0, 0.0, 0.01];
        close(share(&worth, 0), 0.005);
        close(share(&worth, 1), 0.005);
    }

    #[test]
    fn factors_of_a_player_cancel_out() {
        for players in 1..=12 {
            for player in 0..players {
                close(shapley_factors(players, player).iter().sum(), 0.0);
            }
        }
        assert!(shapley_factors(21, 0).is_empty());
        assert!(shapley_factors(3, 3).is_empty());
    }
}
