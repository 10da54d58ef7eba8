//! A scene as SVG.
//!
//! What is part of a series is in groups that say so with `data-series`. Tips are zones that nobody sees, last of
//! all: a browser shows the `<title>` in them, and a page of ours their `data-tip`.

use std::fmt::Write as _;

use plotters::prelude::{DrawingBackend, SVGBackend};

use super::canvas::{Anchor, Label, Part, Scene, Shape, Tip, Zone};
use super::colour::{self, Theme};
use super::figure::ChartError;
use super::paint::{Pen, refused};
use super::text::{self, Weight};

/// Families in the order they are asked for.
const FAMILIES: &str = "Inter, Helvetica, Arial, sans-serif";

/// Canvas units to the point.
const FINE: f64 = 4.0;

/// Texts that are longer than this, in points, keep their length whatever the family.
const KEPT: f64 = 480.0;

impl Scene {
    /// The scene as the text of a file. Its title and description have the ids `{name}-title` and
    /// `{name}-description`.
    pub(super) fn svg(&self, theme: Theme, name: &str) -> Result<String, ChartError> {
        let pen = Pen { fine: FINE, theme };
        let (width, height) = (self.width, self.height);
        let (wide, high) = (pen.fine(width), pen.fine(height));
        let id = escaped(name);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {wide} {high}\" role=\"img\" aria-labelledby=\"{id}-title \
             {id}-description\" stroke-linejoin=\"round\">\n<title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-description\">{}</desc>\n<rect width=\"100%\" height=\"100%\" \
             fill=\"{}\"/>\n",
            escaped(&self.title),
            escaped(&self.description),
            colour::GROUND.on(theme).hex(),
        );
        for run in runs(&self.shapes) {
            let shapes = drawn(run, &pen, (wide as u32, high as u32))?;
            self.grouped(&mut svg, run, &shapes);
        }
        let _ = writeln!(svg, "<g font-family=\"{FAMILIES}\">");
        for run in runs(&self.labels) {
            let mut labels = String::new();
            for Part { what, .. } in run {
                write_label(&mut labels, what, &pen);
            }
            self.grouped(&mut svg, run, &labels);
        }
        svg.push_str("</g>\n");
        for Part { series, what } in &self.tips {
            write_tip(&mut svg, what, self.name_of(*series), &pen);
        }
        svg.push_str("</svg>\n");
        Ok(svg)
    }

    fn name_of(&self, series: Option<usize>) -> Option<&str> {
        self.names.get(series?).map(String::as_str)
    }

    /// Adds elements, in a group if they are part of a series.
    fn grouped<T>(&self, svg: &mut String, run: &[Part<T>], elements: &str) {
        match self.name_of(run[0].series) {
            Some(name) => {
                let name = escaped(name);
                let elements = elements.trim_end();
                let _ = writeln!(svg, "<g data-series=\"{name}\">\n{elements}\n</g>");
            }
            None => {
                let _ = writeln!(svg, "{}", elements.trim_end());
            }
        }
    }
}

/// Parts in a row that belong to the same series, or to none.
fn runs<T>(parts: &[Part<T>]) -> impl Iterator<Item = &[Part<T>]> {
    parts.chunk_by(|one, next| one.series == next.series)
}

/// Shapes as elements.
fn drawn(shapes: &[Part<Shape>], pen: &Pen, size: (u32, u32)) -> Result<String, ChartError> {
    let mut body = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut body, size);
        for Part { what, .. } in shapes {
            pen.draw(what, &mut backend)?;
        }
        backend.present().map_err(refused)?;
    }
    // The library makes a whole document, of which the inside is wanted.
    let inner = body
        .find("<svg")
        .and_then(|start| Some(start + body[start..].find('>')? + 1));
    let inside = body[inner.unwrap_or(0)..].trim();
    Ok(inside.trim_end_matches("</svg>").trim_end().to_owned())
}

