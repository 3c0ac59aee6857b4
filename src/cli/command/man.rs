//! `alertsmith man`: the manual page, or that of one command.

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::args::{Args, ManArgs};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;

pub fn run(args: &ManArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let mut program = Args::command();
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => {
            let found = program.get_subcommands().find(|command| command.get_name() == name).cloned();
            let found = found.ok_or_else(|| Trouble::new(format!("there is no command `{name}`")))?;
            let full_name = format!("alertsmith-{name}");
            found.name(full_name.clone()).display_name(full_name)
        }
    };
    let mut text = Vec::new();
    Man::new(page).render(&mut text).map_err(|error| Trouble::new(format!("cannot print the manual page: {error}")))?;
    terminal.out(&String::from_utf8_lossy(&text));
    Ok(Exit::Fine)
}
