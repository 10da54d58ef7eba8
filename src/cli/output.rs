//! A directory of results that appears whole or not at all.
//!
//! Files are written into a directory beside the target, brought to the disk, and swapped in by
//! renaming. What can go wrong is tried before a run: whether the target may be replaced, whether
//! there is room, whether renaming works.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;

use super::failure::Failure;
use super::{interrupt, write};

/// Names of strange files that a refusal lists.
const NAMED: usize = 5;

/// What is written, and removed again, to see whether the disk has room for anything.
const PROBE_BYTES: usize = 1 << 20;

/// What may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replace {
    /// Nothing but an empty directory.
    Nothing,
    /// Earlier results.
    Results,
}

/// A directory of results being written; removed if it is dropped before [`Staging::commit`].
pub(super) struct Staging {
    target: PathBuf,
    directory: PathBuf,
    /// Where the old directory goes while it is being replaced.
    aside: PathBuf,
    /// The parent, if it was made for this and should go if nothing comes of it.
    made_parent: Option<PathBuf>,
    /// Names of the files written, in order.
    files: Vec<String>,
    is_committed: bool,
}

impl Staging {
    /// Makes room beside `target`, and tries everything that may fail later.
    pub(super) fn open(target: &Path, replace: Replace) -> Result<Self, Failure> {
        // A link is followed, so that what it leads to is replaced and not the link.
        let target = match target.canonicalize() {
            Ok(real) => real,
            Err(_) => target.to_owned(),
        };
        let refuse = |why: &str, advice: &str| Failure::File {
            what: format!("`{}` {why}", target.display()),
            source: None,
            advice: Some(advice.to_owned()),
        };
        let Some(name) = target.file_name() else {
            return Err(refuse(
                "cannot be replaced",
                "name a directory that is to be made",
            ));
        };
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if target.exists() {
            may_replace(&target, replace, refuse)?;
        } else if target.is_symlink() {
            let advice = "name a directory with --out, or make the one that it names";
            return Err(refuse("is a link that leads nowhere", advice));
        }

        let made_parent = (!parent.exists()).then(|| parent.clone());
        fs::create_dir_all(&parent).map_err(|source| Failure::writing(&target, source))?;
        let beside = |what: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{what}-{}", process::id()));
            parent.join(hidden)
        };
        let (directory, aside) = (beside("tmp"), beside("old"));
        let staging = Self {
            target: target.clone(),
            directory,
            aside,
            made_parent,
            files: Vec::new(),
            is_committed: false,
        };
        // What a killed process with the same number left is nobody's any more.
        drop(fs::remove_dir_all(&staging.directory));
        staging.try_all()?;
        Ok(staging)
    }

    fn try_all(&self) -> Result<(), Failure> {
        fs::create_dir(&self.directory).map_err(|source| {
            Failure::file(
                format!("cannot write beside `{}`", self.target.display()),
                source,
            )
        })?;
        interrupt::set_unfinished(Some(&self.directory));
        let probe = self.directory.join("probe");
        File::create(&probe)
            .and_then(|mut file| {
                file.write_all(&vec![0; PROBE_BYTES])?;
                file.sync_all()
            })
            .and_then(|()| fs::remove_file(&probe))
            .map_err(|source| Failure::writing(&self.target, source))?;
        if self.target.exists() {
            // A mount point, say, can be written into but not renamed.
            fs::rename(&self.target, &self.aside)
                .and_then(|()| fs::rename(&self.aside, &self.target))
                .map_err(|source| Failure::File {
                    what: format!("`{}` cannot be replaced", self.target.display()),
                    source: Some(source),
                    advice: Some("name a directory inside it, which is to be made".to_owned()),
                })?;
        }
        Ok(())
    }

    /// Where the results will be.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Where the results are until they are complete.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Begins a file. [`Staging::end`] must be called with what it gives.
    pub(super) fn begin(&mut self, name: &str) -> Result<BufWriter<File>, Failure> {
        let path = self.directory.join(name);
        let file = File::create(&path)
            .map_err(|source| Failure::writing(&self.target.join(name), source))?;
        self.files.push(name.to_owned());
        Ok(BufWriter::new(file))
    }

    /// Brings a file to the disk.
    pub(super) fn end(&self, name: &str, file: BufWriter<File>) -> Result<(), Failure> {
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .map_err(|source| Failure::writing(&self.target.join(name), source))
    }

    /// Writes a file.
    pub(super) fn write(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut file = self.begin(name)?;
        content(&mut file).map_err(|source| Failure::writing(&self.target.join(name), source))?;
        self.end(name, file)
    }

    /// Puts the directory in the target's place. Gives the paths of the files.
    pub(super) fn commit(mut self) -> Result<Vec<PathBuf>, Failure> {
        // While this is held an interrupt waits: between two renamings there is no target.
        let mut unfinished = interrupt::unfinished();
        self.swap()
            .map_err(|source| Failure::writing(&self.target, source))?;
        *unfinished = None;
        drop(unfinished);
        self.is_committed = true;
        Ok(self
            .files
            .iter()
            .map(|name| shown(&self.target.join(name)))
            .collect())
    }

    fn swap(&self) -> io::Result<()> {
        sync_directory(&self.directory)?;
        let is_replacing = self.target.exists();
        if is_replacing {
            fs::rename(&self.target, &self.aside)?;
        }
        if let Err(error) = fs::rename(&self.directory, &self.target) {
            if is_replacing {
                fs::rename(&self.aside, &self.target)?;
            }
            return Err(error);
        }
        if let Some(parent) = self
            .target
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            sync_directory(parent)?;
        }
        if is_replacing {
            // What somebody put there during the run is kept.
            for name in strange(&self.aside)? {
                fs::rename(self.aside.join(&name), self.target.join(&name))?;
            }
            fs::remove_dir_all(&self.aside)?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.is_committed {
            return;
        }
        // Nothing more can be done about what cannot be removed.
        drop(fs::remove_dir_all(&self.directory));
        interrupt::set_unfinished(None);
        if let Some(parent) = &self.made_parent {
            drop(fs::remove_dir(parent));
        }
    }
}

