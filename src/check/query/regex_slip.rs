//! `query/regex-slip`: a regular expression that is valid and means something else than it looks like.

use std::ops::Range;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::MatchOp;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/regex-slip", "0.1.0", include_str!("regex_slip.md"));

/// What is wrong with an expression.
struct Slip {
    /// Bytes of the value.
    range: Range<usize>,
    label: &'static str,
    note: &'static str,
    better: String,
}

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        for matcher in rule.expr.selectors().flat_map(|selector| &selector.matchers) {
            if !matches!(matcher.op, MatchOp::Regex | MatchOp::NotRegex) {
                continue;
            }
            let Some(value) = matcher.value.known() else { continue };
            let Some(slip) = slip(value) else { continue };
            // Where quotes and escapes stand in between, the whole value is marked.
            let inner = matcher.value.range.start + 1;
            let verbatim = rule.text(&(inner..inner + value.len())) == value;
            let range =
                if verbatim { inner + slip.range.start..inner + slip.range.end } else { matcher.value.range.clone() };
            let label = &matcher.label.name;
            sink.push(
                rule.finding(
                    &CODE,
                    format!("the expression for `{label}` in {} does not mean what it looks like", rule.title()),
                )
                .at(rule.span(&range), slip.label)
                .note(slip.note)
                .help(format!("Write `{}`.", slip.better)),
            );
        }
    }
}

fn slip(value: &str) -> Option<Slip> {
    star(value).or_else(|| spaces(value))
}

/// `web*`, written as a pattern of file names: any number of `b`.
fn star(value: &str) -> Option<Slip> {
    let mut ends = value.char_indices().filter(|(at, c)| {
        let rest = value.get(at + c.len_utf8()..).unwrap_or_default();
        *c == '*' && (rest.is_empty() || rest.starts_with('|') || rest.starts_with(')'))
    });
    let (at, _) = ends.find(|(at, _)| {
        let before = &value[..*at];
        let last = before.chars().next_back();
        let escaped = before.chars().rev().skip(1).take_while(|c| *c == '\\').count() % 2 == 1;
        let word = before.chars().rev().take_while(|c| c.is_alphanumeric() || "-_/:".contains(*c)).count();
        !escaped && word >= 2 && last.is_some_and(|c| c.is_alphanumeric() || "-_/:".contains(c))
    })?;
    let mut better = value.to_owned();
    better.insert(at, '.');
    let start = value[..at].char_indices().next_back().map_or(at, |(start, _)| start);
    Some(Slip {
        range: start..at + 1,
        label: "this letter any number of times, then the end",
        note: "In a regular expression `*` repeats what stands in front of it. It does not stand for any text, as in patterns of file names.",
        better,
    })
}

/// `a | b`: the spaces belong to the values.
fn spaces(value: &str) -> Option<Slip> {
    let at = value.match_indices('|').find_map(|(at, _)| {
        let (before, after) = (value[..at].ends_with(' '), value[at + 1..].starts_with(' '));
        (before || after).then_some(at - usize::from(before)..at + 1 + usize::from(after))
    })?;
    let better: Vec<&str> = value.split('|').map(str::trim).collect();
    Some(Slip {
        range: at,
        label: "the space is a part of the value",
        note: "Everything between the bars counts, spaces too, and values of labels rarely begin or end with one.",
        better: better.join("|"),
    })
}
