//! Series can be told apart by everybody, on both grounds.

use super::super::colour::{GROUND, Rgb, Theme};
use super::super::theme;

/// Linear red, green and blue as people see them who lack cones for long, middle or short waves, and as all others
/// do (Machado, Oliveira and Fernandes 2009, full severity).
const EYES: [[[f64; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
    [
        [1.255_528, -0.076_749, -0.178_779],
        [-0.078_411, 0.930_809, 0.147_602],
        [0.004_733, 0.691_367, 0.303_900],
    ],
];

fn linear(Rgb(red, green, blue): Rgb) -> [f64; 3] {
    [red, green, blue].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn dot(row: [f64; 3], column: [f64; 3]) -> f64 {
    row.iter().zip(column).map(|(one, other)| one * other).sum()
}

/// Lightness and the two opponent colours (Oklab, Ottosson 2020).
fn seen(colour: Rgb, eye: [[f64; 3]; 3]) -> [f64; 3] {
    let light = eye.map(|row| dot(row, linear(colour)).clamp(0.0, 1.0));
    let cones = [
        [0.412_221_5, 0.536_332_5, 0.051_446_0],
        [0.211_903_5, 0.680_699_5, 0.107_397_0],
        [0.088_302_5, 0.281_718_8, 0.629_978_7],
    ]
    .map(|row| dot(row, light).max(0.0).cbrt());
    [
        [0.210_454_3, 0.793_617_8, -0.004_072_0],
        [1.977_998_5, -2.428_592_2, 0.450_593_7],
        [0.025_904_0, 0.782_771_8, -0.808_675_8],
    ]
    .map(|row| dot(row, cones))
}

fn apart(one: [f64; 3], other: [f64; 3]) -> f64 {
    let squares = one
        .iter()
        .zip(other)
        .map(|(one, other)| (one - other).powi(2));
    squares.sum::<f64>().sqrt()
}

/// How much brighter one is than the other, as guidelines for accessible pages count it.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let [one, other] =
        [one, other].map(|colour| dot([0.2126, 0.7152, 0.0722], linear(colour)) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn series_are_told_apart_by_every_eye_on_both_grounds() {
    for theme in [Theme::Light, Theme::Dark] {
        for (kind, eye) in EYES.into_iter().enumerate() {
            let colours: Vec<[f64; 3]> = (0..theme::series_count())
                .map(|place| seen(theme::series(place).on(theme), eye))
                .collect();
            for (place, &one) in colours.iter().enumerate() {
                for (after, &other) in colours.iter().enumerate().skip(place + 1) {
                    // A just noticeable difference is about 0.02.
                    let distance = apart(one, other);
                    assert!(
                        distance > 0.055,
                        "{theme:?} {kind}: {place} and {after}: {distance}"
                    );
                }
            }
        }
    }
}

#[test]
fn texts_stand_out_from_both_grounds() {
    for theme in [Theme::Light, Theme::Dark] {
        let ground = GROUND.on(theme);
        for (colour, least) in [(theme::INK, 7.0), (theme::GREY, 4.5), (theme::PALE, 3.0)] {
            let found = contrast(colour.on(theme), ground);
            assert!(found >= least, "{theme:?} {colour:?}: {found}");
        }
        for place in 0..theme::series_count() {
            let text = theme::readable(theme::series(place)).on(theme);
            assert!(contrast(text, ground) >= 3.0, "{theme:?}: {place}");
        }
    }
}
