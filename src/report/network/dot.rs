//! A network in the DOT language of Graphviz.

use std::io;

use super::{Attributes, ExportedNetwork, Value, place};

/// Inches to the degree of latitude.
const SCALE: f64 = 0.4;
/// Width of the line with the most flow, points.
const WIDEST: f64 = 8.0;

/// Writes the network as a directed graph. Nodes with coordinates are pinned, so that `neato` draws a map and
/// `dot` layers; all attributes are there under their names.
///
/// # Errors
/// Those of `out`.
pub fn network_dot(exported: &ExportedNetwork<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let network = exported.network;
    let places: Vec<[f64; 2]> = network.nodes.iter().filter_map(place).collect();
    let mean = places.iter().map(|at| at[1]).sum::<f64>() / places.len().max(1) as f64;
    let narrowing = mean.to_radians().cos();
    let middle = middle(&places);

    writeln!(out, "digraph {} {{", quoted(&exported.scenario.name))?;
    writeln!(out, "  graph [{}];", listed(&exported.of_all()))?;
    writeln!(out, "  node [fontname=\"Helvetica\", fontsize=10];")?;
    writeln!(out, "  edge [fontname=\"Helvetica\", fontsize=9];")?;
    for node in &network.nodes {
        let shape = match (node.kind.as_str(), node.tank_bbl) {
            ("field", _) => "house",
            ("market", _) => "box, peripheries=2",
            (_, Some(_)) => "cylinder",
            _ => "ellipse",
        };
        let mut list = vec![
            format!("label={}", quoted(&node.name)),
            format!("shape={shape}"),
        ];
        if let Some([longitude, latitude]) = place(node) {
            let east = (longitude - middle + 180.0).rem_euclid(360.0) - 180.0;
            let (x, y) = (east * narrowing * SCALE, latitude * SCALE);
            list.push(format!("pos=\"{x:.4},{y:.4}!\""));
        }
        list.push(listed(&exported.of_node(node)));
        writeln!(out, "  {} [{}];", quoted(&node.id), list.join(", "))?;
    }
    let all: Vec<Attributes> = network
        .links
        .iter()
        .map(|link| exported.of_link(link))
        .collect();
    let greatest = all.iter().filter_map(flow).fold(0.0, f64::max);
    for (link, attributes) in network.links.iter().zip(&all) {
        let style = match link.mode.as_str() {
            "rail" => "dashed",
            "tanker" | "sea" | "loading" => "dotted",
            _ => "solid",
        };
        let flow = flow(attributes).unwrap_or(0.0);
        let label = format!("{}\n{} kb/d", link.name, (flow / 100.0).round() / 10.0);
        let width = if greatest > 0.0 {
            1.0 + (WIDEST - 1.0) * (flow / greatest).clamp(0.0, 1.0).sqrt()
        } else {
            1.0
        };
        let list = [
            format!("id={}", quoted(&link.id)),
            format!("label={}", quoted(&label)),
            format!("style={style}"),
            format!("penwidth={width:.2}"),
            listed(attributes),
        ];
        let (from, to) = (quoted(&link.from), quoted(&link.to));
        writeln!(out, "  {from} -> {to} [{}];", list.join(", "))?;
    }
    writeln!(out, "}}")
}

/// What flows over a link on average, or with nothing wrong if that is not known, b/d.
fn flow(attributes: &Attributes) -> Option<f64> {
    let of = |wanted: &str| {
        let found = attributes.iter().find(|(name, _)| name == wanted);
        match found {
            Some((_, Value::Number(number))) => Some(*number),
            _ => None,
        }
    };
    of("flow_bpd").or_else(|| of("undisturbed_bpd"))
}

/// The longitude from which the fewest degrees reach all places.
fn middle(places: &[[f64; 2]]) -> f64 {
    let mut sorted: Vec<f64> = places.iter().map(|at| at[0].rem_euclid(360.0)).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return 0.0;
    };
    let mut widest = (first + 360.0 - last, *first);
    for pair in sorted.windows(2) {
        if pair[1] - pair[0] > widest.0 {
            widest = (pair[1] - pair[0], pair[1]);
        }
    }
    widest.1 + (360.0 - widest.0) / 2.0
}

/// Attributes as a list. The name stands in `label` too, but Graphviz rewrites that.
fn listed(attributes: &Attributes) -> String {
    let list: Vec<String> = attributes
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => quoted(text),
                Value::Whole(whole) => whole.to_string(),
                Value::Number(number) => quoted(&number.to_string()),
            };
            format!("{}={value}", quoted(name))
        })
        .collect();
    list.join(", ")
}

/// `text` as a string of the language. A backslash is doubled, since labels give it a meaning.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
