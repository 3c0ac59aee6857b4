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

/// An operator that waits for its right operand.
#[derive(Clone, Copy)]
enum Pending {
    Negate(usize),
    Plus,
    Apply(BinaryOp, usize),
}

impl Pending {
    fn precedence(self) -> u8 {
        match self {
            Pending::Negate(_) | Pending::Plus => BinaryOp::Multiply.precedence(),
            Pending::Apply(op, _) => op.precedence(),
        }
    }
}

impl Parser<'_> {
    /// A window or step. A literal must be `positive`; what an expression comes to, Prometheus checks when it runs it.
    pub(super) fn duration(&mut self, positive: bool) -> Parse<Duration> {
        let start = self.peek().start;
        let mut parts = Vec::new();
        self.duration_expr(&mut parts)?;
        let range = start..self.last_end();
        if let [DurationPart::Seconds(value, with_unit)] = parts[..] {
            if positive && value <= 0.0 {
                self.error(range.clone(), "a duration must be greater than 0");
            }
            if !with_unit {
                self.require(range.clone(), "a duration without a unit", MIXED_LITERALS);
            }
        } else if parts != [DurationPart::Placeholder] {
            self.require(range.clone(), "arithmetic in a duration", EXPRESSIONS);
        }
        Ok(Duration { parts, range })
    }

    /// What stands behind `offset`: a signed literal, function call or parenthesis, but no bare sum.
    pub(super) fn offset_duration(&mut self) -> Parse<Duration> {
        let start = self.peek().start;
        let mut parts = Vec::new();
        let sign = self.duration_sign();
        let operand = parts.len();
        self.duration_operand(&mut parts, true)?;
        if sign == Some(true) {
            negate(&mut parts, operand);
        }
        let range = start..self.last_end();
        match parts[..] {
            [DurationPart::Seconds(_, with_unit)] => {
                if !with_unit {
                    self.require(range.clone(), "an offset without a unit", MIXED_LITERALS);
                }
            }
            [DurationPart::Placeholder] => {}
            _ => self.require(range.clone(), "arithmetic in a duration", EXPRESSIONS),
        }
        Ok(Duration { parts, range })
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
                pending.push(if negative { Pending::Negate(0) } else { Pending::Plus });
            }
            let operand = parts.len();
            self.duration_operand(parts, false)?;
            // A sign directly in front of a literal belongs to it unless a power comes between.
            for waiting in pending.iter_mut().rev() {
                match waiting {
                    Pending::Negate(place) => *place = operand,
                    Pending::Plus => {}
                    Pending::Apply(..) => break,
                }
            }
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
            pending.push(Pending::Apply(op, self.peek().start));
        }
        while !pending.is_empty() {
            self.reduce_duration(&mut pending, parts)?;
        }
        Ok(())
    }

    fn reduce_duration(&mut self, pending: &mut Vec<Pending>, parts: &mut Vec<DurationPart>) -> Parse<()> {
        match pending.pop() {
            None | Some(Pending::Plus) => {}
            Some(Pending::Negate(operand)) => negate(parts, operand),
            Some(Pending::Apply(op, right)) => {
                let zero = matches!(parts.last(), Some(DurationPart::Seconds(value, _)) if *value == 0.0);
                if zero && matches!(op, BinaryOp::Divide | BinaryOp::Modulo) {
                    let end = self.last_end().max(right);
                    self.error(right..end, format!("`{}` by zero", op.as_str()));
                    return Err(Stop);
                }
                parts.push(DurationPart::Apply(op));
            }
        }
        Ok(())
    }

    fn duration_operand(&mut self, parts: &mut Vec<DurationPart>, alone: bool) -> Parse<()> {
        let token = self.peek();
        match token.kind {
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
                let place = Place::Duration { expression: !alone };
                self.placeholder(token, place, &[ParamKind::Duration, ParamKind::Number]);
                parts.push(DurationPart::Placeholder);
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

/// Changes the sign of the operand that starts at `operand` in `parts`: in the literal itself if it is one.
fn negate(parts: &mut Vec<DurationPart>, operand: usize) {
    let alone = parts.len() == operand + 1;
    match parts.last_mut() {
        Some(DurationPart::Seconds(value, _)) if alone => *value = -*value,
        _ => parts.push(DurationPart::Negate),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a limit, not a value")]
fn literal_limit() -> f64 {
    MAX_DURATION_MS as f64
}
