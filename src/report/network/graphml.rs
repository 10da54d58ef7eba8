//! A network as `GraphML`.

use std::io;

use super::{Attributes, ExportedNetwork, Value};

/// Writes the network as a directed graph with typed keys.
///
/// # Errors
/// Those of `out`.
pub fn network_graphml(exported: &ExportedNetwork<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let network = exported.network;
    let graph = exported.of_all();
    let nodes: Vec<Attributes> = network
        .nodes
        .iter()
        .map(|node| exported.of_node(node))
        .collect();
    let links: Vec<Attributes> = network
        .links
        .iter()
        .map(|link| exported.of_link(link))
        .collect();

    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns \
         http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">"
    )?;
    let parts: [(&str, &[Attributes]); 3] = [
        ("graph", std::slice::from_ref(&graph)),
        ("node", &nodes),
        ("edge", &links),
    ];
    for (part, all) in parts {
        for (name, kind) in keys(all) {
            writeln!(
                out,
                "  <key id=\"{part}.{}\" for=\"{part}\" attr.name=\"{}\" attr.type=\"{kind}\"/>",
                escaped(name),
                escaped(name)
            )?;
        }
    }
    writeln!(out, "  <graph id=\"network\" edgedefault=\"directed\">")?;
    data("graph", &graph, "    ", out)?;
    for (node, attributes) in network.nodes.iter().zip(&nodes) {
        writeln!(out, "    <node id=\"{}\">", escaped(&node.id))?;
        data("node", attributes, "      ", out)?;
        writeln!(out, "    </node>")?;
    }
    for (link, attributes) in network.links.iter().zip(&links) {
        writeln!(
            out,
            "    <edge id=\"{}\" source=\"{}\" target=\"{}\">",
            escaped(&link.id),
            escaped(&link.from),
            escaped(&link.to)
        )?;
        data("edge", attributes, "      ", out)?;
        writeln!(out, "    </edge>")?;
    }
    writeln!(out, "  </graph>\n</graphml>")
}

fn data(
    part: &str,
    attributes: &Attributes,
    indent: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for (name, value) in attributes {
        let value = match value {
            Value::Text(text) => escaped(text),
            Value::Whole(whole) => whole.to_string(),
            Value::Number(number) => number.to_string(),
        };
        let name = escaped(name);
        writeln!(out, "{indent}<data key=\"{part}.{name}\">{value}</data>")?;
    }
    Ok(())
}

/// Names of attributes with their types, in the order in which they come.
fn keys(all: &[Attributes]) -> Vec<(&str, &'static str)> {
    let mut keys: Vec<(&str, &'static str)> = Vec::new();
    for (name, value) in all.iter().flatten() {
        if keys.iter().all(|(known, _)| known != name) {
            let kind = match value {
                Value::Text(_) => "string",
                Value::Whole(_) => "long",
                Value::Number(_) => "double",
            };
            keys.push((name, kind));
        }
    }
    keys
}

/// `text` as XML; what XML cannot hold becomes a sign for that.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Readers make spaces of these if they stand as they are.
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            control if control < ' ' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
