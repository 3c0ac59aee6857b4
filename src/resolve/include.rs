//! Which files belong to the spec, and reading them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rayon::prelude::*;

use super::codes;
use crate::ast::codes::MISPLACED_KEY;
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{FileId, MAX_FILE_BYTES, ReadError, Sources, Span, World};
use crate::syntax::{Tree, kdl, yaml};

/// Names of the root file, in the order in which they are looked for.
pub const ROOTS: [&str; 3] = ["alertsmith.kdl", "alertsmith.yaml", "alertsmith.yml"];

/// What `include` is if the root file does not say.
const DEFAULT_INCLUDE: [&str; 2] = ["**/*.kdl", "**/*.spec.yaml"];

/// Reads the root file and every file that it includes, and parses them. Trees come in path order, the root first; files
/// with syntax errors are left out, as what a broken file seems to say is not worth a second finding.
pub fn read(world: &dyn World, sources: &mut Sources, sink: &mut Sink) -> Vec<Tree> {
    let listed = match world.list() {
        Ok(listed) => listed,
        Err(error) => {
            sink.push(Diagnostic::new(
                &codes::UNREADABLE,
                format!("the spec folder cannot be read: {}", words(&error)),
            ));
            return Vec::new();
        }
    };
    let roots: Vec<&str> = ROOTS.into_iter().filter(|root| listed.iter().any(|path| path == root)).collect();
    let root = match roots.as_slice() {
        [root] => *root,
        [] => {
            sink.push(
                Diagnostic::new(&codes::ROOT, "the spec folder has no root file")
                    .note(format!("A spec is a folder with one of these files: {}.", ROOTS.join(", ")))
                    .help("Run `alertsmith init` to start a spec, or name the folder of an existing one."),
            );
            return Vec::new();
        }
        several => {
            sink.push(
                Diagnostic::new(&codes::ROOT, format!("the spec folder has {} root files", several.len()))
                    .note(format!("It has {}.", several.join(" and ")))
                    .help("Keep one; other files can have any other name."),
            );
            return Vec::new();
        }
    };
    let Some(root_file) = load(world, sources, sink, root) else { return Vec::new() };
    let mut own = Sink::default();
    let root_tree = parse(sources, root_file, &mut own);
    let root_is_broken = own.has_errors();
    sink.append(own);
    let include = includes(&root_tree, sink);
    let mut files = Vec::new();
    for path in &listed {
        if path != root && include.is_match(path) {
            files.extend(load(world, sources, sink, path));
        }
    }
    let parsed: Vec<(Tree, Sink)> = files
        .par_iter()
        .map(|&file| {
            let mut own = Sink::default();
            (parse(sources, file, &mut own), own)
        })
        .collect();
    let mut trees = Vec::new();
    if !root_is_broken {
        trees.push(root_tree);
    }
    for (tree, mut own) in parsed {
        if !own.has_errors() {
            misplaced_include(&tree, &mut own);
            trees.push(tree);
        }
        sink.append(own);
    }
    trees
}

/// Only the root file says what belongs to the spec; so includes can neither form a circle nor depend on their order.
fn misplaced_include(tree: &Tree, sink: &mut Sink) {
    for node in tree.nodes.iter().filter(|node| node.key.as_str() == "include") {
        sink.push(
            Diagnostic::new(&MISPLACED_KEY, "`include` stands in a file that is not the root file")
                .at(node.key.span(), "nothing reads this")
                .note("The root file alone says which files belong to the spec, so that no file can bring in another behind its back.")
                .help("Move it to the root file."),
        );
    }
}

/// Reads one file into the table of sources; what is wrong with it is reported.
pub fn load(world: &dyn World, sources: &mut Sources, sink: &mut Sink, path: &str) -> Option<FileId> {
    let bytes = match world.read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            sink.push(Diagnostic::new(&codes::UNREADABLE, format!("`{path}` cannot be read: {}", words(&error))));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(path, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let lossy = String::from_utf8_lossy(&bytes).into_owned();
            let file = sources.add(path, lossy);
            let wrong = bytes.get(valid).copied().unwrap_or_default();
            let end = valid + char::REPLACEMENT_CHARACTER.len_utf8();
            sink.push(
                Diagnostic::new(&codes::ENCODING, format!("`{path}` is not UTF-8"))
                    .at(Span::new(file, valid..end), format!("the byte 0x{wrong:02x} cannot stand here"))
                    .help("Save the file as UTF-8."),
            );
            None
        }
    }
}

/// Why a file could not be read, in words.
pub fn words(error: &ReadError) -> String {
    match error {
        ReadError::Missing => "there is no such file".to_owned(),
        ReadError::Escapes => "it leads out of the spec folder".to_owned(),
        ReadError::TooLarge(bytes) => {
            format!("it has {bytes} bytes, and the limit is {} MiB", MAX_FILE_BYTES / 1024 / 1024)
        }
        ReadError::NotAFile => "it is not a regular file".to_owned(),
        ReadError::Other(why) => why.clone(),
    }
}

/// Whether a path is read as YAML (which includes JSON) rather than KDL.
pub fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
}

fn parse(sources: &Sources, file: FileId, sink: &mut Sink) -> Tree {
    let (path, text) = sources.get(file).map_or(("", ""), |source| (source.path(), source.text()));
    if is_yaml(path) { yaml::read(file, text, sink) } else { kdl::read(file, text, sink) }
}

/// The globs of the root's `include`; wrong ones are reported by the decoder's caller, who sees the same node again.
fn includes(root: &Tree, sink: &mut Sink) -> GlobSet {
    let written: Vec<_> =
        root.nodes.iter().filter(|node| node.key.as_str() == "include").flat_map(|node| &node.arguments).collect();
    let mut builder = GlobSetBuilder::new();
    let mut add = |pattern: &str| match GlobBuilder::new(pattern).literal_separator(true).build() {
        Ok(glob) => {
            builder.add(glob);
            true
        }
        Err(_) => false,
    };
    if written.is_empty() {
        for pattern in DEFAULT_INCLUDE {
            add(pattern);
        }
    }
    for scalar in written {
        if !add(scalar.text.as_str()) {
            sink.push(
                Diagnostic::new(&codes::UNREADABLE, "this is not a valid glob")
                    .at(scalar.text.span(), "cannot be understood")
                    .help("Use `*` for part of a name, `**` for any folders: `alerts/**/*.kdl`."),
            );
        }
    }
    builder.build().unwrap_or_default()
}
