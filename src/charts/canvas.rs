//! A scene: shapes in the order in which they are drawn, texts over them, and over those the zones that answer to
//! the mouse, in points.

use super::colour::{self, Colour};
use super::text::{self, Weight};

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

/// Where a tip is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Zone {
    /// Between two opposite corners.
    Between(Place, Place),
    /// Around a centre, to a radius.
    Around(Place, f64),
}

/// What is said of a part of the figure to whoever points at it.
#[derive(Clone, Debug)]
pub(super) struct Tip {
    pub(super) zone: Zone,
    pub(super) text: String,
}

/// Something drawn, and the series that it is part of, as a place in [`Scene::names`].
#[derive(Clone, Debug)]
pub(super) struct Part<T> {
    pub(super) series: Option<usize>,
    pub(super) what: T,
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
    /// What it says if asked for more.
    pub(super) description: String,
    /// In the order in which they are drawn.
    pub(super) shapes: Vec<Part<Shape>>,
    /// Over the shapes.
    pub(super) labels: Vec<Part<Label>>,
    /// Over all, and seen by nobody.
    pub(super) tips: Vec<Part<Tip>>,
    /// Names of the series, in the order in which they were begun.
    pub(super) names: Vec<String>,
    /// The series that what is drawn becomes part of.
    series: Option<usize>,
}

impl Scene {
    /// An empty scene; `title` is what a screen reader says.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let title = text::printable(title);
        Self {
            width,
            height,
            title,
            description: String::new(),
            shapes: Vec::new(),
            labels: Vec::new(),
            tips: Vec::new(),
            names: Vec::new(),
            series: None,
        }
    }

    /// From here on all that is drawn is part of the series `name`, until [`Self::end`]: a page that
    /// shows the figure can take it away as one.
    pub(super) fn begin(&mut self, name: &str) {
        let name = text::printable(name);
        let known = self.names.iter().position(|other| *other == name);
        self.series = Some(known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        }));
    }

    /// Whether a series of this name was begun.
    pub(super) fn has_series(&self, name: &str) -> bool {
        self.names.contains(&text::printable(name))
    }

    /// What is drawn from here on is part of no series.
    pub(super) fn end(&mut self) {
        self.series = None;
    }

    /// What to say to whoever points at `zone`. Later tips lie over earlier ones; where nobody can point, outside
    /// the scene, nothing is said.
    pub(super) fn tip(&mut self, zone: Zone, text: &str) {
        let (x, y) = match zone {
            Zone::Between(a, b) => (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1)),
            Zone::Around(centre, _) => centre,
        };
        let is_inside = (0.0..=self.width).contains(&x) && (0.0..=self.height).contains(&y);
        if !is_inside {
            return;
        }
        let tip = Tip {
            zone,
            text: text.to_owned(),
        };
        self.tips.push(self.part(tip));
    }

    fn part<T>(&self, what: T) -> Part<T> {
        Part {
            series: self.series,
            what,
        }
    }

    fn push(&mut self, shape: Shape) {
        self.shapes.push(self.part(shape));
    }

    /// A filled area.
    pub(super) fn area(&mut self, corners: Vec<Place>, colour: Colour, opacity: f64) {
        if corners.len() > 2 {
            self.push(Shape::Area {
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
            self.push(Shape::Line {
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
        self.push(Shape::Dot {
            centre,
            radius,
            colour,
        });
    }

    /// A filled circle with a rim of the ground.
    pub(super) fn marker(&mut self, centre: Place, radius: f64, colour: Colour) {
        self.dot(centre, radius + 1.5, colour::GROUND);
        self.dot(centre, radius, colour);
    }

    /// A text on the base line through `place`.
    pub(super) fn text(&mut self, text: &str, place: Place, style: Style) {
        let text = text::printable(text);
        if !text.trim().is_empty() {
            self.labels.push(self.part(Label { text, place, style }));
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
