//! Objects through libgit2.
#![expect(clippy::disallowed_methods, reason = "this is the door to git")]

use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid, Repository, Tree};

use super::{Entries, Entry, Failure, GitError, MAX_FILE_BYTES, ReadError, Store};

/// Trees nested deeper than this are not read; git itself refuses far earlier on most systems.
const DEEPEST: usize = 512;

pub(super) struct Library {
    repository: Repository,
    prefix: String,
}

impl Library {
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let repository = Repository::discover(folder).map_err(|error| match error.code() {
            ErrorCode::NotFound => Failure::Final(GitError::NoRepository),
            _ => unreadable(&error),
        })?;
        let prefix = prefix(&repository, folder)?;
        Ok(Self { repository, prefix })
    }
}

/// Where `folder` lies in the work tree; the top for a bare repository.
fn prefix(repository: &Repository, folder: &Path) -> Result<String, Failure> {
    let Some(top) = repository.workdir() else { return Ok(String::new()) };
    let io = |error: std::io::Error| Failure::Final(GitError::Other(error.to_string()));
    let (top, folder) = (top.canonicalize().map_err(io)?, folder.canonicalize().map_err(io)?);
    let inside = folder.strip_prefix(&top).map_err(|_| Failure::Unreadable(String::new()))?;
    let inside = inside.to_str().ok_or_else(|| Failure::Unreadable("the folder's name is not UTF-8".to_owned()))?;
    Ok(inside.replace(std::path::MAIN_SEPARATOR, "/"))
}

impl Store for Library {
    fn prefix(&self) -> &str {
        &self.prefix
    }

    fn resolve(&mut self, revision: &str) -> Result<String, Failure> {
        let object = self.repository.revparse_single(revision).and_then(|object| object.peel_to_commit());
        object.map(|commit| commit.id().to_string()).map_err(|error| match error.code() {
            ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Peel | ErrorCode::Ambiguous => {
                Failure::Final(GitError::UnknownRevision(revision.to_owned()))
            }
            _ => unreadable(&error),
        })
    }

    fn merge_base(&mut self, commit: &str) -> Result<Option<String>, Failure> {
        let head = self.resolve("HEAD")?;
        let id = |text: &str| Oid::from_str(text).map_err(|error| unreadable(&error));
        match self.repository.merge_base(id(commit)?, id(&head)?) {
            Ok(base) => Ok(Some(base.to_string())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(&error)),
        }
    }

    fn entries(&mut self, commit: &str, folder: &str) -> Result<Option<Entries>, Failure> {
        let tree =
            Oid::from_str(commit).and_then(|id| self.repository.find_commit(id)).and_then(|commit| commit.tree());
        let mut tree = tree.map_err(|error| unreadable(&error))?;
        for part in folder.split('/').filter(|part| !part.is_empty()) {
            let Some(id) =
                tree.get_name(part).filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(|entry| entry.id())
            else {
                return Ok(None);
            };
            tree = self.repository.find_tree(id).map_err(|error| unreadable(&error))?;
        }
        let mut entries = Entries::new();
        walk(&self.repository, &tree, "", 0, &mut entries)?;
        Ok(Some(entries))
    }

    fn blob(&mut self, blob: &str) -> Result<Vec<u8>, ReadError> {
        let other = |error: git2::Error| ReadError::Other(error.message().to_owned());
        let id = Oid::from_str(blob).map_err(other)?;
        let (size, _) = self.repository.odb().and_then(|objects| objects.read_header(id)).map_err(other)?;
        if size as u64 > MAX_FILE_BYTES {
            return Err(ReadError::TooLarge(size as u64));
        }
        self.repository.find_blob(id).map(|blob| blob.content().to_vec()).map_err(other)
    }

    fn is_shallow(&mut self) -> bool {
        self.repository.is_shallow()
    }
}

/// Collects files and links; submodules and names that are not UTF-8 are left out.
fn walk(
    repository: &Repository,
    tree: &Tree,
    parent: &str,
    depth: usize,
    entries: &mut Entries,
) -> Result<(), Failure> {
    if depth > DEEPEST {
        return Err(Failure::Final(GitError::Other("the tree is nested too deeply".to_owned())));
    }
    for entry in tree {
        let Ok(name) = entry.name() else { continue };
        let path = format!("{parent}{name}");
        match entry.kind() {
            Some(ObjectType::Blob) => {
                let link = entry.filemode() == 0o120_000;
                entries.insert(path, Entry { blob: entry.id().to_string(), link });
            }
            Some(ObjectType::Tree) => {
                let tree = repository.find_tree(entry.id()).map_err(|error| unreadable(&error))?;
                walk(repository, &tree, &format!("{path}/"), depth + 1, entries)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn unreadable(error: &git2::Error) -> Failure {
    Failure::Unreadable(error.message().to_owned())
}
