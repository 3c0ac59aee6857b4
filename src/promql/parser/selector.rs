//! Selectors: `name{label="value"}`

use super::super::ast::{Kind, Label, MatchOp, Matcher, MetricName, Modifiers, NodeId, Selector, Text};
use super::super::error::Error;
use super::super::lexer::{Token, TokenKind};
use super::super::placeholder::{ParamKind, Place, is_regex};
use super::super::regex::Pattern;
use super::super::version::Gate;
use super::lists::QUOTED_NAMES;
use super::{Parse, Parser};
use std::ops::Range;

/// One thing in the braces.
enum Item {
    Name(Text),
    Matcher(Matcher),
}

impl Parser<'_> {
    /// A selector whose name, if it has one in front, has been taken.
    pub(super) fn selector(&mut self, name: Option<Text>) -> Parse<NodeId> {
        let start = name.as_ref().map_or(self.peek().start, |name| name.range.start);
        let mut name = name.map(|text| MetricName { text, quoted: false });
        let mut matchers = Vec::new();
        let mut braces = None;
        if let Some(open) = self.take(TokenKind::LeftBrace) {
            braces = Some(self.braces(open, &mut name, &mut matchers)?);
        }
        let bare = start..self.last_end();
        if name.is_some()
            && let Some(matcher) = matchers.iter().find(|matcher| matcher.label.name == "__name__")
            && name.as_ref().is_some_and(|name| !name.quoted)
        {
            self.error(matcher.range(), "the metric has a name in front of the braces already");
        }
        let selector = Selector {
            name,
            matchers,
            braces,
            bare: bare.clone(),
            window: None,
            extended: None,
            modifiers: Modifiers::default(),
            selects_labels: false,
        };
        Ok(self.push(Kind::Selector(Box::new(selector)), bare))
    }

    fn braces(
        &mut self,
        open: Token,
        name: &mut Option<MetricName>,
        matchers: &mut Vec<Matcher>,
    ) -> Parse<Range<usize>> {
        loop {
            if let Some(close) = self.take(TokenKind::RightBrace) {
                return Ok(open.start..close.end);
            }
            match self.item(open) {
                Ok(Item::Name(text)) if name.is_none() => *name = Some(MetricName { text, quoted: true }),
                // A second name in quotes is one more condition on the name.
                Ok(Item::Name(value)) => {
                    let (name, range) = ("__name__".to_owned(), value.range.clone());
                    let label = Label { name, range: range.clone(), quoted: true, open: false };
                    matchers.push(Matcher { label, op: MatchOp::Equal, op_range: range, value });
                }
                Ok(Item::Matcher(matcher)) => matchers.push(matcher),
                Err(stop) => {
                    // Go on behind the next comma, so that each bad matcher gets its own message.
                    loop {
                        match self.peek().kind {
                            TokenKind::Comma | TokenKind::RightBrace => break,
                            TokenKind::End => return Err(stop),
                            _ => self.advance(),
                        };
                    }
                }
            }
            if self.take(TokenKind::Comma).is_none() && self.peek().kind != TokenKind::RightBrace {
                return Err(self.unclosed(open, "`,` or `}`"));
            }
        }
    }

    fn item(&mut self, open: Token) -> Parse<Item> {
        let token = self.peek();
        let label = match token.kind {
            TokenKind::Name => {
                self.advance();
                Label { name: self.word(token).to_owned(), range: token.range(), quoted: false, open: false }
            }
            TokenKind::String => {
                let text = self.string(Place::InString { quote: '"', regex: false })?;
                self.require(token.range(), "a name in quotes", QUOTED_NAMES);
                if matches!(self.peek().kind, TokenKind::Comma | TokenKind::RightBrace) {
                    return Ok(Item::Name(text));
                }
                Label { name: text.value, range: text.range, quoted: true, open: text.open }
            }
            TokenKind::Placeholder => {
                self.advance();
                self.placeholder(token, Place::LabelName, &[ParamKind::LabelName]);
                Label { name: self.word(token).to_owned(), range: token.range(), quoted: false, open: true }
            }
            _ => return Err(self.unclosed(open, "a label name or `}`")),
        };
        let op_token = self.peek();
        let op = match op_token.kind {
            TokenKind::Assign => MatchOp::Equal,
            TokenKind::MatchesRegex => MatchOp::Regex,
            TokenKind::MatchesNotRegex => MatchOp::NotRegex,
            TokenKind::Sign if self.word(op_token) == "!=" => MatchOp::NotEqual,
            _ => return Err(self.unclosed(open, "one of `=`, `!=`, `=~`, `!~`")),
        };
        self.advance();
        let value = self.matched_value(op)?;
        Ok(Item::Matcher(Matcher { label, op, op_range: op_token.range(), value }))
    }

    fn matched_value(&mut self, op: MatchOp) -> Parse<Text> {
        let regex = is_regex(op);
        if let Some(token) = self.take(TokenKind::Placeholder) {
            let mut kinds = vec![ParamKind::String];
            if regex {
                kinds.push(ParamKind::Regex);
            }
            self.placeholder(token, Place::String { regex }, &kinds);
            return Ok(Text { value: self.word(token).to_owned(), range: token.range(), open: true });
        }
        if self.peek().kind == TokenKind::Name {
            let range = self.peek().range();
            let word = self.slice(range.clone());
            let error = Error::new(range, format!("`{word}` does not fit here, a string in quotes is needed"))
                .with_help(format!("write \"{word}\""));
            self.report(error);
            return Err(super::Stop);
        }
        let value = self.string(Place::InString { quote: '"', regex })?;
        if regex && let Some(pattern) = value.known() {
            match Pattern::parse(pattern) {
                Ok(pattern) => {
                    for (since, what) in pattern.newer() {
                        self.require(value.range.clone(), what, Gate::since(since));
                    }
                }
                Err(why) => self.error(value.range.clone(), format!("this regular expression is not valid: {why}")),
            }
        }
        Ok(value)
    }

    /// Reports selectors that would select every series there is.
    pub(super) fn check_selectors(&mut self) {
        let mut unrestricted = Vec::new();
        for node in &self.nodes {
            if let Kind::Selector(selector) = &node.kind
                && !selector.selects_labels
                && selector.name.as_ref().is_none_or(|name| name.text.value.is_empty())
                && !selector.matchers.iter().any(refuses_empty)
            {
                unrestricted.push(selector.bare.clone());
            }
        }
        for range in unrestricted {
            self.report(
                Error::new(range, "this selects every series: at least one matcher must not match the empty string")
                    .with_help("name the metric, or add a matcher such as `job=\"node\"`"),
            );
        }
    }
}

/// Whether a matcher refuses the empty string; benefit of the doubt for what is not known yet.
fn refuses_empty(matcher: &Matcher) -> bool {
    let value = matcher.value.value.as_str();
    let matches_empty = || Pattern::parse(value).is_ok_and(|pattern| pattern.matches_empty());
    matcher.value.open
        || match matcher.op {
            MatchOp::Equal => !value.is_empty(),
            MatchOp::NotEqual => value.is_empty(),
            MatchOp::Regex => !matches_empty(),
            MatchOp::NotRegex => matches_empty(),
        }
}
