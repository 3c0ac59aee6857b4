//! Where alerts go: one label set for people and programs, or thousands of them a line each.
//!
//! [`json`] has the answers that programs read, [`batch`] reads label sets a line at a time, and [`text`] tells a person why
//! each route did or did not take the alert.

pub mod batch;
pub mod json;
pub mod text;

use crate::routing::{
    Configuration, LabelSet, Muted, Operator, Options, RouteId, Syntax, Tree, Zone, muted, parse_matcher,
};

/// What is asked, apart from labels.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who decides.
    pub configuration: &'a Configuration,
    /// The instant, in seconds since 1970, at which intervals are asked; without one they are only named. Intervals in
    /// Alertmanager's own zone (`Local`) are asked in UTC.
    pub at: Option<i64>,
}

impl Question<'_> {
    /// Why a route is silent at an instant, if it is.
    fn silent(&self, options: &Options, at: i64) -> Option<Muted> {
        muted(options, &self.configuration.intervals, at, &Zone::UTC)
    }
}

/// A label of the command line, `name=value`. The value may be quoted, as amtool takes it; a text that no matcher parser reads
/// is taken as it is. Fails with what is wrong.
pub fn label(text: &str) -> Result<(String, String), String> {
    if let Ok(matcher) = parse_matcher(text, Syntax::Fallback) {
        return match matcher.operator() {
            Operator::Equal => Ok((matcher.name().to_owned(), matcher.value().to_owned())),
            other @ (Operator::NotEqual | Operator::Matches | Operator::NotMatches) => Err(format!(
                "an alert has labels, not conditions: write `{0}=VALUE`, or `{0}=\"…\"` for a value that begins with `{1}`",
                matcher.name(),
                other.as_str().trim_start_matches('=')
            )),
        };
    }
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) | None => Err("a label is written `NAME=VALUE`".to_owned()),
    }
}

/// The positions that lead from the root to a route; none for the root itself.
fn positions(tree: &Tree, id: RouteId) -> Vec<usize> {
    let path = tree.path(id);
    path.iter().skip(1).filter_map(|id| tree.route(*id)).map(|route| route.position).collect()
}

/// Labels as they are written in a matcher, in the order of their names.
fn written(labels: &LabelSet) -> String {
    let labels = labels.iter().map(|(name, value)| crate::routing::Matcher::equal(name, value).to_string());
    labels.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn labels_of_the_command_line() {
        let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(label("team=db"), pair("team", "db"));
        assert_eq!(label("team=\"a b,c\""), pair("team", "a b,c"));
        assert_eq!(label("team="), pair("team", ""));
        assert_eq!(label("größe=x=y"), pair("größe", "x=y"));
        assert_eq!(label("text=a {b}"), pair("text", "a {b}"));
        assert_eq!(label("text=\"~x\""), pair("text", "~x"));
        for wrong in ["team", "=x", "", "team=~db", "team!=db"] {
            assert!(label(wrong).is_err(), "{wrong}");
        }
    }
}
