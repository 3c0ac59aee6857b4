//! Operands: numbers, strings, selectors, calls, aggregations, parentheses, and what follows them.

use super::super::ast::{
    Aggregate, At, Call, Extended, Grouping, Kind, Modifiers, NodeId, Number, Selector, Subquery, Text, Window,
};
use super::super::error::Error;
use super::super::function::{Aggregator, FUNCTIONS, Function};
use super::super::lexer::{Token, TokenKind};
use super::super::literal;
use super::super::placeholder::{ParamKind, Place};
use super::super::version::{Feature, Gate, Version};
use super::{Parse, Parser, Stop};
use std::ops::Range;

/// Plain numbers for durations, durations for plain numbers, and underscores between digits.
pub(super) const MIXED_LITERALS: Gate = Gate::since(Version::new(2, 54));

/// Words that cannot be a metric name in front of braces.
const RESERVED: [&str; 8] = ["bool", "on", "ignoring", "group_left", "group_right", "atan2", "inf", "nan"];

/// Words that mean something else than a metric when a parenthesis or certain words follow, so that they are better
/// written in quotes.
const AMBIGUOUS: [&str; 17] = [
    "and",
    "or",
    "unless",
    "by",
    "without",
    "offset",
    "start",
    "end",
    "step",
    "range",
    "min_of",
    "max_of",
    "anchored",
    "smoothed",
    "fill",
    "fill_left",
    "fill_right",
];

/// Whether a metric name must be quoted although it has only plain characters: it is a keyword, in any case.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.iter().chain(&AMBIGUOUS).any(|word| word.eq_ignore_ascii_case(name)) || Aggregator::find(name).is_some()
}

