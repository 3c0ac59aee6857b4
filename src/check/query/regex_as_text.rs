//! `query/regex-as-text`: a regular expression behind `=`, which compares letter by letter.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::{MatchOp, Matcher};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/regex-as-text", "0.1.0", include_str!("regex_as_text.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        for matcher in rule.expr.selectors().flat_map(|selector| &selector.matchers) {
            let (operator, effect) = match matcher.op {
                MatchOp::Equal => ("=~", "matches no series that has a usual value"),
                MatchOp::NotEqual => ("!~", "leaves nothing out"),
                MatchOp::Regex | MatchOp::NotRegex => continue,
            };
            let Some(part) = expression(matcher) else { continue };
            let (label, op) = (&matcher.label.name, matcher.op.as_str());
            sink.push(
                rule.finding(
                    &CODE,
                    format!("{} compares `{label}` with a regular expression as if it were text", rule.title()),
                )
                .at(rule.span(&matcher.value.range), format!("`{part}` is meant as it stands here"))
                .also(rule.span(&matcher.op_range), effect)
                .note(format!("`{op}` compares letter by letter; only `=~` and `!~` read regular expressions."))
                .help(format!("Write `{label}{operator}{}`.", rule.text(&matcher.value.range))),
            );
        }
    }
}

/// The part of a value that only makes sense in a regular expression.
fn expression(matcher: &Matcher) -> Option<&'static str> {
    // Routes are a usual value of labels, and some programs export theirs as the expressions they are.
    let value = matcher.value.known().filter(|value| !value.starts_with(['^', '/']))?;
    let between = |a: char, b: char| {
        value.char_indices().any(|(at, c)| {
            let (before, after) = (value[..at].chars().next_back(), value[at + c.len_utf8()..].chars().next());
            c == '|'
                && before.is_some_and(|x| x.is_alphanumeric() || x == a)
                && after.is_some_and(|x| x.is_alphanumeric() || x == b)
        })
    };
    if value.contains(".*") {
        Some(".*")
    } else if value.contains(".+") {
        Some(".+")
    } else if value.contains("[0-9]") {
        Some("[0-9]")
    } else if value.contains("\\d") {
        Some("\\d")
    } else if between(')', '(') {
        Some("|")
    } else {
        None
    }
}
