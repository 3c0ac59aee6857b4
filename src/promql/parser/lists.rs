//! Lists of labels in parentheses, and strings.

use super::super::ast::{Label, Text};
use super::super::lexer::{Token, TokenKind, placeholder_at};
use super::super::literal::{is_plain_label_name, unquote};
use super::super::placeholder::{ParamKind, Place};
use super::super::version::{Gate, Version};
use super::{Parse, Parser, Stop};

/// UTF-8 names in quotes.
pub(super) const QUOTED_NAMES: Gate = Gate::since(Version::new(3, 0));

impl Parser<'_> {
    /// `(a, b, "c d",)`
    pub(super) fn label_list(&mut self) -> Parse<Vec<Label>> {
        let open = self.expect(TokenKind::LeftParen, "a list of labels in parentheses")?;
        let mut labels = Vec::new();
        loop {
            if self.take(TokenKind::RightParen).is_some() {
                return Ok(labels);
            }
            labels.push(self.listed_label(open)?);
            if self.take(TokenKind::Comma).is_none() && self.peek().kind != TokenKind::RightParen {
                return Err(self.unclosed(open, "`,` or `)`"));
            }
        }
    }

    fn listed_label(&mut self, open: Token) -> Parse<Label> {
        let token = self.peek();
        match token.kind {
            TokenKind::Name => {
                let name = self.word(token);
                let lower = name.to_ascii_lowercase();
                if matches!(lower.as_str(), "without" | "inf" | "nan")
                    // With UTF-8 names, one with colons became legal here.
                    || (!is_plain_label_name(name) && self.target.prometheus < Version::new(3, 0))
                {
                    self.error(token.range(), format!("`{name}` cannot be a label in a list without quotes"));
                    return Err(Stop);
                }
                self.advance();
                Ok(Label { name: name.to_owned(), range: token.range(), quoted: false, open: false })
            }
            TokenKind::String => {
                let text = self.string(Place::InString { quote: '"', regex: false })?;
                self.require(token.range(), "a label name in quotes", QUOTED_NAMES);
                if text.value.is_empty() {
                    self.error(token.range(), "a label needs a name");
                }
                Ok(Label { name: text.value, range: text.range, quoted: true, open: text.open })
            }
            TokenKind::Placeholder => {
                self.advance();
                self.placeholder(token, Place::LabelName, &[ParamKind::LabelName]);
                let name = self.word(token).to_owned();
                Ok(Label { name, range: token.range(), quoted: false, open: true })
            }
            _ => Err(self.unclosed(open, "a label name or `)`")),
        }
    }

    /// A string token. `place` says what a placeholder within it would be.
    pub(super) fn string(&mut self, place: Place) -> Parse<Text> {
        let token = self.expect(TokenKind::String, "a string")?;
        let range = token.range();
        let value = unquote(self.word(token), token.start).map_err(|error| {
            self.report(error);
            Stop
        })?;
        let mut open = false;
        if self.params.is_some() {
            let quote = self.word(token).chars().next().unwrap_or('"');
            let regex = matches!(place, Place::InString { regex: true, .. } | Place::String { regex: true });
            let mut from = token.start;
            while let Some(found) = self.text.get(from..token.end).and_then(|rest| rest.find("${")) {
                let start = from + found;
                from = start + 2;
                if let Some(name) = placeholder_at(self.text, start)
                    && name.end < token.end
                {
                    from = name.end + 1;
                    let kinds = [
                        ParamKind::String,
                        ParamKind::Number,
                        ParamKind::Duration,
                        ParamKind::MetricName,
                        ParamKind::LabelName,
                        ParamKind::Regex,
                    ];
                    let kinds = if regex { &kinds[..] } else { &kinds[..5] };
                    self.note_placeholder(start..name.end + 1, name, Place::InString { quote, regex }, kinds);
                    open = true;
                }
            }
        }
        Ok(Text { value, range, open })
    }
}
