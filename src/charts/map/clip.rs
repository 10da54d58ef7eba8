//! What of lines and areas is within a rectangle.

use super::super::canvas::Place;

/// A rectangle with its sides along the axes; `from` is its least corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Least in both directions.
    pub(super) from: Place,
    /// Greatest in both directions.
    pub(super) to: Place,
}

impl Frame {
    /// The same with its sides moved inwards by `distance`, but no farther than to the middle.
    pub(super) fn inset(self, distance: f64) -> Self {
        let centre = self.centre();
        Self {
            from: (
                (self.from.0 + distance).min(centre.0),
                (self.from.1 + distance).min(centre.1),
            ),
            to: (
                (self.to.0 - distance).max(centre.0),
                (self.to.1 - distance).max(centre.1),
            ),
        }
    }

    /// Its middle.
    pub(super) fn centre(self) -> Place {
        (
            f64::midpoint(self.from.0, self.to.0),
            f64::midpoint(self.from.1, self.to.1),
        )
    }

    /// Whether `place` is in it.
    pub(super) fn holds(self, place: Place) -> bool {
        (self.from.0..=self.to.0).contains(&place.0) && (self.from.1..=self.to.1).contains(&place.1)
    }

    /// The place in it that is nearest to `place`.
    pub(super) fn nearest(self, place: Place) -> Place {
        (
            place.0.clamp(self.from.0, self.to.0),
            place.1.clamp(self.from.1, self.to.1),
        )
    }

    /// Whether the two share a place.
    pub(super) fn meets(self, other: Self) -> bool {
        self.from.0 < other.to.0
            && other.from.0 < self.to.0
            && self.from.1 < other.to.1
            && other.from.1 < self.to.1
    }
}

/// What of a filled ring is within `frame`, after Sutherland and Hodgman: where it leaves and comes
/// back it runs along the side.
pub(super) fn area(ring: &[Place], frame: Frame) -> Vec<Place> {
    let mut corners = ring.to_vec();
    let sides: [(usize, f64, f64); 4] = [
        (0, frame.from.0, 1.0),
        (0, frame.to.0, -1.0),
        (1, frame.from.1, 1.0),
        (1, frame.to.1, -1.0),
    ];
    for (along, side, sign) in sides {
        let value = |place: Place| if along == 0 { place.0 } else { place.1 };
        let depth = |place: Place| (value(place) - side) * sign;
        let mut kept = Vec::with_capacity(corners.len());
        let mut before = corners.last().copied();
        for &place in &corners {
            if let Some(before) = before
                && (depth(before) >= 0.0) != (depth(place) >= 0.0)
            {
                kept.push(between(
                    before,
                    place,
                    depth(before) / (depth(before) - depth(place)),
                ));
            }
            if depth(place) >= 0.0 {
                kept.push(place);
            }
            before = Some(place);
        }
        corners = kept;
    }
    corners
}

/// The part of a straight line that is within `frame`, after Liang and Barsky.
pub(super) fn stretch((a, b): (Place, Place), frame: Frame) -> Option<(Place, Place)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (step, room) in [
        (-dx, a.0 - frame.from.0),
        (dx, frame.to.0 - a.0),
        (-dy, a.1 - frame.from.1),
        (dy, frame.to.1 - a.1),
    ] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            start = start.max(room / step);
        } else {
            end = end.min(room / step);
        }
    }
    (start < end).then(|| (between(a, b, start), between(a, b, end)))
}

/// The pieces of a line that are within `frame`.
pub(super) fn pieces(line: &[Place], frame: Frame) -> Vec<Vec<Place>> {
    let mut pieces: Vec<Vec<Place>> = Vec::new();
    for pair in line.windows(2) {
        let Some((from, to)) = stretch((pair[0], pair[1]), frame) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The place at `share` of the way.
pub(super) fn between(a: Place, b: Place, share: f64) -> Place {
    (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
}

/// Distance of `place` from a straight line between two others.
pub(super) fn distance(place: Place, (a, b): (Place, Place)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 {
        ((place.0 - a.0) * dx + (place.1 - a.1) * dy) / length
    } else {
        0.0
    };
    let foot = between(a, b, share.clamp(0.0, 1.0));
    (place.0 - foot.0).hypot(place.1 - foot.1)
}

/// Whether `place` is within a closed line.
pub(super) fn holds(ring: &[Place], place: Place) -> bool {
    let mut within = false;
    let mut before = ring.last().copied().unwrap_or((0.0, 0.0));
    for &corner in ring {
        if (corner.1 > place.1) != (before.1 > place.1) {
            let share = (place.1 - corner.1) / (before.1 - corner.1);
            if place.0 < corner.0 + (before.0 - corner.0) * share {
                within = !within;
            }
        }
        before = corner;
    }
    within
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        from: (0.0, 0.0),
        to: (10.0, 10.0),
    };

    fn extent(ring: &[Place]) -> f64 {
        let mut twice = 0.0;
        for (index, a) in ring.iter().enumerate() {
            let b = ring[(index + 1) % ring.len()];
            twice += a.0 * b.1 - a.1 * b.0;
        }
        (twice / 2.0).abs()
    }

    #[test]
    fn an_area_keeps_what_is_within() {
        let diamond = [(5.0, -5.0), (15.0, 5.0), (5.0, 15.0), (-5.0, 5.0)];
        assert!((extent(&area(&diamond, FRAME)) - 100.0).abs() < 1e-9);
        let corner = [(5.0, 5.0), (15.0, 5.0), (15.0, 15.0), (5.0, 15.0)];
        assert!((extent(&area(&corner, FRAME)) - 25.0).abs() < 1e-9);
        let outside = [(20.0, 0.0), (30.0, 0.0), (30.0, 10.0)];
        assert!(area(&outside, FRAME).is_empty());
        let around = [(-9.0, -9.0), (19.0, -9.0), (19.0, 19.0), (-9.0, 19.0)];
        assert!((extent(&area(&around, FRAME)) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_is_cut_into_what_is_seen_of_it() {
        let line = [
            (-5.0, 5.0),
            (5.0, 5.0),
            (5.0, 20.0),
            (8.0, 20.0),
            (8.0, 5.0),
        ];
        let found = pieces(&line, FRAME);
        assert_eq!(
            found,
            vec![
                vec![(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)],
                vec![(8.0, 10.0), (8.0, 5.0)],
            ]
        );
        assert!(pieces(&[(-1.0, -1.0), (-2.0, 5.0)], FRAME).is_empty());
    }
}
