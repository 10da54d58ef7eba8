//! Who may claim the right to have oil flow: fields, where cuts are shared otherwise than by cost.

use std::collections::BTreeMap;

use crate::model::{Model, Sharing};

use super::costs::Costs;
use super::{NO_ARC, Problem};

/// What it takes to share cuts among the fields of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The fields, in order of id; none if cost alone decides.
    pub fields: Vec<Claim>,
    /// Whether entitlements come first.
    pub by_entitlement: bool,
    /// An arc whose reduced cost is at most this, either way, may carry more or less without any
    /// change in what ranks above the sharing: deliveries, stock, classes of fields.
    pub settled: i128,
}

/// The claim of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The arc of the reduced problem by which its oil enters, or [`super::NO_ARC`].
    pub arc: usize,
    /// Its class.
    pub class: u8,
}

impl Claims {
    /// The claims of a model whose network is `problem`, with its fields entering at `sources`.
    pub(super) fn of(model: &Model, problem: &Problem, sources: &[usize], costs: &Costs) -> Self {
        if model.allocation.sharing == Sharing::Cost {
            return Self::default();
        }
        let claims = sources.iter().zip(&model.fields);
        Self {
            fields: claims
                .map(|(&arc, field)| Claim {
                    arc: problem.carrier[arc],
                    class: field.priority,
                })
                .collect(),
            by_entitlement: model.allocation.sharing == Sharing::Entitlement,
            settled: costs.settled,
        }
    }

    /// Classes of which two fields at least have an arc, each with those fields: there is nothing to share in others.
    #[must_use]
    pub fn classes(&self) -> Vec<Vec<usize>> {
        let mut classes = BTreeMap::<u8, Vec<usize>>::new();
        for (field, claim) in self.fields.iter().enumerate() {
            if claim.arc != NO_ARC {
                classes.entry(claim.class).or_default().push(field);
            }
        }
        classes
            .into_values()
            .filter(|fields| fields.len() > 1)
            .collect()
    }
}
