//! Specs built into a folder, as the command would.

use std::collections::BTreeMap;
use std::path::Path;

use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::pipeline;
use alertsmith::source::{DiskWorld, MemoryWorld, World};
use tempfile::TempDir;

/// Every file of a build by its path, as text.
pub type Files = BTreeMap<String, String>;

/// Builds a spec; a finding at error level fails the test.
#[track_caller]
pub fn files(world: &dyn World) -> Files {
    let (compilation, rendered) = pipeline::build(world);
    let findings =
        || render::render(Format::Concise, &compilation.diagnostics, &compilation.sources, &Options::default());
    let rendered = rendered.unwrap_or_else(|| panic!("the spec has errors\n{}", findings()));
    rendered.files.into_iter().map(|(path, file)| (path, String::from_utf8(file.bytes).unwrap())).collect()
}

/// Builds a spec given as one KDL text.
#[track_caller]
pub fn kdl(text: &str) -> Files {
    files(&MemoryWorld::default().with("alertsmith.kdl", text))
}

/// Builds one of the examples.
#[track_caller]
pub fn example(name: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    files(&DiskWorld::open(&root).unwrap())
}

/// Writes files into a folder of their own.
pub fn folder(files: &Files) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}
