//! Finds the real tools, pinned to the versions of `tests/oracle/tools.tsv`, in the cache that `tests/oracle/install.sh` fills.
//!
//! Tools on the search path are not used: their version would be anybody's guess.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::skip;

/// Which release of a tool judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// The newest release, for which we write unless the spec says otherwise.
    Newest,
    /// The oldest release that a spec may target.
    Oldest,
}

/// A tool that is there.
#[derive(Debug, Clone)]
pub struct Tool {
    pub version: String,
    pub path: PathBuf,
}

impl Tool {
    pub fn command(&self) -> Command {
        Command::new(&self.path)
    }
}

/// One line of the table of pinned tools.
#[derive(Debug, Clone, Copy)]
pub struct Pin {
    pub name: &'static str,
    pub generation: Generation,
    pub version: &'static str,
}

/// The table of pinned tools.
pub fn pins() -> impl Iterator<Item = Pin> {
    include_str!("../oracle/tools.tsv").lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(
        |line| {
            let mut words = line.split_whitespace();
            let mut next = || words.next().expect("a line of tools.tsv has six words");
            Pin {
                name: next(),
                generation: match next() {
                    "newest" => Generation::Newest,
                    "oldest" => Generation::Oldest,
                    other => panic!("tools.tsv: `{other}` is neither newest nor oldest"),
                },
                version: next(),
            }
        },
    )
}

/// The tool of that name and generation, or nothing (said on a visible line; a failure in CI) where it is not in the cache.
///
/// A tool that is pinned in one generation only stands for both.
pub fn tool(name: &str, generation: Generation) -> Option<Tool> {
    let mut of_that_name: Vec<Pin> = pins().filter(|pin| pin.name == name).collect();
    of_that_name.sort_by_key(|pin| pin.generation != generation);
    let pin = of_that_name.first().unwrap_or_else(|| panic!("{name} is not in tools.tsv"));
    let path = cache().join(format!("{name}-{}", pin.version)).join(name);
    if path.is_file() {
        return Some(Tool { version: pin.version.to_owned(), path });
    }
    skip::missing(&format!("{name} {}", pin.version));
    None
}

fn cache() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = variable("ALERTSMITH_TOOLS") {
        return PathBuf::from(folder);
    }
    let base = variable("XDG_CACHE_HOME")
        .map_or_else(|| Path::new(&variable("HOME").unwrap_or_default()).join(".cache"), PathBuf::from);
    base.join("alertsmith-tools")
}
