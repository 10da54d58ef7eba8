//! A network as `GeoJSON` (RFC 7946).

use std::io;

use serde_json::{Map, Value as Json, json};

use crate::results::NodeInfo;

use super::{Attributes, ExportedNetwork, Value, place};

/// Writes the network as a collection of features: a point per node, a line per link. What has no
/// coordinates has no geometry; a line over the antimeridian is cut there.
///
/// # Errors
/// Those of `out`.
pub fn network_geojson(exported: &ExportedNetwork<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let nodes = &exported.network.nodes;
    let mut features = Vec::new();
    for node in nodes {
        let geometry = place(node).map(|at| json!({ "type": "Point", "coordinates": at }));
        let id = format!("{}.{}", node.kind, node.id);
        features.push(feature(&id, geometry.as_ref(), &exported.of_node(node)));
    }
    for link in &exported.network.links {
        let end = |id: &str| nodes.iter().find(|node| node.id == id).and_then(place);
        let geometry = end(&link.from)
            .zip(end(&link.to))
            .map(|(from, to)| line(from, to));
        let mut attributes = Attributes::new();
        for (name, id) in [("from", &link.from), ("to", &link.to)] {
            let kind = nodes.iter().find(|node: &&NodeInfo| node.id == *id);
            let kind = kind.map_or("node", |node| node.kind.as_str());
            attributes.push((name.to_owned(), Value::Text(format!("{kind}.{id}"))));
        }
        attributes.extend(exported.of_link(link));
        features.push(feature(
            &format!("link.{}", link.id),
            geometry.as_ref(),
            &attributes,
        ));
    }
    let collection = json!({
        "type": "FeatureCollection",
        "keruen": object(&exported.of_all()),
        "features": features,
    });
    super::super::json(&collection, out)
}

fn feature(id: &str, geometry: Option<&Json>, attributes: &Attributes) -> Json {
    json!({
        "type": "Feature",
        "id": id,
        "geometry": geometry,
        "properties": object(attributes),
    })
}

fn object(attributes: &Attributes) -> Json {
    let pairs = attributes.iter().map(|(name, value)| {
        let value = match value {
            Value::Text(text) => json!(text),
            Value::Whole(whole) => json!(whole),
            Value::Number(number) => json!(number),
        };
        (name.clone(), value)
    });
    Json::Object(pairs.collect::<Map<String, Json>>())
}

/// The line between two places the shorter way around the globe.
fn line(from: [f64; 2], to: [f64; 2]) -> Json {
    let east = to[0] - from[0];
    if east.abs() <= 180.0 {
        return json!({ "type": "LineString", "coordinates": [from, to] });
    }
    let side = if east < 0.0 { 180.0 } else { -180.0 };
    let beyond = to[0] + 2.0 * side;
    let share = (side - from[0]) / (beyond - from[0]);
    let latitude = from[1] + (to[1] - from[1]) * share;
    json!({
        "type": "MultiLineString",
        "coordinates": [[from, [side, latitude]], [[-side, latitude], to]],
    })
}
