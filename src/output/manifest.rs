//! `manifest.json`: what a build wrote, and from which places of the spec.
//!
//! ```json
//! {
//! "version": 1,
//! "files": {
//! "alertmanager/main/alertmanager.yaml": {"sha256":"…","bytes":812,"map":[[120,164,"routes.kdl:310-352"]]}
//! }}
//! ```
//!
//! Each entry of a `map` is an output byte range and the spec bytes it was made from, `file:start-end`. There is one line
//! for every file, so that a changed file is a changed line; nothing in it depends on time, machine or user.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Rendered, RenderedFile, is_safe};
use crate::provenance::Provenance;
use crate::source::Sources;

/// The version of the form; grows when a key changes its meaning or goes away.
const VERSION: u32 = 1;

/// The files of one build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// Path below the output folder to file.
    pub files: BTreeMap<String, ManifestFile>,
}

/// One file of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether it may be executed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
    /// Where its parts came from, by output start.
    pub map: Vec<Mapping>,
}

/// An output range and the place of the spec it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32, String)", into = "(u32, u32, String)")]
pub struct Mapping {
    /// Bytes of the output file.
    pub output: Range<u32>,
    /// The spec file, relative to the spec folder.
    pub file: String,
    /// Bytes of the spec file.
    pub spec: Range<u32>,
}

impl From<Mapping> for (u32, u32, String) {
    fn from(Mapping { output, file, spec }: Mapping) -> Self {
        (output.start, output.end, format!("{file}:{}-{}", spec.start, spec.end))
    }
}

impl TryFrom<(u32, u32, String)> for Mapping {
    type Error = String;

    fn try_from((start, end, place): (u32, u32, String)) -> Result<Self, String> {
        let parsed = || {
            let (file, range) = place.rsplit_once(':')?;
            let (from, to) = range.split_once('-')?;
            Some((file.to_owned(), from.parse::<u32>().ok()?..to.parse::<u32>().ok()?))
        };
        let (file, spec) = parsed().ok_or_else(|| format!("`{place}` is not `file:start-end`"))?;
        if start > end || spec.start > spec.end {
            return Err(format!("a range of `{place}` ends before it begins"));
        }
        Ok(Self { output: start..end, file, spec })
    }
}

/// Why a manifest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError(pub String);

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ManifestError {}

impl Manifest {
    /// Describes what was printed. Parts that nobody wrote (defaults) are not in the maps.
    pub fn of(rendered: &Rendered, provenance: &Provenance, sources: &Sources) -> Self {
        let describe = |file: &RenderedFile| ManifestFile {
            sha256: hexadecimal(&Sha256::digest(&file.bytes)),
            bytes: file.bytes.len() as u64,
            executable: file.executable,
            map: file
                .map
                .iter()
                .filter_map(|(output, origin)| {
                    let span = provenance.span(*origin)?;
                    let file = sources.get(span.file)?.path().to_owned();
                    Some(Mapping { output: output.clone(), file, spec: span.start..span.end })
                })
                .collect(),
        };
        let files = rendered.files.iter().map(|(path, file)| (path.clone(), describe(file))).collect();
        Self { version: VERSION, files }
    }

    /// Reads a manifest. Strict, as what it lists may be removed: a version, key or path that is not known to be fine is
    /// an error.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| ManifestError(error.to_string()))?;
        if manifest.version != VERSION {
            return Err(ManifestError(format!("its version is {}, not {VERSION}", manifest.version)));
        }
        for (path, file) in &manifest.files {
            if !is_safe(path) {
                return Err(ManifestError(format!("`{}` is no path below the folder", path.escape_debug())));
            }
            if file.sha256.len() != 64 || !file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(ManifestError(format!("the SHA-256 of `{path}` is not one")));
            }
        }
        Ok(manifest)
    }

    /// The text of `manifest.json`.
    pub fn print(&self) -> String {
        let mut out = format!("{{\n\"version\": {VERSION},\n\"files\": {{");
        for (number, (path, file)) in self.files.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let _ = write!(out, "{comma}\n{}: {}", json(path), json(file));
        }
        out.push_str("\n}}\n");
        out
    }

    /// The place of the spec from which byte `offset` of an output file was made: the innermost range around it.
    pub fn origin(&self, path: &str, offset: u32) -> Option<&Mapping> {
        let map = &self.files.get(path)?.map;
        let around = map.iter().filter(|mapping| mapping.output.contains(&offset));
        around.min_by_key(|mapping| mapping.output.end - mapping.output.start)
    }
}

/// `value` as JSON on one line. Strings and manifests cannot fail to become JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
