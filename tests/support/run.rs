//! Running a tool and keeping what it said.

use std::process::{Command, Output};

/// What a tool said when it ended well, or how it ended and what it said when it did not.
pub fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{} did not start: {error}", name(command)))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("{} ended with {}\n{}", name(command), output.status, said(&output)))
}

/// Everything a tool printed, standard error first.
pub fn said(output: &Output) -> String {
    let text = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned());
    text.join("\n").trim().to_owned()
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
