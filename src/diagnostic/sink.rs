//! Where stages put their findings.

use super::{Diagnostic, Level};

/// Collects findings. Stages never stop at the first one; whoever runs them asks at the end whether there were errors.
#[derive(Debug, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
}

impl Sink {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds all findings of another sink, for work that ran in parallel.
    pub fn append(&mut self, other: Sink) {
        self.diagnostics.extend(other.diagnostics);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// The findings so far, in the order in which they were pushed.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The findings in reading order (file, then byte, then code), each once: what is shown must not depend on the
    /// order in which stages or threads found it.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        let key = |diagnostic: &Diagnostic| {
            (diagnostic.primary.as_ref().map(|label| label.span), diagnostic.code.name, diagnostic.headline.clone())
        };
        self.diagnostics.sort_by_key(key);
        self.diagnostics.dedup_by_key(|diagnostic| key(diagnostic));
        self.diagnostics
    }
}
