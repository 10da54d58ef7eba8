//! What the network looks like before anything happens.

/// placeholder
pub struct Structure;
/// placeholder
pub fn structure() {}
