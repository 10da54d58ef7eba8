//! Shortfalls of one replication: how long deliveries stay below plan.

use crate::metrics::Recovery;
use crate::units::Seconds;

/// What counts as a shortfall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortfallRule {
    /// Deliveries may stay this share below plan, in 10⁻⁹.
    pub tolerance: i64,
    /// Shortfalls separated by less than this are one.
    pub gap: Seconds,
}

/// What counts as recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryRule {
    /// Deliveries this share below plan are outside the band, in 10⁻⁹.
    pub band: i64,
    /// They must stay inside this long.
    pub hold: Seconds,
}

/// One shortfall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShortfallEvent {
    /// When it begins.
    pub start: Seconds,
    /// When it ends.
    pub end: Seconds,
    /// Volume below plan, in 86 400ths of a barrel.
    pub volume: i64,
    /// Greatest share of plan missing, in 10⁻⁹.
    pub deepest: i64,
}

/// Follows deliveries against plan.
#[derive(Clone, Debug)]
pub struct Shortfalls {
    rule: ShortfallRule,
    recovery: RecoveryRule,
    open: Option<Open>,
    /// Time below plan.
    time: Seconds,
    /// Number of shortfalls.
    events: i64,
    /// The longest.
    longest: Seconds,
    /// The deepest cut: how much is missing of how much, b/d.
    deepest: (i64, i64),
    recovering: Recovering,
    /// What counts against the plan that was seen last.
    marks: Marks,
    /// Until when deliveries were seen.
    end: Seconds,
    keep: bool,
    kept: Vec<ShortfallEvent>,
}

/// Rates at which deliveries are told apart while the plan stays the same, b/d: found once for each
/// plan, so that an epoch costs no wide multiplication.
#[derive(Clone, Copy, Debug)]
struct Marks {
    planned: i64,
    /// Deliveries below this are a shortfall.
    tolerated: i64,
    /// Deliveries below this are outside the band of recovery.
    band: i64,
}

impl Marks {
    fn of(planned: i64, rule: ShortfallRule, recovery: RecoveryRule) -> Self {
        Self {
            planned,
            tolerated: least_within(planned, rule.tolerance),
            band: least_within(planned, recovery.band),
        }
    }
}

/// A shortfall that has begun.
#[derive(Clone, Copy, Debug)]
struct Open {
    start: Seconds,
    end: Seconds,
    volume: i64,
    /// The deepest cut: how much is missing of how much, b/d.
    missing: i64,
    planned: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovering {
    NeverLeft,
    Outside { since: Seconds },
    Inside { since: Seconds, back: Seconds },
    Recovered(Seconds),
}

impl Shortfalls {
    /// With nothing seen yet. With `keep`, single shortfalls are kept for [`Self::kept`].
    #[must_use]
    pub fn new(rule: ShortfallRule, recovery: RecoveryRule, keep: bool) -> Self {
        Self {
            rule,
            recovery,
            open: None,
            time: Seconds::ZERO,
            events: 0,
            longest: Seconds::ZERO,
            deepest: (0, 1),
            recovering: Recovering::NeverLeft,
            marks: Marks::of(0, rule, recovery),
            end: Seconds::ZERO,
            keep,
            kept: Vec::new(),
        }
    }

    /// Forgets what was seen.
    pub fn reset(&mut self) {
        self.open = None;
        self.time = Seconds::ZERO;
        self.events = 0;
        self.longest = Seconds::ZERO;
        self.deepest = (0, 1);
        self.recovering = Recovering::NeverLeft;
        self.kept.clear();
    }

