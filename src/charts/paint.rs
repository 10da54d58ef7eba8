//! A scene as pixels, and the shapes of both files.
//!
//! The library draws on whole pixels and without smoothing. So shapes are drawn on a larger canvas: in the SVG
//! that is the inner size, in the PNG each pixel is the average of four.
//! Texts are set over the shapes, not by the library: it drops the space before each letter.

use plotters::prelude::{BitMapBackend, DrawingBackend, RGBAColor, ShapeStyle};

use super::canvas::{Anchor, Label, Part, Place, Scene, Shape};
use super::colour::{self, Colour, Rgb, Theme};
use super::figure::{ChartError, Look};
use super::text;

/// Canvas units to the pixel of the PNG, each way.
const AVERAGED: u32 = 2;
/// Width of a PNG on paper, metres: that of the text of a page. Programs that set pages ask for it.
const ON_PAPER: f64 = 0.17;

impl Scene {
    /// The scene as a PNG file.
    pub(super) fn png(&self, look: Look) -> Result<Vec<u8>, ChartError> {
        let density = f64::from(look.width.clamp(200, 8000)) / self.width;
        let (wide, high) = (
            (self.width * density).round() as u32,
            (self.height * density).round() as u32,
        );
        let pen = Pen {
            fine: density * f64::from(AVERAGED),
            theme: look.theme,
        };
        let (width, height) = (wide * AVERAGED, high * AVERAGED);
        let Rgb(red, green, blue) = colour::GROUND.on(look.theme);
        let mut canvas = [red, green, blue].repeat(width as usize * height as usize);
        {
            let mut backend = BitMapBackend::with_buffer(&mut canvas, (width, height));
            for Part { what, .. } in &self.shapes {
                pen.draw_pixels(what, &mut backend)?;
            }
            backend.present().map_err(refused)?;
        }
        let mut pixels = averaged(&canvas, wide as usize, high as usize);
        for Part { what, .. } in &self.labels {
            pen.set(what, &mut pixels, wide as usize);
        }

        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, wide, high);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let per_metre = (f64::from(wide) / ON_PAPER).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: png::Unit::Meter,
        }));
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(file)
    }

    /// The colours of all that is drawn.
    pub(super) fn colours(&self) -> Vec<Colour> {
        let shapes = self.shapes.iter().map(|part| match part.what {
            Shape::Area { colour, .. } | Shape::Line { colour, .. } | Shape::Dot { colour, .. } => {
                colour
            }
        });
        let labels = self.labels.iter().map(|part| part.what.style.colour);
        std::iter::once(colour::GROUND)
            .chain(shapes)
            .chain(labels)
            .collect()
    }
}

/// How points become places of a canvas, and roles colours.
pub(super) struct Pen {
    /// Canvas units to the point.
    pub(super) fine: f64,
    /// What is drawn on.
    pub(super) theme: Theme,
}

impl Pen {
    /// Canvas units for points. Far outside the scene it makes no difference how far.
    pub(super) fn fine(&self, points: f64) -> i32 {
        (points.clamp(-10_000.0, 10_000.0) * self.fine).round() as i32
    }

    /// Canvas places without repetitions.
    fn distinct(&self, places: &[Place]) -> Vec<(i32, i32)> {
        let fine = |&(x, y): &Place| (self.fine(x), self.fine(y));
        let mut fines: Vec<_> = places.iter().map(fine).collect();
        fines.dedup();
        fines
    }

    fn style(&self, colour: Colour, opacity: f64, width: f64) -> ShapeStyle {
        let Rgb(red, green, blue) = colour.on(self.theme);
        let stroke_width = (width * self.fine).round().max(1.0) as u32;
        ShapeStyle {
            color: RGBAColor(red, green, blue, opacity),
            filled: true,
            stroke_width,
        }
    }

