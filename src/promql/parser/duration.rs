//! Durations in brackets and behind `offset`: literals, and arithmetic over them.

use super::super::ast::{BinaryOp, Duration, DurationPart};
use super::super::lexer::{Token, TokenKind};
use super::super::literal::MAX_DURATION_MS;
use super::super::placeholder::{ParamKind, Place};
use super::super::version::{Feature, Gate, Version};
use super::operand::MIXED_LITERALS;
use super::{Parse, Parser, Stop};

/// Arithmetic in durations.
const EXPRESSIONS: Gate = Gate::flagged(Version::new(3, 4), Feature::DurationExpr, Some(Version::new(3, 14)));

/// An operator that waits for its right operand, and the place in the list of parts where that begins.
#[derive(Clone, Copy)]
enum Pending {
    Negate,
    Plus,
    Apply { op: BinaryOp, right: usize, start: usize },
}

impl Pending {
    fn precedence(self) -> u8 {
        match self {
            Pending::Negate | Pending::Plus => BinaryOp::Multiply.precedence(),
            Pending::Apply { op, .. } => op.precedence(),
        }
    }
}

impl Parser<'_> {
    /// A window or step. A literal must be positive; what an expression comes to, Prometheus checks when it runs it.
    pub(super) fn window_duration(&mut self) -> Parse<Duration> {
        let first = self.peek();
        let start = first.start;
        let mut parts = Vec::new();
        self.duration_expr(&mut parts)?;
        let duration = Duration { parts, range: start..self.last_end() };
        if constant(&duration.parts).is_some_and(|value| value <= 0.0) {
            self.error(duration.range.clone(), "a duration must be greater than 0");
        }
        if first.kind == TokenKind::Sign {
            self.require(duration.range.clone(), "a sign in a duration", EXPRESSIONS);
        } else {
            self.duration_versions(&duration, "a duration without a unit");
        }
        Ok(duration)
    }

    /// What stands behind `offset`: one operand with at most one sign. Prometheus reads on for arithmetic only behind a
    /// parenthesis or a second sign.
    pub(super) fn offset_duration(&mut self) -> Parse<Duration> {
        let start = self.peek().start;
        let mut parts = Vec::new();
        let mark = self.at;
        let sign = self.duration_sign();
        let more = match sign {
            None => self.peek().kind == TokenKind::LeftParen,
            Some(_) => self.duration_sign().is_some(),
        };
        if more {
            self.at = mark;
            self.duration_expr(&mut parts)?;
        } else {
            self.duration_operand(&mut parts)?;
            if sign == Some(true) {
                negate(&mut parts);
            }
            if sign == Some(false) {
                self.require(start..start + 1, "a plus sign in an offset", Gate::since(Version::new(3, 4)));
            }
        }
        let duration = Duration { parts, range: start..self.last_end() };
        if more && sign.is_some() {
            self.require(duration.range.clone(), "a second sign in an offset", EXPRESSIONS);
        }
        if duration.seconds() == Some(0.0) {
            self.require(duration.range.clone(), "an offset of zero", MIXED_LITERALS);
        }
        self.duration_versions(&duration, "an offset without a unit");
        Ok(duration)
    }

    fn duration_versions(&mut self, duration: &Duration, unitless: &str) {
        let range = duration.range.clone();
        match duration.parts[..] {
            [DurationPart::Seconds(_, false)] => self.require(range, unitless, MIXED_LITERALS),
            [DurationPart::Seconds(_, true) | DurationPart::Placeholder(_)] => {}
            _ => self.require(range, "arithmetic in a duration", EXPRESSIONS),
        }
    }

    /// Takes a sign and says whether it is a minus.
    fn duration_sign(&mut self) -> Option<bool> {
        let token = self.peek();
        let sign = token.kind == TokenKind::Sign && matches!(self.word(token), "+" | "-");
        sign.then(|| {
            self.advance();
            self.word(token) == "-"
        })
    }

    fn duration_expr(&mut self, parts: &mut Vec<DurationPart>) -> Parse<()> {
        let mut pending: Vec<Pending> = Vec::new();
        loop {
            while let Some(negative) = self.duration_sign() {
                pending.push(if negative { Pending::Negate } else { Pending::Plus });
            }
            self.duration_operand(parts)?;
            let token = self.peek();
            let op = match (token.kind, self.word(token)) {
                (TokenKind::Sign, "+") => BinaryOp::Add,
                (TokenKind::Sign, "-") => BinaryOp::Subtract,
                (TokenKind::Sign, "*") => BinaryOp::Multiply,
                (TokenKind::Sign, "/") => BinaryOp::Divide,
                (TokenKind::Sign, "%") => BinaryOp::Modulo,
                (TokenKind::Sign, "^") => BinaryOp::Power,
                _ => break,
            };
            self.advance();
            while pending.last().is_some_and(|top| {
                top.precedence() > op.precedence() || (top.precedence() == op.precedence() && op != BinaryOp::Power)
            }) {
                self.reduce_duration(&mut pending, parts)?;
            }
            pending.push(Pending::Apply { op, right: parts.len(), start: self.peek().start });
        }
        while !pending.is_empty() {
            self.reduce_duration(&mut pending, parts)?;
        }
        Ok(())
    }

    fn reduce_duration(&mut self, pending: &mut Vec<Pending>, parts: &mut Vec<DurationPart>) -> Parse<()> {
        match pending.pop() {
            None | Some(Pending::Plus) => {}
            Some(Pending::Negate) => negate(parts),
            Some(Pending::Apply { op, right, start }) => {
                let zero = parts.get(right..).and_then(constant) == Some(0.0);
                if zero && matches!(op, BinaryOp::Divide | BinaryOp::Modulo) {
                    let end = self.last_end().max(start);
                    self.error(start..end, format!("`{}` by zero", op.as_str()));
                    return Err(Stop);
                }
                parts.push(DurationPart::Apply(op));
            }
        }
        Ok(())
    }

    fn duration_operand(&mut self, parts: &mut Vec<DurationPart>) -> Parse<()> {
        let token = self.peek();
        // Inside of brackets Prometheus reads no words but those of functions.
        let word = !self.in_brackets && (self.is_word(token, "nan") || self.is_word(token, "inf"));
        match token.kind {
            TokenKind::Name if word => {
                if self.is_word(token, "inf") {
                    self.error(token.range(), "this duration is too long");
                    return Err(Stop);
                }
                self.advance();
                parts.push(DurationPart::Seconds(f64::NAN, false));
                Ok(())
            }
            TokenKind::Number => {
                self.advance();
                let (value, with_unit) = self.number_literal(token)?;
                if !value.is_finite() || value * 1000.0 > literal_limit() {
                    self.error(token.range(), "this duration is too long");
                    return Err(Stop);
                }
                parts.push(DurationPart::Seconds(value, with_unit));
                Ok(())
            }
            TokenKind::Placeholder => {
                self.advance();
                self.placeholder(token, Place::Duration, &[ParamKind::Duration, ParamKind::Number]);
                parts.push(DurationPart::Placeholder(token.start));
                Ok(())
            }
            TokenKind::LeftParen => {
                self.advance();
                self.nested(|parser| parser.duration_expr(parts))?;
                if self.take(TokenKind::RightParen).is_none() {
                    return Err(self.unclosed(token, "an operator or `)`"));
                }
                parts.push(DurationPart::Paren);
                Ok(())
            }
            TokenKind::Name if self.look(1).kind == TokenKind::LeftParen => self.duration_call(token, parts),
            _ => Err(self.unexpected("a duration such as `5m`")),
        }
    }

    fn duration_call(&mut self, name: Token, parts: &mut Vec<DurationPart>) -> Parse<()> {
        let word = self.word(name).to_ascii_lowercase();
        // From 3.6 to 3.12 the two were called `min` and `max`.
        let renamed = self.target.prometheus >= Version::new(3, 13);
        let (part, since) = match (word.as_str(), renamed) {
            ("step", _) => (DurationPart::Step, Version::new(3, 6)),
            ("range", _) => (DurationPart::Range, Version::new(3, 10)),
            ("min_of", _) => (DurationPart::MinOf, Version::new(3, 13)),
            ("max_of", _) => (DurationPart::MaxOf, Version::new(3, 13)),
            ("min", false) => (DurationPart::MinOf, Version::new(3, 6)),
            ("max", false) => (DurationPart::MaxOf, Version::new(3, 6)),
            _ => return Err(self.unexpected("a duration such as `5m`")),
        };
        self.advance();
        self.require(name.range(), &format!("`{word}()` in a duration"), Gate::since(since));
        let open = self.expect(TokenKind::LeftParen, "`(`")?;
        if matches!(part, DurationPart::MinOf | DurationPart::MaxOf) {
            self.nested(|parser| parser.duration_expr(parts))?;
            self.expect(TokenKind::Comma, "`,`")?;
            self.nested(|parser| parser.duration_expr(parts))?;
        }
        if self.take(TokenKind::RightParen).is_none() {
            return Err(self.unclosed(open, "`)`"));
        }
        parts.push(part);
        Ok(())
    }
}

/// Changes the sign of the last operand: in the literal itself if it is one.
fn negate(parts: &mut Vec<DurationPart>) {
    match parts.last_mut() {
        Some(DurationPart::Seconds(value, _)) => *value = -*value,
        _ => parts.push(DurationPart::Negate),
    }
}

/// The value of a literal in any number of signs and parentheses, which is all that Prometheus looks into on loading.
fn constant(parts: &[DurationPart]) -> Option<f64> {
    let (first, rest) = parts.split_first()?;
    let DurationPart::Seconds(value, _) = *first else { return None };
    rest.iter().try_fold(value, |value, part| match part {
        DurationPart::Negate => Some(-value),
        DurationPart::Paren => Some(value),
        DurationPart::Seconds(..)
        | DurationPart::Placeholder(_)
        | DurationPart::Step
        | DurationPart::Range
        | DurationPart::Apply(_)
        | DurationPart::MinOf
        | DurationPart::MaxOf => None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a limit, not a value")]
fn literal_limit() -> f64 {
    MAX_DURATION_MS as f64
}
