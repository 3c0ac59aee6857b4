//! One matcher: a label's name, an operator and a value, with Alertmanager's meaning and spelling.

use crate::golang::{RegexpError, literals, parse_anchored_regexp, quote};
use regex_automata::meta::Regex;
use regex_syntax::hir::Hir;
use std::collections::BTreeMap;
use std::fmt;

/// The labels of one alert. A name that is absent has the empty value.
pub type LabelSet = BTreeMap<String, String>;

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

impl Operator {
    /// As written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    /// Whether the value is a regular expression.
    pub fn is_regexp(self) -> bool {
        matches!(self, Self::Matches | Self::NotMatches)
    }

    /// Whether it asks for the opposite.
    pub fn is_negative(self) -> bool {
        matches!(self, Self::NotEqual | Self::NotMatches)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A condition on one label. Two are equal when they are written alike.
#[derive(Clone)]
pub struct Matcher {
    name: String,
    operator: Operator,
    value: String,
    test: Test,
}

/// What a value is compared with, negation aside.
#[derive(Clone)]
enum Test {
    Text,
    /// A regular expression that is only a list, sorted.
    List(Vec<String>),
    Regexp(Regex),
}

/// Patterns with more alternatives than this are kept as automata.
const LIST_LIMIT: usize = 1000;

/// Compiled size up to which a pattern is accepted, in bytes; Go's own limit is of the same order.
const SIZE_LIMIT: usize = 128 << 20;

impl Matcher {
    /// A matcher; fails when the operator takes a regular expression and Go refuses this one.
    pub fn new(name: impl Into<String>, operator: Operator, value: impl Into<String>) -> Result<Self, RegexpError> {
        let (name, value) = (name.into(), value.into());
        let test = if operator.is_regexp() {
            let tree = parse_anchored_regexp(&value, false)?;
            match literals(&tree, LIST_LIMIT) {
                Some(list) => Test::List(list),
                None => Test::Regexp(compile(&tree, &value)?),
            }
        } else {
            Test::Text
        };
        Ok(Self { name, operator, value, test })
    }

    /// `name="value"`
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), operator: Operator::Equal, value: value.into(), test: Test::Text }
    }

    /// The label's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The value or regular expression, unquoted.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Every value that an equality or a list-like pattern names, sorted; nothing for a real regular expression.
    /// Negation does not change the answer.
    pub fn listed(&self) -> Option<Vec<&str>> {
        match &self.test {
            Test::Text => Some(vec![&self.value]),
            Test::List(list) => Some(list.iter().map(String::as_str).collect()),
            Test::Regexp(_) => None,
        }
    }

    /// The parsed pattern of a regular expression, anchored.
    pub fn pattern(&self) -> Option<Hir> {
        if self.operator.is_regexp() { parse_anchored_regexp(&self.value, false).ok() } else { None }
    }

    /// Whether a label with this value satisfies the matcher; a missing label has the empty value.
    pub fn matches(&self, value: &str) -> bool {
        let positive = match &self.test {
            Test::Text => self.value == value,
            Test::List(list) => list.binary_search_by(|known| known.as_str().cmp(value)).is_ok(),
            Test::Regexp(regex) => regex.is_match(value),
        };
        positive != self.operator.is_negative()
    }

    /// Whether this label set satisfies the matcher.
    pub fn matches_labels(&self, labels: &LabelSet) -> bool {
        self.matches(labels.get(&self.name).map_or("", String::as_str))
    }
}

fn compile(tree: &Hir, value: &str) -> Result<Regex, RegexpError> {
    let config = Regex::config().nfa_size_limit(Some(SIZE_LIMIT)).utf8_empty(true);
    Regex::builder()
        .configure(config)
        .build_from_hir(tree)
        .map_err(|_| RegexpError { range: 0..value.len(), message: "the regular expression is too large" })
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.operator, &self.value) == (&other.name, other.operator, &other.value)
    }
}

impl Eq for Matcher {}

impl PartialOrd for Matcher {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Matcher {
    /// The order in which Alertmanager prints matchers: by name, value, operator.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.name, &self.value, self.operator).cmp(&(&other.name, &other.value, other.operator))
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for Matcher {
    /// The spelling that every parser of every version reads back as the same matcher: `name="value"` with only `\\`,
    /// `\"` and `\n` escaped. A name that the UTF-8 grammar cannot read bare is quoted too; no old parser can read that.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() || self.name.contains(is_reserved) {
            return write!(formatter, "{}{}{}", quote(&self.name), self.operator, quote(&self.value));
        }
        write!(formatter, "{}{}\"", self.name, self.operator)?;
        for character in self.value.chars() {
            match character {
                '\\' => formatter.write_str("\\\\")?,
                '"' => formatter.write_str("\\\"")?,
                '\n' => formatter.write_str("\\n")?,
                other => write!(formatter, "{other}")?,
            }
        }
        formatter.write_str("\"")
    }
}

/// Characters that end an unquoted word in the UTF-8 grammar.
pub(super) fn is_reserved(character: char) -> bool {
    character.is_whitespace() || "{}!=~,\\\"'`".contains(character)
}

/// Whether every version accepts this label name, in `match` keys too: ASCII letters, digits and underscores, not
/// beginning with a digit.
pub fn is_legacy_label_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(name: &str, operator: Operator, value: &str) -> Matcher {
        Matcher::new(name, operator, value).unwrap()
    }

    #[test]
    fn operators_and_missing_labels() {
        let labels: LabelSet = [("job".to_owned(), "api".to_owned())].into();
        for (name, operator, value, expected) in [
            ("job", Operator::Equal, "api", true),
            ("job", Operator::NotEqual, "api", false),
            ("job", Operator::Matches, "a.i", true),
            ("job", Operator::Matches, "a|api", true),
            ("job", Operator::Matches, "a", false),
            ("job", Operator::NotMatches, "a.*", false),
            ("none", Operator::Equal, "", true),
            ("none", Operator::NotEqual, "x", true),
            ("none", Operator::Matches, ".*", true),
            ("none", Operator::Matches, ".+", false),
            ("none", Operator::NotMatches, "a|", false),
        ] {
            assert_eq!(matcher(name, operator, value).matches_labels(&labels), expected, "{name}{operator}{value}");
        }
    }

    #[test]
    fn spelling() {
        assert_eq!(matcher("a", Operator::Equal, "b\"\\\n\té").to_string(), "a=\"b\\\"\\\\\\n\té\"");
        assert_eq!(matcher("a b", Operator::Matches, "\\d").to_string(), "\"a b\"=~\"\\\\d\"");
        assert_eq!(matcher("", Operator::Equal, "").to_string(), "\"\"=\"\"");
        assert_eq!(matcher("a-b", Operator::NotMatches, "x").to_string(), "a-b!~\"x\"");
    }

    #[test]
    fn legacy_names() {
        assert!(is_legacy_label_name("_foo1"));
        for name in ["", "0foo", "a-b", "é", "a:b"] {
            assert!(!is_legacy_label_name(name), "{name}");
        }
    }
}
