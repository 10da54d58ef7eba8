//! How full tanks are at set instants.

use crate::units::Seconds;

/// What the tanks of one replication hold at set instants, in 86 400ths of a barrel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TankLevels {
    instants: Vec<Seconds>,
    held: Vec<i64>,
    next: usize,
}

impl TankLevels {
    /// For these instants, in order; without any, nothing is noted.
    #[must_use]
    pub fn new(instants: Vec<Seconds>) -> Self {
        Self {
            instants,
            held: Vec::new(),
            next: 0,
        }
    }

    /// Forgets the last replication.
    pub fn reset(&mut self) {
        self.held.clear();
        self.next = 0;
    }

    /// Notes the instants after `from` until `to`, between which tanks change at constant rates. `tanks` are what
    /// each holds at `from` and what flows into it on balance, b/d.
    pub fn see(
        &mut self,
        from: Seconds,
        to: Seconds,
        tanks: &(impl Iterator<Item = (i64, i64)> + Clone),
    ) {
        while let Some(&at) = self.instants.get(self.next).filter(|&&at| at <= to) {
            let time = (at - from).0.max(0);
            let held = tanks.clone().map(|(volume, net)| volume + net * time);
            self.held.extend(held);
            self.next += 1;
        }
    }

    /// What the tanks hold at the first instant, then at the second, and so on.
    #[must_use]
    pub fn held(&self) -> &[i64] {
        &self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_between_two_epochs_lie_on_their_lines() {
        let mut levels = TankLevels::new(vec![Seconds(5), Seconds(10), Seconds(20)]);
        levels.see(Seconds(0), Seconds(10), &[(100, 2), (0, 0)].into_iter());
        levels.see(Seconds(10), Seconds(12), &[(120, -3), (0, 1)].into_iter());
        levels.see(Seconds(12), Seconds(20), &[(114, 0), (2, 1)].into_iter());
        assert_eq!(levels.held(), [110, 0, 120, 0, 114, 10]);
        levels.reset();
        levels.see(Seconds(0), Seconds(20), &[(1, 1)].into_iter());
        assert_eq!(levels.held(), [6, 11, 21]);
    }
}
