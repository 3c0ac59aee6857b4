//! Every code that the program can report.

use crate::diagnostic::{Code, nearest};
use crate::{alertmanager, ast, check, expect, lint, pipeline, resolve, syntax};

/// All codes by name.
pub fn all() -> Vec<&'static Code> {
    let stages = [
        syntax::codes::ALL,
        ast::codes::ALL,
        resolve::codes::ALL,
        alertmanager::codes::ALL,
        pipeline::CODES,
        expect::CODES,
        lint::CODES,
        lint::alertmanager::CODES,
    ];
    let checks = check::FAMILIES.iter().copied().flatten().map(|check| check.code);
    let mut codes: Vec<&'static Code> = stages.into_iter().flatten().copied().chain(checks).collect();
    codes.sort_by_key(|code| code.name);
    codes
}

/// The code of this name.
pub fn find(name: &str) -> Option<&'static Code> {
    all().into_iter().find(|code| code.name == name)
}

/// The name of a code that is most likely meant: by its spelling, or by its part behind the slash.
pub fn similar(written: &str) -> Option<&'static str> {
    let names: Vec<&'static str> = all().into_iter().map(|code| code.name).collect();
    let last = written.rsplit('/').next().unwrap_or(written);
    nearest(written, names.iter().copied())
        .and_then(|name| names.iter().copied().find(|known| *known == name))
        .or_else(|| names.iter().copied().find(|name| name.rsplit('/').next() == Some(last)))
}
