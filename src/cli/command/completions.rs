//! `alertsmith completions`: what a shell needs to complete commands and options.

use clap::CommandFactory;

use crate::cli::args::{Args, CompletionsArgs};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;

#[expect(clippy::unnecessary_wraps, reason = "all commands are called alike")]
pub fn run(args: &CompletionsArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "alertsmith", &mut script);
    terminal.out(&String::from_utf8_lossy(&script));
    Ok(Exit::Fine)
}
