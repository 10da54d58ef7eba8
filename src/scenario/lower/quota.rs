//! Production quotas.

use std::collections::BTreeMap;

use crate::model::{Control, Field, Follow, Quota, Series};
use crate::scenario::read::{Reader, strings, text, truth};
use crate::scenario::text::Place;
use crate::scenario::tree::{Element, Table};
use crate::units::{Barrels, BarrelsPerDay, Fraction};

use super::nodes::name;
use super::settings::Grades;

pub(super) fn quotas(
    reader: &Reader<'_>,
    grades: &Grades,
    fields: &[Field],
    tree: &Table,
) -> Vec<Quota> {
    let mut taken: BTreeMap<usize, (Place, String)> = BTreeMap::new();
    let mut found = Vec::new();
    for element in tree.elements("quota") {
        let table = element.table;
        let grade = grades.of(reader, table);
        let series = |key: &str| {
            let read = table.get(key).and_then(|node| reader.series(node, grade));
            read.unwrap_or_else(|| Series::constant(BarrelsPerDay::ZERO))
        };
        let opening = table
            .get("opening")
            .and_then(|node| reader.volume(node, grade));
        let quota = Quota {
            id: element.id.to_owned(),
            name: name(element),
            cap: series("cap"),
            compensation: series("compensation"),
            follow: match text(table, "follow") {
                Some("comply") => Follow::Comply,
                Some("compensate") => Follow::Compensate,
                _ => Follow::NationalInterest,
            },
            cut_order: cut_order(reader, table),
            catch_up: truth(table, "catch_up", false),
            opening: opening.unwrap_or(Barrels::ZERO),
            credit: truth(table, "credit", false),
            fields: members(reader, fields, element, &mut taken),
        };
        warn_if_nobody_is_cut(reader, fields, element, &quota);
        warn_if_nothing_is_left(reader, element, &quota);
        found.push(quota);
    }
    found
}

fn cut_order(reader: &Reader<'_>, table: &Table) -> Vec<Control> {
    let Some(node) = table.get("cut_order") else {
        return vec![Control::State];
    };
    let mut order: Vec<Control> = Vec::new();
    for (written, at) in strings(node) {
        let control = match written {
            "state" => Control::State,
            "investors" => Control::Investors,
            _ => continue,
        };
        if order.contains(&control) {
            reader
                .report
                .error(
                    "scenario::named_twice",
                    at,
                    "again",
                    format!("`{written}` stands twice in the order of cuts"),
                )
                .help("who is cut first cannot be cut again later: name each once")
                .file();
        } else {
            order.push(control);
        }
    }
    order
}

/// The fields that count; one that has a quota already is reported.
fn members(
    reader: &Reader<'_>,
    fields: &[Field],
    element: Element<'_>,
    taken: &mut BTreeMap<usize, (Place, String)>,
) -> Vec<usize> {
    let mut members = Vec::new();
    let mut take = |index: usize, at: Place| {
        let Some((other, quota)) = taken.get(&index) else {
            taken.insert(index, (at, element.id.to_owned()));
            members.push(index);
            return;
        };
        let id = &fields[index].id;
        let message = if *quota == element.id {
            format!("quota `{quota}` names field `{id}` twice")
        } else {
            format!(
                "field `{id}` has two quotas, `{quota}` and `{}`",
                element.id
            )
        };
        let (first, second) = (at.min(*other), at.max(*other));
        reader
            .report
            .error("scenario::two_quotas", second, "counts again", message)
            .also(first, "counts here already")
            .help("what a field produces counts once: name different fields under `fields`, without which a quota holds for all")
            .file();
    };
    let Some(node) = element.table.get("fields") else {
        (0..fields.len()).for_each(|index| take(index, element.at));
        return members;
    };
    let named = strings(node);
    for &(written, at) in &named {
        let id = written.strip_prefix("field.").unwrap_or(written);
        if let Ok(index) = fields.binary_search_by(|field| field.id.as_str().cmp(id)) {
            take(index, at);
        } else {
            let known = fields.iter().map(|field| field.id.as_str());
            reader.unknown_id("scenario::unknown_field", at, id, "field", known);
        }
    }
    if named.is_empty() && node.array().is_some() {
        reader
            .report
            .error(
                "scenario::empty",
                node.at,
                "no fields",
                format!("quota `{}` holds for no field", element.id),
            )
            .help("name the fields that count, or leave `fields` out: it holds for all then")
            .file();
    }
    members.sort_unstable();
    members
}

/// A quota that is to be kept without anybody to be cut is probably not meant.
fn warn_if_nobody_is_cut(
    reader: &Reader<'_>,
    fields: &[Field],
    element: Element<'_>,
    quota: &Quota,
) {
    let can_be_cut = |&index: &usize| {
        let field = &fields[index];
        field
            .control
            .is_some_and(|control| quota.cut_order.contains(&control))
            && field.crude_share > Fraction::ZERO
            && field.floor < Fraction::ONE
    };
    if quota.follow == Follow::NationalInterest || quota.fields.iter().any(can_be_cut) {
        return;
    }
    let node = element.table.get("follow");
    reader
        .report
        .warning(
            "scenario::nobody_is_cut",
            node.map_or(element.at, |node| node.at),
            "without effect",
            format!("no field can be cut to keep to quota `{}`", element.id),
        )
        .help("a field is cut if its `control` stands in the quota's `cut_order`, its `crude_share` is above 0 and its `floor` below 1")
        .file();
}

/// Compensation that takes the whole cap leaves nothing to produce.
fn warn_if_nothing_is_left(reader: &Reader<'_>, element: Element<'_>, quota: &Quota) {
    if quota.follow != Follow::Compensate || reader.is_draw() {
        return;
    }
    let both = quota.cap.steps().iter().chain(quota.compensation.steps());
    let above = both
        .map(|&(at, _)| at)
        .filter(|&at| quota.compensation.at(at) >= quota.cap.at(at));
    let Some(at) = above.min() else { return };
    let node = element.table.get("compensation");
    let message = format!(
        "compensation takes all that quota `{}` allows: {} of {} on day {}",
        element.id,
        quota.compensation.at(at),
        quota.cap.at(at),
        at.days().floor() + 1.0
    );
    reader
        .report
        .warning(
            "scenario::compensation_above_cap",
            node.map_or(element.at, |node| node.at),
            "as much as the cap or more",
            message,
        )
        .help("lower `compensation`, or spread it over more months: fields are cut to their floors meanwhile")
        .file();
}
