//! Flows that a record speaks of.

/// A flow of a model, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// What a field produces.
    Field(usize),
    /// What a link carries, net.
    Link(usize),
    /// What passes the gates of a route.
    Route(usize),
    /// Other people's oil on a transit.
    Transit(usize),
    /// What all fields produce.
    Production,
    /// What all markets abroad get.
    Exports,
    /// What all markets get.
    Deliveries,
}
