//! The shell: arguments in, exit code out.
//!
//! `args` says what can be asked, `command` has one file for every answer, and `terminal` alone talks to the streams.
//! Everything else is in the library and knows nothing of processes.
#![expect(clippy::disallowed_methods, reason = "the shell is the door to environment and disk")]

pub mod args;
mod command;
mod decider;
mod exit;
mod findings;
mod input;
mod levels;
mod session;
mod spec;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use exit::{Exit, Trouble};
use terminal::Terminal;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    exit::on_crash();
    let args = match Args::try_parse() {
        Ok(args) => args,
        // Usage errors and help; a closed pipe is no reason to say more.
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Trouble } else { Exit::Fine }.into();
        }
    };
    exit::guarded(|| {
        let mut terminal = Terminal::new(&args.common);
        let result = run(&args, &mut terminal);
        match result.and_then(|exit| terminal.finish().map(|()| exit)) {
            Ok(exit) => exit,
            Err(trouble) => {
                terminal.trouble(&trouble);
                Exit::Trouble
            }
        }
    })
    .into()
}

fn run(args: &Args, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    session::use_threads(args.common.jobs)?;
    match &args.command {
        Command::Init(args) => command::init::run(args, terminal),
        Command::Check(args) => command::check::run(args, terminal),
        Command::Build(args) => command::build::run(args, terminal),
        Command::Diff(args) => command::diff::run(args, terminal),
        Command::Explain(args) => command::explain::run(args, terminal),
        Command::Test(args) => command::test::run(args, terminal),
        Command::Route(args) => command::route::run(args, terminal),
        Command::Lint(args) => command::lint::run(args, terminal),
        Command::Promql(args) => command::promql::run(args, terminal),
        Command::Schema => command::schema::run(terminal),
        Command::Completions(args) => command::completions::run(args, terminal),
        Command::Man(args) => command::man::run(args, terminal),
    }
}
