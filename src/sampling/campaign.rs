//! Self-exciting events: Hawkes, *Spectra of some self-exciting and mutually exciting point
//! processes* (1971), played as clusters (Hawkes and Oakes, 1974).

use crate::units::Seconds;

use super::intensity::Intensity;
use super::regimes::RegimePath;
use super::timeline::Address;
use super::{Stream, draws};

/// Events before the start have these numbers, from the last on downwards.
const HISTORY: u32 = u32::MAX - 1;

/// Immigrants, and what they bring about.
#[derive(Clone, Debug)]
pub(super) struct Campaign {
    pub(super) immigrants: Intensity,
    /// Mean number of events that one brings about directly.
    pub(super) branching: f64,
    /// Rate at which the excitement of an event fades, 1/d.
    pub(super) decay: f64,
    /// Times of known events before the start, days; negative.
    pub(super) history: Vec<f64>,
}

impl Campaign {
    /// Appends the events of a replication, in order of time.
    pub(super) fn fill(
        &self,
        stream: Stream,
        replication: u64,
        horizon: Seconds,
        path: &RegimePath,
        cluster: &mut Vec<(f64, u32)>,
        arrivals: &mut Vec<(Seconds, Address)>,
    ) {
        let mut cursor = self.immigrants.cursor_at(0.0, path);
        for number in 0..HISTORY / 2 {
            let gap = stream.uniform(replication, number, draws::GAP);
            let time = cursor.advance(&self.immigrants, path, -libm::log1p(-gap));
            let Some(time) = time.filter(|&time| time < horizon.days()) else {
                break;
            };
            arrivals.push((
                Seconds::from_days(time),
                Address {
                    event: number,
                    member: 0,
                },
            ));
            cluster.clear();
            cluster.push((time, 0));
            self.grow(stream, replication, number, horizon, cluster, arrivals);
        }
        for (number, &past) in self.history.iter().enumerate() {
            // Of what a past event brings about, the part that is still to come; it fades from
            // the start on as from any other instant.
            let event = HISTORY - number as u32;
            let more = self.branching * libm::exp(self.decay * past);
            cluster.clear();
            let u = stream.uniform(replication, event, draws::CHILDREN);
            self.bear(stream, replication, event, (0.0, poisson(more, u)), cluster);
            self.tell(event, horizon, cluster, 0, arrivals);
            self.grow(stream, replication, event, horizon, cluster, arrivals);
        }
        arrivals.sort_unstable();
    }

    /// Appends all that the members of a cluster bring about, and what those do.
    fn grow(
        &self,
        stream: Stream,
        replication: u64,
        event: u32,
        horizon: Seconds,
        cluster: &mut Vec<(f64, u32)>,
        arrivals: &mut Vec<(Seconds, Address)>,
    ) {
        let mut next = 0;
        while let Some(&(time, member)) = cluster.get(next) {
            next += 1;
            if time >= horizon.days() {
                continue;
            }
            let address = Address { event, member };
            let children = poisson(
                self.branching,
                stream.of(replication, address, draws::CHILDREN),
            );
            let born = cluster.len();
            self.bear(stream, replication, event, (time, children), cluster);
            self.tell(event, horizon, cluster, born, arrivals);
        }
    }

    /// Adds so many children of an event at a time to its cluster.
    fn bear(
        &self,
        stream: Stream,
        replication: u64,
        event: u32,
        (time, children): (f64, u32),
        cluster: &mut Vec<(f64, u32)>,
    ) {
        for _ in 0..children {
            // The root is member 0, whether it is in the list or long past.
            let member = cluster.last().map_or(0, |&(_, last)| last) + 1;
            let wait = stream.of(replication, Address { event, member }, draws::AFTER_PARENT);
            cluster.push((time - libm::log1p(-wait) / self.decay, member));
        }
    }

    /// Tells the members from `born` on that fall within the horizon.
    fn tell(
        &self,
        event: u32,
        horizon: Seconds,
        cluster: &[(f64, u32)],
        born: usize,
        arrivals: &mut Vec<(Seconds, Address)>,
    ) {
        let _ = self;
        let inside = cluster[born..]
            .iter()
            .filter(|&&(time, _)| time < horizon.days());
        arrivals.extend(
            inside.map(|&(time, member)| (Seconds::from_days(time), Address { event, member })),
        );
    }
}

/// The number below which a Poisson number with this mean lies with probability `u`.
fn poisson(mean: f64, u: f64) -> u32 {
    let mut chance = libm::exp(-mean);
    let mut below = chance;
    let mut number = 0;
    while u >= below && number < 1_000 {
        number += 1;
        chance *= mean / f64::from(number);
        below += chance;
    }
    number
}
