//! A spec folder as it was at a git revision, read from git's objects without touching the work tree.
//!
//! Objects are read in process through libgit2. Where that cannot read (a partial clone without the blobs, refs in
//! reftables, SHA-256 object names, a libgit2 too old for an extension), the `git` program is asked instead. Both are a
//! [`Store`]; a [`GitWorld`] lists the tree once and then reads blobs as they are wanted.

mod library;
mod program;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use library::Library;
use program::Program;

use super::{MAX_FILE_BYTES, ReadError, World, normal};

/// Links are followed this often before they count as a loop.
const MOST_LINKS: usize = 40;

/// Why a revision cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitError {
    /// The folder does not lie in a git repository.
    NoRepository,
    /// No commit has this name.
    UnknownRevision(String),
    /// The clone is shallow and lacks what is needed.
    Shallow {
        /// What is missing, in words.
        missing: String,
        /// The command that fetches it.
        fetch: String,
    },
    /// The two revisions have no common ancestor.
    Unrelated(String),
    /// The spec folder does not exist at the revision; holds the folder's path in the repository.
    NoFolder(String),
    /// git said no; holds its message.
    Other(String),
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRepository => f.write_str("the spec folder does not lie in a git repository"),
            Self::UnknownRevision(revision) => write!(f, "no commit is named `{revision}`"),
            Self::Shallow { missing, .. } => write!(f, "{missing} is not in this clone, which is shallow"),
            Self::Unrelated(revision) => write!(f, "`{revision}` and `HEAD` have no common ancestor"),
            Self::NoFolder(folder) => write!(f, "the folder `{folder}` does not exist at this revision"),
            Self::Other(message) => write!(f, "git cannot read the repository: {message}"),
        }
    }
}

impl std::error::Error for GitError {}

impl GitError {
    /// The next step, if there is one to name.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Shallow { fetch, .. } => {
                Some(format!("Run `{fetch}`, or give the checkout step of the workflow `fetch-depth: 0`."))
            }
            Self::UnknownRevision(revision) => Some(format!(
                "`git log -1 {revision}` shows what git makes of it; run `git fetch origin` if it is new on the server."
            )),
            Self::NoRepository | Self::Unrelated(_) | Self::NoFolder(_) | Self::Other(_) => None,
        }
    }
}

/// An entry of a tree that a spec can read.
#[derive(Debug, Clone)]
struct Entry {
    /// The blob's name in hexadecimal.
    blob: String,
    /// Whether the blob holds the target of a link.
    link: bool,
}

/// Files and links below a folder of a tree, by path relative to it.
type Entries = BTreeMap<String, Entry>;

/// Why a store could not do what it was asked.
#[derive(Debug)]
enum Failure {
    /// Another store would say the same.
    Final(GitError),
    /// This store cannot read the repository; the message is for the case that the other one is not there.
    Unreadable(String),
}

/// One way of reading objects.
trait Store: Send {
    /// The path of the folder in the repository, with `/` between parts; empty for the top.
    fn prefix(&self) -> &str;
    /// The commit of a revision, in hexadecimal.
    fn resolve(&mut self, revision: &str) -> Result<String, Failure>;
    /// The best common ancestor of a commit and `HEAD`; `None` if there is none.
    fn merge_base(&mut self, commit: &str) -> Result<Option<String>, Failure>;
    /// What lies below `folder` in the tree of a commit; `None` if the folder does not exist there.
    fn entries(&mut self, commit: &str, folder: &str) -> Result<Option<Entries>, Failure>;
    /// The content of a blob of at most [`MAX_FILE_BYTES`] bytes.
    fn blob(&mut self, blob: &str) -> Result<Vec<u8>, ReadError>;
    /// Whether history was cut off when cloning.
    fn is_shallow(&mut self) -> bool;
}

/// Reads a spec folder at a revision.
pub struct GitWorld {
    commit: String,
    entries: Entries,
    stores: Mutex<Stores>,
}

/// The store in use, and what is needed to open the other one.
struct Stores {
    first: Box<dyn Store>,
    /// The program, once libgit2 has failed to read a blob.
    second: Option<Program>,
    folder: std::path::PathBuf,
}

impl fmt::Debug for GitWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitWorld").field("commit", &self.commit).finish_non_exhaustive()
    }
}

impl GitWorld {
    /// Opens the spec in `folder` (a folder of a work tree, or a bare repository) as it was at `revision`: a branch, a
    /// tag, a commit, `HEAD~2`. A name that only the server's branch has (`main` for `origin/main`) is found as well.
    pub fn open(folder: &Path, revision: &str) -> Result<Self, GitError> {
        Self::open_below(folder, "", revision)
    }

    /// As [`GitWorld::open`], for the spec in `below`, a path relative to `folder`; a bare repository has no folders to
    /// point at.
    pub fn open_below(folder: &Path, below: &str, revision: &str) -> Result<Self, GitError> {
        with_store(folder, |store| {
            let commit = commit_of(store, revision)?;
            let path = normal(format!("{}/{below}", store.prefix()).trim_start_matches('/'));
            let path = path.ok_or_else(|| Failure::Final(GitError::NoFolder(below.to_owned())))?;
            match store.entries(&commit, &path)? {
                Some(entries) => Ok((commit, entries)),
                None => Err(Failure::Final(GitError::NoFolder(path))),
            }
        })
        .map(|((commit, entries), first)| {
            let stores = Mutex::new(Stores { first, second: None, folder: folder.to_owned() });
            Self { commit, entries, stores }
        })
    }

