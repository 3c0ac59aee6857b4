//! What a build would do to a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Disk, JOURNAL, Kind, MANIFEST, Manifest, OutputError, Rendered, TEMPORARY, is_safe, parents};

/// Names at the top of an output folder that belong to version control and are nobody's business here.
pub(super) const IGNORED: [&str; 4] = [".git", ".gitattributes", ".gitignore", ".gitkeep"];
/// How many files of others are named in an error.
const MOST_EXAMPLES: usize = 5;

/// The changes that make a folder what a build printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Files that do not exist yet, by path, sorted; so are the next three.
    pub created: Vec<String>,
    /// Files with other content, other permission to execute, or that are no files.
    pub changed: Vec<String>,
    /// Files of earlier builds that are no longer wanted.
    pub removed: Vec<String>,
    /// Files that no build made; only with `adopt`, as they are refused otherwise.
    pub foreign: Vec<String>,
    /// How many files are as they should be.
    pub unchanged: usize,
    pub(super) folder: PathBuf,
    pub(super) exists: bool,
    /// Files to be removed before writing, as a folder or a file takes their place.
    pub(super) in_the_way: BTreeSet<String>,
    /// Files of earlier builds that are gone already, but may have left empty folders.
    pub(super) vanished: Vec<String>,
    /// Temporary files and the journal of a build that stopped.
    pub(super) leftovers: Vec<String>,
    /// New files that the manifest of the last build does not list.
    pub(super) journal: Vec<String>,
    pub(super) manifest: String,
    pub(super) manifest_changed: bool,
}

impl Plan {
    /// Whether the folder is not what the spec gives. The manifest counts: `explain` reads it.
    pub fn is_stale(&self) -> bool {
        self.manifest_changed || !(self.created.is_empty() && self.changed.is_empty() && self.removed.is_empty())
    }

    /// How many files are touched, the manifest not counted.
    pub fn len(&self) -> usize {
        self.created.len() + self.changed.len() + self.removed.len()
    }

