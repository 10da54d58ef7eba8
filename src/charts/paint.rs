//! The two ways to draw a scene.
//!
//! The library draws on whole pixels and without smoothing. So shapes are drawn on a canvas four
//! times as large: in the SVG that is the inner size, in the PNG each pixel is the average of four.
//! Texts are set over the shapes, not by the library: it drops the space before each letter.

use std::fmt::Write as _;

use plotters::prelude::{BitMapBackend, DrawingBackend, RGBAColor, SVGBackend, ShapeStyle};

use super::canvas::{Anchor, Colour, Label, Place, Scene, Shape};
use super::text::{self, Weight};
use super::{ChartError, Figure};

/// Canvas units to the point.
const FINE: f64 = 4.0;
/// Canvas units to the pixel of the PNG, each way.
const AVERAGED: u32 = 2;
/// Families in the order they are asked for.
const FAMILIES: &str = "Inter, Helvetica, Arial, sans-serif";

/// Texts that are longer than this, in points, keep their length in the SVG whatever the family.
const KEPT: f64 = 480.0;

impl Scene {
    /// Both files.
    pub(super) fn draw(&self) -> Result<Figure, ChartError> {
        Ok(Figure {
            svg: self.svg()?,
            png: self.png()?,
        })
    }

    fn svg(&self) -> Result<String, ChartError> {
        let size = (fine(self.width) as u32, fine(self.height) as u32);
        let mut body = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut body, size);
            for shape in &self.shapes {
                shape.draw(&mut backend, false)?;
            }
            backend.present().map_err(refused)?;
        }
        // The library's own opening tag gives the inner size as the outer one.
        let inner = body
            .find("<svg")
            .and_then(|start| Some(start + body[start..].find('>')? + 1));
        let shapes = body[inner.unwrap_or(0)..]
            .trim()
            .trim_end_matches("</svg>")
            .trim_end();

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} \
             {}\" role=\"img\" stroke-linejoin=\"round\">\n<title>{}</title>\n<rect width=\"100%\" \
             height=\"100%\" fill=\"#FFFFFF\"/>\n{shapes}\n<g font-family=\"{FAMILIES}\">\n",
            self.width,
            self.height,
            size.0,
            size.1,
            escaped(&self.title),
        );
        for Label { text, place, style } in &self.labels {
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
                    fine(length)
                )
            } else {
                String::new()
            };
            let Colour(red, green, blue) = style.colour;
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{weight}\" \
                 text-anchor=\"{anchor}\"{length} fill=\"#{red:02X}{green:02X}{blue:02X}\">{}</text>",
                fine(place.0),
                fine(place.1),
                fine(style.size),
                escaped(text),
            );
        }
        svg.push_str("</g>\n</svg>\n");
        Ok(svg)
    }

    fn png(&self) -> Result<Vec<u8>, ChartError> {
        let (width, height) = (fine(self.width) as u32, fine(self.height) as u32);
        let mut canvas = vec![255_u8; width as usize * height as usize * 3];
        {
            let mut backend = BitMapBackend::with_buffer(&mut canvas, (width, height));
            for shape in &self.shapes {
                shape.draw(&mut backend, true)?;
            }
            backend.present().map_err(refused)?;
        }
        let (wide, high) = (width / AVERAGED, height / AVERAGED);
        let mut pixels = averaged(&canvas, wide as usize, high as usize);
        for label in &self.labels {
            label.set(&mut pixels, wide as usize, FINE / f64::from(AVERAGED));
        }

        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, wide, high);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(file)
    }
}

impl Shape {
    fn draw<B: DrawingBackend>(&self, backend: &mut B, bitmap: bool) -> Result<(), ChartError> {
        match self {
            Self::Area {
                corners,
                colour,
                opacity,
            } => backend.fill_polygon(distinct(corners), &style(*colour, *opacity, 1.0)),
            Self::Line {
                places,
                colour,
                width,
            } if bitmap => {
                return stroke(backend, &distinct(places), *colour, *width);
            }
            Self::Line {
                places,
                colour,
                width,
            } => backend.draw_path(distinct(places), &style(*colour, 1.0, *width)),
            Self::Dot {
                centre,
                radius,
                colour,
            } => {
                let centre = (fine(centre.0), fine(centre.1));
                let radius = fine(*radius).max(1) as u32;
                backend.draw_circle(centre, radius, &style(*colour, 1.0, 1.0), true)
            }
        }
        .map_err(refused)
    }
}

