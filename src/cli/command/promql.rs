//! `alertsmith promql`: one expression a line on standard input, one answer a line on standard output.
//!
//! Lines are answered as they come: those that are there already together and on all threads, and then written before
//! more are waited for. So a program at the other end can ask one by one, and a file of millions is read in pieces.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Read};

use rayon::prelude::*;

use crate::cli::args::{PromqlArgs, PromqlInput};
use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;
use crate::promql::{self, Error, Target, Version};

/// Lines beyond this many bytes are refused and not kept in memory.
const LINE: usize = 64 << 20;
/// At most so many lines are answered at once.
const BATCH: usize = 1024;

pub fn run(args: &PromqlArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let target = target(args, terminal);
    if io::stdin().is_terminal() {
        terminal.note("expressions are read from the terminal, one a line; Ctrl-D ends");
    }
    let mut input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut fine = true;
    while terminal.is_read() {
        let lines =
            waiting(&mut input).map_err(|error| Trouble::new(format!("cannot read standard input: {error}")))?;
        if lines.is_empty() {
            break;
        }
        let answers: Vec<Result<String, String>> =
            lines.par_iter().map(|line| answer(line, args.input, &target)).collect();
        fine &= answers.iter().all(Result::is_ok);
        let text: String = answers.iter().flat_map(|(Ok(answer) | Err(answer))| [answer.as_str(), "\n"]).collect();
        terminal.out(&text);
    }
    Ok(if fine { Exit::Fine } else { Exit::Findings })
}

/// The Prometheus that is meant.
fn target(args: &PromqlArgs, terminal: &Terminal) -> Target {
    let (version, newest) = (args.prometheus, Version::NEWEST);
    if version > newest {
        terminal.note(&format!("Prometheus {version} is newer than what is known here; it is taken for {newest}"));
    }
    let features = args.enable_feature.iter().filter_map(|feature| feature.parsed()).collect();
    Target { prometheus: version.min(newest), features }
}

/// The next line, and those behind it that have been read already; none at the end.
fn waiting(input: &mut io::BufReader<impl Read>) -> io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    loop {
        let Some(line) = next(input)? else { return Ok(lines) };
        lines.push(line);
        if lines.len() == BATCH || !input.buffer().contains(&b'\n') {
            return Ok(lines);
        }
    }
}

/// One line without its end, cut off shortly behind the limit.
fn next(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut any = false;
    loop {
        let piece = match input.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            piece => piece?,
        };
        if piece.is_empty() {
            return Ok(any.then_some(line));
        }
        any = true;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let (text, _) = piece.split_at(end.unwrap_or(piece.len()));
        if line.len() <= LINE {
            line.extend_from_slice(text);
        }
        let used = text.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// The answer to a line; an error is one as well.
fn answer(line: &[u8], input: PromqlInput, target: &Target) -> Result<String, String> {
    let refused = |error: Error| Err(promql::refusal(&[error]));
    if line.len() > LINE {
        return refused(Error::new(0..LINE, format!("the line is longer than {} MiB", LINE >> 20)));
    }
    let text = match str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => {
            let start = error.valid_up_to();
            let end = error.error_len().map_or(line.len(), |length| start + length);
            return refused(Error::new(start..end, "this is not UTF-8"));
        }
    };
    match input {
        PromqlInput::Lines => promql::answer(text, target),
        PromqlInput::Json => match serde_json::from_str::<String>(text) {
            Ok(query) => promql::answer(&query, target),
            Err(error) => refused(
                Error::new(0..text.len(), format!("the line is not a JSON string: {error}"))
                    .with_help("with `--input json` every line is one string in double quotes; `--input lines` takes expressions as they are"),
            ),
        },
    }
}
