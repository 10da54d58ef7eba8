//! A scene: shapes in the order in which they are drawn, and texts over them, in points.

use super::text::{self, Weight};

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

impl Colour {
    /// This colour over white, with `share` of itself.
    pub(super) fn tint(self, share: f64) -> Self {
        let mix = |part: u8| (f64::from(part) * share + 255.0 * (1.0 - share)).round() as u8;
        Self(mix(self.0), mix(self.1), mix(self.2))
    }

    /// This colour with `share` of it replaced by black.
    pub(super) fn shade(self, share: f64) -> Self {
        let mix = |part: u8| (f64::from(part) * (1.0 - share)).round() as u8;
        Self(mix(self.0), mix(self.1), mix(self.2))
    }
}

/// A point of the scene: from the left and from the top, in points.
pub(super) type Place = (f64, f64);

/// Which end of a text is where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    /// The em, in points.
    pub(super) size: f64,
    /// The face.
    pub(super) weight: Weight,
    /// The colour.
    pub(super) colour: Colour,
    /// Which end is where it is put.
    pub(super) anchor: Anchor,
}

impl Style {
    /// The same, put by another end.
    pub(super) fn at(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same in another colour.
    pub(super) fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// Width of `text` set like this, in points.
    pub(super) fn width(self, text: &str) -> f64 {
        text::width(&text::printable(text), self.size, self.weight)
    }
}

/// What a scene is made of.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Area {
        corners: Vec<Place>,
        colour: Colour,
        opacity: f64,
    },
    Line {
        places: Vec<Place>,
        colour: Colour,
        width: f64,
    },
    Dot {
        centre: Place,
        radius: f64,
        colour: Colour,
    },
}

/// A text and where it is: the end of its base line that its anchor says.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) place: Place,
    pub(super) style: Style,
}

/// What is to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    /// Width, points.
    pub(super) width: f64,
    /// Height, points.
    pub(super) height: f64,
    /// What a screen reader says.
    pub(super) title: String,
    /// In the order in which they are drawn.
    pub(super) shapes: Vec<Shape>,
    /// Over the shapes.
    pub(super) labels: Vec<Label>,
}

impl Scene {
    /// An empty scene; `title` is what a screen reader says.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let title = text::printable(title);
        Self {
            width,
            height,
            title,
            shapes: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// A filled area.
    pub(super) fn area(&mut self, corners: Vec<Place>, colour: Colour, opacity: f64) {
        if corners.len() > 2 {
            self.shapes.push(Shape::Area {
                corners,
                colour,
                opacity,
            });
        }
    }

    /// A filled rectangle between two opposite corners.
    pub(super) fn rectangle(&mut self, a: Place, b: Place, colour: Colour, opacity: f64) {
        self.area(vec![a, (b.0, a.1), b, (a.0, b.1)], colour, opacity);
    }

    /// A line through `places`.
    pub(super) fn line(&mut self, places: Vec<Place>, colour: Colour, width: f64) {
        if places.len() > 1 {
            self.shapes.push(Shape::Line {
                places,
                colour,
                width,
            });
        }
    }

    /// A dashed line through `places`.
    pub(super) fn dashed(&mut self, places: &[Place], colour: Colour, width: f64, dash: f64) {
        for piece in dashes(places, dash, dash * 0.75) {
            self.line(piece, colour, width);
        }
    }

    /// A filled circle.
    pub(super) fn dot(&mut self, centre: Place, radius: f64, colour: Colour) {
        self.shapes.push(Shape::Dot {
            centre,
            radius,
            colour,
        });
    }

    /// A filled circle with a white rim.
    pub(super) fn marker(&mut self, centre: Place, radius: f64, colour: Colour) {
        self.dot(centre, radius + 1.5, Colour(255, 255, 255));
        self.dot(centre, radius, colour);
    }

    /// A text on the base line through `place`.
    pub(super) fn text(&mut self, text: &str, place: Place, style: Style) {
        let text = text::printable(text);
        if !text.trim().is_empty() {
            self.labels.push(Label { text, place, style });
        }
    }
}

/// The pieces of a line that are drawn if it is drawn for `dash` and left out for `gap` in turn.
fn dashes(places: &[Place], dash: f64, gap: f64) -> Vec<Vec<Place>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Place> = places.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, dash);
    for pair in places.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            // The bound keeps a line that runs far outside the scene from taking for ever.
            if !length.is_finite() || length <= left || pieces.len() > 2_000 {
                left -= if length.is_finite() { length } else { 0.0 };
                if drawing {
                    piece.push(to);
                }
                break;
            }
            let share = left / length;
            from = (
                from.0 + (to.0 - from.0) * share,
                from.1 + (to.1 - from.1) * share,
            );
            piece.push(from);
            if drawing {
                pieces.push(std::mem::take(&mut piece));
                left = gap;
            } else {
                piece = vec![from];
                left = dash;
            }
            drawing = !drawing;
        }
    }
    if drawing && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dashed_line_covers_its_dashes_only() {
        let pieces = dashes(&[(0.0, 0.0), (10.0, 0.0)], 4.0, 3.0);
        assert_eq!(
            pieces,
            vec![vec![(0.0, 0.0), (4.0, 0.0)], vec![(7.0, 0.0), (10.0, 0.0)]]
        );
    }
}
