//! What stands in cells, and how it looks.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

/// Letters that a cell of Excel can hold.
const CELL_LETTERS: usize = 32_767;

/// How cells look.
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) finding: Format,
    pub(super) heading: Format,
    pub(super) words: Format,
    pub(super) label: Format,
    pub(super) code: Format,
    pub(super) header: Format,
    pub(super) header_of_numbers: Format,
    text: Format,
    large: Format,
    middle: Format,
    small: Format,
    tiny: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let words = || Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let header = || {
            words()
                .set_bold()
                .set_background_color(Color::RGB(0x00E8_ECF2))
                .set_border_bottom(FormatBorder::Thin)
        };
        let number = |form: &str| Format::new().set_num_format(form);
        Self {
            title: words().set_bold().set_font_size(18),
            finding: words().set_bold().set_font_size(13),
            heading: words()
                .set_bold()
                .set_font_size(13)
                .set_border_bottom(FormatBorder::Thin),
            words: words(),
            label: words().set_font_color(Color::RGB(0x0059_6270)),
            code: words().set_font_name("Consolas"),
            header: header(),
            header_of_numbers: header().set_align(FormatAlign::Right),
            text: Format::new(),
            large: number("#,##0"),
            middle: number("#,##0.00"),
            small: number("0.0000"),
            tiny: number("0.00E+00"),
        }
    }

    /// The form that shows what a number is worth knowing.
    fn of(&self, number: f64) -> &Format {
        let size = number.abs();
        if number.fract() == 0.0 || size >= 1e3 {
            &self.large
        } else if size >= 1.0 {
            &self.middle
        } else if size >= 1e-3 {
            &self.small
        } else {
            &self.tiny
        }
    }
}

/// What a cell of a table holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value {
    /// Puts it into a cell; gives about how many characters wide it is.
    pub(super) fn put(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        styles: &Styles,
    ) -> Result<usize, XlsxError> {
        Ok(match self {
            Self::Nothing => 0,
            Self::Text(text) => {
                let text = fitting(text);
                sheet.write_string_with_format(row, column, text, &styles.text)?;
                text.chars().count()
            }
            Self::Number(number) => {
                sheet.write_number_with_format(row, column, *number, styles.of(*number))?;
                // Digits of thousands with their commas, or a few places.
                let digits = number.abs().max(1.0).log10() as usize + 1;
                (digits + digits / 3 + 1).max(8)
            }
            Self::Truth(truth) => {
                sheet.write_boolean(row, column, *truth)?;
                5
            }
        })
    }
}

/// As much of a text as a cell can hold.
pub(super) fn fitting(text: &str) -> &str {
    text.char_indices()
        .nth(CELL_LETTERS)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_no_more_than_excel_allows() {
        assert_eq!(fitting("short"), "short");
        assert_eq!(
            fitting(&"é".repeat(CELL_LETTERS + 5)).chars().count(),
            CELL_LETTERS
        );
    }
}
