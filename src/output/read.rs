//! Reading a tree that was built, or any other files, to compare with.

use std::path::Path;

use super::plan::{IGNORED, walk};
use super::{Disk, JOURNAL, Kind, MANIFEST, OutputError, Rendered, RenderedFile, TEMPORARY};

/// Every file below `folder` but the manifest and what a stopped build left; links are left out, as a build makes none.
/// If `folder` is a file, it is the only one, under the name `name_of_file`.
pub fn read_tree(disk: &dyn Disk, folder: &Path, name_of_file: &str) -> Result<Rendered, OutputError> {
    let io = |path: &Path, error: &std::io::Error| OutputError::io("read", path, error);
    let read = |path: &Path, executable: bool| {
        let bytes = disk.read(path).map_err(|error| io(path, &error))?;
        Ok(RenderedFile { bytes, executable, map: Vec::new() })
    };
    let mut tree = Rendered::default();
    match disk.kind_through_links(folder).map_err(|error| io(folder, &error))? {
        Some(Kind::File { executable, .. }) => {
            tree.files.insert(name_of_file.to_owned(), read(folder, executable)?);
            return Ok(tree);
        }
        Some(Kind::Folder) => {}
        Some(Kind::Link | Kind::Other) => return Err(OutputError::NotAFolder(folder.to_owned())),
        None => return Err(io(folder, &std::io::ErrorKind::NotFound.into())),
    }
    for (path, kind) in walk(disk, folder)? {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let ours = path == MANIFEST || path == JOURNAL || name == TEMPORARY || IGNORED.contains(&path.as_str());
        if let Kind::File { executable, .. } = kind
            && !ours
        {
            let file = read(&folder.join(&path), executable)?;
            tree.files.insert(path, file);
        }
    }
    Ok(tree)
}
