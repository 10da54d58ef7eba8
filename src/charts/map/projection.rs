//! From longitudes and latitudes to a plane, so that the region at hand keeps its shape.

use super::super::canvas::Place;
use super::land::Point;

/// Radius of the Earth, kilometres.
const RADIUS: f64 = 6371.0;
/// Extents in longitude from which on the world is shown as a whole, degrees.
const WIDE: f64 = 160.0;
/// A cone flatter than this is nearly a cylinder, and a cylinder is drawn instead.
const FLAT: f64 = 0.12;

/// A projection; its plane is in kilometres, east and north of the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Projection {
    /// The longitude in the middle, degrees.
    middle: f64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Albers' conic projection, which keeps areas: shape of the cone, its constant, distance of
    /// the middle from its tip.
    Conic { cone: f64, constant: f64, tip: f64 },
    /// Latitudes evenly, longitudes as long as they are in the middle.
    Cylinder { narrowing: f64 },
    /// Equal Earth (Šavrič, Patterson and Jenny 2018), which keeps areas of the whole world.
    World,
}

impl Projection {
    /// The projection for a region: its extent in longitude around `middle`, and in latitude.
    pub(super) fn of(middle: f64, extent: f64, (south, north): (f64, f64)) -> Self {
        let kind = if extent > WIDE {
            Kind::World
        } else {
            // Standard parallels a sixth of the extent from its ends.
            let sixth = (north - south) / 6.0;
            let first = (south + sixth).clamp(-85.0, 85.0).to_radians();
            let second = (north - sixth).clamp(-85.0, 85.0).to_radians();
            let cone = f64::midpoint(first.sin(), second.sin());
            let centre = f64::midpoint(south, north).to_radians();
            if cone.abs() < FLAT {
                Kind::Cylinder {
                    narrowing: centre.cos(),
                }
            } else {
                let constant = first.cos().powi(2) + 2.0 * cone * first.sin();
                Kind::Conic {
                    cone,
                    constant,
                    tip: distance(cone, constant, centre),
                }
            }
        };
        Self { middle, kind }
    }

    /// The longitude in the middle, degrees.
    pub(super) fn middle(&self) -> f64 {
        self.middle
    }

    /// Where a point is, whose longitude is given from the middle and is not turned around the
    /// globe: what was cut at the far side stays cut there.
    pub(super) fn place(&self, (east, latitude): Point) -> Place {
        let (east, latitude) = (east.to_radians(), latitude.clamp(-90.0, 90.0).to_radians());
        match self.kind {
            Kind::Conic {
                cone,
                constant,
                tip,
            } => {
                let (reach, turn) = (distance(cone, constant, latitude), cone * east);
                (reach * turn.sin(), tip - reach * turn.cos())
            }
            Kind::Cylinder { narrowing } => (RADIUS * east * narrowing, RADIUS * latitude),
            Kind::World => {
                let terms = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
                let slant = (3_f64.sqrt() / 2.0 * latitude.sin()).asin();
                let (square, sixth) = (slant.powi(2), slant.powi(6));
                let slope = terms[0]
                    + 3.0 * terms[1] * square
                    + sixth * (7.0 * terms[2] + 9.0 * terms[3] * square);
                let x = 2.0 * 3_f64.sqrt() / 3.0 * east * slant.cos() / slope;
                let y =
                    slant * (terms[0] + terms[1] * square + sixth * (terms[2] + terms[3] * square));
                (RADIUS * x, RADIUS * y)
            }
        }
    }

    /// Where a point of the globe is.
    pub(super) fn at(&self, (longitude, latitude): Point) -> Place {
        self.place((turned(longitude - self.middle), latitude))
    }
}

/// Distance from the tip of a cone, kilometres.
fn distance(cone: f64, constant: f64, latitude: f64) -> f64 {
    RADIUS * (constant - 2.0 * cone * latitude.sin()).max(0.0).sqrt() / cone
}

