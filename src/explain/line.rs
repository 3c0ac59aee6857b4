//! Where a line of an output file came from, by the manifest of the build.

use std::ops::Range;

use crate::output::{Manifest, Mapping};

/// The byte range of a one-based line in a text, without its line break; `None` past the end.
pub fn range_of_line(text: &str, line: usize) -> Option<Range<usize>> {
    let mut start = 0;
    for (number, content) in text.split_inclusive('\n').enumerate() {
        if number + 1 == line {
            return Some(start..start + content.trim_end_matches(['\n', '\r']).len());
        }
        start += content.len();
    }
    None
}

/// The places of the spec that a line of `path` was made from, the closest first: ranges that begin in the line, then
/// the innermost range around it. Each place once.
pub fn origins<'a>(manifest: &'a Manifest, path: &str, line: &Range<usize>) -> Vec<&'a Mapping> {
    let inside =
        |mapping: &&Mapping| (line.start..line.end.max(line.start + 1)).contains(&(mapping.output.start as usize));
    let map = manifest.files.get(path).map(|file| file.map.as_slice()).unwrap_or_default();
    let mut found: Vec<&Mapping> = map.iter().filter(inside).collect();
    found.sort_by_key(|mapping| mapping.output.end - mapping.output.start);
    found.extend(manifest.origin(path, line.start as u32));
    let mut seen: Vec<&Mapping> = Vec::new();
    for mapping in found {
        if !seen.iter().any(|other| other.file == mapping.file && other.spec == mapping.spec) {
            seen.push(mapping);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::range_of_line;

    #[test]
    fn lines_are_found() {
        assert_eq!(range_of_line("a\r\nbc\n", 1), Some(0..1));
        assert_eq!(range_of_line("a\r\nbc\n", 2), Some(3..5));
        assert_eq!(range_of_line("a\r\nbc\n", 3), None);
        assert_eq!(range_of_line("a", 0), None);
    }
}