    /// Whether no file is touched.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Compares `folder` with what was printed. Nothing is written. Without `adopt`, a folder with files that no build made
/// is refused.
pub fn plan(
    disk: &dyn Disk,
    folder: &Path,
    rendered: &Rendered,
    manifest: &Manifest,
    adopt: bool,
) -> Result<Plan, OutputError> {
    check_paths(rendered)?;
    let text = manifest.print();
    let mut plan = Plan {
        created: Vec::new(),
        changed: Vec::new(),
        removed: Vec::new(),
        foreign: Vec::new(),
        unchanged: 0,
        folder: folder.to_owned(),
        exists: true,
        in_the_way: BTreeSet::new(),
        vanished: Vec::new(),
        leftovers: Vec::new(),
        journal: Vec::new(),
        manifest: text,
        manifest_changed: true,
    };
    match disk.kind_through_links(folder).map_err(|error| OutputError::io("read", folder, &error))? {
        Some(Kind::Folder) => {}
        Some(_) => return Err(OutputError::NotAFolder(folder.to_owned())),
        None => {
            plan.exists = false;
            plan.created = rendered.files.keys().cloned().collect();
            plan.journal.clone_from(&plan.created);
            return Ok(plan);
        }
    }
    let there = walk(disk, folder)?;
    let last = last_manifest(disk, folder, &there, adopt)?;
    plan.manifest_changed = last.text.as_deref() != Some(plan.manifest.as_bytes());
    sort_out_present(&mut plan, &there, rendered, &last, adopt)?;
    let vanished = |path: &&String| {
        let unknown = !there.contains_key(*path) && !rendered.files.contains_key(*path);
        unknown && parents(path).any(|parent| there.get(parent) == Some(&Kind::Folder))
    };
    plan.vanished = last.owned.iter().filter(vanished).cloned().collect();
    for (path, file) in &rendered.files {
        check_parents(&plan, &there, path)?;
        let full = folder.join(path);
        let same = match there.get(path) {
            None => {
                plan.created.push(path.clone());
                if !last.listed.contains(path) {
                    plan.journal.push(path.clone());
                }
                continue;
            }
            Some(&Kind::File { bytes, executable }) => {
                bytes == file.bytes.len() as u64
                    && (executable == file.executable || cfg!(not(unix)))
                    && disk.read(&full).map_err(|error| OutputError::io("read", &full, &error))? == file.bytes
            }
            Some(Kind::Folder) if !is_emptied(&plan, &there, path) => return Err(OutputError::Obstructed(full)),
            Some(Kind::Folder | Kind::Link | Kind::Other) => false,
        };
        match (same, last.owned.contains(path) || there.get(path) == Some(&Kind::Folder)) {
            (true, _) => plan.unchanged += 1,
            (false, ours) => {
                if !ours && !adopt {
                    plan.foreign.push(path.clone());
                }
                plan.changed.push(path.clone());
            }
        }
        if !last.listed.contains(path) {
            plan.journal.push(path.clone());
        }
    }
    if !adopt && !plan.foreign.is_empty() {
        plan.foreign.sort_unstable();
        plan.foreign.truncate(MOST_EXAMPLES);
        return Err(OutputError::Foreign { folder: folder.to_owned(), examples: plan.foreign });
    }
    Ok(plan)
}

/// Printed paths that would leave the folder, or need a path to be file and folder at once.
fn check_paths(rendered: &Rendered) -> Result<(), OutputError> {
    let bad = |path: &String| !is_safe(path) || parents(path).any(|parent| rendered.files.contains_key(parent));
    match rendered.files.keys().find(|path| bad(path)) {
        Some(path) => Err(OutputError::BadPath(path.clone())),
        None => Ok(()),
    }
}

/// Everything below the folder by path; links are not entered.
pub(super) fn walk(disk: &dyn Disk, folder: &Path) -> Result<BTreeMap<String, Kind>, OutputError> {
    let mut there = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(parent) = open.pop() {
        let full = folder.join(&parent);
        let entries = disk.entries(&full).map_err(|error| OutputError::io("read", &full, &error))?;
        for (name, kind) in entries {
            if parent.is_empty() && IGNORED.contains(&name.as_str()) {
                continue;
            }
            let path = if parent.is_empty() { name } else { format!("{parent}/{name}") };
            if kind == Kind::Folder {
                open.push(path.clone());
            }
            there.insert(path, kind);
        }
    }
    Ok(there)
}

/// What is known about earlier builds.
struct Last {
    /// The manifest as it stands, if there is one.
    text: Option<Vec<u8>>,
    /// What the manifest lists.
    listed: BTreeSet<String>,
    /// What the manifest or the journal lists.
    owned: BTreeSet<String>,
}

fn last_manifest(
    disk: &dyn Disk,
    folder: &Path,
    there: &BTreeMap<String, Kind>,
    adopt: bool,
) -> Result<Last, OutputError> {
    let read = |name: &str| match there.get(name) {
        Some(Kind::File { .. }) => {
            let path = folder.join(name);
            disk.read(&path).map(Some).map_err(|error| OutputError::io("read", &path, &error))
        }
        // It is about to be opened for writing.
        Some(_) if name == JOURNAL => Err(OutputError::Link(folder.join(name))),
        _ => Ok(None),
    };
    let text = read(MANIFEST)?;
    let listed = match text.as_deref().map(Manifest::parse) {
        Some(Ok(manifest)) => manifest.files.into_keys().collect(),
        Some(Err(_)) if adopt => BTreeSet::new(),
        Some(Err(error)) => return Err(OutputError::BadManifest(folder.join(MANIFEST), error.to_string())),
        None => BTreeSet::new(),
    };
    let mut owned: BTreeSet<String> = listed.clone();
    if let Some(journal) = read(JOURNAL)? {
        // A last line without its end was being written when the build stopped, before any file was.
        let journal = String::from_utf8_lossy(&journal).into_owned();
        let lines = journal.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        owned.extend(lines.filter(|path| is_safe(path)).map(str::to_owned));
    }
    Ok(Last { text, listed, owned })
}

/// Sorts everything that is there and not printed into leftovers, removals and files of others.
fn sort_out_present(
    plan: &mut Plan,
    there: &BTreeMap<String, Kind>,
    rendered: &Rendered,
    last: &Last,
    adopt: bool,
) -> Result<(), OutputError> {
    for (path, kind) in there {
        let name = path.rsplit('/').next().unwrap_or(path);
        if *kind == Kind::Folder || rendered.files.contains_key(path) {
            continue;
        }
        if name == TEMPORARY || path == JOURNAL {
            plan.leftovers.push(path.clone());
        } else if path == MANIFEST {
            if !matches!(kind, Kind::File { .. }) && !adopt {
                plan.foreign.push(path.clone());
            }
        } else if last.owned.contains(path) {
            let below = format!("{path}/");
            let becomes_folder =
                rendered.files.range(below.clone()..).next().is_some_and(|(next, _)| next.starts_with(&below));
            if becomes_folder || parents(path).any(|parent| rendered.files.contains_key(parent)) {
                plan.in_the_way.insert(path.clone());
            }
            plan.removed.push(path.clone());
        } else {
            plan.foreign.push(path.clone());
            // Nobody reads more than a few; a wrong folder may hold millions.
            if !adopt && plan.foreign.len() >= MOST_EXAMPLES {
                let examples = std::mem::take(&mut plan.foreign);
                return Err(OutputError::Foreign { folder: plan.folder.clone(), examples });
            }
        }
    }
    Ok(())
}

/// A folder above a printed file must be a folder, or nothing, or a file of ours that goes away.
fn check_parents(plan: &Plan, there: &BTreeMap<String, Kind>, path: &str) -> Result<(), OutputError> {
    for parent in parents(path) {
        match there.get(parent) {
            None | Some(Kind::Folder) => {}
            Some(_) if plan.in_the_way.contains(parent) => {}
            Some(Kind::Link) => return Err(OutputError::Link(plan.folder.join(parent))),
            Some(Kind::File { .. } | Kind::Other) => return Err(OutputError::Obstructed(plan.folder.join(parent))),
        }
    }
    Ok(())
}

/// Whether a folder that stands where a file is to be holds nothing but what is removed.
fn is_emptied(plan: &Plan, there: &BTreeMap<String, Kind>, path: &str) -> bool {
    let below = format!("{path}/");
    let mut inside = there.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
    let goes = |path: &String| plan.in_the_way.contains(path) || plan.leftovers.contains(path);
    inside.all(|(path, kind)| *kind == Kind::Folder || goes(path))
}
