//! `query/needless-regex`: a regular expression where text would do, or anchors that are there anyway.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};
use crate::promql::{MatchOp, Pattern};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::optional("query/needless-regex", "0.1.0", include_str!("needless_regex.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in &context.rules {
        for matcher in rule.expr.selectors().flat_map(|selector| &selector.matchers) {
            let plain = match matcher.op {
                MatchOp::Regex => "=",
                MatchOp::NotRegex => "!=",
                MatchOp::Equal | MatchOp::NotEqual => continue,
            };
            let Some(value) = matcher.value.known() else { continue };
            let label = &matcher.label.name;
            let (what, help) = match plain_text(value) {
                Some(text) => ("one value only", format!("Write `{label}{plain}\"{text}\"`.")),
                None if anchored(value) => (
                    "anchored on both sides anyway",
                    format!("Leave the anchors out: `{}`.", value.trim_start_matches('^').trim_end_matches('$')),
                ),
                None => continue,
            };
            sink.push(
                rule.finding(&CODE, format!("the expression for `{label}` in {} says more than it has to", rule.title()))
                    .at(rule.span(&matcher.value.range), what)
                    .note("Prometheus matches regular expressions against the whole value. What is not needed hides what is meant.")
                    .help(help),
            );
        }
    }
}

/// The only value that an expression matches, if that needs no expression.
fn plain_text(value: &str) -> Option<&str> {
    let bare = value.strip_prefix('^').unwrap_or(value);
    let bare = bare.strip_suffix('$').unwrap_or(bare);
    let words = Pattern::parse(value).ok()?;
    let only = words.words().filter(|words| words.len() == 1)?.first()?;
    (only == bare && !bare.is_empty()).then_some(bare)
}

fn anchored(value: &str) -> bool {
    let alternatives = value.contains('|') && !value.contains('(');
    !alternatives && value.len() > 2 && (value.starts_with('^') || (value.ends_with('$') && !value.ends_with("\\$")))
}
