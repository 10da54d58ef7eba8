//! The rules in force, in words: what a file leaves to a default is said all the same.

use std::collections::BTreeMap;

use crate::model::{
    Combine, Control, Follow, Grading, Hazard, Model, Occurs, Overlap, Quota, Sharing, Start,
};
use crate::network::{ArcRole, delivery_class};

/// The rule of a hazard; none where it has no meaning.
type RuleOf = dyn Fn(&Hazard) -> Option<&'static str>;

/// Rules by name: `combine`, `overlap`, `start`, … Where hazards differ, the rule of most is given
/// first, then those with another.
#[must_use]
pub fn rules(model: &Model) -> BTreeMap<String, String> {
    let combine = match model.allocation.combine {
        Combine::Min => "min",
        Combine::Product => "product",
    };
    let sharing = match model.allocation.sharing {
        Sharing::Cost => "cost",
        Sharing::ProRata => "pro-rata",
        Sharing::Entitlement => "entitlement",
    };
    let shortfall = &model.simulation.shortfall;
    let recovery = &model.simulation.recovery;
    let mut rules: BTreeMap<String, String> = [
        ("objective", model.allocation.objective.as_str().to_owned()),
        ("sharing", sharing.to_owned()),
        ("combine", combine.to_owned()),
        ("baseline", "plan".to_owned()),
        ("shortfall_tolerance", shortfall.tolerance.get().to_string()),
        ("shortfall_gap_days", shortfall.gap.days().to_string()),
        ("recovery_band", recovery.band.get().to_string()),
        ("recovery_hold_days", recovery.hold.days().to_string()),
    ]
    .map(|(name, rule)| (name.to_owned(), rule))
    .into();
    if model.hubs.iter().filter(|hub| hub.tank.is_some()).count() > 1 {
        let storing = model.allocation.storing.as_str();
        rules.insert("storing".to_owned(), storing.to_owned());
    }
    if let Some(grading) = model.grading() {
        rules.insert("grades".to_owned(), grades(&grading, model));
    }
    for (name, rule) in [
        ("classes", order(served(model))),
        ("field_classes", order(cut(model))),
    ] {
        if let Some(rule) = rule {
            rules.insert(name.to_owned(), rule);
        }
    }
    let by_hazard: [(&str, &RuleOf); 2] = [
        ("overlap", &|hazard| {
            Some(match hazard.overlap {
                Overlap::Ignore => "ignore",
                Overlap::Union => "union",
                Overlap::Queue => "queue",
            })
        }),
        ("start", &|hazard| match (&hazard.occurs, &hazard.start) {
            (Occurs::Renewal { .. }, Start::Up) => Some("up"),
            (Occurs::Renewal { .. }, Start::Stationary) => Some("stationary"),
            (Occurs::Renewal { .. }, Start::Down { .. }) => Some("down"),
            _ => None,
        }),
    ];
    for (name, rule_of) in by_hazard {
        if let Some(rule) = of_hazards(&model.hazards, rule_of) {
            rules.insert(name.to_owned(), rule);
        }
    }
    for quota in &model.quotas {
        rules.insert(format!("quota {}", quota.id), of_quota(quota));
    }
    rules
}

/// `comply; cut first state, then investors; by calendar month`.
fn of_quota(quota: &Quota) -> String {
    let order: Vec<&str> = quota
        .cut_order
        .iter()
        .map(|control| match control {
            Control::State => "state",
            Control::Investors => "investors",
        })
        .collect();
    let order = if order.is_empty() {
        "nobody".to_owned()
    } else {
        order.join(", then ")
    };
    let span = if quota.catch_up {
        "by the mean of a calendar month"
    } else {
        "at every instant"
    };
    let credit = if quota.credit { "; credit is kept" } else { "" };
    match quota.follow {
        Follow::NationalInterest => format!("{}; nobody is cut{credit}", quota.follow.as_str()),
        _ => format!("{}; cut {order}; {span}{credit}", quota.follow.as_str()),
    }
}

/// Whether grades are told apart, and why.
fn grades(grading: &Grading, model: &Model) -> String {
    if grading.is_exact {
        return format!("aggregated exactly; {}", grading.reason);
    }
    let tanks = if model.hubs.iter().any(|hub| hub.tank.is_some()) {
        "; of each grade a tank gives no more than it got, and at the start holds what fields plan of them"
    } else {
        ""
    };
    format!("told apart by linear programs; {}{tanks}", grading.reason)
}

/// Transits and deliveries by class. Transit of class 1 goes before all, so does transit of any
/// class before deliveries of the same.
fn served(model: &Model) -> Vec<(u8, String)> {
    let mut served: Vec<(u8, String)> = model
        .transits
        .iter()
        .map(|transit| (transit.priority, format!("transit {}", transit.id)))
        .collect();
    for (index, market) in model.markets.iter().enumerate() {
        let part = |committed| {
            let role = ArcRole::Sell {
                market: index,
                committed,
            };
            delivery_class(model, role)
        };
        let id = &market.id;
        if market.commitment.is_some() && part(true) != part(false) {
            served.extend(part(true).map(|class| (class, format!("commitment of {id}"))));
            served.extend(part(false).map(|class| (class, format!("rest of {id}"))));
        } else {
            served.extend(part(false).map(|class| (class, id.clone())));
        }
    }
    served
}

/// Fields by class.
fn cut(model: &Model) -> Vec<(u8, String)> {
    let fields = model.fields.iter();
    fields
        .map(|field| (field.priority, field.id.clone()))
        .collect()
}

/// `1: a, b; 2: c`, or `2: all`; nothing if there is nothing.
fn order(mut members: Vec<(u8, String)>) -> Option<String> {
    members.sort_by_key(|&(class, _)| class);
    let classes: Vec<String> = members
        .chunk_by(|one, other| one.0 == other.0)
        .map(|class| {
            let ids: Vec<&str> = class.iter().map(|(_, id)| id.as_str()).collect();
            format!("{}: {}", class[0].0, ids.join(", "))
        })
        .collect();
    match (classes.len(), members.first()) {
        (1, Some((class, _))) => Some(format!("{class}: all")),
        _ => Some(classes.join("; ")).filter(|_| !members.is_empty()),
    }
}

/// `union; queue: a, b`.
fn of_hazards(hazards: &[Hazard], rule_of: &RuleOf) -> Option<String> {
    let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for hazard in hazards {
        let Some(rule) = rule_of(hazard) else {
            continue;
        };
        let known = ids.entry(rule).or_default();
        if known.last() != Some(&hazard.id.as_str()) {
            known.push(&hazard.id);
        }
    }
    let (&usual, _) = ids.iter().max_by_key(|(_, ids)| ids.len())?;
    let others = ids.iter().filter(|&(&rule, _)| rule != usual);
    let others = others.map(|(rule, ids)| format!("; {rule}: {}", ids.join(", ")));
    Some(format!("{usual}{}", others.collect::<String>()))
}
