//! From how many events on an interval holds what it says.
//!
//! Measured on simulated logs (`tests/it/fit`): with fewer events the 95 % intervals cover the
//! truth less often, or more often, than in 93–97 % of logs.

/// Events from which the exact interval of a rate is hardly wider than it needs to be; with fewer
/// it covers the truth more often than 97 % of times.
pub const RATE_EVENTS: u64 = 20;

/// Known durations below which next to nothing is said about their law.
pub const LEAST_DURATIONS: u64 = 5;

/// Known durations from which the intervals of a law's parameters hold.
pub const DURATIONS: u64 = 50;

/// Events below which a campaign is not even tried.
pub const LEAST_CAMPAIGN_EVENTS: u64 = 4;

/// Events from which the intervals of a campaign's parameters hold.
pub const CAMPAIGN_EVENTS: u64 = 200;

/// Events from which months are compared: five in each on average.
pub const SEASON_EVENTS: u64 = 60;
