//! What a field can produce, and to what it is booked that it cannot produce its plan.

use crate::accumulate::Books;
use crate::network::UNLIMITED;

use super::state::State;

/// What limits a field besides its own outages; b/d.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldLimits {
    /// What its outages leave, after damage.
    pub(super) sound: i64,
    /// As far as a restart has got.
    pub(super) ramp: i64,
    /// What brought the field to where its restart began.
    pub(super) cause: Cause,
    /// What a quota allows.
    pub(super) quota: i64,
    /// What it would produce without the quota: what is beyond is not the quota's doing.
    pub(super) free: i64,
}

/// Why a field has to restart: what the restart costs is booked there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cause {
    /// Its own outage.
    FieldOutage,
    /// A quota.
    Quota,
    /// There was no way out.
    #[default]
    ShutIn,
}

impl Default for FieldLimits {
    fn default() -> Self {
        Self {
            sound: 0,
            ramp: UNLIMITED,
            cause: Cause::default(),
            quota: UNLIMITED,
            free: UNLIMITED,
        }
    }
}

impl FieldLimits {
    /// The most that it can produce now.
    pub(super) fn limit(&self) -> i64 {
        self.sound.min(self.ramp).min(self.quota)
    }

    /// What a quota withholds.
    pub(super) fn withheld(&self) -> i64 {
        let free = self.sound.min(self.ramp).min(self.free);
        free - free.min(self.quota)
    }

    /// Books what is planned to its first cause.
    ///
    /// - `planned`: its plan; `available`: what its own outages leave of it.
    pub(super) fn book(&self, planned: i64, available: i64) -> Books {
        let restarted = self.sound.min(self.ramp);
        let mut books = Books {
            planned,
            field_outage: planned - available,
            damaged: available - self.sound,
            quota_cut: self.withheld(),
        };
        match self.cause {
            Cause::FieldOutage => books.field_outage += self.sound - restarted,
            Cause::Quota => books.quota_cut += self.sound - restarted,
            Cause::ShutIn => {}
        }
        books
    }
}

impl State<'_> {
    /// Carries the limits of a field to the arc through which its oil enters.
    pub(super) fn write_source(&mut self, field: usize) {
        self.fields_moved = true;
        let limit = self.fields[field].limit();
        self.write_arc(self.world.network.source_of[field], limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_barrel_is_booked_to_its_first_cause() {
        let mut limits = FieldLimits {
            sound: 700,
            ramp: 400,
            cause: Cause::ShutIn,
            quota: 300,
            ..FieldLimits::default()
        };
        let books = limits.book(1_000, 800);
        assert_eq!(
            (books.field_outage, books.damaged, books.quota_cut),
            (200, 100, 100)
        );
        assert_eq!(books.potential(), 600);
        limits.cause = Cause::FieldOutage;
        assert_eq!(limits.book(1_000, 800).field_outage, 500);
        limits.cause = Cause::Quota;
        assert_eq!(limits.book(1_000, 800).quota_cut, 400);
        assert_eq!(limits.limit(), 300);
        // Of what it could produce it would have shut in 60 anyway.
        limits.free = 340;
        assert_eq!((limits.withheld(), limits.limit()), (40, 300));
    }
}