/// Whether what stands at `target` may be replaced.
fn may_replace(
    target: &Path,
    replace: Replace,
    refuse: impl Fn(&str, &str) -> Failure,
) -> Result<(), Failure> {
    if !target.is_dir() {
        return Err(refuse("is a file", "name a directory with --out"));
    }
    if env::current_dir().is_ok_and(|current| current.starts_with(target)) {
        let advice = "name a directory inside it with --out, such as --out results";
        return Err(refuse(
            "is or holds the current directory, which cannot be replaced",
            advice,
        ));
    }
    let unreadable = |source| Failure::file(format!("cannot read `{}`", target.display()), source);
    let mut entries = fs::read_dir(target).map_err(unreadable)?;
    if entries.next().is_none() {
        return Ok(());
    }
    // The directory goes with all that is in it, so all of it must be ours.
    let strange = strange(target).map_err(unreadable)?;
    if !strange.is_empty() {
        let mut names: Vec<String> = strange
            .iter()
            .take(NAMED)
            .map(|name| format!("`{}`", name.to_string_lossy()))
            .collect();
        if strange.len() > NAMED {
            names.push(format!("{} more", strange.len() - NAMED));
        }
        let why = format!("holds what keruen did not write: {}", names.join(", "));
        let advice = "only results of keruen are replaced; move the rest away, or name another \
                      directory with --out";
        return Err(refuse(&why, advice));
    }
    // What a directory is known by to hold results of this program.
    let marks: Vec<&str> = write::results().collect();
    if !marks.iter().any(|mark| target.join(mark).is_file()) {
        let advice = "name another directory with --out; only results of keruen are replaced";
        return Err(refuse(
            &format!(
                "holds none of {}, so it is no result of keruen",
                marks.join(", ")
            ),
            advice,
        ));
    }
    match replace {
        Replace::Results => Ok(()),
        Replace::Nothing => {
            let advice = "add --overwrite to replace them, or name another directory with --out";
            Err(refuse("already holds results", advice))
        }
    }
}

/// Names in a directory that are not of files that this program writes, sorted.
fn strange(directory: &Path) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(write::is_ours);
        if !is_ours || !entry.file_type()?.is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Brings the names in a directory to the disk.
