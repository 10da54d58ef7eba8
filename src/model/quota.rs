//! Production quotas: how much of what is produced may count, and who is cut for it.

use crate::units::{Barrels, BarrelsPerDay};

use super::{Control, Series};

/// A limit on what fields produce together, as an agreement between producing countries sets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// How much may count.
    pub cap: Series<BarrelsPerDay>,
    /// By how much less, to make up for what was too much before.
    pub compensation: Series<BarrelsPerDay>,
    /// What is done about it.
    pub follow: Follow,
    /// Who can be cut, in this order; others never are.
    pub cut_order: Vec<Control>,
    /// Whether it is the mean of a calendar month that has to keep to the cap.
    pub catch_up: bool,
    /// What was produced too much before the start.
    pub opening: Barrels,
    /// Whether what is produced too little is kept for later.
    pub credit: bool,
    /// Indices into [`super::Model::fields`], rising; no field has two quotas.
    pub fields: Vec<usize>,
}

/// What is done about a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Nothing: what is too much is reported.
    NationalInterest,
    /// Fields are cut to the cap.
    Comply,
    /// Fields are cut to the cap less compensation.
    Compensate,
}

impl Follow {
    /// As scenario files and results say it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NationalInterest => "national-interest",
            Self::Comply => "comply",
            Self::Compensate => "compensate",
        }
    }
}

impl Quota {
    /// Whether fields are cut for it.
    #[must_use]
    pub fn cuts(&self) -> bool {
        self.follow != Follow::NationalInterest && !self.cut_order.is_empty()
    }
}
