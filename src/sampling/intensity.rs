//! Rates that change with the month and with the regime, and times drawn from them.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::units::Seconds;

use super::regimes::RegimePath;

/// A rate that is constant between month boundaries and regime switches, in events a day.
#[derive(Clone, Debug)]
pub(super) struct Intensity {
    /// When a piece begins (days), and its rate before regimes.
    pub(super) pieces: Vec<(f64, f64)>,
    /// Multipliers by regime; empty if regimes do not matter.
    pub(super) regime: Vec<f64>,
}

/// A place in an [`Intensity`], from which time goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    time: f64,
    piece: usize,
    switch: usize,
}

impl Intensity {
    pub(super) fn new(
        rate: f64,
        season: Option<&[f64; 12]>,
        regime: &[f64],
        start: Date,
        horizon: Seconds,
    ) -> Self {
        let pieces = match season {
            None => vec![(0.0, rate)],
            Some(season) => Months::of(start, horizon)
                .0
                .iter()
                .map(|&(time, month)| (time.days(), rate * season[month]))
                .collect(),
        };
        Self {
            pieces,
            regime: regime.to_vec(),
        }
    }

    pub(super) fn cursor_at(&self, time: f64, path: &RegimePath) -> Cursor {
        let piece = self.pieces.partition_point(|&(from, _)| from <= time);
        let switch = path
            .switches()
            .partition_point(|&(at, _)| at.days() <= time);
        Cursor {
            time,
            piece: piece.saturating_sub(1),
            switch: switch.saturating_sub(1),
        }
    }
}

impl Cursor {
    /// Goes on to the time at which `more` further events are expected; `None` if never.
    pub(super) fn advance(
        &mut self,
        intensity: &Intensity,
        path: &RegimePath,
        more: f64,
    ) -> Option<f64> {
        let mut needed = more;
        loop {
            let mut rate = intensity.pieces[self.piece].1;
            let mut end = intensity
                .pieces
                .get(self.piece + 1)
                .map_or(f64::INFINITY, |&(from, _)| from);
            let mut switches = false;
            if !intensity.regime.is_empty() {
                let switched = path.switches();
                rate *= intensity.regime[switched[self.switch].1];
                if let Some(&(at, _)) = switched.get(self.switch + 1)
                    && at.days() < end
                {
                    end = at.days();
                    switches = true;
                }
            }
            let expected = rate * (end - self.time);
            if rate > 0.0 && expected > needed {
                self.time += needed / rate;
                return Some(self.time);
            }
            if end == f64::INFINITY {
                return None;
            }
            needed -= expected;
            self.time = end;
            if switches {
                self.switch += 1;
            } else {
                self.piece += 1;
            }
        }
    }
}

/// Calendar months: when each begins, and which it is, 0 for January.
#[derive(Clone, Debug)]
pub(super) struct Months(Vec<(Seconds, usize)>);

impl Months {
    pub(super) fn of(start: Date, horizon: Seconds) -> Self {
        let mut months = Vec::new();
        let mut date = start;
        let mut time = Seconds::ZERO;
        while time <= horizon {
            months.push((time, (date.month() - 1) as usize));
            let Ok(next) = date.first_of_month().checked_add(1.month()) else {
                break;
            };
            time += Seconds::from_days(f64::from((next - date).get_days()));
            date = next;
        }
        Self(months)
    }

    /// From when to when (days) each lasts, and which it is.
    pub(super) fn spans(&self) -> impl Iterator<Item = ([f64; 2], usize)> + '_ {
        let ends = self.0.iter().skip(1).map(|&(from, _)| from.days());
        let ends = ends.chain([f64::INFINITY]);
        let starts = self.0.iter().zip(ends);
        starts.map(|(&(from, month), until)| ([from.days(), until], month))
    }

    /// The month of an instant.
    pub(super) fn at(&self, time: Seconds) -> usize {
        let later = self.0.partition_point(|&(from, _)| from <= time);
        self.0[later.saturating_sub(1)].1
    }
}
