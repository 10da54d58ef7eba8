//! From hazards to the timeline of one replication: what changes, when, to how much.
//!
//! Every process (a hazard, or a hazard on one target) has its own random stream, and each number
//! in it an address: replication, event, draw. So adding, removing or reordering anything leaves
//! every other draw as it was, and any replication can be played alone.

mod law;
mod philox;
mod process;
mod timeline;

pub use law::Sampler;
pub use philox::{Philox, Stream};
pub use timeline::{Disruption, Timeline, Timelines};