    /// Deliveries of `delivered` b/d against `planned` b/d between two instants.
    #[inline]
    pub fn see(&mut self, from: Seconds, to: Seconds, planned: i64, delivered: i64) {
        self.end = to;
        let missing = planned - delivered;
        if is_deeper((missing, planned), self.deepest) {
            self.deepest = (missing, planned);
        }
        if planned != self.marks.planned {
            self.marks = Marks::of(planned, self.rule, self.recovery);
        }
        if delivered < self.marks.tolerated {
            self.time += to - from;
            match self.open {
                Some(open) if from == open.end || from - open.end < self.rule.gap => {}
                _ => {
                    self.close();
                    self.open = Some(Open {
                        start: from,
                        end: to,
                        volume: 0,
                        missing: 0,
                        planned: 1,
                    });
                    self.events += 1;
                }
            }
            if let Some(open) = &mut self.open {
                open.end = to;
                open.volume += missing * (to - from).0;
                if is_deeper((missing, planned), (open.missing, open.planned)) {
                    (open.missing, open.planned) = (missing, planned);
                }
            }
        }
        self.recover(from, to, delivered);
    }

    /// Deliveries under one plan, epoch by epoch, as [`Self::see`] sees them one by one.
    ///
    /// - `starts`: when each epoch begins, s; the last ends at `end`. `delivered`: of each, b/d.
    pub fn see_all(&mut self, starts: &[i64], end: i64, planned: i64, delivered: &[i32]) {
        let epochs = || {
            let ends = starts.iter().skip(1).copied().chain([end]);
            let times = starts.iter().copied().zip(ends);
            times.zip(delivered.iter().map(|&rate| i64::from(rate)))
        };
        if self.keep {
            for ((from, to), delivered) in epochs() {
                self.see(Seconds(from), Seconds(to), planned, delivered);
            }
            return;
        }
        let Some(&least) = delivered.iter().min() else {
            return;
        };
        self.end = Seconds(end);
        let missing = planned - i64::from(least);
        if is_deeper((missing, planned), self.deepest) {
            self.deepest = (missing, planned);
        }
        if planned != self.marks.planned {
            self.marks = Marks::of(planned, self.rule, self.recovery);
        }
        let (mut time, mut longest, mut events) = (0, self.longest.0, self.events);
        let mut open = self.open.map(|open| (open.start.0, open.end.0));
        for ((from, to), delivered) in epochs() {
            if delivered >= self.marks.tolerated {
                continue;
            }
            time += to - from;
            open = match open {
                Some((start, end)) if from == end || from - end < self.rule.gap.0 => {
                    Some((start, to))
                }
                before => {
                    longest = longest.max(before.map_or(0, |(start, end)| end - start));
                    events += 1;
                    Some((from, to))
                }
            };
        }
        self.time += Seconds(time);
        self.longest = Seconds(longest);
        self.events = events;
        self.open = open.map(|(start, end)| Open {
            start: Seconds(start),
            end: Seconds(end),
            volume: 0,
            missing: 0,
            planned: 1,
        });
        for ((from, to), delivered) in epochs() {
            if matches!(self.recovering, Recovering::Recovered(_)) {
                break;
            }
            self.recover(Seconds(from), Seconds(to), delivered);
        }
    }

    #[inline]
    fn recover(&mut self, from: Seconds, to: Seconds, delivered: i64) {
        self.recovering = match self.recovering {
            done @ Recovering::Recovered(_) => done,
            state if delivered < self.marks.band => match state {
                Recovering::NeverLeft => Recovering::Outside { since: from },
                Recovering::Inside { since, .. } => Recovering::Outside { since },
                other => other,
            },
            state => {
                let state = match state {
                    Recovering::Outside { since } => Recovering::Inside { since, back: from },
                    other => other,
                };
                match state {
                    Recovering::Inside { since, back } if to - back >= self.recovery.hold => {
                        Recovering::Recovered(back - since)
                    }
                    other => other,
                }
            }
        };
    }

