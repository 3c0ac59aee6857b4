//! Which spec is meant, and how its files are called.

use std::path::{Component, Path, PathBuf};

use super::exit::Trouble;

/// The names of root files.
const ROOTS: [&str; 2] = ["alertsmith.kdl", "alertsmith.yaml"];
/// The folder that is tried last.
const FALLBACK: &str = "monitoring";

/// A spec folder on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SpecFolder {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// What goes before a spec path so that it can be opened from the current folder: empty, or with a `/` at its end.
    pub from_here: String,
    /// The same from the top of the repository, for pull requests.
    pub from_repository: String,
}

/// Finds the spec in `path`, a folder or a root file; without one, the nearest at or above the current folder, else
/// `./monitoring`.
pub(super) fn find(path: Option<&Path>) -> Result<SpecFolder, Trouble> {
    let here = std::env::current_dir().map_err(|error| Trouble::new(format!("there is no current folder: {error}")))?;
    let folder = match path {
        Some(path) => named(&here.join(path), path),
        None => nearest(&here),
    }?;
    let folder = folder.canonicalize().map_err(|error| Trouble::file("read", &folder, error))?;
    let here = here.canonicalize().unwrap_or(here);
    let from_here = relative(&here, &folder);
    let from_repository = repository(&folder).map_or_else(|| from_here.clone(), |top| relative(&top, &folder));
    Ok(SpecFolder { folder, from_here, from_repository })
}

/// The top of the repository that a folder without links in its path belongs to.
pub(super) fn repository(folder: &Path) -> Option<PathBuf> {
    let top = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).and_then(|top| top.canonicalize().ok());
    let top = top.filter(|top| folder.starts_with(top));
    top.or_else(|| folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned))
}

/// The nearest spec at or above a folder, else the one in its [`FALLBACK`].
fn nearest(here: &Path) -> Result<PathBuf, Trouble> {
    let above = here.ancestors().find(|folder| has_root(folder)).map(Path::to_owned);
    let fallback = || Some(here.join(FALLBACK)).filter(|folder| has_root(folder));
    above.or_else(fallback).ok_or_else(|| {
        let roots = ROOTS.map(|name| format!("`{name}`")).join(" or ");
        let message =
            format!("there is no spec here: no {roots} at or above `{}`, nor in `{FALLBACK}` below it", here.display());
        Trouble::new(message).help("Name the spec folder, or run `alertsmith init` to write a small working one.")
    })
}

/// The folder that a path on the command line means.
fn named(full: &Path, written: &Path) -> Result<PathBuf, Trouble> {
    if full.is_dir() {
        return if has_root(full) {
            Ok(full.to_owned())
        } else {
            let missing = format!("`{}` holds no spec: there is no {} in it", written.display(), ROOTS.join(" or "));
            Err(Trouble::new(missing).help("Run `alertsmith init` to write a small working spec."))
        };
    }
    let is_root = full.file_name().and_then(|name| name.to_str()).is_some_and(|name| ROOTS.contains(&name));
    match full.parent() {
        Some(folder) if full.is_file() && is_root => Ok(folder.to_owned()),
        Some(_) if full.is_file() => {
            Err(Trouble::new(format!("`{}` is not the root file of a spec", written.display()))
                .help(format!("Name the spec folder or its root file, {}.", ROOTS.join(" or "))))
        }
        _ => Err(Trouble::new(format!("there is no `{}`", written.display()))),
    }
}

fn has_root(folder: &Path) -> bool {
    ROOTS.iter().any(|name| folder.join(name).is_file())
}

/// The way from one absolute folder to another, `/` at its end unless it is empty.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let common = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    // Nothing in common but the root: the absolute path is the shorter one to read.
    if common <= 1 && from.components().count() > 1 {
        return format!("{}/", to.display());
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let down = to.components().skip(common);
    up.chain(down).map(|part| part.as_os_str().to_string_lossy() + "/").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_between_folders() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b", "/a/b"), "");
        assert_eq!(way("/a", "/a/monitoring/x"), "monitoring/x/");
        assert_eq!(way("/a/b/c", "/a/d"), "../../d/");
        assert_eq!(way("/a/b", "/z"), "/z/");
        assert_eq!(way("/", "/z"), "z/");
    }
}
