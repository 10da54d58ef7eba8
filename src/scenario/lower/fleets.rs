//! What ships, trains or berths can carry, as a capacity.

use crate::model::Series;
use crate::scenario::quantity::Dimension;
use crate::scenario::read::{Grade, Reader};
use crate::scenario::time::months;
use crate::scenario::tree::{Node, Table};
use crate::units::{BarrelsPerDay, Seconds};

use super::nodes::lesser;

/// Capacity of a link: its own, or what its fleet can carry, whichever is less at each time.
pub(super) fn capacity(
    reader: &Reader<'_>,
    table: &Table,
    grade: Grade,
) -> Option<Series<BarrelsPerDay>> {
    let own = table
        .get("capacity")
        .and_then(|node| reader.series(node, grade));
    let fleet = table
        .table("fleet")
        .and_then(|fleet| carried(reader, fleet, grade));
    match (&own, &fleet) {
        (Some(own), Some(fleet)) => lesser(own, fleet),
        _ => own.or(fleet),
    }
}

/// What a fleet carries: each of its ships a parcel a round trip, rounded once.
fn carried(reader: &Reader<'_>, fleet: &Table, grade: Grade) -> Option<Series<BarrelsPerDay>> {
    let ships_node = fleet.get("ships")?;
    let ships = reader.number(ships_node);
    if ships.is_some_and(|ships| ships < 0.0) {
        reader.negative(ships_node.at);
    }
    let ships = ships.filter(|&ships| ships >= 0.0);
    let parcel = fleet
        .get("parcel")
        .and_then(|node| reader.quantity(node, Dimension::Volume, grade));
    let round_trip = fleet.get("round_trip")?;
    let rate = |node: &Node| {
        let days = reader.some_days(node)?;
        reader.whole_rate(ships? * parcel? / days, node.at)
    };
    let Some(by_month) = round_trip.array() else {
        return rate(round_trip).map(Series::constant);
    };
    let rates: Vec<Option<BarrelsPerDay>> = by_month.iter().map(rate).collect();
    let rates: Vec<BarrelsPerDay> = rates.into_iter().collect::<Option<_>>()?;
    let steps: Option<Vec<(Seconds, BarrelsPerDay)>> = months(reader.start, reader.horizon)
        .into_iter()
        .map(|(at, month)| Some((at, *rates.get(month)?)))
        .collect();
    Series::from_steps(steps?)
}