impl Parser<'_> {
    /// One operand with everything that follows and belongs to it.
    pub(super) fn operand(&mut self) -> Parse<NodeId> {
        let id = self.primary()?;
        loop {
            let token = self.peek();
            if token.kind == TokenKind::LeftBracket {
                self.brackets(id)?;
            } else if token.kind == TokenKind::At {
                self.at_modifier(id)?;
            } else if self.is_word(token, "offset") {
                self.offset_modifier(id)?;
            } else if self.is_word(token, "anchored") {
                self.extended(id, Extended::Anchored);
            } else if self.is_word(token, "smoothed") {
                self.extended(id, Extended::Smoothed);
            } else {
                return Ok(self.last_node());
            }
        }
    }

    fn primary(&mut self) -> Parse<NodeId> {
        let token = self.peek();
        match token.kind {
            TokenKind::Number => {
                self.advance();
                let (value, duration) = self.number_literal(token)?;
                if duration {
                    self.require(token.range(), "a duration in the place of a number", MIXED_LITERALS);
                }
                Ok(self.push(Kind::Number(Number::Literal(value, duration)), token.range()))
            }
            TokenKind::String => {
                let text = self.string(Place::InString { quote: '"', regex: false })?;
                let range = text.range.clone();
                Ok(self.push(Kind::String(text), range))
            }
            TokenKind::LeftParen => {
                self.advance();
                let inner = self.nested(Self::expr)?;
                if self.take(TokenKind::RightParen).is_none() {
                    return Err(self.unclosed(token, "an operator or `)`"));
                }
                let range = token.start..self.last_end();
                Ok(self.push(Kind::Paren(inner), range))
            }
            TokenKind::LeftBrace => self.selector(None),
            TokenKind::Placeholder => Ok(self.placeholder_operand(token)?),
            TokenKind::Name => self.named(token),
            _ => Err(self.unexpected("an expression")),
        }
    }

    /// A placeholder is what its declaration says: a metric name begins a selector, all else is a value.
    fn placeholder_operand(&mut self, token: Token) -> Parse<NodeId> {
        self.advance();
        let range = token.range();
        let name = literal::placeholder_name(self.word(token));
        match self.params.and_then(|params| params.get(name)) {
            Some(ParamKind::MetricName) => {
                self.placeholder(token, Place::MetricName, &[ParamKind::MetricName]);
                self.selector(Some(Text { value: self.word(token).to_owned(), range, open: true }))
            }
            Some(ParamKind::String) => {
                self.placeholder(token, Place::String { regex: false }, &[ParamKind::String]);
                let text = Text { value: self.word(token).to_owned(), range: range.clone(), open: true };
                Ok(self.push(Kind::String(text), range))
            }
            // A name or a pattern in the place of a value is reported there.
            Some(_) => {
                self.placeholder(token, Place::Number { base: false }, &[ParamKind::Number, ParamKind::Duration]);
                Ok(self.push(Kind::Number(Number::Placeholder(range.start)), range))
            }
            None => {
                self.placeholder(token, Place::Number { base: false }, &[]);
                Ok(self.poison(range))
            }
        }
    }

    fn named(&mut self, token: Token) -> Parse<NodeId> {
        let name = self.word(token);
        if name.eq_ignore_ascii_case("inf") || name.eq_ignore_ascii_case("nan") {
            self.advance();
            let value = literal::number(name).unwrap_or(f64::NAN);
            return Ok(self.push(Kind::Number(Number::Literal(value, false)), token.range()));
        }
        let next = self.look(1);
        let called = next.kind == TokenKind::LeftParen;
        if let Some(op) = Aggregator::find(name)
            && (called || self.is_word(next, "by") || self.is_word(next, "without"))
        {
            self.advance();
            return self.aggregate(op, token);
        }
        let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name));
        if called && !reserved {
            self.advance();
            return self.call(token);
        }
        if reserved {
            return Err(self.unexpected("an expression"));
        }
        self.advance();
        self.selector(Some(Text { value: name.to_owned(), range: token.range(), open: false }))
    }

    /// The value of a number token in its unit, and whether it is a duration.
    pub(super) fn number_literal(&mut self, token: Token) -> Parse<(f64, bool)> {
        let text = self.word(token);
        let duration = literal::looks_like_duration(text);
        let read = if duration { literal::duration(text).map(literal::as_seconds) } else { literal::number(text) };
        match read {
            Ok(value) => {
                if text.contains('_') {
                    self.require(token.range(), "an underscore between digits", MIXED_LITERALS);
                }
                Ok((value, duration))
            }
            Err(why) => {
                self.error(token.range(), format!("`{text}`: {why}"));
                Err(Stop)
            }
        }
    }

    /// A number or duration without a sign, `inf` and `nan` included.
    pub(super) fn plain_number(&mut self) -> Parse<f64> {
        let token = self.peek();
        if self.is_word(token, "inf") || self.is_word(token, "nan") {
            self.advance();
            return Ok(literal::number(self.word(token)).unwrap_or(f64::NAN));
        }
        self.expect(TokenKind::Number, "a number")?;
        self.number_literal(token).map(|(value, _)| value)
    }

    // Calls and aggregations.

    fn arguments(&mut self) -> Parse<Vec<NodeId>> {
        let open = self.expect(TokenKind::LeftParen, "`(`")?;
        let mut arguments = Vec::new();
        if self.take(TokenKind::RightParen).is_some() {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.nested(Self::expr)?);
            let comma = self.take(TokenKind::Comma);
            if self.take(TokenKind::RightParen).is_some() {
                if let Some(comma) = comma {
                    self.error(comma.range(), "no comma may stand behind the last argument");
                }
                return Ok(arguments);
            }
            if comma.is_none() {
                return Err(self.unclosed(open, "`,` or `)`"));
            }
        }
    }

    fn call(&mut self, name: Token) -> Parse<NodeId> {
        let arguments = self.arguments()?;
        let range = name.start..self.last_end();
        let word = self.word(name);
        let Some(function) = Function::find(word) else {
            self.report(unknown_function(word, name.range()));
            return Ok(self.poison(range));
        };
        let what = format!("`{word}`");
        if let Some(last) = function.last
            && self.target.prometheus > last
        {
            let here = self.target.prometheus;
            self.report(
                Error::new(name.range(), format!("{what} is gone since Prometheus 3.0; the target is Prometheus {here}"))
                    .with_help("`double_exponential_smoothing` took its place, behind the feature flag `promql-experimental-functions`"),
            );
        } else {
            self.require(name.range(), &what, function.gate());
        }
        if function.name == "info"
            && let Some(second) = arguments.get(1)
            && let Some(Kind::Selector(selector)) = self.nodes.get_mut(second.index()).map(|node| &mut node.kind)
        {
            selector.selects_labels = selector.name.as_ref().is_none_or(|name| name.quoted);
        }
        Ok(self.push(Kind::Call(Call { function, name: name.range(), arguments }), range))
    }

    fn aggregate(&mut self, op: Aggregator, name: Token) -> Parse<NodeId> {
        self.require(name.range(), &format!("`{}`", op.as_str()), op.gate());
        let mut grouping = self.grouping()?;
        let mut arguments = self.arguments()?;
        if grouping.is_none() {
            grouping = self.grouping()?;
        }
        let range = name.start..self.last_end();
        let wanted = if op.parameter().is_some() { 2 } else { 1 };
        if arguments.len() != wanted {
            let (word, count) = (op.as_str(), arguments.len());
            let plural = if wanted == 1 { "" } else { "s" };
            self.error(range.clone(), format!("`{word}` takes {wanted} argument{plural}, {count} given"));
            return Ok(self.poison(range));
        }
        let Some(inner) = arguments.pop() else { return Ok(self.poison(range)) };
        let aggregate = Aggregate { op, name: name.range(), grouping, parameter: arguments.pop(), inner };
        Ok(self.push(Kind::Aggregate(Box::new(aggregate)), range))
    }

    fn grouping(&mut self) -> Parse<Option<Grouping>> {
        let word = self.peek();
        let without = self.is_word(word, "without");
        if !without && !self.is_word(word, "by") {
            return Ok(None);
        }
        self.advance();
        let labels = self.label_list()?;
        Ok(Some(Grouping { without, labels, range: word.start..self.last_end() }))
    }

    // What follows an operand.

    fn last_node(&self) -> NodeId {
        NodeId(self.nodes.len().saturating_sub(1) as u32)
    }

    /// The node that is being built: operands end with the node pushed last.
    fn modifiable(&mut self) -> Option<(&mut Kind, &mut Range<usize>)> {
        self.nodes.last_mut().map(|node| (&mut node.kind, &mut node.range))
    }

    fn extend_to_here(&mut self) {
        let end = self.last_end();
        if let Some((_, range)) = self.modifiable() {
            range.end = end;
        }
    }

    fn brackets(&mut self, _operand: NodeId) -> Parse<()> {
        let open = self.advance();
        self.in_brackets = true;
        let window = self.nested(Self::window_duration)?;
        if self.take(TokenKind::Colon).is_some() {
            let step = match self.peek().kind {
                TokenKind::RightBracket => None,
                _ => Some(self.nested(Self::window_duration)?),
            };
            if self.take(TokenKind::RightBracket).is_none() {
                return Err(self.unclosed(open, "`]`"));
            }
            self.in_brackets = false;
            let brackets = open.start..self.last_end();
            self.require(brackets.clone(), "a subquery", Gate::since(Version::new(2, 7)));
            let inner = self.last_node();
            let range = self.node(inner).range.start..brackets.end;
            let subquery = Subquery { inner, window, step, brackets, modifiers: Modifiers::default() };
            self.push(Kind::Subquery(Box::new(subquery)), range);
            return Ok(());
        }
        if self.take(TokenKind::RightBracket).is_none() {
            return Err(self.unclosed(open, "`:` or `]`"));
        }
        self.in_brackets = false;
        let range = open.start..self.last_end();
        let poisoned = self.poisoned.contains(&self.last_node());
        let message = match self.modifiable() {
            Some((Kind::Selector(selector), _)) if selector.window.is_some() => Some("this has a range already"),
            Some((Kind::Selector(selector), _)) => {
                let message = misplaced(selector);
                selector.window = Some(Window { duration: window, range: range.clone() });
                message
            }
            _ if poisoned => None,
            _ => Some("only a selector can have a range; a subquery needs a colon, as in `[5m:]`"),
        };
        if let Some(message) = message {
            self.error(range, message);
            let id = self.last_node();
            self.poisoned.insert(id);
        }
        self.extend_to_here();
        Ok(())
    }

    fn at_modifier(&mut self, _operand: NodeId) -> Parse<()> {
        let sign = self.advance();
        let at = self.at_time()?;
        let range = sign.start..self.last_end();
        self.require(
            range.clone(),
            "the `@` modifier",
            Gate::flagged(Version::new(2, 25), Feature::AtModifier, Some(Version::new(2, 33))),
        );
        let poisoned = self.poisoned.contains(&self.last_node());
        let message = match self.modifiable().and_then(|(kind, _)| modifiers(kind)) {
            Some(modifiers) if modifiers.at.is_some() => Some("there is an `@` already"),
            Some(modifiers) => {
                modifiers.at = Some((at, range.clone()));
                None
            }
            None if poisoned => None,
            None => Some("`@` belongs directly behind a selector or a subquery"),
        };
        if let Some(message) = message {
            self.error(range, message);
        }
        self.extend_to_here();
        Ok(())
    }

    fn at_time(&mut self) -> Parse<At> {
        let token = self.peek();
        for (word, at) in [("start", At::Start), ("end", At::End)] {
            if self.is_word(token, word) {
                self.advance();
                let open = self.expect(TokenKind::LeftParen, "`()`")?;
                if self.take(TokenKind::RightParen).is_none() {
                    return Err(self.unclosed(open, "`)`"));
                }
                return Ok(at);
            }
        }
        if self.take(TokenKind::Placeholder).is_some() {
            self.placeholder(token, Place::Time, &[ParamKind::Number]);
            return Ok(At::Placeholder(token.start));
        }
        let negative = match token.kind {
            TokenKind::Sign if matches!(self.word(token), "+" | "-") => {
                self.advance();
                self.word(token) == "-"
            }
            _ => false,
        };
        let number = self.peek();
        let infinite = self.is_word(number, "inf") || self.is_word(number, "nan");
        if !infinite && number.kind != TokenKind::Number {
            return Err(self.unexpected("a Unix time in seconds, `start()` or `end()`"));
        }
        self.advance();
        let (value, with_unit) = if infinite { (f64::NAN, false) } else { self.number_literal(number)? };
        if with_unit {
            self.require(number.range(), "a duration in the place of a time", MIXED_LITERALS);
        }
        if value.is_nan() || value >= 9_223_372_036_854_775_807.0 {
            self.error(number.range(), "this is not a time");
            return Err(Stop);
        }
        Ok(At::Seconds(if negative { -value } else { value }))
    }

    fn offset_modifier(&mut self, _operand: NodeId) -> Parse<()> {
        let word = self.advance();
        let duration = self.offset_duration()?;
        let range = word.start..self.last_end();
        if duration.seconds().is_some_and(|seconds| seconds < 0.0) {
            self.require(
                duration.range.clone(),
                "a negative offset",
                Gate::flagged(Version::new(2, 26), Feature::NegativeOffset, Some(Version::new(2, 33))),
            );
        }
        let poisoned = self.poisoned.contains(&self.last_node());
        let message = match self.modifiable().and_then(|(kind, _)| modifiers(kind)) {
            // Prometheus forgets an offset of zero, so a second one passes.
            Some(Modifiers { offset: Some((earlier, _)), .. }) if earlier.seconds() != Some(0.0) => {
                Some("there is an offset already")
            }
            Some(modifiers) => {
                modifiers.offset = Some((duration, range.clone()));
                None
            }
            None if poisoned => None,
            None => Some("`offset` belongs directly behind a selector or a subquery"),
        };
        if let Some(message) = message {
            self.error(range, message);
        }
        self.extend_to_here();
        Ok(())
    }

    fn extended(&mut self, _operand: NodeId, which: Extended) {
        let word = self.advance();
        let name = self.word(word).to_ascii_lowercase();
        self.require(
            word.range(),
            &format!("`{name}`"),
            Gate::flagged(Version::new(3, 7), Feature::ExtendedRangeSelectors, None),
        );
        let poisoned = self.poisoned.contains(&self.last_node());
        let message = match self.modifiable() {
            Some((Kind::Selector(selector), _))
                if selector.extended.as_ref().is_some_and(|(other, _)| *other != which) =>
            {
                Some("a selector is either `anchored` or `smoothed`".to_owned())
            }
            Some((Kind::Selector(selector), _)) => {
                selector.extended = Some((which, word.range()));
                None
            }
            _ if poisoned => None,
            _ => Some(format!("`{name}` belongs behind a selector, not behind a subquery or anything else")),
        };
        if let Some(message) = message {
            self.error(word.range(), message);
        }
        self.extend_to_here();
    }
}

