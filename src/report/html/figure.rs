//! Figures inside a page.

use std::fmt::Write as _;

use super::page::Drawing;

/// Makes the SVG file of a figure part of a page: it grows with the page, has no title and no description of its own,
/// as those would show under the pointer everywhere, and shares no id with other figures. What it shows is said
/// by the element around it.
///
/// `None` if it is no SVG file.
pub(super) fn inline(drawing: &Drawing) -> Option<String> {
    let Drawing { stem, svg, .. } = drawing;
    let start = svg.find("<svg")?;
    let body = svg[start..].find('>')? + start + 1;
    let view_box = attribute(&svg[start..body], "viewBox")?;
    let mut inside = svg[body..].to_owned();
    for name in ["title", "desc"] {
        without_first(&mut inside, name);
    }
    for (from, to) in [
        (" id=\"", format!(" id=\"{stem}-")),
        ("url(#", format!("url(#{stem}-")),
        (" href=\"#", format!(" href=\"#{stem}-")),
    ] {
        inside = inside.replace(from, &to);
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view_box}\" aria-hidden=\"true\" \
         stroke-linejoin=\"round\">{}",
        inside.trim_start(),
    ))
}

/// Takes an element without children away that stands at the head.
fn without_first(inside: &mut String, name: &str) {
    let end = format!("</{name}>");
    if inside.trim_start().starts_with(&format!("<{name}"))
        && let Some(at) = inside.find(&end)
    {
        inside.replace_range(..at + end.len(), "");
    }
}

/// Rules under which figures drawn for a light ground stand on a dark one.
pub(super) fn dark(drawings: &[&Drawing]) -> String {
    let mut pairs: Vec<&(String, String)> = drawings
        .iter()
        .flat_map(|drawing| &drawing.colours)
        .filter(|(light, dark)| [light, dark].into_iter().all(|colour| is_colour(colour)))
        .collect();
    pairs.sort_unstable();
    pairs.dedup_by_key(|pair| &pair.0);
    if pairs.is_empty() {
        return String::new();
    }
    let rules = |root: &str| {
        let mut text = String::new();
        for (light, dark) in &pairs {
            for property in ["fill", "stroke"] {
                let _ = write!(
                    text,
                    "{root} .drawing [{property}=\"{light}\" i]{{{property}:{dark}}}"
                );
            }
        }
        let _ = write!(text, "{root} .drawing>.scroll{{background:var(--ground)}}");
        text
    };
    format!(
        "@media screen and (prefers-color-scheme:dark){{{}}}@media screen{{{}}}",
        rules(":root:not([data-theme=\"light\"])"),
        rules(":root[data-theme=\"dark\"]")
    )
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#');
    digits.is_some_and(|digits| {
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[at..].split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(svg: &str) -> Drawing {
        Drawing {
            stem: "losses".to_owned(),
            title: "A".to_owned(),
            about: String::new(),
            svg: svg.to_owned(),
            colours: vec![
                ("#FFFFFF".to_owned(), "#14171C".to_owned()),
                ("red} *{".to_owned(), "#000000".to_owned()),
            ],
        }
    }

    #[test]
    fn a_figure_grows_with_the_page_and_keeps_its_ids_to_itself() {
        let file = "<?xml?>\n<svg width=\"800\" height=\"500\" viewBox=\"0 0 3200 2000\">\n<title id=\"t\">A &lt; \"b\"\
                    </title>\n<desc>D</desc><clipPath id=\"c\"/><g clip-path=\"url(#c)\"><title>tip</title></g></svg>";
        let svg = inline(&drawing(file)).expect("an SVG file");
        assert!(svg.starts_with("<svg "));
        assert!(!svg.contains("width=\"800\"") && !svg.contains("A &lt;") && !svg.contains("desc"));
        assert!(svg.contains("<title>tip</title>"));
        assert!(svg.contains("id=\"losses-c\"") && svg.contains("url(#losses-c)"));
        assert_eq!(inline(&drawing("no picture")), None);
    }

    #[test]
    fn only_colours_become_rules() {
        let one = drawing("");
        let rules = dark(&[&one]);
        assert!(
            rules.contains("[fill=\"#FFFFFF\" i]{fill:#14171C}"),
            "{rules}"
        );
        assert!(!rules.contains("red"), "{rules}");
    }
}
