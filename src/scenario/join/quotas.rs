//! Quotas of a world that changes on a day.

use crate::model::{Field, Model, Quota};

use super::{Join, Map, Union};

impl Join<'_> {
    /// What a quota asks of a field must be the same at all times.
    pub(super) fn field_under_quota(&self, before: Option<&Field>, after: Option<&Field>) {
        if let (Some(before), Some(after)) = (before, after) {
            let path = |key| ["field", after.id.as_str(), key];
            self.fixed(&path("control"), &before.control, &after.control);
            self.fixed(
                &path("crude_share"),
                &before.crude_share,
                &after.crude_share,
            );
            self.fixed(&path("floor"), &before.floor, &after.floor);
        }
    }

    /// How much may count can change on a day; who counts and what is done about it cannot.
    pub(super) fn quotas(
        &self,
        before: &Model,
        after: &Model,
        [first, second]: [&Map<'_>; 2],
    ) -> Vec<Quota> {
        let union = Union::of(&before.quotas, &after.quotas, |quota| &quota.id);
        let join = |&(id, before, after): &(&str, Option<&Quota>, Option<&Quota>)| {
            let (Some(old), Some(new)) = (before, after) else {
                self.fixed_error(
                    &["quota", id],
                    "a quota cannot begin or end on a day, for its balance has to begin somewhere: give it in the base scenario too, with steps in its `cap`",
                );
                return after.or(before).cloned();
            };
            let path = |key| ["quota", id, key];
            self.fixed(&path("follow"), &old.follow, &new.follow);
            self.fixed(&path("cut_order"), &old.cut_order, &new.cut_order);
            self.fixed(&path("catch_up"), &old.catch_up, &new.catch_up);
            self.fixed(&path("opening"), &old.opening, &new.opening);
            self.fixed(&path("credit"), &old.credit, &new.credit);
            let [was, is] = [(first, old), (second, new)].map(|(map, quota)| {
                let fields = quota.fields.iter();
                fields.map(|&field| map.fields[field]).collect::<Vec<_>>()
            });
            let lost = was
                .iter()
                .any(|f| !is.contains(f) && second.fields.contains(f));
            let gained = is
                .iter()
                .any(|f| !was.contains(f) && first.fields.contains(f));
            if lost || gained {
                self.fixed_error(
                    &path("fields"),
                    "from a date on a quota can only gain fields that are new then, and lose fields that are removed then",
                );
            }
            let mut fields = [was, is].concat();
            fields.sort_unstable();
            fields.dedup();
            Some(Quota {
                cap: old.cap.then(self.at, &new.cap),
                compensation: old.compensation.then(self.at, &new.compensation),
                fields,
                ..new.clone()
            })
        };
        union.pairs.iter().filter_map(join).collect()
    }
}
