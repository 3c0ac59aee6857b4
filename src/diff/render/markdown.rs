//! For a comment on a pull request: the gravest first in a few lines, everything else folded away, within GitHub's limit.

use std::fmt::Write;

use super::json::status;
use super::{Options, causes, counted, headline, objects, place, sign};
use crate::diff::report::{Change, Effect, Level, Report, Subject, SubjectKind, Verdict};
use crate::diff::words::{EFFECTS, list, summary};

/// A comment on GitHub may have 65,536 characters; the rest is for what others put around it.
const LONGEST: usize = 60_000;
/// Changes that are shown before anything is folded away.
const SHOWN: usize = 12;

pub(super) fn render(report: &Report, options: &Options) -> String {
    if report.behaviour.is_empty() && report.unknown.is_empty() && report.objects.is_empty() && report.text.is_empty() {
        return "No change in the output.\n".to_owned();
    }
    let mut out = Out { text: String::new(), cut: false };
    let proved = if report.verdict() == Verdict::Unchanged { " (proved)" } else { "" };
    let risk = report.risk().map(|level| format!(", risk **{}**", level.as_str())).unwrap_or_default();
    out.add(&format!("**{}**{proved}{risk}\n\n", headline(report)));
    for line in summary(&report.behaviour) {
        out.add(&format!("- {}\n", escaped(&line)));
    }
    out.add("\n");
    for unknown in &report.unknown {
        out.add(&format!("> {}\n", escaped(unknown)));
    }
    let mut changes: Vec<&Change> = report.behaviour.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.risks.iter().map(|risk| risk.level).max()));
    let (shown, folded) = changes.split_at(changes.len().min(SHOWN));
    for change in shown {
        out.add(&item(change));
    }
    if !options.brief && !folded.is_empty() {
        out.fold(&counted(folded.len(), "more behavioural change"), folded.iter().map(|change| item(change)));
    }
    let words = objects(report);
    if !words.is_empty() {
        let items = report.objects.iter().map(|object| {
            let files =
                if let [one] = object.files.as_slice() { one.clone() } else { counted(object.files.len(), "file") };
            let mut text = format!(
                "- {} **{}** {:?} in {}\n",
                escaped(&object.kind),
                escaped(&object.name),
                object.status,
                escaped(&files)
            );
            for field in &object.fields {
                let value = |value: &Option<String>| value.as_deref().map_or("nothing".to_owned(), code);
                let _ = writeln!(text, "  - {}: {} → {}", code(&field.path), value(&field.before), value(&field.after));
            }
            text
        });
        if options.brief { out.add(&format!("\n{words}\n")) } else { out.fold(&words, items) }
    }
    let summary = report.text.summary();
    if !summary.is_empty() {
        if options.brief {
            out.add(&format!("\n{summary}\n"));
        } else {
            let rows = report.text.files.iter().map(|(path, file)| {
                format!("- {} {} (+{} −{})\n", status(file), code(path), file.insertions, file.deletions)
            });
            out.fold(&summary, rows);
            out.patch(report);
        }
    }
    if out.cut {
        out.text.push_str(
            "\nThe report is cut here: a comment on GitHub cannot be longer. `alertsmith diff -v` shows it whole.\n",
        );
    }
    out.text
}

struct Out {
    text: String,
    cut: bool,
}

impl Out {
    /// Adds a part, unless that would make the comment too long.
    fn add(&mut self, part: &str) {
        if self.text.chars().count() + part.chars().count() > LONGEST {
            self.cut = true;
        } else {
            self.text.push_str(part);
        }
    }

    /// Adds parts that are folded away; those that do not fit are counted.
    fn fold(&mut self, title: &str, parts: impl Iterator<Item = String>) {
        let mut body = String::new();
        let mut room = LONGEST.saturating_sub(self.text.chars().count() + 400);
        let mut left_out = 0;
        for part in parts {
            let length = part.chars().count();
            if left_out > 0 || length > room {
                left_out += 1;
            } else {
                room -= length;
                body.push_str(&part);
            }
        }
        if left_out > 0 {
            self.cut = true;
            let _ = writeln!(body, "- … and {left_out} more");
        }
        let _ = write!(self.text, "\n<details><summary>{}</summary>\n\n{body}\n</details>\n", escaped(title));
    }

    fn patch(&mut self, report: &Report) {
        let patch = report.text.render(false);
        let room = LONGEST.saturating_sub(self.text.chars().count() + 400);
        let mut shown = String::new();
        let mut length = 0;
        for line in patch.split_inclusive('\n') {
            length += line.chars().count();
            if length > room {
                self.cut = true;
                break;
            }
            shown.push_str(line);
        }
        if shown.is_empty() {
            return;
        }
        // A fence must be longer than any in what it holds.
        let fence = "`".repeat(longest_run(&shown, '`').max(2) + 1);
        let _ = write!(self.text, "\n<details><summary>Lines</summary>\n\n{fence}diff\n{shown}{fence}\n\n</details>\n");
    }
}

fn item(change: &Change) -> String {
    let level = change.risks.iter().map(|risk| risk.level).max();
    let mark = match level {
        Some(Level::High) => "🔴 ",
        Some(Level::Medium) => "🟠 ",
        Some(Level::Low) | None => "",
    };
    let mut text = format!("- {mark}`{}` {}\n", sign(change), escaped(&change.text));
    let mut details = Vec::new();
    if !change.hosts.is_empty() {
        details.push(escaped(&format!("{}: {}", counted(change.hosts.len(), "host"), list(&change.hosts))));
    }
    if !change.alerts.is_empty() && change.subject.kind == SubjectKind::Routing {
        let alerts: Vec<String> = change.alerts.iter().map(Subject::words).collect();
        details.push(escaped(&list(&alerts)));
    }
    if let Some(witness) = &change.witness {
        let labels: Vec<String> = witness.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        details.push(format!("for example {}", code(&labels.join(" "))));
    }
    let risks = change.risks.iter().filter(|risk| !EFFECTS.contains(&risk.reason.as_str()));
    details.extend(risks.map(|risk| format!("risk {}: {}", risk.level.as_str(), escaped(&risk.reason))));
    if change.effect != Effect::None {
        details.push(change.effect.words().to_owned());
    }
    details.extend(causes(change).iter().take(2).map(|(cause, old)| escaped(&place(cause, *old))));
    for detail in details {
        let _ = writeln!(text, "  <br>{detail}");
    }
    text
}

/// Text of others as inline code.
fn code(text: &str) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{blank}{text}{blank}{ticks}")
}

/// Text of others in which nothing is markup, and nobody is mentioned.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', character]),
            _ if character.is_control() => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}
