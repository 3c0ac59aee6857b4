//! What must hold between the fields of a part.

use crate::alertmanager::section::Section;
use crate::ast::Version;
use crate::diagnostic::Diagnostic;

/// One condition of a table.
#[derive(Debug)]
pub struct Rule {
    /// The first release that asks for it.
    pub since: (u32, u32),
    /// The first release that does not any more.
    pub until: Option<(u32, u32)>,
    /// What it asks for.
    pub test: Test,
}

/// What a rule asks for. Fields may be paths, such as `http_config.authorization`.
#[derive(Debug)]
pub enum Test {
    /// No two of these are set.
    AtMostOne(&'static [&'static str]),
    /// One of these is set.
    OneOf(&'static [&'static str]),
    /// A text is one of these; where it is not written, it is.
    Choice(&'static str, &'static [&'static str]),
    /// The second is set only where the first is.
    With(&'static str, &'static str),
    /// Anything else.
    Check(fn(&Section, Version) -> Option<Diagnostic>),
}

impl Rule {
    const fn new(test: Test) -> Self {
        Self { since: (0, 0), until: None, test }
    }

    /// The rule begins with this release.
    pub(super) const fn since(mut self, release: (u32, u32)) -> Self {
        self.since = release;
        self
    }

    /// The rule ends with this release.
    pub(super) const fn until(mut self, release: (u32, u32)) -> Self {
        self.until = Some(release);
        self
    }

    /// Whether a release asks for it.
    pub fn is_in(&self, version: Version) -> bool {
        let release = (version.major, version.minor);
        self.since <= release && self.until.is_none_or(|until| release < until)
    }
}

/// No two of these.
pub(super) const fn at_most_one(fields: &'static [&'static str]) -> Rule {
    Rule::new(Test::AtMostOne(fields))
}

/// One of these, or the only one.
pub(super) const fn one_of(fields: &'static [&'static str]) -> Rule {
    Rule::new(Test::OneOf(fields))
}

/// A text from a list.
pub(super) const fn choice(field: &'static str, values: &'static [&'static str]) -> Rule {
    Rule::new(Test::Choice(field, values))
}

/// The second needs the first.
pub(super) const fn with(needed: &'static str, beside: &'static str) -> Rule {
    Rule::new(Test::With(needed, beside))
}

/// A condition of its own.
pub(super) const fn check(function: fn(&Section, Version) -> Option<Diagnostic>) -> Rule {
    Rule::new(Test::Check(function))
}
