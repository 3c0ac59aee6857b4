//! The `alertsmith` program; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    alertsmith::cli::main()
}
