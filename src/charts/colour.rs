//! Colours as roles: each knows what it is on a light and on a dark ground.

/// What a figure is drawn on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark marks on white.
    #[default]
    Light,
    /// Light marks on near black.
    Dark,
}

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rgb(pub(super) u8, pub(super) u8, pub(super) u8);

impl Rgb {
    const fn from_hex(hex: u32) -> Self {
        Self((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
    }

    /// `share` of this colour and the rest of `other`.
    fn mixed(self, share: f64, other: Self) -> Self {
        let mix = |part: u8, other: u8| {
            (f64::from(part) * share + f64::from(other) * (1.0 - share)).round() as u8
        };
        Self(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }

    /// How light it looks, from 0 to 255.
    fn lightness(self) -> f64 {
        0.3 * f64::from(self.0) + 0.59 * f64::from(self.1) + 0.11 * f64::from(self.2)
    }

    /// As it is written in an SVG, `#0072B2`.
    pub(super) fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// Black and white, between which every colour lies.
const BLACK: Rgb = Rgb(0, 0, 0);
const WHITE: Rgb = Rgb(255, 255, 255);

/// What everything stands on, and the rims and texts that show it through.
pub(super) const GROUND: Colour = Colour::new(0xff_ff_ff, 0x14_17_1c);

/// A colour on each ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Colour {
    light: Rgb,
    dark: Rgb,
}

impl Colour {
    /// A colour that is `light` on a light ground and `dark` on a dark one, as `0xRRGGBB`.
    pub(super) const fn new(light: u32, dark: u32) -> Self {
        Self {
            light: Rgb::from_hex(light),
            dark: Rgb::from_hex(dark),
        }
    }

    /// What it is in `theme`.
    pub(super) const fn on(self, theme: Theme) -> Rgb {
        match theme {
            Theme::Light => self.light,
            Theme::Dark => self.dark,
        }
    }

    /// This colour over the ground, with `share` of itself.
    pub(super) fn tint(self, share: f64) -> Self {
        Self {
            light: self.light.mixed(share, GROUND.light),
            dark: self.dark.mixed(share, GROUND.dark),
        }
    }

    /// This colour farther from the ground: with `share` of it replaced by black on a light
    /// ground, and by white on a dark one.
    pub(super) fn shade(self, share: f64) -> Self {
        Self {
            light: self.light.mixed(1.0 - share, BLACK),
            dark: self.dark.mixed(1.0 - share, WHITE),
        }
    }

    /// This colour as text on the ground: where it is too near to it, it moves away until it can be read. What
    /// stays as it is on a light ground stays on a dark one, so that the one follows from the other.
    pub(super) fn readable(self) -> Self {
        let near = |distance: f64| (distance / 190.0).clamp(0.0, 0.6);
        let light = near(self.light.lightness() - 115.0);
        let dark = near(110.0 - self.dark.lightness());
        Self {
            light: self.light.mixed(1.0 - light, BLACK),
            dark: self.dark.mixed(1.0 - dark, WHITE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tints_lean_to_the_ground_and_shades_away_from_it() {
        let blue = Colour::new(0x00_72_b2, 0x3a_8f_d6);
        assert_eq!(blue.tint(0.5).on(Theme::Light).hex(), "#80B9D9");
        assert_eq!(blue.tint(0.0), GROUND);
        let lightness = |colour: Colour| colour.on(Theme::Dark).lightness();
        assert!(lightness(blue.tint(0.5)) < lightness(blue));
        assert!(lightness(blue.shade(0.5)) > lightness(blue));
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        let ink = Colour::new(0x1c_1f_24, 0xe8_ea_ed);
        assert_eq!(ink.readable(), ink);
        let pale = Colour::new(0xf0_e4_42, 0x20_30_40).readable();
        assert!(pale.on(Theme::Light).lightness() < 160.0);
        assert!(pale.on(Theme::Dark).lightness() > 80.0);
    }
}
