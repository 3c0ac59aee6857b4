//! The streams: what may be coloured, how wide it is, and what happens when nobody reads.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Color, Common};
use super::exit::Trouble;
use crate::diagnostic::render::{Options, visible};

/// The width of what is written to files and pipes.
const WIDTH: usize = 100;
/// Fewer steps than this are over before a bar would help.
const LONG: u64 = 200;

/// A stream of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output: what was asked for.
    Out,
    /// Standard error: what is said about it.
    Err,
}

/// Standard output and standard error, with what the user wants of them.
pub(super) struct Terminal {
    color: Color,
    quiet: bool,
    verbose: bool,
    /// The first trouble with standard output that is not a reader who has gone.
    failed: Option<io::Error>,
    /// Whether the reader of standard output has gone.
    gone: bool,
}

impl Terminal {
    pub fn new(common: &Common) -> Self {
        Self { color: common.color, quiet: common.quiet, verbose: common.verbose, failed: None, gone: false }
    }

    /// How text for a stream may look.
    pub fn options(&self, stream: Stream) -> Options {
        let (choice, terminal, size) = match stream {
            Stream::Out => {
                let out = io::stdout();
                (AutoStream::choice(&out), out.is_terminal(), terminal_size::terminal_size_of(&out))
            }
            Stream::Err => {
                let err = io::stderr();
                (AutoStream::choice(&err), err.is_terminal(), terminal_size::terminal_size_of(&err))
            }
        };
        let color = match self.color {
            Color::Auto => choice != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        let width = size.map_or(WIDTH, |(width, _)| usize::from(width.0));
        Options { color, width, unicode: !terminal || has_unicode(), root: String::new() }
    }

    /// Writes what was asked for.
    pub fn out(&mut self, text: &str) {
        if !self.is_read() {
            return;
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => {}
            // The reader has gone: what it has read was enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.gone = true,
            Err(error) => self.failed = Some(error),
        }
    }

    /// Whether there is a point in writing more to standard output.
    pub fn is_read(&self) -> bool {
        self.failed.is_none() && !self.gone
    }

    /// Whether more than usual is wanted.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Says something that must be heard.
    #[expect(clippy::unused_self, reason = "all writing goes through the terminal")]
    pub fn err(&self, text: &str) {
        // Nobody could be told that nobody can be told.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Says how it went, unless quiet is wanted.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            self.err(&format!("{line}\n"));
        }
    }

    /// Says what is being done, if that is wanted.
    pub fn detail(&self, line: &str) {
        if self.verbose {
            self.err(&format!("{line}\n"));
        }
    }

    /// Says why it could not be tried.
    pub fn trouble(&self, trouble: &Trouble) {
        let color = self.options(Stream::Err).color;
        let word = |style: Style, word: &str| if color { format!("{style}{word}{style:#}") } else { word.to_owned() };
        let visible = |text: &str| text.chars().map(visible).collect::<String>();
        let error = word(AnsiColor::Red.on_default().bold(), "error");
        let mut text = format!("{error}: {}\n", visible(&trouble.message));
        if let Some(help) = &trouble.help {
            let word = word(AnsiColor::Cyan.on_default().bold(), "help:");
            text = format!("{text}  {word} {}\n", visible(help));
        }
        self.err(&text);
    }

    /// A bar for `steps` steps; invisible where there is no terminal, quiet is wanted, or it would be over at once.
    pub fn progress(&self, doing: &'static str, steps: u64) -> ProgressBar {
        let visible = !self.quiet && steps >= LONG && io::stderr().is_terminal();
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(steps), target).with_message(doing);
        match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    /// Whether everything that was asked for could be written.
    pub fn finish(&mut self) -> Result<(), Trouble> {
        match self.failed.take() {
            Some(error) => Err(Trouble::new(format!("cannot write to standard output: {error}"))),
            None => Ok(()),
        }
    }
}

/// Whether the locale can show box characters: all do that are not `C` or `POSIX` by name.
fn has_unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    !matches!(locale.as_deref(), Some("C" | "POSIX"))
}
