//! How charts are to look.

use clap::{Args, ValueEnum};

use crate::charts::{Look, Theme};

/// What charts are drawn on, and how large their pictures are.
#[derive(Debug, Args)]
pub(super) struct LookArguments {
    /// What charts are drawn on
    #[arg(long, value_name = "THEME", default_value = "light")]
    theme: ThemeArgument,
    /// Width of charts as PNG: 800 for a slide, 1600 for a page at 240 dpi, 2400 for a poster; SVG fits any
    #[arg(long, value_name = "PIXELS", default_value_t = Look::default().width,
          value_parser = clap::value_parser!(u32).range(400..=8000))]
    png_width: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeArgument {
    Light,
    Dark,
}

impl LookArguments {
    /// How charts are to look.
    pub(super) fn look(&self) -> Look {
        Look {
            theme: match self.theme {
                ThemeArgument::Light => Theme::Light,
                ThemeArgument::Dark => Theme::Dark,
            },
            width: self.png_width,
        }
    }
}
