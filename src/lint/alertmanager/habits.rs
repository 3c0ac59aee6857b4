//! Notations that still load and will not for ever.

use crate::alertmanager::{Config, Section, Value, matcher_syntax};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::routing::{Matcher, Operator, ParsedMatchers, parse_matchers};
use crate::source::{Span, Text};

/// A field that a later release will not know.
pub static DEPRECATED: Code = Code::warning(
    "alertmanager/deprecated",
    "0.1.0",
    include_str!("../../diagnostic/stage/alertmanager/deprecated.md"),
);

/// A matcher that only the old grammar reads.
pub static MATCHER_SYNTAX: Code = Code::warning(
    "alertmanager/matcher-syntax",
    "0.1.0",
    include_str!("../../diagnostic/stage/alertmanager/matcher-syntax.md"),
);

/// Reports them.
pub(super) fn look(config: &Config, sink: &mut Sink) {
    deprecated(config, sink);
    let lists = config.routes().into_iter().map(|route| (route, &["matchers"] as &[&str]));
    let rules = config.inhibit_rules().map(|rule| (rule, &["source_matchers", "target_matchers"] as &[&str]));
    for (section, keys) in lists.chain(rules) {
        for key in keys {
            for text in section.get(key).map(Value::items).unwrap_or_default().iter().filter_map(Value::text) {
                matcher(config, text, sink);
            }
        }
    }
}

/// One finding per file and kind: who begins to replace them replaces all.
fn deprecated(config: &Config, sink: &mut Sink) {
    let old = ["match", "match_re", "source_match", "source_match_re", "target_match", "target_match_re"];
    let sections: Vec<&Section> = config.routes().into_iter().chain(config.inhibit_rules()).collect();
    let found: Vec<(&str, Span, String)> = sections
        .iter()
        .flat_map(|section| section.fields.iter())
        .filter(|entry| old.contains(&entry.field.name))
        .map(|entry| (entry.field.name, entry.key.span(), as_matchers(entry.field.name, &entry.value)))
        .collect();
    if let Some((name, span, instead)) = found.first() {
        let others = found.len() - 1;
        let diagnostic = Diagnostic::new(&DEPRECATED, format!("`{name}` is deprecated in favour of matchers"))
            .at(*span, "the old notation")
            .note(
                "Alertmanager says since 0.22 that it will be removed. It also takes label names of the old kind only.",
            );
        let diagnostic = match others {
            0 => diagnostic,
            1 => diagnostic.note("The file has one more such place."),
            more => diagnostic.note(format!("The file has {more} more such places.")),
        };
        let list = name.replace("match_re", "matchers").replace("match", "matchers").replace("matchersers", "matchers");
        sink.push(diagnostic.help(format!("Write `{list}: [{instead}]`.")));
    }
    if let Some(entry) = config.top.entry("mute_time_intervals") {
        sink.push(
            Diagnostic::new(&DEPRECATED, "the list `mute_time_intervals` at the top is deprecated")
                .at(entry.key.span(), "the old name")
                .note("Since 0.24 the times are called `time_intervals`, because routes can be active in them too. In routes the key `mute_time_intervals` stays.")
                .help("Rename it to `time_intervals`, or add its entries to the list of that name."),
        );
    }
}

/// The same conditions in the new notation.
fn as_matchers(name: &str, value: &Value) -> String {
    let operator = if name.ends_with("_re") { Operator::Matches } else { Operator::Equal };
    let one = |(label, value): &(Text, Value)| {
        let text = value.text().map_or("", |text| text.as_str());
        let matcher = Matcher::new(label.as_str(), operator, text).ok()?;
        Some(format!("'{}'", matcher.to_string().replace('\'', "''")))
    };
    value.entries().iter().filter_map(one).collect::<Vec<_>>().join(", ")
}

fn matcher(config: &Config, text: &Text, sink: &mut Sink) {
    let written = text.as_str();
    let Ok(ParsedMatchers { matchers, classic_only, disagreement }) =
        parse_matchers(written, matcher_syntax(config.version))
    else {
        return;
    };
    let brace = written.starts_with('{') != written.ends_with('}')
        && !matchers.iter().any(|(_, range)| range.end == written.len() && written.ends_with('}'));
    let (headline, label) = if brace {
        ("a brace of this matcher is dropped", "only one brace")
    } else if disagreement {
        ("the two grammars of matchers read this differently", "the old reading counts, for now")
    } else if classic_only {
        ("only the old grammar of matchers reads this", "the new grammar refuses it")
    } else {
        return;
    };
    let instead: Vec<String> = matchers.iter().map(|(matcher, _)| matcher.to_string()).collect();
    sink.push(
        Diagnostic::new(&MATCHER_SYNTAX, headline)
            .at(text.span(), label)
            .note("Since 0.27 Alertmanager reads matchers with a new grammar and falls back to the old one with a warning in its log; a later release will not.")
            .help(format!("Write what is meant today: `{}`.", instead.join("`, `"))),
    );
}
