//! A figure, and how it may look.

use super::canvas::Scene;
use super::colour::Theme;

/// A figure. It is drawn when it is asked for, in the look that is asked for.
#[derive(Clone, Debug)]
pub struct Figure {
    name: &'static str,
    scene: Scene,
}

/// How a figure looks as pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// What it is drawn on.
    pub theme: Theme,
    /// Width, pixels; its height follows from it. Less than 200 or more than 8000 are drawn as those.
    pub width: u32,
}

/// Two pixels to the point: sharp on a screen, and in print at the width of a page's text.
impl Default for Look {
    fn default() -> Self {
        Self {
            theme: Theme::Light,
            width: 1600,
        }
    }
}

impl Figure {
    pub(super) fn new(name: &'static str, scene: Scene) -> Self {
        Self { name, scene }
    }

    #[cfg(test)]
    pub(super) fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The finding, as it stands at the head.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.scene.title
    }

    /// What is measured, and where the numbers come from.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.scene.description
    }

    /// Names of the series that a page can take away: in the SVG they are the values of `data-series`.
    #[must_use]
    pub fn series(&self) -> &[String] {
        &self.scene.names
    }

    /// The SVG file; its text is text. Parts that answer to the mouse have the class `tip` and say what in
    /// `data-tip`.
    ///
    /// # Errors
    ///
    /// If a shape is refused.
    pub fn svg(&self, theme: Theme) -> Result<String, ChartError> {
        self.scene.svg(theme, self.name)
    }

    /// The PNG file.
    ///
    /// # Errors
    ///
    /// If a shape is refused or the image cannot be written.
    pub fn png(&self, look: &Look) -> Result<Vec<u8>, ChartError> {
        self.scene.png(*look)
    }

    /// All colours of the light SVG with what each is in the dark one, as `#RRGGBB`, without repetitions. A page
    /// that holds the light SVG makes it dark with a rule for `fill` and one for `stroke` for each.
    #[must_use]
    pub fn colours(&self) -> Vec<(String, String)> {
        let on = |theme| move |colour: &super::colour::Colour| colour.on(theme);
        let mut pairs: Vec<_> = self
            .scene
            .colours()
            .iter()
            .map(|colour| (on(Theme::Light)(colour), on(Theme::Dark)(colour)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup_by_key(|pair| pair.0);
        pairs
            .into_iter()
            .map(|(light, dark)| (light.hex(), dark.hex()))
            .collect()
    }
}

/// Why a figure could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// A shape was refused.
    #[error("a figure could not be drawn: {0}")]
    Draw(String),
    /// The image could not be written.
    #[error("a figure could not be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}