    /// Draws a shape.
    pub(super) fn draw<B: DrawingBackend>(
        &self,
        shape: &Shape,
        backend: &mut B,
    ) -> Result<(), ChartError> {
        match shape {
            Shape::Area {
                corners,
                colour,
                opacity,
            } => {
                let style = self.style(*colour, *opacity, 1.0);
                backend.fill_polygon(self.distinct(corners), &style)
            }
            Shape::Line {
                places,
                colour,
                width,
            } => {
                let style = self.style(*colour, 1.0, *width);
                backend.draw_path(self.distinct(places), &style)
            }
            Shape::Dot {
                centre,
                radius,
                colour,
            } => {
                let centre = (self.fine(centre.0), self.fine(centre.1));
                let radius = self.fine(*radius).max(1) as u32;
                backend.draw_circle(centre, radius, &self.style(*colour, 1.0, 1.0), true)
            }
        }
        .map_err(refused)
    }

    /// Draws a shape as pixels: the library's own strokes are ragged, and their sharp corners grow spikes.
    fn draw_pixels<B: DrawingBackend>(
        &self,
        shape: &Shape,
        backend: &mut B,
    ) -> Result<(), ChartError> {
        match shape {
            Shape::Line {
                places,
                colour,
                width,
            } => {
                let style = self.style(*colour, 1.0, 1.0);
                stroke(backend, &self.distinct(places), &style, width * self.fine)
            }
            _ => self.draw(shape, backend),
        }
    }

    /// Sets a text into an image `wide` pixels wide.
    fn set(&self, label: &Label, pixels: &mut [u8], wide: usize) {
        let density = self.fine / f64::from(AVERAGED);
        let size = label.style.size * density;
        let length = text::width(&label.text, size, label.style.weight);
        let before = match label.style.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => length / 2.0,
            Anchor::End => length,
        };
        let place = (
            label.place.0 * density - before,
            (label.place.1 * density).round(),
        );
        let Rgb(red, green, blue) = label.style.colour.on(self.theme);
        text::rasterise(
            &label.text,
            size,
            label.style.weight,
            place,
            |x, y, share| {
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
                        *part = (f32::from(*part) * (1.0 - share) + f32::from(ink) * share).round()
                            as u8;
                    }
                }
            },
        );
    }
}

/// A stroke `width` canvas units wide: one area per stretch, with a disc at each joint.
fn stroke<B: DrawingBackend>(
    backend: &mut B,
    places: &[(i32, i32)],
    style: &ShapeStyle,
    width: f64,
) -> Result<(), ChartError> {
    let half = width / 2.0;
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
        backend.fill_polygon(corners, style).map_err(refused)?;
    }
    if half >= 2.0 {
        for &joint in places.iter().skip(1).take(places.len().saturating_sub(2)) {
            let radius = (half - 0.75).floor() as u32;
            backend
                .draw_circle(joint, radius, style, true)
                .map_err(refused)?;
        }
    }
    Ok(())
}

pub(super) fn refused(error: impl std::fmt::Display) -> ChartError {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::theme;

    #[test]
    fn a_picture_has_the_width_and_the_ground_that_are_asked_for() {
        let mut scene = Scene::new(40.0, 20.0, "");
        scene.area(
            vec![(f64::NAN, 0.0), (9.0, 0.0), (0.0, 9.0)],
            theme::BLUE,
            0.5,
        );
        for (theme, width) in [(Theme::Light, 200), (Theme::Dark, 1000)] {
            let file = scene.png(Look { theme, width }).expect("drawn");
            let mut reader = png::Decoder::new(std::io::Cursor::new(file))
                .read_info()
                .expect("a PNG");
            let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
            let frame = reader.next_frame(&mut pixels).expect("a picture");
            assert_eq!((frame.width, frame.height), (width, width / 2));
            let Rgb(red, green, blue) = colour::GROUND.on(theme);
            assert_eq!(pixels[pixels.len() - 3..], [red, green, blue]);
        }
    }
}
