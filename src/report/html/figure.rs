//! Figures inside a page.

/// An SVG file as it goes into a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inline {
    /// The finding, as the figure's title states it; escaped as in the file.
    pub(super) title: String,
    /// Its whole element; ids begin with the figure's stem.
    pub(super) svg: String,
}

/// Makes an SVG file part of a page: it grows with the page, is named for who does not see it, has no title of
/// its own that would show under the pointer everywhere, and shares no id with other figures.
///
/// `None` if it is no SVG file.
pub(super) fn inline(stem: &str, file: &str) -> Option<Inline> {
    let start = file.find("<svg")?;
    let body = file[start..].find('>')? + start + 1;
    let view_box = attribute(&file[start..body], "viewBox")?;
    let mut inside = file[body..].to_owned();
    let title = inside
        .find("<title>")
        .filter(|at| inside[..*at].trim().is_empty())
        .and_then(|at| {
            let end = inside.find("</title>")?;
            let title = inside[at + "<title>".len()..end].to_owned();
            inside.replace_range(at..end + "</title>".len(), "");
            Some(title)
        })
        .unwrap_or_default();
    for (from, to) in [
        (" id=\"", format!(" id=\"{stem}-")),
        ("url(#", format!("url(#{stem}-")),
        (" href=\"#", format!(" href=\"#{stem}-")),
    ] {
        inside = inside.replace(from, &to);
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view_box}\" role=\"img\" aria-label=\"{}\" \
         stroke-linejoin=\"round\">{}",
        title.replace('"', "&quot;"),
        inside.trim_start(),
    );
    Some(Inline { title, svg })
}

/// The finding of a figure's file, as plain words.
pub(super) fn finding(file: &str) -> Option<String> {
    let at = file.find("<title>")? + "<title>".len();
    let end = file[at..].find("</title>")? + at;
    let mut text = file[at..end].to_owned();
    for (escaped, plain) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escaped, plain);
    }
    Some(text)
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[at..].split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_grows_with_the_page_and_keeps_its_ids_to_itself() {
        let file = "<?xml?>\n<svg width=\"800\" height=\"500\" viewBox=\"0 0 3200 2000\">\n<title>A &lt; \"b\"\
                    </title>\n<clipPath id=\"c\"/><g clip-path=\"url(#c)\"/></svg>";
        let found = inline("losses", file).expect("an SVG file");
        assert!(found.svg.starts_with("<svg "));
        assert!(!found.svg.contains("width=\"800\"") && !found.svg.contains("<title>"));
        assert!(found.svg.contains("aria-label=\"A &lt; &quot;b&quot;\""));
        assert!(found.svg.contains("id=\"losses-c\"") && found.svg.contains("url(#losses-c)"));
        assert_eq!(finding(file).as_deref(), Some("A < \"b\""));
        assert_eq!(inline("losses", "no picture"), None);
    }
}
