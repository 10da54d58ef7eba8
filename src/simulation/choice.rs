//! Which replication is told of.

use std::io;

use crate::metrics::quantile;
use crate::model::{Collect, Model};
use crate::results::{StoryPick, StoryStanding};
use crate::units::Fraction;

use super::run::run;
use super::settings::{Observer, Progress, ROW_COLUMNS, Row, RunError, Settings, Stopped};

/// How a replication is chosen from those of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// The one with the most undelivered.
    Worst,
    /// The one whose undelivered is the quantile of this probability: the least value that at
    /// least such a share of the replications does not exceed.
    Quantile(Fraction),
}

/// Plays the first `replications` and chooses one; among equals, that with the lowest number.
///
/// `None` if the observer cancelled the run.
///
/// # Errors
/// Those of [`run`].
pub fn choose(
    model: &Model,
    (seed, replications, threads): (u64, u64, usize),
    choice: Choice,
    observer: &mut dyn Observer,
) -> Result<Option<(u64, StoryPick)>, RunError> {
    let settings = Settings {
        seed,
        range: 0..replications,
        threads,
        collect: Collect::System,
        stop: None,
        shortfalls: false,
        rows: true,
        plain: true,
    };
    let mut losses = Losses {
        observer,
        column: ROW_COLUMNS
            .iter()
            .position(|&(name, _)| name == "undelivered")
            .unwrap_or_default(),
        undelivered: Vec::new(),
    };
    let ran = run(model, &settings, &mut losses)?;
    if ran.stopped == Stopped::Interrupted {
        return Ok(None);
    }
    Ok(pick(&losses.undelivered, choice))
}

/// The replication chosen from these losses, by number; `None` if there are none.
fn pick(losses: &[i64], choice: Choice) -> Option<(u64, StoryPick)> {
    let mut sorted = losses.to_vec();
    sorted.sort_unstable();
    let wanted = match choice {
        Choice::Worst => sorted.last().copied(),
        Choice::Quantile(probability) => quantile(&sorted, probability.get()),
    }?;
    let replication = losses.iter().position(|&loss| loss == wanted)? as u64;
    let beyond = losses.iter().filter(|&&loss| loss > wanted).count() as u64;
    let equals = losses.iter().filter(|&&loss| loss == wanted).count() as u64;
    let standing = StoryStanding {
        among: losses.len() as u64,
        rank: beyond + 1,
        equals,
    };
    let pick = match choice {
        Choice::Worst => StoryPick::Worst(standing),
        Choice::Quantile(probability) => StoryPick::Quantile {
            probability: probability.get(),
            standing,
        },
    };
    Some((replication, pick))
}

/// Keeps what each replication leaves undelivered; all else is passed on.
struct Losses<'o> {
    observer: &'o mut dyn Observer,
    column: usize,
    undelivered: Vec<i64>,
}

impl Observer for Losses<'_> {
    fn progress(&mut self, progress: &Progress) {
        self.observer.progress(progress);
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let losses = rows.iter().map(|row| row.values[self.column]);
        self.undelivered.extend(losses);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(losses: &[i64], choice: Choice) -> (u64, StoryStanding) {
        let (replication, pick) = pick(losses, choice).expect("there are losses");
        (replication, *pick.standing().expect("it was chosen"))
    }

    #[test]
    fn the_worst_is_the_first_of_the_largest() {
        let standing = |among, rank, equals| StoryStanding {
            among,
            rank,
            equals,
        };
        assert_eq!(picked(&[3, 9, 1, 9], Choice::Worst), (1, standing(4, 1, 2)));
        let at = |share| Choice::Quantile(Fraction::new(share).expect("a share"));
        assert_eq!(picked(&[3, 9, 1, 9], at(0.5)), (0, standing(4, 3, 1)));
        assert_eq!(picked(&[3, 9, 1, 9], at(0.0)), (2, standing(4, 4, 1)));
        assert_eq!(picked(&[3, 9, 1, 9], at(1.0)), (1, standing(4, 1, 2)));
        assert_eq!(pick(&[], Choice::Worst), None);
    }

    #[test]
    fn a_quantile_is_an_order_statistic() {
        let losses: Vec<i64> = (0..20).map(|number| 7 * number % 20).collect();
        let at = |share| Choice::Quantile(Fraction::new(share).expect("a share"));
        for (share, rank) in [(0.95, 19), (0.951, 20), (0.05, 1), (0.15, 3)] {
            let (replication, _) = picked(&losses, at(share));
            assert_eq!(losses[replication as usize], rank - 1, "{share}");
        }
    }
}
