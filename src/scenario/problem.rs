//! What can be wrong with a file, and how it is shown.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::source::{Source, visible};
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
    source: Option<Arc<Source>>,
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
        Some((source.name().to_owned(), source.line(offset) + 1))
    }

    /// Place and cause in one line, without a picture: `file:line: message`.
    #[must_use]
    pub fn one_line(&self) -> String {
        match self.place() {
            Some((file, line)) => format!("{file}:{line}: {}", self.message),
            None => self.message.clone(),
        }
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
        self.source
            .as_deref()
            .map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }
}

/// Most problems that are shown of one file.
const MOST_SHOWN: usize = 20;

/// A file that cannot be used: everything in it that has to be put right.
///
/// Its [`related`](Diagnostic::related) diagnostics are the first problems, in the order of the
/// files and of the places in them, and a last one that says how many more there are. Warnings
/// never push out errors.
#[derive(Clone, Debug)]
pub struct Invalid {
    /// What the file is: `scenario`, `study` or `stress case`.
    what: &'static str,
    problems: Vec<Problem>,
    /// Indices of the problems that are shown.
    shown: Vec<usize>,
    /// Says how many are not.
    more: Option<Box<Problem>>,
}

impl Invalid {
    pub(super) fn new(what: &'static str, problems: Vec<Problem>) -> Self {
        let mut shown: Vec<usize> = (0..problems.len()).collect();
        shown.sort_by_key(|&index| problems[index].is_warning());
        shown.truncate(MOST_SHOWN);
        shown.sort_unstable();
        let hidden = problems.len() - shown.len();
        let more = Problem {
            code: "scenario::more",
            severity: Severity::Advice,
            message: format!("and {hidden} more"),
            source: None,
            labels: Vec::new(),
            help: Some("these may be of the same kind: put the ones above right first".to_owned()),
            order: (usize::MAX, usize::MAX),
        };
        Self {
            what,
            problems,
            shown,
            more: (hidden > 0).then(|| Box::new(more)),
        }
    }

    /// All problems: errors, and warnings that were found beside them.
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
        let shown = self.shown.iter().map(|&index| &self.problems[index]);
        Some(Box::new(
            shown
                .chain(self.more.as_deref())
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

    /// Points at a second place; in another file or far along a long line, in words.
    pub(super) fn also(mut self, at: Place, label: impl Into<String>) -> Self {
        let label = visible(&label.into());
        let Some(source) = self.report.sources.get(at.file) else {
            return self;
        };
        let span = source.underlined(at.start..at.end);
        let first = self.problem.labels.first().map(|label| *label.inner());
        if at.file != self.at.file {
            let (name, line) = (source.name(), source.line(at.start) + 1);
            self.elsewhere = Some(format!("{label}: {name}, line {line}"));
        } else if first.is_some_and(|first| source.are_shown_together(first, span)) {
            self.problem
                .labels
                .push(LabeledSpan::new_with_span(Some(label), span));
        } else {
            let column = source.column(at.start) + 1;
            self.elsewhere = Some(format!("{label}: column {column}"));
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
        self.problem.help = self.problem.help.map(|help| visible(&help));
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
    /// The same texts, as they are shown.
    sources: Vec<Arc<Source>>,
    found: RefCell<Found>,
    /// Ids of elements that a strategy takes away, and where it says so.
    removals: RefCell<BTreeMap<String, Place>>,
    /// Words that misspelt ones were compared with so far.
    compared: Cell<usize>,
}

#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    seen: BTreeSet<(Place, String)>,
}

impl Report {
    pub(super) fn new(texts: Texts) -> Self {
        Self {
            sources: texts
                .0
                .iter()
                .map(|text| Arc::new(Source::new(text)))
                .collect(),
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
        self.draft(Severity::Error, code, at, &label.into(), &message.into())
    }

    /// Begins a warning at a place.
    pub(super) fn warning(
        &self,
        code: &'static str,
        at: Place,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Draft<'_> {
        self.draft(Severity::Warning, code, at, &label.into(), &message.into())
    }

    fn draft(
        &self,
        severity: Severity,
        code: &'static str,
        at: Place,
        label: &str,
        message: &str,
    ) -> Draft<'_> {
        let label = (!label.is_empty()).then(|| visible(label));
        let source = self.sources.get(at.file);
        let span = source.map(|source| source.underlined(at.start..at.end));
        let problem = Problem {
            code,
            severity,
            source: source.cloned(),
            labels: span
                .map(|span| LabeledSpan::new_primary_with_span(label, span))
                .into_iter()
                .collect(),
            help: None,
            order: (at.file, at.start),
            message: visible(message),
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

impl Report {
    /// Whether misspelt words are still compared with known ones: not after the first many
    /// problems, of which no more than a few are shown.
    pub(super) fn has_time_to_guess(&self) -> bool {
        const MOST: usize = 1_000_000;
        self.compared.get() < MOST
    }

    /// `did you mean …?` with the known word nearest to the one written, if one is near.
    pub(super) fn did_you_mean<'k>(
        &self,
        written: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<String> {
        let word = self.nearest(written, known)?;
        Some(format!("did you mean `{word}`?"))
    }

    /// The known word nearest to the one written, if one is near.
    pub(super) fn nearest<'k>(
        &self,
        written: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<&'k str> {
        if !self.has_time_to_guess() {
            return None;
        }
        let count = |_: &&str| self.compared.set(self.compared.get() + 1);
        nearest(written, known.into_iter().inspect(count))
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