    /// Ends the last shortfall.
    pub fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.longest = self.longest.max(open.end - open.start);
            if self.keep {
                self.kept.push(ShortfallEvent {
                    start: open.start,
                    end: open.end,
                    volume: open.volume,
                    deepest: share(open.missing, open.planned),
                });
            }
        }
    }

    /// Time below plan.
    #[must_use]
    pub fn seconds_below(&self) -> Seconds {
        self.time
    }

    /// Number of shortfalls.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.events
    }

    /// The longest.
    #[must_use]
    pub fn longest_time(&self) -> Seconds {
        self.longest
    }

    /// Greatest share of plan missing, in 10⁻⁹.
    #[must_use]
    pub fn deepest_cut(&self) -> i64 {
        share(self.deepest.0, self.deepest.1)
    }

    /// The shortfalls seen.
    #[must_use]
    pub fn kept(&self) -> &[ShortfallEvent] {
        &self.kept
    }

    /// Time from first leaving the band to lasting return; censored if the horizon came first.
    #[must_use]
    pub fn time_to_recover(&self) -> Recovery {
        match self.recovering {
            Recovering::NeverLeft => Recovery::NeverLeft,
            Recovering::Recovered(time) => Recovery::Recovered(time),
            Recovering::Outside { since } | Recovering::Inside { since, .. } => {
                Recovery::Censored(self.end - since)
            }
        }
    }
}

/// A share in 10⁻⁹.
fn share(part: i64, whole: i64) -> i64 {
    (i128::from(part) * 1_000_000_000 / i128::from(whole.max(1))) as i64
}

/// Whether a cut is a greater share of what was planned than another; both are pairs of what is
/// missing and what was planned, b/d. Compared by multiplication: an epoch should not cost a division.
#[inline]
fn is_deeper(cut: (i64, i64), than: (i64, i64)) -> bool {
    let wide = |left: i64, right: i64| i128::from(left) * i128::from(right);
    if cut.1 == than.1 && cut.1 > 0 {
        cut.0 > than.0
    } else {
        wide(cut.0, than.1) > wide(than.0, cut.1)
    }
}

/// The least that may be delivered without being more than `tolerance` (in 10⁻⁹) below plan.
fn least_within(planned: i64, tolerance: i64) -> i64 {
    const WHOLE: i128 = 1_000_000_000;
    let least = i128::from(planned) * (WHOLE - i128::from(tolerance));
    ((least + WHOLE - 1).div_euclid(WHOLE)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn watch(steps: &[(i64, i64, i64)], gap_days: i64) -> Shortfalls {
        let rule = ShortfallRule {
            tolerance: 0,
            gap: Seconds(gap_days * DAY),
        };
        let recovery = RecoveryRule {
            band: 50_000_000,
            hold: Seconds(7 * DAY),
        };
        let mut seen = Shortfalls::new(rule, recovery, true);
        for &(from, to, delivered) in steps {
            seen.see(Seconds(from * DAY), Seconds(to * DAY), 100, delivered);
        }
        seen.close();
        seen
    }

    #[test]
    fn shortfalls_with_a_short_gap_are_one() {
        let steps = [
            (0, 1, 100),
            (1, 3, 50),
            (3, 4, 100),
            (4, 6, 80),
            (6, 20, 100),
        ];
        let apart = watch(&steps, 0);
        assert_eq!((apart.events, apart.longest), (2, Seconds(2 * DAY)));
        let joined = watch(&steps, 2);
        assert_eq!((joined.events, joined.longest), (1, Seconds(5 * DAY)));
        assert_eq!(joined.time, Seconds(4 * DAY));
        assert_eq!(joined.deepest_cut(), 500_000_000);
        assert_eq!(joined.kept()[0].volume, (2 * 50 + 2 * 20) * DAY);
    }

    #[test]
    fn a_return_that_does_not_last_is_no_recovery() {
        let steps = [(0, 1, 50), (1, 3, 100), (3, 5, 50), (5, 30, 98)];
        assert_eq!(
            watch(&steps, 0).time_to_recover(),
            Recovery::Recovered(Seconds(5 * DAY))
        );
        assert_eq!(
            watch(&[(0, 9, 50), (9, 12, 100)], 0).time_to_recover(),
            Recovery::Censored(Seconds(12 * DAY))
        );
        assert_eq!(
            watch(&[(0, 9, 96)], 0).time_to_recover(),
            Recovery::NeverLeft
        );
    }
}