/// Why a selector can no longer take a range. Prometheus 3.14.0 overlooks computed offsets, `start()` and `end()` here; the
/// parser after it does not, and neither do we.
fn misplaced(selector: &Selector) -> Option<&'static str> {
    if selector.modifiers.at.is_some() {
        Some("the range stands in front of `@`")
    } else if selector.modifiers.offset.as_ref().is_some_and(|(offset, _)| offset.seconds() != Some(0.0)) {
        Some("the range stands in front of `offset`")
    } else {
        None
    }
}

fn modifiers(kind: &mut Kind) -> Option<&mut Modifiers> {
    match kind {
        Kind::Selector(selector) => Some(&mut selector.modifiers),
        Kind::Subquery(subquery) => Some(&mut subquery.modifiers),
        Kind::Number(_)
        | Kind::String(_)
        | Kind::Call(_)
        | Kind::Aggregate(_)
        | Kind::Unary(_)
        | Kind::Binary(_)
        | Kind::Paren(_) => None,
    }
}

fn unknown_function(name: &str, range: Range<usize>) -> Error {
    let error = Error::new(range, format!("there is no function `{name}`"));
    let names = FUNCTIONS.iter().map(|function| function.name).chain(Aggregator::ALL.map(Aggregator::as_str));
    match names.into_iter().filter(|known| is_close(name, known)).min_by_key(|known| known.len().abs_diff(name.len())) {
        Some(known) => error.with_help(format!("did you mean `{known}`?")),
        None => error,
    }
}

/// Whether two names differ in case, or by one letter added, dropped, replaced or swapped.
fn is_close(written: &str, known: &str) -> bool {
    let (a, b) = (written.to_ascii_lowercase(), known.as_bytes());
    let a = a.as_bytes();
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let rest = |of: &[u8]| of.len().saturating_sub(front + back);
    match (rest(a), rest(b)) {
        (0 | 1, 0 | 1) => a.len().abs_diff(b.len()) <= 1,
        (2, 2) => a.get(front) == b.get(front + 1) && a.get(front + 1) == b.get(front),
        _ => false,
    }
}
