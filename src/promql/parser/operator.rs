//! Expressions: operands joined by operators.

use super::super::ast::{Binary, BinaryOp, Fill, FillSide, Group, Kind, MatchLabels, Matching, NodeId, Number, Unary};
use super::super::lexer::{Token, TokenKind};
use super::super::version::{Feature, Gate, Version};
use super::{Parse, Parser};
use std::ops::Range;

/// An operator whose right operand is not complete yet.
enum Pending {
    Sign { negative: bool, range: Range<usize> },
    Binary { op: BinaryOp, op_range: Range<usize>, matching: Matching },
}

/// A sign binds like `*`: `-a * b` is `(-a) * b` and `-a ^ b` is `-(a ^ b)`.
const SIGN_PRECEDENCE: u8 = BinaryOp::Multiply.precedence();

impl Pending {
    fn precedence(&self) -> u8 {
        match self {
            Pending::Sign { .. } => SIGN_PRECEDENCE,
            Pending::Binary { op, .. } => op.precedence(),
        }
    }
}

impl Parser<'_> {
    /// An expression, up to the first token that cannot continue it.
    pub(super) fn expr(&mut self) -> Parse<NodeId> {
        let mut operands: Vec<NodeId> = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        loop {
            while let Some(token) = self.take_sign() {
                pending.push(Pending::Sign { negative: self.word(token) == "-", range: token.range() });
            }
            operands.push(self.operand()?);
            let Some((op, op_range)) = self.binary_operator() else { break };
            let matching = self.matching(op)?;
            // `^` is the one operator that groups to the right: an equal one on the stack stays there.
            let right = op == BinaryOp::Power;
            while pending.last().is_some_and(|top| {
                top.precedence() > op.precedence() || (top.precedence() == op.precedence() && !right)
            }) {
                self.reduce(&mut operands, &mut pending);
            }
            pending.push(Pending::Binary { op, op_range, matching });
        }
        while !pending.is_empty() {
            self.reduce(&mut operands, &mut pending);
        }
        operands.pop().ok_or_else(|| self.unexpected("an expression"))
    }

    fn take_sign(&mut self) -> Option<Token> {
        let token = self.peek();
        (token.kind == TokenKind::Sign && matches!(self.word(token), "+" | "-")).then(|| self.advance())
    }

    /// Builds the node of the topmost pending operator.
    fn reduce(&mut self, operands: &mut Vec<NodeId>, pending: &mut Vec<Pending>) {
        let (Some(operator), Some(last)) = (pending.pop(), operands.pop()) else { return };
        let built = match operator {
            Pending::Sign { negative, range } => self.signed(negative, range, last),
            Pending::Binary { op, op_range, matching } => {
                let Some(left) = operands.pop() else { return };
                let range = self.node(left).range.start..self.node(last).range.end;
                let binary = Binary { op, op_range, left, right: last, matching };
                self.push(Kind::Binary(Box::new(binary)), range)
            }
        };
        operands.push(built);
    }

    /// A sign in front of a literal becomes part of the number, as it does in Prometheus.
    fn signed(&mut self, negative: bool, op_range: Range<usize>, inner: NodeId) -> NodeId {
        let is_literal = matches!(self.node(inner).kind, Kind::Number(Number::Literal(..)));
        if is_literal && let Some(node) = self.nodes.get_mut(inner.index()) {
            if let Kind::Number(Number::Literal(value, _)) = &mut node.kind
                && negative
            {
                *value = -*value;
            }
            node.range.start = op_range.start;
            return inner;
        }
        let range = op_range.start..self.node(inner).range.end;
        self.push(Kind::Unary(Unary { negative, op_range, inner }), range)
    }

    fn binary_operator(&mut self) -> Option<(BinaryOp, Range<usize>)> {
        let token = self.peek();
        let word = self.word(token);
        let op = match token.kind {
            TokenKind::Sign => match word {
                "+" => BinaryOp::Add,
                "-" => BinaryOp::Subtract,
                "*" => BinaryOp::Multiply,
                "/" => BinaryOp::Divide,
                "%" => BinaryOp::Modulo,
                "^" => BinaryOp::Power,
                "==" => BinaryOp::Equal,
                "!=" => BinaryOp::NotEqual,
                "<" => BinaryOp::Less,
                "<=" => BinaryOp::LessEqual,
                ">" => BinaryOp::Greater,
                ">=" => BinaryOp::GreaterEqual,
                "</" => BinaryOp::TrimUpper,
                ">/" => BinaryOp::TrimLower,
                _ => return None,
            },
            TokenKind::Name => match word.to_ascii_lowercase().as_str() {
                "and" => BinaryOp::And,
                "or" => BinaryOp::Or,
                "unless" => BinaryOp::Unless,
                "atan2" => BinaryOp::Atan2,
                _ => return None,
            },
            _ => return None,
        };
        self.advance();
        if op == BinaryOp::Atan2 {
            self.require(token.range(), "`atan2`", Gate::since(Version::new(2, 31)));
        }
        if matches!(op, BinaryOp::TrimUpper | BinaryOp::TrimLower) {
            self.require(token.range(), &format!("`{word}`"), Gate::since(Version::new(3, 11)));
        }
        Some((op, token.range()))
    }

    /// `bool`, `on (…) group_left (…)`, `fill (…)`
    fn matching(&mut self, op: BinaryOp) -> Parse<Matching> {
        let mut matching = Matching::default();
        if let Some(word) = self.take_word("bool") {
            matching.bool_modifier = Some(word.range());
        }
        let on = self.is_word(self.peek(), "on");
        if on || self.is_word(self.peek(), "ignoring") {
            let word = self.advance();
            let labels = self.label_list()?;
            let range = word.start..self.last_end();
            matching.labels = Some(MatchLabels { on, labels, range });
            let left = self.is_word(self.peek(), "group_left");
            if left || self.is_word(self.peek(), "group_right") {
                let word = self.advance();
                let include = if self.peek().kind == TokenKind::LeftParen { self.label_list()? } else { Vec::new() };
                matching.group = Some(Group { left, include, range: word.start..self.last_end() });
            }
        }
        self.fill(&mut matching)?;
        if !op.is_set()
            && let (Some(labels), Some(group)) = (&matching.labels, &matching.group)
            && labels.on
        {
            let twice = group.include.iter().find(|label| labels.labels.iter().any(|on| on.name == label.name));
            if let Some(label) = twice.cloned() {
                let side = if group.left { "group_left" } else { "group_right" };
                self.error(
                    label.range,
                    format!("`{}` is in `on` already and cannot be in `{side}` as well", label.name),
                );
            }
        }
        Ok(matching)
    }

    fn fill(&mut self, matching: &mut Matching) -> Parse<()> {
        loop {
            let word = self.peek();
            let side = if self.is_word(word, "fill") {
                FillSide::Both
            } else if self.is_word(word, "fill_left") {
                FillSide::Left
            } else if self.is_word(word, "fill_right") {
                FillSide::Right
            } else {
                return Ok(());
            };
            // Without parenthesis it is a metric of that name.
            if self.look(1).kind != TokenKind::LeftParen {
                return Ok(());
            }
            let clash = matching
                .fill
                .iter()
                .any(|other| other.side == side || other.side == FillSide::Both || side == FillSide::Both);
            if clash {
                self.error(word.range(), "this side is filled already");
            }
            self.advance();
            let open = self.expect(TokenKind::LeftParen, "`(`")?;
            let negative = self.take_sign().is_some_and(|sign| self.word(sign) == "-");
            let value = self.plain_number()?;
            if self.take(TokenKind::RightParen).is_none() {
                return Err(self.unclosed(open, "`)`"));
            }
            let range = word.start..self.last_end();
            self.require(
                range.clone(),
                "`fill`",
                Gate::flagged(Version::new(3, 10), Feature::BinopFillModifiers, None),
            );
            matching.fill.push(Fill { side, value: if negative { -value } else { value }, range });
        }
    }
}
