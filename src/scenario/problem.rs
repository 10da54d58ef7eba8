//! What can be wrong with a file, and how it is shown.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};

use super::text::{Place, Texts};

/// One thing to put right in a file, or to look at if it is a warning.
///
/// It is a [`Diagnostic`]: rendered with miette it shows file, line, the place underlined, the
/// cause and advice.
#[derive(Clone, Debug)]
pub struct Problem {
    code: &'static str,
    severity: Severity,
    message: String,
    source: Option<NamedSource<Arc<str>>>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    order: (usize, usize),
}

impl Problem {
    /// What kind of problem it is, for programs: `scenario::unknown_key`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.code
    }

    /// Whether the file can be used all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// The cause, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would put it right.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// File and line, counted from 1.
    #[must_use]
    pub fn place(&self) -> Option<(String, usize)> {
        let source = self.source.as_ref()?;
        let offset = self.labels.first()?.offset();
        let before = source.inner().as_bytes().iter().take(offset);
        Some((
            source.name().to_owned(),
            before.filter(|&&byte| byte == b'\n').count() + 1,
        ))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }
}

/// A file that cannot be used: everything in it that has to be put right.
///
/// Its [`related`](Diagnostic::related) diagnostics are the problems, in the order of the files
/// and of the places in them.
#[derive(Clone, Debug)]
pub struct Invalid {
    /// What the file is: `scenario`, `study` or `stress case`.
    what: &'static str,
    problems: Vec<Problem>,
}

impl Invalid {
    pub(super) fn new(what: &'static str, problems: Vec<Problem>) -> Self {
        Self { what, problems }
    }

    /// The problems: errors, and warnings that were found beside them.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .problems
            .iter()
            .filter(|problem| !problem.is_warning())
            .count();
        write!(f, "{} is invalid ({errors} to put right)", self.what)
    }
}

impl std::error::Error for Invalid {}

impl Diagnostic for Invalid {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .map(|problem| problem as &dyn Diagnostic),
        ))
    }
}

/// A problem on its way into a [`Report`].
#[must_use]
pub(super) struct Draft<'a> {
    report: &'a Report,
    problem: Problem,
    at: Place,
    /// A second place in another file, in words.
    elsewhere: Option<String>,
}

impl Draft<'_> {
    /// Says what would put it right.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.problem.help = Some(help.into());
        self
    }

    /// Says what would put it right, if anything comes to mind.
    pub(super) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.problem.help = help;
        self
    }

    /// Points at a second place; in another file, by name and line.
    pub(super) fn also(mut self, at: Place, label: impl Into<String>) -> Self {
        let label = label.into();
        if at.file == self.at.file {
            self.problem
                .labels
                .push(LabeledSpan::new_with_span(Some(label), at.span()));
        } else {
            let (name, line) = self.report.texts.name_and_line(at);
            self.elsewhere = Some(format!("{label}: {name}, line {line}"));
        }
        self
    }

    /// Puts it into the report, unless it is there already.
    pub(super) fn file(mut self) {
        if let Some(elsewhere) = self.elsewhere {
            self.problem.help = Some(match self.problem.help {
                Some(help) => format!("{help} ({elsewhere})"),
                None => elsewhere,
            });
        }
        let mut found = self.report.found.borrow_mut();
        if found.seen.insert((self.at, self.problem.message.clone())) {
            found.problems.push(self.problem);
        }
    }
}

/// The texts, and the problems found in them so far.
#[derive(Default)]
pub(super) struct Report {
    pub(super) texts: Texts,
    found: RefCell<Found>,
    /// Ids of elements that a strategy takes away, and where it says so.
    removals: RefCell<BTreeMap<String, Place>>,
}

#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    seen: BTreeSet<(Place, String)>,
}

impl Report {
    pub(super) fn new(texts: Texts) -> Self {
        Self {
            texts,
            ..Self::default()
        }
    }

    /// Begins an error at a place.
    pub(super) fn error(
        &self,
        code: &'static str,
        at: Place,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft<'_> {
        self.draft(Severity::Error, code, at, label.into(), message.into())
    }

    /// Begins a warning at a place.
    pub(super) fn warning(
        &self,
        code: &'static str,
        at: Place,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft<'_> {
        self.draft(Severity::Warning, code, at, label.into(), message.into())
    }

    fn draft(
        &self,
        severity: Severity,
        code: &'static str,
        at: Place,
        label: String,
        message: String,
    ) -> Draft<'_> {
        let label = (!label.is_empty()).then_some(label);
        let problem = Problem {
            code,
            severity,
            source: self.texts.source(at),
            labels: vec![LabeledSpan::new_primary_with_span(label, at.span())],
            help: None,
            order: (at.file, at.start),
            message,
        };
        Draft {
            report: self,
            problem,
            at,
            elsewhere: None,
        }
    }

    /// Remembers that a strategy takes an element away.
    pub(super) fn removed(&self, id: &str, at: Place) {
        self.removals.borrow_mut().insert(id.to_owned(), at);
    }

    /// Where a strategy takes an element away.
    pub(super) fn removal(&self, id: &str) -> Option<Place> {
        self.removals.borrow().get(id).copied()
    }

    /// Whether an error was found.
    pub(super) fn has_errors(&self) -> bool {
        self.found
            .borrow()
            .problems
            .iter()
            .any(|problem| !problem.is_warning())
    }

    /// All problems in the order of the files and of the places in them.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.found.into_inner().problems;
        problems.sort_by(|a, b| (a.order, a.code).cmp(&(b.order, b.code)));
        problems
    }
}

/// `did you mean …?` with the known word nearest to the one written, if one is near.
pub(super) fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(written, known).map(|word| format!("did you mean `{word}`?"))
}

/// The known word nearest to the one written, if one is near.
pub(super) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Nobody misspells a word of this length or looks for one among so many, and the comparisons
    // take the product of the lengths.
    const LONGEST: usize = 64;
    const MOST: usize = 5_000;
    if written.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .take(MOST)
        .filter(|word| word.len() <= LONGEST)
        .map(|word| (strsim::jaro_winkler(written, word), word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, word)| word)
}

/// At most so many words of a list, in backticks, and how many more there are.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let words: Vec<&str> = words.into_iter().collect();
    let shown: Vec<String> = words
        .iter()
        .take(MOST)
        .map(|word| format!("`{word}`"))
        .collect();
    let more = words.len().saturating_sub(MOST);
    if more > 0 {
        format!("{} and {more} more", shown.join(", "))
    } else {
        shown.join(", ")
    }
}

/// A word as it is shown in a message: cut if it is very long.
pub(super) fn shown(word: &str) -> String {
    const MOST: usize = 60;
    if word.chars().count() <= MOST {
        word.to_owned()
    } else {
        format!("{}…", word.chars().take(MOST).collect::<String>())
    }
}
