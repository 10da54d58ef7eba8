//! What tanks do, from one rise to the next.

use crate::results::{Story, StoryTankPhase, TankPhase};

/// A tank that fills, perhaps is full for a while, and empties again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    /// Name of the tank.
    pub(super) name: String,
    /// Its size, bbl.
    pub(super) capacity_bbl: i64,
    /// When it begins to fill; `None` if it is full from the start.
    pub(super) fills: Option<i64>,
    /// When it is first full.
    full: Option<i64>,
    /// For how long it is full in all, seconds.
    full_seconds: i64,
    /// Until when it is drawn on; `None` if it keeps what it has.
    pub(super) drawn: Option<i64>,
    first_bbl: i64,
    /// The most that is in it, bbl.
    pub(super) most_bbl: i64,
}

impl Cycle {
    /// How much is put into it, bbl.
    pub(super) fn risen_bbl(&self) -> i64 {
        self.most_bbl.saturating_sub(self.first_bbl)
    }

    /// Hours from when it begins to fill until it is full; `None` if it never is.
    pub(super) fn hours_to_full(&self) -> Option<f64> {
        let seconds = self.full?.saturating_sub(self.fills.or(self.full)?);
        Some(seconds as f64 / 3_600.0)
    }

    /// Days for which it is full; `None` if it never is.
    pub(super) fn days_full(&self) -> Option<f64> {
        self.full.map(|_| self.full_seconds as f64 / 86_400.0)
    }
}

/// All rises of all tanks, in order of time.
pub(super) fn cycles(story: &Story) -> Vec<Cycle> {
    let mut found: Vec<Cycle> = Vec::new();
    for tank in &story.tanks {
        let mut open: Option<Cycle> = None;
        for phase in story
            .tank_phases
            .iter()
            .filter(|phase| phase.tank == tank.id)
        {
            let begins = phase.phase != TankPhase::Empties;
            if begins && open.as_ref().is_none_or(|cycle| cycle.drawn.is_some()) {
                found.extend(open.take());
                open = Some(Cycle {
                    name: tank.name.clone(),
                    capacity_bbl: tank.capacity_bbl,
                    fills: None,
                    full: None,
                    full_seconds: 0,
                    drawn: None,
                    first_bbl: phase.from_bbl,
                    most_bbl: phase.from_bbl,
                });
            }
            // What is drawn from the stock at the start is no rise.
            if let Some(cycle) = &mut open {
                cycle.go_on(phase);
            }
        }
        found.extend(open);
    }
    found.retain(|cycle| cycle.risen_bbl() > 0 || cycle.full.is_some());
    found.sort_by_key(|cycle| cycle.fills.or(cycle.full));
    found
}

impl Cycle {
    fn go_on(&mut self, phase: &StoryTankPhase) {
        match phase.phase {
            TankPhase::Fills => {
                self.fills = self.fills.or(Some(phase.start_seconds));
            }
            TankPhase::Full => {
                self.full = self.full.or(Some(phase.start_seconds));
                let seconds = phase.end_seconds.saturating_sub(phase.start_seconds);
                self.full_seconds = self.full_seconds.saturating_add(seconds);
            }
            TankPhase::Empties => self.drawn = Some(phase.end_seconds),
        }
        self.most_bbl = self.most_bbl.max(phase.to_bbl);
    }
}
