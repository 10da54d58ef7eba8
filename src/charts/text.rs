//! The two faces that every figure is set in, and how wide a text becomes in them.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Point, PxScale, ScaleFont};

/// A face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Inter Regular.
    Regular,
    /// Inter `SemiBold`.
    Strong,
}

static REGULAR: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("fonts/Inter-Regular-subset.ttf"))
        .expect("the font is part of the program and a test reads it")
});

static STRONG: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("fonts/Inter-SemiBold-subset.ttf"))
        .expect("the font is part of the program and a test reads it")
});

fn face(weight: Weight) -> &'static FontRef<'static> {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Strong => &STRONG,
    }
}

/// The scale at which an em is `size` pixels; the library counts from ascent to descent.
fn scale(font: &FontRef<'static>, size: f64) -> PxScale {
    let em = font.units_per_em().unwrap_or(2048.0);
    PxScale::from(size as f32 * font.height_unscaled() / em)
}

/// Width of `text` if an em is `size`.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let font = face(weight);
    let scaled = font.as_scaled(scale(font, size));
    let mut width = 0.0;
    let mut before = None;
    for character in text.chars() {
        let glyph = font.glyph_id(character);
        if let Some(before) = before {
            width += scaled.kern(before, glyph);
        }
        width += scaled.h_advance(glyph);
        before = Some(glyph);
    }
    f64::from(width)
}

/// Calls `cover(x, y, share)` for each pixel that `text`, set from `x` on the base line `y`,
/// touches.
pub(super) fn rasterise(
    text: &str,
    size: f64,
    weight: Weight,
    (x, y): (f64, f64),
    mut cover: impl FnMut(i64, i64, f32),
) {
    let font = face(weight);
    let scale = scale(font, size);
    let scaled = font.as_scaled(scale);
    let mut pen = x as f32;
    let mut before = None;
    for character in text.chars() {
        let id = font.glyph_id(character);
        if let Some(before) = before {
            pen += scaled.kern(before, id);
        }
        let position = Point {
            x: pen,
            y: y as f32,
        };
        if let Some(outline) = font.outline_glyph(id.with_scale_and_position(scale, position)) {
            let corner = outline.px_bounds().min;
            outline.draw(|dx, dy, share| {
                cover(
                    corner.x as i64 + i64::from(dx),
                    corner.y as i64 + i64::from(dy),
                    share,
                );
            });
        }
        pen += scaled.h_advance(id);
        before = Some(id);
    }
}

/// `text` with a question mark for every character that the faces lack, so that nothing vanishes
/// unseen and both files show the same; line breaks and other controls become spaces.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            control if control.is_control() => ' ',
            known if is_known(known) => known,
            _ => '?',
        })
        .collect()
}

fn is_known(character: char) -> bool {
    [Weight::Regular, Weight::Strong]
        .iter()
        .all(|&weight| face(weight).glyph_id(character).0 != 0)
}

/// `text`, cut with an ellipsis if it is wider than `room`.
pub(super) fn shortened(text: &str, size: f64, weight: Weight, room: f64) -> String {
    let text = printable(text);
    if width(&text, size, weight) <= room {
        return text;
    }
    let mut kept = String::new();
    for character in text.chars() {
        let mut longer = kept.clone();
        longer.push(character);
        if width(&format!("{}…", longer.trim_end()), size, weight) > room {
            break;
        }
        kept = longer;
    }
    format!("{}…", kept.trim_end_matches([' ', ',', '·']))
}

/// `text` broken at spaces into at most `lines` lines no wider than `room`; what does not fit the
/// last line is cut.
pub(super) fn wrapped(
    text: &str,
    size: f64,
    weight: Weight,
    room: f64,
    lines: usize,
) -> Vec<String> {
    let text = printable(text);
    let mut rest: &str = text.trim();
    let mut broken = Vec::new();
    while !rest.is_empty() {
        if broken.len() + 1 >= lines || width(rest, size, weight) <= room {
            broken.push(shortened(rest, size, weight, room));
            break;
        }
        let fits = rest
            .match_indices(' ')
            .map(|(place, _)| place)
            .take_while(|&place| width(&rest[..place], size, weight) <= room)
            .last();
        let Some(place) = fits else {
            broken.push(shortened(rest, size, weight, room));
            break;
        };
        broken.push(rest[..place].to_owned());
        rest = rest[place..].trim_start();
    }
    broken
}

/// `text` in at most two lines; if two are needed they are about as long as each other.
pub(super) fn balanced(text: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let widest = wrapped(text, size, weight, room, 2);
    if widest.len() < 2 || widest[1].ends_with('…') {
        return widest;
    }
    (10..20)
        .map(|share| wrapped(text, size, weight, room * f64::from(share) / 20.0, 2))
        .find(|lines| lines.len() == 2 && !lines[1].ends_with('…'))
        .unwrap_or(widest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_hold_what_figures_are_written_with() {
        let used = "AZaz09 .,:;!?()[]%/&'\"–—−±×≥≤≈…•·’‘“”€°₂ÄÖÜßéñçøÅŁžşğıİŐűəƏЖяҚқӘәҒғ\u{a0}";
        assert_eq!(printable(used), used);
    }

    #[test]
    fn what_has_no_glyph_becomes_a_question_mark() {
        assert_eq!(printable("油\u{1}x"), "? x");
    }

    #[test]
    fn long_texts_are_cut_and_broken_within_their_room() {
        let text = "a text that is by far too long for the place that it was given here";
        let short = shortened(text, 12.0, Weight::Regular, 100.0);
        assert!(
            short.ends_with('…') && width(&short, 12.0, Weight::Regular) <= 100.0,
            "{short}"
        );
        let lines = wrapped(text, 12.0, Weight::Strong, 150.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(
            lines
                .iter()
                .all(|line| width(line, 12.0, Weight::Strong) <= 150.0),
            "{lines:?}"
        );
        let lines = balanced(text, 12.0, Weight::Regular, 350.0);
        assert!(
            lines.len() == 2 && lines[1].len() * 2 > lines[0].len(),
            "{lines:?}"
        );
        assert!(wrapped("", 12.0, Weight::Regular, 10.0, 2).is_empty());
    }
}
