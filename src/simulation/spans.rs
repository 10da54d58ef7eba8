//! Unbroken times in which something stays as it is.

use crate::units::Seconds;

/// An unbroken time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span<K, S> {
    /// Whose.
    pub(super) key: usize,
    pub(super) kind: K,
    pub(super) from: Seconds,
    pub(super) to: Seconds,
    /// What adds up in it.
    pub(super) sum: S,
}

/// Follows several things at once, each by its number: the times in which it is of one kind.
pub(super) struct Spans<K, S> {
    open: Vec<Option<Span<K, S>>>,
    done: Vec<Span<K, S>>,
}

impl<K: PartialEq, S: Default> Spans<K, S> {
    /// For this many things.
    pub(super) fn new(keys: usize) -> Self {
        Self {
            open: (0..keys).map(|_| None).collect(),
            done: Vec::new(),
        }
    }

    /// What is of which kind between two instants; `None` if it is of none. Times must follow one
    /// another.
    pub(super) fn see(
        &mut self,
        key: usize,
        kind: Option<K>,
        (from, to): (Seconds, Seconds),
        add: impl FnOnce(&mut S),
    ) {
        let open = &mut self.open[key];
        let goes_on = |span: &Span<K, S>| span.to == from && Some(&span.kind) == kind.as_ref();
        if !open.as_ref().is_some_and(goes_on) {
            self.done.extend(open.take());
            *open = kind.map(|kind| Span {
                key,
                kind,
                from,
                to,
                sum: S::default(),
            });
        }
        if let Some(span) = open {
            span.to = to;
            add(&mut span.sum);
        }
    }

    /// All times, in order of their beginning.
    pub(super) fn finish(self) -> Vec<Span<K, S>> {
        let mut all = self.done;
        all.extend(self.open.into_iter().flatten());
        all.sort_by_key(|span| (span.from, span.key));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lasts_as_long_as_its_kind_does() {
        let mut spans: Spans<char, i64> = Spans::new(2);
        let steps = [(0, 2, Some('a')), (2, 5, Some('a')), (5, 6, None)];
        for (from, to, kind) in steps.into_iter().chain([(6, 9, Some('a'))]) {
            let time = (Seconds(from), Seconds(to));
            spans.see(0, kind, time, |sum| *sum += to - from);
            spans.see(1, (from < 5).then_some('b'), time, |_| {});
        }
        let found: Vec<(usize, char, i64, i64, i64)> = spans
            .finish()
            .into_iter()
            .map(|span| (span.key, span.kind, span.from.0, span.to.0, span.sum))
            .collect();
        assert_eq!(
            found,
            [(0, 'a', 0, 5, 5), (1, 'b', 0, 5, 0), (0, 'a', 6, 9, 3)]
        );
    }
}
