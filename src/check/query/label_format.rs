//! `query/label-format`: a bucket bound or quantile written as a whole number, which Prometheus 3 stores as `1.0`.

use std::collections::BTreeMap;

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::promql::{MatchOp, Matcher, Pattern, Version};
use crate::source::FileId;

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("query/label-format", "0.1.0", include_str!("label_format.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    // What is written in the same way all over a file is one thing to do.
    let mut seen: BTreeMap<(FileId, String, String), (Diagnostic, usize)> = BTreeMap::new();
    for rule in context.rules.iter().filter(|rule| rule.target.prometheus >= Version::new(3, 0)) {
        for matcher in rule.expr.selectors().flat_map(|selector| &selector.matchers) {
            let Some(words) = bounds(matcher).filter(|words| !words.is_empty() && words.iter().all(|word| whole(word)))
            else {
                continue;
            };
            let (label, value) = (matcher.label.name.clone(), matcher.value.value.clone());
            let span = rule.span(&matcher.value.range);
            let first = words.first().map_or("", String::as_str);
            let finding = || {
                let headline =
                    format!("{} asks for `{label}` in a form that Prometheus 3 does not store", rule.title());
                let diagnostic = rule.finding(&CODE, headline).at(span, format!("stored as `{first}.0`"));
                diagnostic.note("Since 3.0 Prometheus writes bucket bounds and quantiles of all scraped metrics as floating-point numbers, so this matches only what 2.x has stored.").help(format!("Match both, as long as there is old data: `{label}=~\"{first}(\\\\.0)?\"`."))
            };
            seen.entry((span.file, label.clone(), value)).or_insert_with(|| (finding(), 0)).1 += 1;
        }
    }
    for (diagnostic, count) in seen.into_values() {
        sink.push(match count {
            1 => diagnostic,
            _ => diagnostic.note(format!("The same stands in {} other places of this file.", count - 1)),
        });
    }
}

/// The values that a matcher on a bucket bound or quantile asks for, if they are known.
fn bounds(matcher: &Matcher) -> Option<Vec<String>> {
    let value = matcher.value.known().filter(|_| matches!(matcher.label.name.as_str(), "le" | "quantile"))?;
    match matcher.op {
        MatchOp::Equal => Some(vec![value.to_owned()]),
        MatchOp::Regex => {
            let pattern = Pattern::parse(value).ok()?;
            pattern.words().map(|words| words.iter().cloned().collect())
        }
        MatchOp::NotEqual | MatchOp::NotRegex => None,
    }
}

/// A whole number without a point.
fn whole(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
