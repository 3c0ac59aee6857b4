//! The `alertsmith` program; everything it does is in the library.

use alertsmith::diagnostic::render::{self, Format, Options};

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "placeholder until the command line lands"
)]
fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let world = alertsmith::source::DiskWorld::open(std::path::Path::new(&path)).unwrap();
    let (compilation, rendered) = alertsmith::pipeline::build(&world);
    eprint!("{}", render::render(Format::Human, &compilation.diagnostics, &compilation.sources, &Options::default()));
    for (path, file) in rendered.iter().flat_map(|rendered| &rendered.files) {
        println!("=== {path}\n{}", String::from_utf8_lossy(&file.bytes));
    }
}
