//! Land and water below the network.

use super::super::canvas::Place;
use super::clip::{self, Frame};
use super::land::{self, Point};
use super::projection::{self, Projection};

/// Farthest that two points of a coast may be from each other on a map before they are joined by more
/// than a straight line, degrees.
const LONG: f64 = 2.0;
/// Points of a coast that are nearer to each other are one, points of the figure.
const FINE: f64 = 0.3;
/// The same for meridians and parallels.
const SMOOTH: f64 = 6.0;

/// How a map lies in the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ground {
    pub(super) projection: Projection,
    /// Points of the figure to the kilometre.
    pub(super) scale: f64,
    /// What is in the middle of the frame, kilometres of the plane.
    pub(super) middle: Place,
    /// The middle of the frame.
    pub(super) centre: Place,
}

/// A coast as far as it is seen.
#[derive(Clone, Debug)]
pub(super) struct Coast {
    pub(super) is_water: bool,
    /// What it surrounds, within the frame.
    pub(super) area: Vec<Place>,
    /// The coast itself.
    pub(super) lines: Vec<Vec<Place>>,
    /// Where the data is cut and no coast is.
    pub(super) seams: Vec<Vec<Place>>,
}

impl Ground {
    /// Where a point of the globe is in the figure.
    pub(super) fn at(&self, point: Point) -> Place {
        self.figured(self.projection.at(point))
    }

    fn figured(&self, (x, y): Place) -> Place {
        (
            self.centre.0 + (x - self.middle.0) * self.scale,
            self.centre.1 - (y - self.middle.1) * self.scale,
        )
    }

    /// Kilometres to the point of the figure in the middle of the frame, from west to east.
    pub(super) fn kilometres_to_the_point(&self) -> f64 {
        // The plane is true to the globe but for a factor that is near one; it is measured where
        // the middle is, by two points of the globe a little apart.
        let step = 0.2;
        let (longitude, latitude) = (self.projection.middle(), self.latitude_of_the_middle());
        let (west, east) = ((longitude - step, latitude), (longitude + step, latitude));
        let (a, b) = (self.at(west), self.at(east));
        let apart = (b.0 - a.0).hypot(b.1 - a.1);
        let globe = projection::along_the_globe(west, east);
        if apart > 1e-9 && globe > 1e-9 {
            globe / apart
        } else {
            1.0 / self.scale.max(1e-9)
        }
    }

    /// By bisection: north is up along the longitude in the middle.
    fn latitude_of_the_middle(&self) -> f64 {
        let (mut low, mut high) = (-89.0, 89.0);
        for _ in 0..40 {
            let latitude = f64::midpoint(low, high);
            if self.projection.at((self.projection.middle(), latitude)).1 < self.middle.1 {
                low = latitude;
            } else {
                high = latitude;
            }
        }
        f64::midpoint(low, high)
    }

    /// All coasts within `frame`, in the order in which they are drawn.
    pub(super) fn coasts(&self, frame: Frame) -> Vec<Coast> {
        let mut coasts = Vec::new();
        for ring in land::rings() {
            for turn in [-720.0, -360.0, 0.0, 360.0, 720.0] {
                let shift = turn - self.projection.middle();
                let (from, to) = super::frame::corners(ring.points.iter().copied());
                if from.0 + shift >= 180.0 || to.0 + shift <= -180.0 {
                    continue;
                }
                let shifted: Vec<Point> =
                    ring.points.iter().map(|&(x, y)| (x + shift, y)).collect();
                coasts.extend(self.coast(&shifted, ring.is_water, frame));
            }
        }
        coasts
    }