    /// The commit that is read, in hexadecimal.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    fn blob(&self, blob: &str) -> Result<Vec<u8>, ReadError> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = match stores.first.blob(blob) {
            Err(ReadError::Other(message)) => message,
            result => return result,
        };
        // A partial clone lacks blobs until git fetches them.
        if stores.second.is_none() {
            stores.second = Program::open(&stores.folder).ok();
        }
        stores.second.as_mut().map_or(Err(ReadError::Other(failure)), |program| program.blob(blob))
    }

    /// The entry at a path, through links that stay inside.
    fn entry(&self, path: &str) -> Result<&Entry, ReadError> {
        let mut path = normal(path).ok_or(ReadError::Escapes)?;
        for _ in 0..MOST_LINKS {
            let mut ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            let found = ends.find_map(|end| Some((end, self.entries.get(path.get(..end)?)?)));
            match found {
                Some((end, entry)) if entry.link => {
                    let target = String::from_utf8(self.blob(&entry.blob)?).map_err(|_| ReadError::Missing)?;
                    if target.starts_with('/') {
                        return Err(ReadError::Escapes);
                    }
                    let (link, rest) = path.split_at(end);
                    let parent = link.rsplit_once('/').map_or("", |(parent, _)| parent);
                    path =
                        normal(format!("{parent}/{target}{rest}").trim_start_matches('/')).ok_or(ReadError::Escapes)?;
                }
                Some((end, entry)) if end == path.len() => return Ok(entry),
                None if self.is_folder(&path) => return Err(ReadError::NotAFile),
                // A path through a file names nothing.
                Some(_) | None => return Err(ReadError::Missing),
            }
        }
        Err(ReadError::Other("too many links".to_owned()))
    }

    fn is_folder(&self, path: &str) -> bool {
        let below = format!("{path}/");
        path.is_empty() || self.entries.range(below.clone()..).next().is_some_and(|(next, _)| next.starts_with(&below))
    }
}

impl World for GitWorld {
    fn list(&self) -> Result<Vec<String>, ReadError> {
        let hidden = |path: &str| path.split('/').any(|part| part.starts_with('.'));
        let mut files = Vec::new();
        for (path, entry) in &self.entries {
            let folder = entry.link && matches!(self.entry(path), Err(ReadError::NotAFile));
            if !hidden(path) && !folder {
                files.push(path.clone());
            }
        }
        Ok(files)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let blob = &self.entry(path)?.blob;
        self.blob(blob)
    }
}

/// The commit where the history of `revision` and that of `HEAD` part, in hexadecimal: what a pull request is compared
/// with.
pub fn merge_base(folder: &Path, revision: &str) -> Result<String, GitError> {
    let found = with_store(folder, |store| {
        let commit = commit_of(store, revision)?;
        match store.merge_base(&commit)? {
            Some(base) => Ok(base),
            None if store.is_shallow() => Err(Failure::Final(GitError::Shallow {
                missing: format!("the common ancestor of `{revision}` and `HEAD`"),
                fetch: "git fetch --unshallow origin".to_owned(),
            })),
            None => Err(Failure::Final(GitError::Unrelated(revision.to_owned()))),
        }
    });
    found.map(|(base, _)| base)
}

/// Does `work` with libgit2, or with the program where libgit2 cannot read, and gives the store that could.
fn with_store<T>(
    folder: &Path,
    mut work: impl FnMut(&mut dyn Store) -> Result<T, Failure>,
) -> Result<(T, Box<dyn Store>), GitError> {
    let first = Library::open(folder).and_then(|mut library| Ok((work(&mut library)?, library)));
    let message = match first {
        Ok((result, library)) => return Ok((result, Box::new(library))),
        Err(Failure::Final(error)) => return Err(error),
        Err(Failure::Unreadable(message)) => message,
    };
    let second = Program::open(folder).and_then(|mut program| Ok((work(&mut program)?, program)));
    match second {
        Ok((result, program)) => Ok((result, Box::new(program))),
        Err(Failure::Final(error)) => Err(error),
        Err(Failure::Unreadable(second)) if second.is_empty() => Err(GitError::Other(message)),
        Err(Failure::Unreadable(second)) => Err(GitError::Other(second)),
    }
}

fn commit_of(store: &mut dyn Store, revision: &str) -> Result<String, Failure> {
    let unknown = || Failure::Final(GitError::UnknownRevision(revision.to_owned()));
    // Neither is a name of git's, and the first would be an option of the program.
    if revision.starts_with('-') || revision.is_empty() || revision.contains(['\0', '\n']) {
        return Err(unknown());
    }
    match store.resolve(revision) {
        Err(Failure::Final(GitError::UnknownRevision(_))) => {}
        result => return result,
    }
    match store.resolve(&format!("refs/remotes/origin/{revision}")) {
        Err(Failure::Final(GitError::UnknownRevision(_))) if store.is_shallow() => {
            let missing = format!("`{revision}`");
            Err(Failure::Final(GitError::Shallow { missing, fetch: fetch_command(revision) }))
        }
        Err(Failure::Final(GitError::UnknownRevision(_))) => Err(unknown()),
        result => result,
    }
}

/// The cheapest command after which `revision` can be read.
fn fetch_command(revision: &str) -> String {
    let name = revision.strip_prefix("origin/").unwrap_or(revision);
    let hexadecimal = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let shortened = !hexadecimal && name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if shortened || name.contains(['~', '^', '@', ':']) {
        "git fetch --unshallow origin".to_owned()
    } else if hexadecimal {
        format!("git fetch --depth=1 origin {name}")
    } else {
        format!("git fetch --depth=1 origin +{name}:refs/remotes/origin/{name}")
    }
}
