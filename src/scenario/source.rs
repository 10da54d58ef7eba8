//! A text as it is shown beside a problem: a window of it, never a very long line.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use miette::{MietteError, SourceCode, SourceSpan, SpanContents};

use super::text::Text;

/// Longest line that is shown whole, in bytes.
const LONGEST: usize = 400;

/// What is shown of a longer line on either side of what is underlined, in bytes.
const MARGIN: usize = 120;

/// Most that is underlined of a longer line, in bytes.
const UNDERLINED: usize = LONGEST - 2 * MARGIN;

/// A text whose lines are found without going through it again for every problem.
#[derive(Debug)]
pub(super) struct Source {
    /// Without control characters.
    name: String,
    text: Arc<str>,
    /// First byte of each line.
    lines: OnceLock<Vec<usize>>,
    /// The text as it may reach a terminal.
    picture: OnceLock<String>,
}

impl Source {
    pub(super) fn new(text: &Text) -> Self {
        Self {
            name: visible(&text.name),
            text: Arc::clone(&text.text),
            lines: OnceLock::new(),
            picture: OnceLock::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate();
            let after = breaks.filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0)
                .chain(after.map(|(at, _)| at + 1))
                .collect()
        })
    }

    /// Index of the line of a byte.
    pub(super) fn line(&self, offset: usize) -> usize {
        let begun = self.lines().partition_point(|&start| start <= offset);
        begun.saturating_sub(1)
    }

    /// Letters before a byte in its line.
    pub(super) fn column(&self, offset: usize) -> usize {
        let offset = self.border(offset);
        self.text[self.lines()[self.line(offset)]..offset]
            .chars()
            .count()
    }

    /// The bytes of a line, without its end.
    fn content(&self, line: usize) -> Range<usize> {
        let start = self.lines()[line];
        let next = self.lines().get(line + 1);
        start..next.map_or(self.text.len(), |next| next - 1)
    }

    fn is_long(&self, line: usize) -> bool {
        self.content(line).len() > LONGEST
    }

    /// The nearest place at or before a byte that lies between two letters.
    fn border(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The nearest place at or after a byte that lies between two letters.
    fn border_after(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset += 1;
        }
        offset
    }

    /// What is underlined of a stretch: all of it, or its beginning if it is long.
    pub(super) fn underlined(&self, stretch: Range<usize>) -> SourceSpan {
        let start = self.border(stretch.start);
        let mut end = self.border(stretch.end).max(start);
        let mut lines = self.line(start)..=self.line(end);
        if end - start > UNDERLINED || lines.any(|line| self.is_long(line)) {
            let line_end = self.content(self.line(start)).end.max(start);
            end = end.min(line_end).min(self.border(start + UNDERLINED));
        }
        (start, end - start).into()
    }

    /// Whether two stretches can be shown in one picture, or in two that do not share a line.
    pub(super) fn are_shown_together(&self, one: SourceSpan, other: SourceSpan) -> bool {
        let start = one.offset().min(other.offset());
        let end = (one.offset() + one.len()).max(other.offset() + other.len());
        self.line(one.offset()) != self.line(other.offset())
            || !self.is_long(self.line(start))
            || end - start <= UNDERLINED
    }

    /// The bytes to show for a stretch, with so many lines before and after it.
    fn window(&self, stretch: &Range<usize>, before: usize, after: usize) -> Option<Range<usize>> {
        let (first, last) = (
            self.line(stretch.start),
            self.line(stretch.end.saturating_sub(1).max(stretch.start)),
        );
        let mut window = self.content(first).start..self.content(last).end;
        if (first..=last).any(|line| self.is_long(line)) {
            if first != last || stretch.len() > UNDERLINED {
                return None;
            }
            let start = stretch.start.saturating_sub(MARGIN);
            let line = window;
            window = self.border_after(start.max(line.start))
                ..self
                    .border((stretch.end + MARGIN).min(line.end))
                    .max(stretch.end);
            if window.start > line.start || window.end < line.end {
                return Some(window);
            }
        }
        // A long line beside it is left out, and what lies behind that.
        let above = (0..first).rev().take(before);
        if let Some(line) = above.take_while(|&line| !self.is_long(line)).last() {
            window.start = self.content(line).start;
        }
        let below = (last + 1..self.lines().len()).take(after);
        if let Some(line) = below.take_while(|&line| !self.is_long(line)).last() {
            window.end = self.content(line).end;
        }
        // With its end, an empty last line is a line too.
        window.end = (window.end + 1).min(self.text.len());
        Some(window)
    }

    /// The text with signs of the same length in the place of control characters.
    fn picture(&self) -> &str {
        self.picture.get_or_init(|| {
            let letters = self.text.chars().map(|letter| match letter {
                '\n' | '\t' | '\r' => letter,
                _ if !letter.is_control() => letter,
                _ if letter.len_utf8() == 1 => '?',
                _ => '¿',
            });
            letters.collect()
        })
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let start = self.border(span.offset());
        let end = self.border(span.offset() + span.len()).max(start);
        let window = self
            .window(&(start..end), context_lines_before, context_lines_after)
            .ok_or(MietteError::OutOfBounds)?;
        // The end of a text has no letter, but a place.
        let data = match &self.picture()[window.clone()] {
            "" => " ",
            shown => shown,
        };
        let named = if context_lines_before == 0 {
            start
        } else {
            window.start
        };
        Ok(Box::new(Window {
            name: &self.name,
            span: (window.start, data.len()).into(),
            line: self.line(window.start),
            column: self.column(named),
            line_count: self.line(window.end.saturating_sub(1).max(window.start))
                - self.line(window.start)
                + 1,
            data: data.as_bytes(),
        }))
    }
}

/// What is shown of a text.
struct Window<'a> {
    name: &'a str,
    data: &'a [u8],
    span: SourceSpan,
    line: usize,
    column: usize,
    line_count: usize,
}

impl<'a> SpanContents<'a> for Window<'a> {
    fn data(&self) -> &'a [u8] {
        self.data
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn name(&self) -> Option<&str> {
        Some(self.name)
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        self.column
    }

    fn line_count(&self) -> usize {
        self.line_count
    }
}

/// A text in which control characters are written as escapes, so that none reaches a terminal.
pub(super) fn visible(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                letter.escape_default().to_string()
            } else {
                letter.to_string()
            }
        })
        .collect()
}