/// An angle as one from −180 to 180 degrees.
pub(super) fn turned(angle: f64) -> f64 {
    let turned = (angle + 180.0).rem_euclid(360.0) - 180.0;
    if turned == -180.0 && angle > 0.0 {
        180.0
    } else {
        turned
    }
}

/// The longitude in the middle of `longitudes` and how far they reach, degrees: on the other side
/// of the globe from the widest stretch without any.
pub(super) fn middle(longitudes: &[f64]) -> (f64, f64) {
    let mut sorted: Vec<f64> = longitudes.iter().map(|l| l.rem_euclid(360.0)).collect();
    sorted.sort_by(f64::total_cmp);
    let Some((&first, &last)) = sorted.first().zip(sorted.last()) else {
        return (0.0, 0.0);
    };
    // The stretch that passes 0° is there from the start.
    let mut widest = (first + 360.0 - last, first);
    for pair in sorted.windows(2) {
        if pair[1] - pair[0] > widest.0 {
            widest = (pair[1] - pair[0], pair[1]);
        }
    }
    let extent = 360.0 - widest.0;
    (turned(widest.1 + extent / 2.0), extent)
}

/// Distance of two points along the globe, kilometres.
pub(super) fn along_the_globe(a: Point, b: Point) -> f64 {
    let (from, to) = (a.1.to_radians(), b.1.to_radians());
    let across = ((b.0 - a.0).to_radians() / 2.0).sin().powi(2);
    let up = ((to - from) / 2.0).sin().powi(2);
    let share = up + from.cos() * to.cos() * across;
    2.0 * RADIUS * share.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(projection: &Projection, a: Point, b: Point) -> f64 {
        let (a, b) = (projection.at(a), projection.at(b));
        (b.0 - a.0).hypot(b.1 - a.1)
    }

    #[test]
    fn distances_in_a_region_are_nearly_those_of_the_globe() {
        for (middle, south, north) in [(60.0, 38.0, 60.0), (10.0, -4.0, 5.0), (-70.0, -50.0, -20.0)]
        {
            let projection = Projection::of(middle, 40.0, (south, north));
            let (a, b) = ((middle - 15.0, south), (middle + 12.0, north));
            let (plane, globe) = (apart(&projection, a, b), along_the_globe(a, b));
            assert!(
                (plane / globe - 1.0).abs() < 0.05,
                "{middle}: {plane} {globe}"
            );
            // North is up.
            assert!(projection.at((middle, north)).1 > projection.at((middle, south)).1);
            assert!(projection.at((middle + 9.0, north)).0 > projection.at((middle, south)).0);
        }
    }

    #[test]
    fn the_antimeridian_is_no_edge() {
        let (middle, extent) = middle(&[170.0, -170.0, 178.0]);
        assert!((middle.abs() - 180.0).abs() < 1e-9, "{middle}");
        assert!((extent - 20.0).abs() < 1e-9);
        let projection = Projection::of(middle, extent, (50.0, 60.0));
        let globe = along_the_globe((179.0, 55.0), (-179.0, 55.0));
        let plane = apart(&projection, (179.0, 55.0), (-179.0, 55.0));
        assert!((plane / globe - 1.0).abs() < 0.02, "{plane} {globe}");
    }

    #[test]
    fn odd_extents_have_finite_places() {
        for (south, north) in [
            (90.0, 90.0),
            (-90.0, -90.0),
            (-90.0, 90.0),
            (0.0, 0.0),
            (89.0, 90.0),
        ] {
            for extent in [0.0, 30.0, 359.0] {
                let projection = Projection::of(17.0, extent, (south, north));
                for latitude in [-90.0, -3.0, 0.0, 45.0, 90.0] {
                    let (x, y) = projection.at((100.0, latitude));
                    assert!(x.is_finite() && y.is_finite(), "{south} {north} {latitude}");
                }
            }
        }
        assert_eq!(super::middle(&[]), (0.0, 0.0));
        assert_eq!(super::middle(&[5.0, 5.0]), (5.0, 0.0));
    }
}
