//! What each number of an event's draws is for. A campaign has as many for each of its members.
//! They never change their meaning, so that a new feature moves no draw.

/// Time to the event; whether it happens, if it happens at most once; a decision.
pub(super) const GAP: u32 = 0;
/// How long it lasts.
pub(super) const DURATION: u32 = 1;
/// Share left.
pub(super) const LEFT: u32 = 2;
/// A part of an interval: the instant in a window, the age of what was met at the start.
pub(super) const PART: u32 = 3;
/// Whether it comes to nothing.
pub(super) const AVERTED: u32 = 4;
/// Time from the event to its effect.
pub(super) const DELAY: u32 = 5;
/// Whether it ends early.
pub(super) const REVERSED: u32 = 6;
/// When it ends early.
pub(super) const REVERSAL: u32 = 7;
/// Mobilisation of a crew.
pub(super) const MOBILISATION: u32 = 8;
/// Time until a spare part comes.
pub(super) const LEAD: u32 = 9;
/// Number of events that it brings about.
pub(super) const CHILDREN: u32 = 10;
/// Time from its parent.
pub(super) const AFTER_PARENT: u32 = 11;
/// Whether a cause has this consequence.
pub(super) const CHANCE: u32 = 12;
/// How long the first of the later stages lasts; then its share left; and so on.
pub(super) const STAGES: u32 = 14;
/// Draws for each event, or each member of a cluster.
pub(super) const PER_MEMBER: u32 = 32;
