//! How the program ends.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | nothing to report; warnings may have been shown |
//! | 1 | findings at error level, or a build that is stale |
//! | 2 | wrong usage, unreadable input, trouble with files |
//! | 101 | a defect of this program |

use std::fmt;
use std::io::Write;
use std::panic::{self, UnwindSafe};
use std::process::ExitCode;

/// The ways to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing to report.
    Fine,
    /// Errors were found, or something is not as it should be.
    Findings,
    /// It could not be tried.
    Trouble,
    /// A defect.
    Crash,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Trouble => 2,
            Exit::Crash => 101,
        })
    }
}

/// Why something could not be tried: exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What is wrong, without a full stop.
    pub message: String,
    /// The next step.
    pub help: Option<String>,
}

impl Trouble {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Trouble with a file.
    pub fn file(action: &str, path: &std::path::Path, error: impl fmt::Display) -> Self {
        Self::new(format!("cannot {action} `{}`: {error}", path.display()))
    }
}

/// Replaces Rust's message for panics by one that a user can act on.
pub(super) fn on_crash() {
    panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or("no message");
        let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
        // A closed stream must not turn one crash into another.
        let _ = writeln!(
            std::io::stderr(),
            "alertsmith has crashed, which is a defect of it and not of your spec.\n\
             Please report it with the command, the spec if you may share it, and these lines:\n  \
             alertsmith {}{place}\n  {text}",
            env!("CARGO_PKG_VERSION"),
        );
    }));
}

/// Runs `body`; a panic in it, on any thread it waits for, ends as a crash.
pub(super) fn guarded(body: impl FnOnce() -> Exit + UnwindSafe) -> Exit {
    panic::catch_unwind(body).unwrap_or(Exit::Crash)
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    #[test]
    fn a_panic_on_any_thread_is_a_crash() {
        assert_eq!(guarded(|| panic!("here")), Exit::Crash);
        let elsewhere = || (0..100).into_par_iter().for_each(|number| assert!(number < 50));
        assert_eq!(
            guarded(|| {
                elsewhere();
                Exit::Fine
            }),
            Exit::Crash
        );
        assert_eq!(format!("{:?}", ExitCode::from(Exit::Crash)), format!("{:?}", ExitCode::from(101)));
    }
}
