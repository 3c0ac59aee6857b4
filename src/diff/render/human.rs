//! For a terminal: one block for each thing that behaves otherwise, then how much else changes.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{Options, causes, counted, headline, objects, place, sign};
use crate::diagnostic::render::{STRONG, hang, one_line, paint};
use crate::diff::report::{Change, Effect, Level, Report, Status, Subject, SubjectKind, Verdict};
use crate::diff::words::{EFFECTS, list, scope, summary};

/// Causes shown before "and 3 more places"; `-v` shows all.
const PLACES: usize = 2;

pub(super) fn render(report: &Report, options: &Options) -> String {
    if report.behaviour.is_empty() && report.unknown.is_empty() && report.objects.is_empty() && report.text.is_empty() {
        return String::new();
    }
    let mut out = Out { text: String::new(), options };
    out.top(report);
    if !options.brief {
        out.behaviour(report);
        out.objects(report);
    }
    out.bottom(report);
    out.text
}

struct Out<'o> {
    text: String,
    options: &'o Options,
}

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const OTHER: Style = AnsiColor::Yellow.on_default();
const FAINT: Style = Style::new().dimmed();

impl Out<'_> {
    fn paint(&self, text: &str, style: Style) -> String {
        paint(text, style, self.options.color)
    }

    /// A line below `indent` columns, wrapped.
    fn line(&mut self, indent: usize, text: &str, style: Style) {
        let mut wrapped = String::new();
        hang(&mut wrapped, "", 0, &one_line(text), self.options.width.max(40).saturating_sub(indent));
        for line in wrapped.lines() {
            let line = self.paint(line, style);
            let _ = writeln!(self.text, "{:indent$}{line}", "");
        }
    }

    fn top(&mut self, report: &Report) {
        let mut words = headline(report);
        if let Some(level) = report.risk() {
            words = format!("{words}, risk {}", level.as_str());
        }
        if report.verdict() == Verdict::Unchanged {
            words.push_str(" (proved)");
        }
        self.line(0, &words, STRONG);
        for line in summary(&report.behaviour) {
            self.line(2, &line, Style::new());
        }
        for unknown in &report.unknown {
            self.line(2, unknown, OTHER);
        }
    }

    fn behaviour(&mut self, report: &Report) {
        let mut last: Option<(&SubjectKind, &str)> = None;
        for change in &report.behaviour {
            let key = (&change.subject.kind, change.subject.name.as_str());
            if last != Some(key) {
                self.text.push('\n');
                self.line(0, &title(&change.subject), STRONG);
                last = Some(key);
            }
            self.change(change);
        }
    }

    fn change(&mut self, change: &Change) {
        let sign = sign(change);
        let style = match sign {
            '+' => GOOD,
            '-' => BAD,
            _ => OTHER,
        };
        let severity = change.subject.severity.as_ref().map(|severity| format!("{severity}  ")).unwrap_or_default();
        let mark = self.paint(&sign.to_string(), style);
        let first = format!("  {mark} ");
        let width = self.options.width.max(40);
        hang(&mut self.text, &first, 4, &one_line(&format!("{severity}{}", change.what())), width);
        let mut place_words = scope(&change.scopes);
        if !change.hosts.is_empty() && change.subject.kind != SubjectKind::Host {
            let hosts = if self.options.verbose { change.hosts.join(", ") } else { list(&change.hosts) };
            let hosts = format!("{}: {hosts}", counted(change.hosts.len(), "host"));
            place_words = if place_words.is_empty() { hosts } else { format!("{place_words} ({hosts})") };
        }
        if !place_words.is_empty() {
            self.line(6, &place_words, Style::new());
        }
        if !change.alerts.is_empty() && change.subject.kind == SubjectKind::Routing {
            let alerts: Vec<String> = change.alerts.iter().map(Subject::words).collect();
            let alerts = if self.options.verbose { alerts.join(", ") } else { list(&alerts) };
            self.line(6, &alerts, Style::new());
        }
        if let Some(witness) = &change.witness {
            let labels: Vec<String> = witness.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
            let labels = if labels.is_empty() { "an alert without labels".to_owned() } else { labels.join(" ") };
            self.line(6, &format!("for example {labels}"), Style::new());
        }
        let shown = change.risks.iter().filter(|risk| risk.level > Level::Low || self.options.verbose);
        for risk in shown.filter(|risk| !EFFECTS.contains(&risk.reason.as_str())) {
            let style = if risk.level == Level::High { BAD } else { OTHER };
            self.line(6, &format!("risk {}: {}", risk.level.as_str(), risk.reason), style);
        }
        if change.effect != Effect::None {
            self.line(6, change.effect.words(), OTHER);
        }
        let causes = causes(change);
        let shown = if self.options.verbose { causes.len() } else { PLACES };
        for (cause, old) in causes.iter().take(shown) {
            self.line(6, &place(cause, *old), FAINT);
        }
        if let Some(more) = causes.len().checked_sub(shown).filter(|more| *more > 0) {
            self.line(6, &format!("and {}", counted(more, "more place")), FAINT);
        }
    }

    fn objects(&mut self, report: &Report) {
        if !self.options.verbose || report.objects.is_empty() {
            return;
        }
        self.text.push('\n');
        for object in &report.objects {
            let (sign, style) = match object.status {
                Status::Added => ('+', GOOD),
                Status::Removed => ('-', BAD),
                Status::Renamed | Status::Changed | Status::Moved => ('~', OTHER),
            };
            let was = object.old_name.as_ref().map(|old| format!(" (was {old})")).unwrap_or_default();
            let files = match object.files.as_slice() {
                [one] => format!("  {one}"),
                several => format!("  the same in {}", counted(several.len(), "file")),
            };
            let mark = self.paint(&sign.to_string(), style);
            let head = one_line(&format!("{} {}{was}{files}", object.kind, object.name));
            let _ = writeln!(self.text, "{mark} {head}");
            for field in &object.fields {
                let (before, after) = (field.before.as_deref(), field.after.as_deref());
                let value = match (before, after) {
                    (Some(before), Some(after)) => format!("{before} -> {after}"),
                    (None, Some(after)) => format!("+ {after}"),
                    (Some(before), None) => format!("- {before}"),
                    (None, None) => String::new(),
                };
                let text = format!("{}: {}", field.path, value.split_whitespace().collect::<Vec<_>>().join(" "));
                self.line(4, &text, Style::new());
            }
        }
    }

    fn bottom(&mut self, report: &Report) {
        let objects = objects(report);
        let text = report.text.summary();
        if !objects.is_empty() || !text.is_empty() {
            self.text.push('\n');
        }
        let unfold = if self.options.verbose || self.options.brief { "" } else { " (-v shows them)" };
        if !objects.is_empty() {
            self.line(0, &format!("Objects: {objects}{unfold}"), Style::new());
        }
        if !text.is_empty() {
            self.line(0, &format!("Text: {text}{unfold}"), Style::new());
        }
        if self.options.verbose && !self.options.brief {
            let _ = write!(self.text, "\n{}", report.text.render(self.options.color));
        }
    }
}

fn title(subject: &Subject) -> String {
    let kind = match subject.kind {
        SubjectKind::Alert => "",
        SubjectKind::Record => "record ",
        SubjectKind::Host => "host ",
        SubjectKind::Routing => "",
        SubjectKind::Channel => "channel ",
        SubjectKind::Calendar => "calendar ",
        SubjectKind::Secret => "secret ",
        SubjectKind::Check => "check ",
    };
    format!("{kind}{}", subject.name)
}
