//! Coast lines of the world, as they are bundled.

/// Degrees of a step of the file.
const STEP: f64 = 0.01;

/// Longitude and latitude, degrees.
pub(super) type Point = (f64, f64);

/// A closed line; its end is not its beginning again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ring {
    /// Whether it is water within land.
    pub(super) is_water: bool,
    /// Where it goes.
    pub(super) points: Vec<Point>,
}

/// All coasts, in the order in which they are to be drawn; `land/README.md` says where they come from.
pub(super) fn rings() -> Vec<Ring> {
    decoded(include_bytes!("land/land.bin"))
}

/// What `bytes` hold; what is cut off or makes no sense ends the list.
fn decoded(bytes: &[u8]) -> Vec<Ring> {
    let mut bytes = bytes.iter().copied();
    let mut rings = Vec::new();
    for _ in 0..number(&mut bytes).unwrap_or(0) {
        match ring(&mut bytes) {
            Some(ring) => rings.push(ring),
            None => break,
        }
    }
    rings
}

fn ring(bytes: &mut impl Iterator<Item = u8>) -> Option<Ring> {
    let head = number(bytes)?;
    let (mut x, mut y) = (0_i64, 0_i64);
    let mut points = Vec::new();
    for _ in 0..head >> 1 {
        x = x.checked_add(signed(bytes)?)?;
        y = y.checked_add(signed(bytes)?)?;
        points.push((x as f64 * STEP, y as f64 * STEP));
    }
    Some(Ring {
        is_water: head & 1 == 1,
        points,
    })
}

/// A whole number in groups of seven bits, the lowest first.
fn number(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let byte = bytes.next()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A folded number: 0, −1, 1, −2 …
fn signed(bytes: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let folded = number(bytes)?;
    let half = (folded >> 1) as i64;
    Some(if folded & 1 == 1 { -half - 1 } else { half })
}

#[cfg(test)]
mod tests {
    use super::super::clip::holds;
    use super::*;

    /// Whether a place is land, as it is drawn: each ring over those before.
    fn is_land(at: Point) -> bool {
        let within = |ring: &&Ring| {
            let at_turn = |turn: f64| holds(&ring.points, (at.0 + turn, at.1));
            [-360.0, 0.0, 360.0].into_iter().any(at_turn)
        };
        rings()
            .iter()
            .rfind(within)
            .is_some_and(|ring| !ring.is_water)
    }

    #[test]
    fn land_is_land_and_the_caspian_is_water() {
        for land in [
            (71.4, 51.1),
            (51.9, 47.1),
            (-100.0, 40.0),
            (25.0, 0.0),
            (179.0, 68.0),
            (-179.0, 68.0),
            (50.0, -85.0),
        ] {
            assert!(is_land(land), "{land:?}");
        }
        for water in [
            (51.0, 42.0),
            (50.5, 45.5),
            (34.0, 43.0),
            (-30.0, 30.0),
            (-179.0, 0.0),
        ] {
            assert!(!is_land(water), "{water:?}");
        }
    }

    #[test]
    fn every_point_is_on_the_globe() {
        let rings = rings();
        assert_eq!(rings.len(), 1419);
        for ring in rings {
            assert!(ring.points.len() > 2);
            for pair in ring.points.windows(2) {
                assert!(pair[0].0.abs() <= 400.0 && pair[0].1.abs() <= 90.0);
                // Nothing jumps to the other side of the map, but for the closure along the pole.
                assert!((pair[1].0 - pair[0].0).abs() < 20.0 || pair[0].1 < -85.0);
            }
        }
    }

    #[test]
    fn broken_bytes_are_no_land() {
        assert!(decoded(&[]).is_empty());
        assert!(decoded(&[0xff; 40]).is_empty());
        // A ring of four points that ends after one.
        assert!(decoded(&[1, 8, 2, 2]).is_empty());
    }
}
