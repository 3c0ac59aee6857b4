//! `alertsmith schema`: the JSON schema of specs in YAML, for editors.

use crate::ast::schema;
use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;

#[expect(clippy::unnecessary_wraps, reason = "all commands are called alike")]
pub fn run(terminal: &mut Terminal) -> Result<Exit, Trouble> {
    terminal.out(&schema::print());
    Ok(Exit::Fine)
}
