//! Who gets which barrels between two events.
//!
//! An [`Allocator`] answers one question: given the capacity of every arc, what flows? The answer
//! is a function of the capacities (and of what fields claim, where cuts are shared) alone, never of what was asked before, so a warm solve, a cold
//! one and one from the table of states agree to the bit.

mod allocator;
mod circulation;
pub mod cut;
mod derivative;
#[cfg(test)]
mod dice;
mod fair;
mod foresight;
mod leeway;
mod masks;
mod multi;
mod rounding;
mod sharing;
mod spanning;
mod survival;
mod table;
mod tableau;
mod trees;

pub use allocator::Allocator;
pub use derivative::{Derivative, Margin};
pub use foresight::{KnownPath, ProgramLimits, Stretch, Unsolved};
pub use leeway::Leeway;
pub use survival::Endurance;
pub use trees::KeptTrees;
