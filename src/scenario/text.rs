//! Texts and places in them.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

/// Largest file that is read, in bytes.
const MOST_BYTES: u64 = 64_000_000;

/// A file's name and content, in memory.
#[derive(Clone, Debug)]
pub struct Text {
    /// Name, as it is shown in messages. A strategy's id is its stem, and files that the text
    /// names are sought beside it.
    pub name: String,
    /// Content.
    pub text: Arc<str>,
}

impl Text {
    /// A text under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The name without directories and without what follows its last dot.
    #[must_use]
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        match file.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => file,
        }
    }
}

/// A stretch of one of the texts, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Place {
    /// Index of the text.
    pub(super) file: usize,
    /// First byte.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
}

impl Place {
    pub(super) fn new(file: usize, span: std::ops::Range<usize>) -> Self {
        Self {
            file,
            start: span.start,
            end: span.end.max(span.start),
        }
    }
}

/// All texts of one scenario; places refer to them by index.
#[derive(Default)]
pub(super) struct Texts(pub(super) Vec<Text>);

impl Texts {
    /// A file beside the one with this index, by the name that the latter gives it.
    pub(super) fn beside(&self, file: usize, name: &str) -> String {
        let own = self.0.get(file).map_or("", |text| text.name.as_str());
        match own.rfind(['/', '\\']) {
            Some(end) => format!("{}{name}", &own[..=end]),
            None => name.to_owned(),
        }
    }
}

/// Reads a regular file of at most 64 MB.
pub(super) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // Asked before opening: opening a pipe waits until somebody writes into it.
    refuse_unbounded(&std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    refuse_unbounded(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    Ok(bytes)
}

fn refuse_unbounded(metadata: &Metadata) -> io::Result<()> {
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        ));
    }
    if metadata.len() > MOST_BYTES {
        return Err(too_large());
    }
    Ok(())
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_has_neither_directories_nor_suffix() {
        for (name, stem) in [("a/b/btc-7.toml", "btc-7"), ("x", "x"), (".toml", ".toml")] {
            assert_eq!(Text::new(name, "").stem(), stem);
        }
    }

    #[test]
    fn named_files_are_sought_beside_the_one_that_names_them() {
        let texts = Texts(vec![Text::new("dir/a.toml", ""), Text::new("b.toml", "")]);
        assert_eq!(texts.beside(0, "load.csv"), "dir/load.csv");
        assert_eq!(texts.beside(1, "load.csv"), "load.csv");
    }
}
