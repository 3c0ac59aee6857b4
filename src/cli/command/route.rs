//! `alertsmith route`: where alerts go.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::args::{AnswerFormat, RouteArgs};
use crate::cli::decider;
use crate::cli::exit::{Exit, Trouble};
use crate::cli::terminal::Terminal;
use crate::explain::route::batch::{Batch, LINE_LIMIT};
use crate::explain::route::json::Answers;
use crate::explain::route::text::{self, Telling};
use crate::explain::route::{Question, label};
use crate::routing::{LabelSet, Zone};

/// Bytes of answers that are collected before they are written, while there is more to read.
const WRITTEN_AT_ONCE: usize = 1 << 16;

pub fn run(args: &RouteArgs, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let at = args.at.as_deref().map(instant).transpose()?;
    let mut labels = LabelSet::new();
    for text in &args.labels {
        let (name, value) =
            label(text).map_err(|why| Trouble::new(format!("`{text}` is not a label of an alert: {why}")))?;
        labels.insert(name, value);
    }
    let streams = [&args.config, &args.labels_file];
    if streams.iter().all(|path| path.as_ref().is_some_and(|path| path.as_os_str() == "-")) {
        return Err(Trouble::new("the configuration and the labels cannot both come from standard input"));
    }
    let decider = match &args.config {
        Some(path) => decider::from_file(path, args.alertmanager, terminal),
        None => decider::from_spec(args.spec.as_deref(), terminal),
    }?;
    let Some(decider) = decider else { return Ok(Exit::Findings) };
    let question = Question { configuration: &decider.configuration, at };
    if let Some(path) = &args.labels_file {
        let exit = batch(path, Batch::new(Answers::new(question)), terminal)?;
        return Ok(if exit == Exit::Fine { decider.exit } else { exit });
    }
    match args.format {
        AnswerFormat::Json => terminal.out(&(Answers::new(question).in_full(&labels) + "\n")),
        AnswerFormat::Human => {
            let telling = Telling {
                by: &decider.by,
                places: &decider.places,
                silent: &decider.silent,
                all: terminal.is_verbose(),
            };
            terminal.out(&text::tell(question, &labels, telling));
        }
    }
    Ok(decider.exit)
}

/// The instant that `--at` names, in seconds since 1970.
pub(super) fn instant(text: &str) -> Result<i64, Trouble> {
    if text == "now" {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        return now
            .and_then(|now| i64::try_from(now.as_secs()).ok())
            .ok_or_else(|| Trouble::new("the clock of this machine is wrong"));
    }
    Zone::UTC.instant(text).map_err(|error| {
        Trouble::new(error.message).help("Write a date, a time and an offset, or `now`; without an offset it is UTC.")
    })
}

/// Answers every line of a file as it comes.
fn batch(path: &Path, mut batch: Batch<'_>, terminal: &mut Terminal) -> Result<Exit, Trouble> {
    let trouble = |error: io::Error| Trouble::file("read", path, error);
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(trouble)?)
    };
    let mut input = BufReader::with_capacity(WRITTEN_AT_ONCE, input);
    let mut out = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = LINE_LIMIT as u64 + 1;
        let read = input.by_ref().take(limit).read_until(b'\n', &mut line).map_err(trouble)?;
        let whole = line.len() <= LINE_LIMIT;
        if read > 0 {
            if !whole && line.last() != Some(&b'\n') {
                input.skip_until(b'\n').map_err(trouble)?;
            }
            batch.answer(whole.then_some(line.as_slice()), &mut out);
        }
        // Whoever writes line by line is answered line by line.
        if out.len() >= WRITTEN_AT_ONCE || read == 0 || input.buffer().is_empty() {
            terminal.out(&out);
            out.clear();
        }
        if read == 0 || !terminal.is_read() {
            break;
        }
    }
    let Some((count, first)) = batch.wrong() else { return Ok(Exit::Fine) };
    let lines = if count == 1 { "a line".to_owned() } else { format!("{count} lines, the first") };
    let place = format!("{}:{}:{}", path.display(), first.line, first.column);
    terminal.trouble(&Trouble::new(format!("cannot read {lines} at {place}: {}", first.message)));
    Ok(Exit::Trouble)
}
