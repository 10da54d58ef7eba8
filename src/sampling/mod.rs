//! From hazards to the timeline of one replication: what changes, when, to how much.
//!
//! Every process (a hazard, or a hazard on one target) has its own random stream, and each number
//! in it an address: replication, event, draw. So adding, removing or reordering anything leaves
//! every other draw as it was, and any replication can be played alone.

mod alike;
mod campaign;
mod clocks;
mod controls;
mod draws;
mod expected;
mod floating;
mod intensity;
mod joint;
mod known;
mod lanes;
mod law;
mod order;
mod philox;
mod plain;
mod process;
mod regimes;
mod renewal;
mod shuffle;
mod steady;
mod strata;
mod timeline;
mod timelines;
mod when;
mod workshop;

pub use alike::draw_alike;
pub use controls::{Control, ControlSpace, Controls};
pub use joint::{Apart, JointSpace, JointTimes, with_all_they_need};
pub use law::Sampler;
pub use philox::{Philox, Stream};
pub use regimes::RegimePath;
pub use shuffle::shuffled;
pub use steady::{Steady, steady};
pub use strata::{NoCount, Strata, StrataSpace, StratumKind, rare_events};
pub use timeline::{Disruption, Timeline};
pub use timelines::Timelines;