fn sync_directory(directory: &Path) -> io::Result<()> {
    // Only Unix lets a directory be opened; elsewhere the system sees to it.
    if cfg!(unix) {
        File::open(directory)?.sync_all()
    } else {
        Ok(())
    }
}

/// A path as seen from the current directory.
fn shown(path: &Path) -> PathBuf {
    let current = env::current_dir()
        .ok()
        .and_then(|current| current.canonicalize().ok());
    let inside = current.and_then(|current| path.strip_prefix(current).ok().map(Path::to_owned));
    inside.unwrap_or_else(|| path.to_owned())
}

/// Where results of a scenario go if nothing else is said.
pub(super) fn usual_target(scenario: &Path, suffix: &str) -> PathBuf {
    let stem = scenario
        .file_stem()
        .map_or_else(|| "scenario".into(), |stem| stem.to_string_lossy());
    Path::new("keruen-out").join(format!("{stem}{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only one test at a time may have an unfinished directory, as only one command does.
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

    fn alone() -> std::sync::MutexGuard<'static, ()> {
        ALONE
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn put(target: &Path, replace: Replace, text: &str) -> Result<Vec<PathBuf>, Failure> {
        let mut staging = Staging::open(target, replace)?;
        staging.write("summary.json", |file| file.write_all(text.as_bytes()))?;
        staging.commit()
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn results_appear_whole_and_replace_earlier_ones() {
        let _alone = alone();
        let place = tempfile::tempdir().expect("room");
        let target = place.path().join("deep/er/out");
        assert!(put(&target, Replace::Nothing, "1").is_ok());
        fs::write(target.join("losses.svg"), "old").expect("room");
        assert!(put(&target, Replace::Results, "2").is_ok());
        assert_eq!(names(&target), ["summary.json"]);
        assert_eq!(
            fs::read_to_string(target.join("summary.json")).expect("there"),
            "2"
        );
        assert_eq!(names(target.parent().expect("a parent")), ["out"]);
    }

    #[test]
    fn what_is_not_ours_is_not_replaced() {
        let _alone = alone();
        let place = tempfile::tempdir().expect("room");
        let target = place.path().join("out");
        fs::create_dir(&target).expect("room");
        assert!(
            put(&target, Replace::Nothing, "1").is_ok(),
            "an empty directory is nobody's"
        );
        assert!(put(&target, Replace::Nothing, "2").is_err());
        fs::remove_file(target.join("summary.json")).expect("there");
        fs::write(target.join("thesis.tex"), "precious").expect("room");
        assert!(put(&target, Replace::Results, "2").is_err());
        assert_eq!(names(&target), ["thesis.tex"]);
        assert_eq!(names(place.path()), ["out"]);
    }

    #[test]
    fn a_file_of_the_user_beside_results_is_neither_replaced_nor_lost() {
        let _alone = alone();
        let place = tempfile::tempdir().expect("room");
        let target = place.path().join("out");
        assert!(put(&target, Replace::Nothing, "1").is_ok());
        fs::create_dir(target.join("losses.svg")).expect("room");
        assert!(put(&target, Replace::Results, "2").is_err());
        fs::remove_dir(target.join("losses.svg")).expect("there");

        let mut staging = Staging::open(&target, Replace::Results).ok().expect("ours");
        fs::write(target.join("thesis.tex"), "precious").expect("room");
        let written = staging.write("summary.json", |file| file.write_all(b"3"));
        assert!(written.is_ok() && staging.commit().is_ok());
        assert_eq!(names(&target), ["summary.json", "thesis.tex"]);
        assert_eq!(names(place.path()), ["out"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_no_directory() {
        let _alone = alone();
        let place = tempfile::tempdir().expect("room");
        let link = place.path().join("link");
        std::os::unix::fs::symlink(place.path().join("gone"), &link).expect("room");
        assert!(put(&link, Replace::Results, "1").is_err());
        assert_eq!(names(place.path()), ["link"]);
    }

    #[test]
    fn an_error_leaves_nothing_behind() {
        let _alone = alone();
        let place = tempfile::tempdir().expect("room");
        let target = place.path().join("new/out");
        let mut staging = Staging::open(&target, Replace::Nothing).ok().expect("room");
        let failed = staging.write("summary.json", |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.is_err());
        drop(staging);
        assert!(names(place.path()).is_empty());
    }
}