impl Label {
    /// Sets the text into an image `wide` pixels wide with `density` pixels to the point.
    fn set(&self, pixels: &mut [u8], wide: usize, density: f64) {
        let size = self.style.size * density;
        let length = text::width(&self.text, size, self.style.weight);
        let before = match self.style.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => length / 2.0,
            Anchor::End => length,
        };
        let place = (
            self.place.0 * density - before,
            (self.place.1 * density).round(),
        );
        let Colour(red, green, blue) = self.style.colour;
        text::rasterise(&self.text, size, self.style.weight, place, |x, y, share| {
            let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
                return;
            };
            if x >= wide {
                return;
            }
            let start = (y * wide + x) * 3;
            if let Some(pixel) = pixels.get_mut(start..start + 3) {
                let share = share.clamp(0.0, 1.0);
                for (part, ink) in pixel.iter_mut().zip([red, green, blue]) {
                    *part =
                        (f32::from(*part) * (1.0 - share) + f32::from(ink) * share).round() as u8;
                }
            }
        });
    }
}

/// A stroke as one area per stretch with a disc at each joint: the library's own strokes are
/// ragged, and their sharp corners grow spikes.
fn stroke<B: DrawingBackend>(
    backend: &mut B,
    places: &[(i32, i32)],
    colour: Colour,
    width: f64,
) -> Result<(), ChartError> {
    let style = style(colour, 1.0, 1.0);
    let half = width * FINE / 2.0;
    for pair in places.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
        let length = dx.hypot(dy).max(1e-9);
        let (across, along) = (-dy / length, dx / length);
        let corner = |at: (i32, i32), side: f64| {
            let x = f64::from(at.0) + across * side;
            let y = f64::from(at.1) + along * side;
            (x.round() as i32, y.round() as i32)
        };
        // The far edge is drawn too, so it comes one unit nearer.
        let (less, more) = (half - 1.0, -half);
        let corners = [
            corner(a, more),
            corner(b, more),
            corner(b, less),
            corner(a, less),
        ];
        backend.fill_polygon(corners, &style).map_err(refused)?;
    }
    if half >= 2.0 {
        for &joint in places.iter().skip(1).take(places.len().saturating_sub(2)) {
            let radius = (half - 0.75).floor() as u32;
            backend
                .draw_circle(joint, radius, &style, true)
                .map_err(refused)?;
        }
    }
    Ok(())
}

/// Canvas units for points. Far outside the scene it makes no difference how far.
fn fine(points: f64) -> i32 {
    (points.clamp(-10_000.0, 10_000.0) * FINE).round() as i32
}

/// Canvas places without repetitions.
fn distinct(places: &[Place]) -> Vec<(i32, i32)> {
    let mut fines: Vec<_> = places.iter().map(|&(x, y)| (fine(x), fine(y))).collect();
    fines.dedup();
    fines
}

fn style(Colour(red, green, blue): Colour, opacity: f64, width: f64) -> ShapeStyle {
    let stroke_width = (width * FINE).round().max(1.0) as u32;
    ShapeStyle {
        color: RGBAColor(red, green, blue, opacity),
        filled: true,
        stroke_width,
    }
}

fn refused(error: impl std::fmt::Display) -> ChartError {
    ChartError::Draw(error.to_string())
}

/// The average of each square of canvas pixels.
fn averaged(canvas: &[u8], wide: usize, high: usize) -> Vec<u8> {
    let row = wide * AVERAGED as usize * 3;
    let mut pixels = Vec::with_capacity(wide * high * 3);
    for y in 0..high {
        let upper = &canvas[2 * y * row..][..row];
        let lower = &canvas[(2 * y + 1) * row..][..row];
        for (upper, lower) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for part in 0..3 {
                let sum = u16::from(upper[part])
                    + u16::from(upper[part + 3])
                    + u16::from(lower[part])
                    + u16::from(lower[part + 3]);
                pixels.push(((sum + 2) / 4) as u8);
            }
        }
    }
    pixels
}

/// `text` as XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_stays_text() {
        let mut scene = Scene::new(40.0, 20.0, "a <b> & \"c\"");
        scene.area(
            vec![(f64::NAN, 0.0), (1e300, 5.0), (0.0, f64::INFINITY)],
            Colour(1, 2, 3),
            0.5,
        );
        scene.line(
            vec![(f64::NEG_INFINITY, 0.0), (1e300, 5.0)],
            Colour(1, 2, 3),
            1.0,
        );
        let figure = scene.draw().expect("drawn");
        assert!(
            figure
                .svg()
                .contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>")
        );
        assert!(figure.png().starts_with(b"\x89PNG"));
    }
}
