//! `alertsmith schema`: the JSON schema of specs in YAML, for editors.

use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;

pub fn run(_terminal: &mut Terminal) -> Result<Exit, Trouble> {
    Err(Trouble::new("this build has no schema"))
}