    /// A ring with its longitudes from the middle, within `frame`; `None` if nothing of it is seen.
    fn coast(&self, ring: &[Point], is_water: bool, frame: Frame) -> Option<Coast> {
        let globe = Frame {
            from: (-180.0, -90.0),
            to: (180.0, 90.0),
        };
        let ring = clip::area(ring, globe);
        let mut places = Vec::with_capacity(ring.len());
        let mut seams = Vec::with_capacity(ring.len());
        for (index, &point) in ring.iter().enumerate() {
            let next = ring[(index + 1) % ring.len()];
            let is_seam = self.is_cut(point) && self.is_cut(next);
            let apart = (next.0 - point.0).abs().max((next.1 - point.1).abs());
            let steps = (apart / LONG).ceil().max(1.0);
            for step in 0..steps as usize {
                let point = clip::between(point, next, step as f64 / steps);
                places.push(self.figured(self.projection.place(point)));
                seams.push(is_seam);
            }
        }
        let (from, to) = super::frame::corners(places.iter().copied());
        if !frame.meets(Frame { from, to }) {
            return None;
        }
        let area = thinned(&clip::area(&places, frame), FINE);
        if area.len() < 3 {
            return None;
        }
        let mut runs: [Vec<Vec<Place>>; 2] = [Vec::new(), Vec::new()];
        let mut before = None;
        for (index, &place) in places.iter().enumerate() {
            let next = places[(index + 1) % places.len()];
            let runs = &mut runs[usize::from(seams[index])];
            match runs.last_mut().filter(|_| before == Some(seams[index])) {
                Some(run) => run.push(next),
                None => runs.push(vec![place, next]),
            }
            before = Some(seams[index]);
        }
        let [lines, seams] = runs.map(|runs| {
            let seen = runs.iter().flat_map(|run| clip::pieces(run, frame));
            seen.map(|piece| thinned(&piece, FINE))
                .filter(|piece| piece.len() > 1)
                .collect()
        });
        Some(Coast {
            is_water,
            area,
            lines,
            seams,
        })
    }

    /// Whether a point is where the data or the map is cut: at the antimeridian, the far side or the
    /// South Pole.
    fn is_cut(&self, (east, latitude): Point) -> bool {
        let near = |longitude: f64| (longitude.abs() - 180.0).abs() < 0.006;
        near(east) || near(projection::turned(east + self.projection.middle())) || latitude < -89.99
    }

    /// Meridians and parallels within `frame`.
    pub(super) fn graticule(&self, frame: Frame) -> Vec<Vec<Place>> {
        // About six lines across.
        let degrees = (frame.to.0 - frame.from.0) / self.scale / 111.2 / 6.0;
        let step = [0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0]
            .into_iter()
            .find(|&step| step >= degrees)
            .unwrap_or(30.0);
        let mut lines = Vec::new();
        let samples =
            |from: f64, to: f64| (0..=720).map(move |i| from + (to - from) * f64::from(i) / 720.0);
        let first = ((self.projection.middle() - 180.0) / step).ceil() as i64;
        for meridian in 0..=(360.0 / step) as i64 {
            let east = (first + meridian) as f64 * step - self.projection.middle();
            if east > 180.0 {
                break;
            }
            lines.push(
                samples(-85.0, 85.0)
                    .map(|latitude| (east, latitude))
                    .collect(),
            );
        }
        for parallel in (-85.0 / step).ceil() as i64..=(85.0 / step) as i64 {
            let latitude = parallel as f64 * step;
            let line: Vec<Point> = samples(-180.0, 180.0)
                .map(|east| (east, latitude))
                .collect();
            lines.push(line);
        }
        lines
            .iter()
            .map(|line: &Vec<Point>| {
                line.iter()
                    .map(|&p| self.figured(self.projection.place(p)))
                    .collect()
            })
            .flat_map(|line: Vec<Place>| clip::pieces(&line, frame))
            .map(|piece| thinned(&piece, SMOOTH))
            .collect()
    }
}

/// A line without places that are nearer than `least` to the one before.
fn thinned(line: &[Place], least: f64) -> Vec<Place> {
    let mut kept: Vec<Place> = Vec::new();
    for (index, &place) in line.iter().enumerate() {
        let is_end = index + 1 == line.len();
        let is_far = kept
            .last()
            .is_none_or(|last| (place.0 - last.0).hypot(place.1 - last.1) >= least);
        if is_far || is_end {
            kept.push(place);
        }
    }
    kept
}

/// Whether a place is on land.
pub(super) fn is_land(coasts: &[Coast], place: Place) -> bool {
    let around = |coast: &&Coast| clip::holds(&coast.area, place);
    coasts
        .iter()
        .rfind(around)
        .is_some_and(|coast| !coast.is_water)
}
