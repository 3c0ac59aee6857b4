//! Markdown as far as pages and suites use it: headings, prose and fenced blocks.

use std::collections::BTreeMap;

use alertsmith::source::{MemoryWorld, ReadError, World};

/// A heading with what stands below it, up to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The number of `#`.
    pub level: usize,
    pub title: String,
    /// The text outside blocks, trimmed.
    pub prose: String,
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The first word behind the fence.
    pub language: String,
    /// The words `key=value` behind it.
    pub options: BTreeMap<String, String>,
    pub text: String,
    /// The one-based line of the fence.
    pub line: usize,
}

/// Splits a text at its headings. What stands before the first one is left out.
pub fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<(Block, String)> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some((mut block, fence)) = open.take() {
            if line.trim_end() == fence {
                if let Some(section) = sections.last_mut() {
                    section.blocks.push(block);
                }
            } else {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some((block, fence));
            }
        } else if line.starts_with("```") {
            let fence: String = line.chars().take_while(|&c| c == '`').collect();
            let mut words = line[fence.len()..].split_whitespace();
            let language = words.next().unwrap_or_default().to_owned();
            let options = words.filter_map(|word| word.split_once('=')).map(|(key, value)| (key.into(), value.into()));
            open = Some((Block { language, options: options.collect(), text: String::new(), line: index + 1 }, fence));
        } else if line.starts_with('#') {
            let level = line.chars().take_while(|&c| c == '#').count();
            let title = line[level..].trim().to_owned();
            sections.push(Section { level, title, prose: String::new(), blocks: Vec::new() });
        } else if let Some(section) = sections.last_mut() {
            section.prose.push_str(line);
            section.prose.push('\n');
        }
    }
    assert!(open.is_none(), "a block is not closed");
    for section in &mut sections {
        section.prose = section.prose.trim().to_owned();
    }
    sections
}

/// A spec folder made of blocks.
///
/// Each block is a file: the root file, or what `file=` says. Two languages are special: the text of `bytes` has `\xHH` and `\n`
/// for bytes that Markdown cannot hold, and `link` is a symbolic link with its target as text.
/// With `fill=N` the word `FILL` in it stands for N KiB of text.
#[derive(Debug, Default)]
pub struct Folder {
    files: MemoryWorld,
    links: BTreeMap<String, String>,
}

impl Folder {
    pub fn of<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> Self {
        let mut folder = Self::default();
        for block in blocks {
            let root = || match block.language.as_str() {
                "yaml" => "alertsmith.yaml".to_owned(),
                _ => "alertsmith.kdl".to_owned(),
            };
            let path = block.options.get("file").cloned().unwrap_or_else(root);
            match block.language.as_str() {
                "link" => {
                    folder.links.insert(path, block.text.trim_end().to_owned());
                }
                "bytes" => folder.files = folder.files.with(&path, unescape(block.text.trim_end())),
                _ => {
                    let kib = block.options.get("fill").map_or(0, |kib| kib.parse().expect("a number of KiB"));
                    folder.files = folder.files.with(&path, block.text.replace("FILL", &"text".repeat(kib * 256)));
                }
            }
        }
        folder
    }
}

impl World for Folder {
    fn list(&self) -> Result<Vec<String>, ReadError> {
        let mut paths = self.files.list()?;
        paths.extend(self.links.keys().cloned());
        paths.sort();
        Ok(paths)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.links.get(path) {
            Some(target) => {
                assert!(target.starts_with("../") || target.starts_with('/'), "links in pages lead out of the folder");
                Err(ReadError::Escapes)
            }
            None => self.files.read(path),
        }
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match tail {
            [b'x', high, low, tail @ ..] if *first == b'\\' => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                tail
            }
            [b'n', tail @ ..] if *first == b'\\' => {
                bytes.push(b'\n');
                tail
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    bytes
}

#[test]
fn blocks_become_files() {
    let text = "# a\nprose\n```kdl\nproject a\n```\n```bytes file=b.kdl\na\\xff\\n\n```\n## b\n````text\n```\n````\n";
    let sections = sections(text);
    assert_eq!(sections.iter().map(|s| (s.level, s.title.as_str())).collect::<Vec<_>>(), [(1, "a"), (2, "b")]);
    assert_eq!(sections[0].prose, "prose");
    assert_eq!(sections[1].blocks[0].text, "```\n");
    let folder = Folder::of(&sections[0].blocks);
    assert_eq!(folder.list().unwrap(), ["alertsmith.kdl", "b.kdl"]);
    assert_eq!(folder.read("b.kdl").unwrap(), b"a\xff\n");
}
