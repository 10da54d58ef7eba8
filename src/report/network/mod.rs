//! A network and what is known of its flows, for other tools: `GeoJSON`, `GraphML` and DOT.
//!
//! All three hold the same attributes, which this file gathers.

mod dot;
mod geojson;
mod graphml;

pub use dot::network_dot;
pub use geojson::network_geojson;
pub use graphml::network_graphml;

use crate::results::{
    LinkInfo, Metrics, NetworkInfo, NodeInfo, ScenarioInfo, StrategyResult, Undisturbed,
};

/// Version of the names and units of the attributes.
const FORMAT: &str = "keruen-network/1";

/// A network, and what is known of its flows.
#[derive(Clone, Copy, Debug)]
pub struct ExportedNetwork<'a> {
    /// Fields, hubs, markets and links.
    pub network: &'a NetworkInfo,
    /// Where it is from.
    pub scenario: &'a ScenarioInfo,
    /// What flows when nothing goes wrong.
    pub undisturbed: &'a Undisturbed,
    /// What a run found; `None` if nothing was run.
    pub found: Option<&'a StrategyResult>,
    /// Seed of the run and its replications; `None` if nothing was run.
    pub run: Option<(u64, u64)>,
}

/// What an attribute says.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
}

/// Attributes by name, in the order in which they are written. What is not known is left out.
type Attributes = Vec<(String, Value)>;

fn text(attributes: &mut Attributes, name: &str, value: &str) {
    attributes.push((name.to_owned(), Value::Text(value.to_owned())));
}

fn number(attributes: &mut Attributes, name: &str, value: Option<f64>) {
    if let Some(value) = value.filter(|value| value.is_finite()) {
        attributes.push((name.to_owned(), Value::Number(value)));
    }
}

fn whole(attributes: &mut Attributes, name: &str, value: Option<i64>) {
    if let Some(value) = value {
        attributes.push((name.to_owned(), Value::Whole(value)));
    }
}

impl ExportedNetwork<'_> {
    /// What holds for the network as a whole.
    fn of_all(&self) -> Attributes {
        let mut all = Attributes::new();
        text(&mut all, "format", FORMAT);
        text(&mut all, "scenario", &self.scenario.name);
        text(&mut all, "sha256", &self.scenario.sha256);
        text(&mut all, "start", &self.scenario.start);
        number(&mut all, "horizon_days", Some(self.scenario.horizon_days));
        if let Some(found) = self.found {
            text(&mut all, "strategy", &found.id);
        }
        if let Some((seed, replications)) = self.run {
            // As text, since not every reader keeps 64 bits of a number.
            text(&mut all, "seed", &seed.to_string());
            whole(&mut all, "replications", i64::try_from(replications).ok());
        }
        all
    }

    /// What is known of a node, its place among it.
    fn of_node(&self, node: &NodeInfo) -> Attributes {
        let mut all = Attributes::new();
        text(&mut all, "name", &node.name);
        text(&mut all, "kind", &node.kind);
        if let Some(role) = &node.role {
            text(&mut all, "role", role);
        }
        if let Some(country) = &node.country {
            text(&mut all, "country", country);
        }
        if let Some([longitude, latitude]) = place(node) {
            number(&mut all, "longitude", Some(longitude));
            number(&mut all, "latitude", Some(latitude));
        }
        whole(&mut all, "tank_bbl", node.tank_bbl);
        if node.kind == "market" {
            let rate = self.undisturbed.markets_bpd.get(&node.id).copied();
            number(&mut all, "undisturbed_bpd", rate);
        }
        let Some(found) = self.found else { return all };
        let metrics = match node.kind.as_str() {
            "field" => found.fields.get(&node.id),
            "market" => found.markets.get(&node.id),
            _ => found.hubs.get(&node.id),
        };
        estimates(&mut all, metrics);
        all
    }

    /// What is known of a link; `lost` is against what it carries with nothing wrong.
    fn of_link(&self, link: &LinkInfo) -> Attributes {
        let mut all = Attributes::new();
        text(&mut all, "name", &link.name);
        text(&mut all, "mode", &link.mode);
        whole(&mut all, "capacity_bpd", link.capacity_bpd);
        if !link.jurisdiction.is_empty() {
            text(&mut all, "jurisdiction", &link.jurisdiction.join(" "));
        }
        let routes = self.network.routes.iter();
        let routes = routes.filter(|route| route.gates.contains(&link.id));
        let routes: Vec<&str> = routes.map(|route| route.id.as_str()).collect();
        if !routes.is_empty() {
            text(&mut all, "gate_of", &routes.join(" "));
        }
        let undisturbed = self.undisturbed.links_bpd.get(&link.id).copied();
        number(&mut all, "undisturbed_bpd", undisturbed);
        let metrics = self.found.and_then(|found| found.links.get(&link.id));
        let days = self.scenario.horizon_days;
        if let Some(flow) = metrics.and_then(|metrics| metrics.get("flow"))
            && days > 0.0
        {
            let mean = flow.mean.map(|volume| volume / days);
            let error = flow.std_error.map(|error| error / days);
            number(&mut all, "flow_bpd", mean);
            number(&mut all, "flow_bpd_std_error", error);
            let both = undisturbed.zip(mean);
            number(
                &mut all,
                "lost_bpd",
                both.map(|(undisturbed, mean)| undisturbed - mean),
            );
            number(&mut all, "lost_bpd_std_error", error);
            let share = both.filter(|(undisturbed, _)| *undisturbed > 0.0);
            number(
                &mut all,
                "lost_share",
                share.map(|(undisturbed, mean)| 1.0 - mean / undisturbed),
            );
        }
        estimates(&mut all, metrics);
        all
    }
}

/// Means over replications with their standard errors; the unit ends the name.
fn estimates(all: &mut Attributes, metrics: Option<&Metrics>) {
    for (name, metric) in metrics.into_iter().flatten() {
        let unit = match metric.unit.as_str() {
            "share" | "count" => String::new(),
            unit => format!("_{}", unit.to_lowercase()),
        };
        number(all, &format!("{name}{unit}"), metric.mean);
        number(all, &format!("{name}{unit}_std_error"), metric.std_error);
    }
}

/// Longitude from −180 to 180 and latitude of a node, if it has both.
fn place(node: &NodeInfo) -> Option<[f64; 2]> {
    let [longitude, latitude] = node.at?;
    let turned = if (-180.0..=180.0).contains(&longitude) {
        longitude
    } else {
        (longitude + 180.0).rem_euclid(360.0) - 180.0
    };
    (longitude.is_finite() && (-90.0..=90.0).contains(&latitude)).then_some([turned, latitude])
}

#[cfg(test)]
mod tests;
