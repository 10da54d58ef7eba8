//! What a table of a file holds: keys in alphabetical order.
//!
//! Most tables have a few keys only, and a large network has very many tables, so they lie in one
//! list as long as it has to be.

use super::tree::Entry;

/// Keys, sorted, each with what it stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries(Vec<(String, Entry)>);

impl Entries {
    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(other, _)| other.as_str().cmp(key))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        let at = self.find(key).ok()?;
        Some(&self.0[at].1)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        let at = self.find(key).ok()?;
        Some(&mut self.0[at].1)
    }

    pub(super) fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    pub(super) fn insert(&mut self, key: String, entry: Entry) {
        match self.find(&key) {
            Ok(at) => self.0[at].1 = entry,
            Err(at) => self.0.insert(at, (key, entry)),
        }
    }

    /// What a key stands for, after `make` if it was not there.
    pub(super) fn get_or_insert_with(
        &mut self,
        key: &str,
        make: impl FnOnce() -> Entry,
    ) -> &mut Entry {
        let at = self.find(key).unwrap_or_else(|at| {
            self.0.insert(at, (key.to_owned(), make()));
            at
        });
        &mut self.0[at].1
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Entry> {
        let at = self.find(key).ok()?;
        Some(self.0.remove(at).1)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Entry)> + use<'_> {
        self.0.iter().map(|(key, entry)| (key, entry))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.0.iter_mut().map(|(_, entry)| entry)
    }
}

/// Of one key given twice the later one counts.
impl FromIterator<(String, Entry)> for Entries {
    fn from_iter<I: IntoIterator<Item = (String, Entry)>>(entries: I) -> Self {
        let mut list: Vec<(String, Entry)> = Vec::from_iter(entries);
        list.sort_by(|(one, _), (other, _)| one.cmp(other));
        list.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                std::mem::swap(later, kept);
            }
            is_same
        });
        list.shrink_to_fit();
        Self(list)
    }
}

impl<'a> IntoIterator for &'a Entries {
    type Item = (&'a String, &'a Entry);
    type IntoIter = std::iter::Map<
        std::slice::Iter<'a, (String, Entry)>,
        fn(&'a (String, Entry)) -> (&'a String, &'a Entry),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, entry)| (key, entry))
    }
}
