//! Codes: the names of findings and their life cycle.

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The output would be wrong or refused; nothing is written.
    Error,
    /// The output is valid, but probably not what was meant.
    Warning,
}

impl Level {
    /// The word shown to people and written to JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

/// A named rule of the compiler. The name is the id, the file, the page and the test case; it is never reused.
#[derive(Debug)]
pub struct Code {
    /// `family/name` in kebab-case, such as `route/unknown-channel`.
    pub name: &'static str,
    /// The level unless `--deny`, `--allow` or a comment says otherwise.
    pub level: Level,
    /// The release that brought it.
    pub since: &'static str,
    /// The page in Markdown, shown by `alertsmith explain` and run as a test.
    pub page: &'static str,
    /// Whether it is off unless asked for: a matter of taste, or too often not worth acting on.
    pub optional: bool,
}

impl Code {
    /// An error code.
    pub const fn error(name: &'static str, since: &'static str, page: &'static str) -> Self {
        Self { name, level: Level::Error, since, page, optional: false }
    }

    /// A warning code.
    pub const fn warning(name: &'static str, since: &'static str, page: &'static str) -> Self {
        Self { name, level: Level::Warning, since, page, optional: false }
    }

    /// A warning code that is off unless asked for.
    pub const fn optional(name: &'static str, since: &'static str, page: &'static str) -> Self {
        Self { name, level: Level::Warning, since, page, optional: true }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Code {}
