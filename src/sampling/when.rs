//! When the events of a process occur: everything but renewals, whose clock depends on how long
//! each disruption lasts.

use jiff::civil::Date;

use crate::model::{Decision, Hazard, Occurs};
use crate::units::Seconds;

use super::campaign::Campaign;
use super::intensity::Intensity;
use super::regimes::RegimePath;
use super::renewal::Renewal;
use super::strata::Counted;
use super::timeline::{Address, Event, Work};
use super::{Stream, draws};

/// When events occur.
#[derive(Clone, Debug)]
pub(super) enum When {
    Poisson(Intensity),
    /// So many as are settled beforehand, in place of another law.
    Counted(Box<Counted>),
    Campaign(Campaign),
    Renewal(Box<Renewal>),
    At(Vec<Seconds>),
    Once {
        probability: f64,
        from: Seconds,
        until: Seconds,
    },
    Decisions {
        decisions: Vec<Decision>,
        is_open: bool,
    },
    /// By events of another process.
    After {
        cause: u32,
        chance: f64,
        lasts_with_cause: bool,
    },
    /// Recorded outages: target, beginning, end, share left.
    Log(Vec<(u32, Seconds, Seconds, f64)>),
}

impl When {
    pub(super) fn new(hazard: &Hazard, start: Date, horizon: Seconds) -> Self {
        let intensity = |rate: f64| {
            Intensity::new(rate, hazard.season.as_ref(), &hazard.regime, start, horizon)
        };
        match &hazard.occurs {
            Occurs::Poisson { rate_per_day } => Self::Poisson(intensity(*rate_per_day)),
            Occurs::Campaign {
                rate_per_day,
                branching,
                half_life_days,
                history,
            } => Self::Campaign(Campaign {
                immigrants: intensity(*rate_per_day),
                branching: *branching,
                decay: std::f64::consts::LN_2 / half_life_days,
                history: history.iter().map(|time| time.days()).collect(),
            }),
            Occurs::Renewal { up } => {
                let is_modulated = hazard.season.is_some() || !hazard.regime.is_empty();
                let rate = is_modulated.then(|| intensity(1.0 / up.mean()));
                Self::Renewal(Box::new(Renewal::new(hazard, up, rate)))
            }
            Occurs::Dates(dates) => Self::At(dates.clone()),
            Occurs::Every { period, first } => {
                let mut times = Vec::new();
                let mut time = *first;
                while time < horizon && period.0 > 0 {
                    times.push(time);
                    time += *period;
                }
                Self::At(times)
            }
            Occurs::Once {
                probability,
                from,
                until,
            } => Self::Once {
                probability: probability.get(),
                from: *from,
                until: *until,
            },
            Occurs::Decisions { decisions, is_open } => Self::Decisions {
                decisions: decisions.clone(),
                is_open: *is_open,
            },
            Occurs::After {
                chance,
                lasts_with_cause,
                ..
            } => Self::After {
                // Which process it is, is settled once all are known.
                cause: u32::MAX,
                chance: chance.get(),
                lasts_with_cause: *lasts_with_cause,
            },
            Occurs::Log(events) => Self::Log(
                events
                    .iter()
                    .map(|row| (row.target as u32, row.start, row.end, row.left.get()))
                    .collect(),
            ),
        }
    }

    /// Whether the events are times without a length of their own, told by [`Self::arrivals`].
    pub(super) fn has_arrivals(&self) -> bool {
        matches!(
            self,
            Self::Poisson(_)
                | Self::Counted(_)
                | Self::Campaign(_)
                | Self::At(_)
                | Self::Once { .. }
                | Self::After { .. }
        )
    }

    /// Puts the times of the events of a replication into `work.arrivals`, in order.
    ///
    /// - `regimes`, `events`: of this replication, the latter as far as others have told them.
    pub(super) fn arrivals(
        &self,
        stream: Stream,
        replication: u64,
        horizon: Seconds,
        (regimes, events): (&RegimePath, &[Event]),
        work: &mut Work,
    ) {
        let arrivals = &mut work.arrivals;
        arrivals.clear();
        let event = |number: usize| Address {
            event: number as u32,
            member: 0,
        };
        match self {
            Self::Poisson(intensity) => {
                let mut cursor = intensity.cursor_at(0.0, regimes);
                for number in 0.. {
                    let gap = stream.uniform(replication, number, draws::GAP);
                    let time = cursor.advance(intensity, regimes, -libm::log1p(-gap));
                    let Some(time) = time.filter(|&time| time < horizon.days()) else {
                        break;
                    };
                    arrivals.push((Seconds::from_days(time), event(number as usize)));
                }
            }
            Self::Counted(counted) => counted.arrivals(stream, replication, work),
            Self::Campaign(campaign) => {
                let cluster = &mut work.cluster;
                campaign.fill(stream, replication, horizon, regimes, cluster, arrivals);
            }
            Self::At(times) => {
                let events = times.iter().enumerate();
                arrivals.extend(events.map(|(number, &time)| (time, event(number))));
            }
            Self::Once {
                probability,
                from,
                until,
            } => {
                if stream.uniform(replication, 0, draws::GAP) < *probability {
                    let part = stream.uniform(replication, 0, draws::PART);
                    let width = (*until - *from).0 as f64;
                    arrivals.push((*from + Seconds((part * width) as i64), event(0)));
                }
            }
            Self::After { cause, chance, .. } => {
                let caused = events.iter().filter(|event| {
                    event.process == *cause
                        && stream.of(replication, event.address, draws::CHANCE) < *chance
                });
                arrivals.extend(caused.map(|event| (event.start, event.address)));
                arrivals.sort_unstable();
                let ends = &mut work.causes;
                ends.clear();
                let own = events.iter().filter(|event| event.process == *cause);
                ends.extend(own.map(|event| (event.address, event.end)));
                ends.sort_unstable();
            }
            Self::Renewal(_) | Self::Decisions { .. } | Self::Log(_) => {}
        }
    }
}

impl Stream {
    /// Draw number `draw` of an event at an address.
    pub(super) fn of(self, replication: u64, at: Address, draw: u32) -> f64 {
        self.uniform(replication, at.event, at.member * draws::PER_MEMBER + draw)
    }
}
