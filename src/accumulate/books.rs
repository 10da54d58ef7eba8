//! Where planned barrels go that are not produced.

/// The plan of a field, or of all, and what keeps it from being produced, each barrel booked to
/// its first cause: its own outages, damage, a quota. What is left could be produced; what of
/// that is not produced is shut in. Rates in b/d, or volumes in 86 400ths of a barrel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// What is planned.
    pub planned: i64,
    /// Lost to the field's own outages.
    pub field_outage: i64,
    /// Lost to damage that shut-ins have done.
    pub damaged: i64,
    /// Withheld by a quota.
    pub quota_cut: i64,
}

impl Books {
    /// What could be produced.
    #[must_use]
    #[inline]
    pub fn potential(&self) -> i64 {
        self.planned - self.field_outage - self.damaged - self.quota_cut
    }

    /// Adds `rates` over `time`.
    #[inline]
    pub fn add(&mut self, rates: &Self, time: i64) {
        self.planned += rates.planned * time;
        self.field_outage += rates.field_outage * time;
        self.damaged += rates.damaged * time;
        self.quota_cut += rates.quota_cut * time;
    }
}