fn write_label(svg: &mut String, Label { text, place, style }: &Label, pen: &Pen) {
    let anchor = match style.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let weight = match style.weight {
        Weight::Regular => 400,
        Weight::Strong => 600,
    };
    // A long line must not leave the figure if another family stands in.
    let length = text::width(text, style.size, style.weight);
    let length = if length > KEPT {
        format!(
            " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
            pen.fine(length)
        )
    } else {
        String::new()
    };
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{weight}\" \
         text-anchor=\"{anchor}\"{length} fill=\"{}\">{}</text>",
        pen.fine(place.0),
        pen.fine(place.1),
        pen.fine(style.size),
        style.colour.on(pen.theme).hex(),
        escaped(text),
    );
}

fn write_tip(svg: &mut String, Tip { zone, text }: &Tip, series: Option<&str>, pen: &Pen) {
    let (element, place) = match *zone {
        Zone::Between(a, b) => {
            let (left, right) = (a.0.min(b.0), a.0.max(b.0));
            let (top, bottom) = (a.1.min(b.1), a.1.max(b.1));
            let (x, y) = (pen.fine(left), pen.fine(top));
            let size = (pen.fine(right) - x, pen.fine(bottom) - y);
            let place = format!(
                "x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\"",
                size.0, size.1
            );
            ("rect", place)
        }
        Zone::Around(centre, radius) => {
            let (x, y, radius) = (pen.fine(centre.0), pen.fine(centre.1), pen.fine(radius));
            ("circle", format!("cx=\"{x}\" cy=\"{y}\" r=\"{radius}\""))
        }
    };
    let series = series.map_or(String::new(), |name| {
        format!(" data-series=\"{}\"", escaped(name))
    });
    let text = escaped(text);
    let _ = writeln!(
        svg,
        "<{element} class=\"tip\" {place} fill=\"none\" pointer-events=\"all\"{series} \
         data-tip=\"{}\"><title>{text}</title></{element}>",
        text.replace('\n', "&#10;"),
    );
}

/// `text` as XML, without the characters that it must not hold.
fn escaped(text: &str) -> String {
    let allowed =
        |c: &char| *c == '\n' || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars()
        .filter(allowed)
        .collect::<String>()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::theme;

    #[test]
    fn markup_in_a_name_stays_text() {
        let mut scene = Scene::new(40.0, 20.0, "a <b> & \"c\"");
        scene.area(
            vec![(f64::NAN, 0.0), (1e300, 5.0), (0.0, f64::INFINITY)],
            theme::BLUE,
            0.5,
        );
        scene.begin("<d>");
        scene.line(
            vec![(f64::NEG_INFINITY, 0.0), (1e300, 5.0)],
            theme::BLUE,
            1.0,
        );
        scene.tip(Zone::Around((9.0, 9.0), 3.0), "\"e\" & <f>\u{1}\n2");
        scene.tip(Zone::Around((f64::NAN, 1e300), 3.0), "nobody sees it");
        let svg = scene.svg(Theme::Light, "g").expect("drawn");
        for part in [
            "<title id=\"g-title\">a &lt;b&gt; &amp; &quot;c&quot;</title>",
            "<g data-series=\"&lt;d&gt;\">",
            "data-tip=\"&quot;e&quot; &amp; &lt;f&gt;&#10;2\"",
        ] {
            assert!(svg.contains(part), "{part} in {svg}");
        }
        assert!(!svg.contains("nobody"));
    }

    #[test]
    fn a_series_can_be_taken_away_as_one() {
        let mut scene = Scene::new(40.0, 20.0, "");
        let tick = |scene: &mut Scene, x: f64| scene.dot((x, 5.0), 2.0, theme::BLUE);
        tick(&mut scene, 1.0);
        for (name, x) in [("a", 2.0), ("b", 3.0), ("a", 4.0)] {
            scene.begin(name);
            tick(&mut scene, x);
            scene.text(name, (x, 9.0), theme::LABEL);
            scene.tip(Zone::Around((x, 5.0), 2.0), name);
        }
        scene.end();
        tick(&mut scene, 5.0);
        let svg = scene.svg(Theme::Light, "g").expect("drawn");
        assert_eq!(svg.matches("<g data-series=\"a\">").count(), 4);
        assert_eq!(svg.matches("<g data-series=\"b\">").count(), 2);
        assert_eq!(svg.matches("class=\"tip\"").count(), 3);
        assert_eq!(svg.matches("data-series=\"a\" data-tip=\"a\"").count(), 2);
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
        assert_eq!(svg.matches("<circle").count(), 5 + 3);
    }
}
