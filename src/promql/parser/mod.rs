//! From tokens to the tree.
//!
//! Operators are handled with two stacks (operator precedence parsing), so that `1+1+1+…`, `----…` and `2^2^2^…` of any
//! length neither recurse nor cost more than linear time. Only brackets recurse, up to [`MAX_DEPTH`]. Mistakes in the
//! grammar end the parse at the first one, except inside of the braces of a selector, where reading goes on behind the
//! next comma; unknown functions, missing versions and the type rules are all reported.

mod duration;
mod lists;
mod operand;
mod operator;
mod selector;

use super::ast::{Expr, Kind, Node, NodeId, Number};
use super::error::Error;
use super::lexer::{Token, TokenKind, placeholder_at, tokenize};
use super::placeholder::{ParamKind, Place, Placeholder, mark_bases};
use super::types::{self, ValueType};
use super::version::{Gate, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub use operand::is_reserved;

/// How deeply brackets may nest. Real queries stay below 20.
pub const MAX_DEPTH: usize = 150;

/// More mistakes than this in one query are not reported.
const MAX_ERRORS: usize = 50;

/// A mistake was recorded and the parse cannot go on.
struct Stop;

type Parse<T> = Result<T, Stop>;

/// Parses and checks `text`; `params` are the placeholders it may contain, none meaning that `$` is a mistake.
pub(super) fn parse(
    text: &str,
    target: &Target,
    params: Option<&BTreeMap<String, ParamKind>>,
) -> Result<Expr, Vec<Error>> {
    let (tokens, lexical) = tokenize(text, params.is_some(), target.prometheus);
    let mut parser = Parser {
        text,
        target,
        params,
        tokens,
        at: 0,
        depth: 0,
        in_brackets: false,
        nodes: Vec::new(),
        poisoned: BTreeSet::new(),
        placeholders: Vec::new(),
        errors: Vec::new(),
        lexical,
    };
    let complete = parser.whole().is_ok();
    let Parser { mut nodes, poisoned, mut placeholders, mut errors, .. } = parser;
    if complete {
        types::check(&mut nodes, &poisoned, &mut errors);
    }
    if errors.is_empty() && !nodes.is_empty() {
        placeholders.sort_by_key(|placeholder| placeholder.range.start);
        let mut expr = Expr { nodes, placeholders };
        mark_bases(&mut expr);
        Ok(expr)
    } else {
        errors.sort_by_key(|error| (error.range.start, error.range.end));
        errors.truncate(MAX_ERRORS);
        Err(errors)
    }
}

struct Parser<'a> {
    text: &'a str,
    target: &'a Target,
    params: Option<&'a BTreeMap<String, ParamKind>>,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    in_brackets: bool,
    nodes: Vec<Node>,
    poisoned: BTreeSet<NodeId>,
    placeholders: Vec<Placeholder>,
    errors: Vec<Error>,
    /// What stopped the lexer; reported when the parser gets there without an earlier mistake.
    lexical: Option<Error>,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Parse<()> {
        if self.peek().kind == TokenKind::End && self.lexical.is_none() {
            self.errors.push(Error::new(0..0, "the query is empty"));
            return Err(Stop);
        }
        self.expr()?;
        if self.peek().kind != TokenKind::End || self.lexical.is_some() {
            return Err(self.unexpected("an operator or the end of the query"));
        }
        self.check_selectors();
        Ok(())
    }

    // Tokens.

    fn peek(&self) -> Token {
        self.look(0)
    }

    fn look(&self, ahead: usize) -> Token {
        let end = Token { kind: TokenKind::End, start: self.text.len(), end: self.text.len() };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).copied().unwrap_or(end)
    }

    fn advance(&mut self) -> Token {
        let token = self.peek();
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    /// The end of the last token taken.
    fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.end)
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn word(&self, token: Token) -> &'a str {
        self.slice(token.range())
    }

    /// Whether the token is this keyword.
    fn is_word(&self, token: Token, word: &str) -> bool {
        token.kind == TokenKind::Name && self.word(token).eq_ignore_ascii_case(word)
    }

    fn take(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.advance())
    }

    fn take_word(&mut self, word: &str) -> Option<Token> {
        self.is_word(self.peek(), word).then(|| self.advance())
    }

    fn expect(&mut self, kind: TokenKind, wanted: &str) -> Parse<Token> {
        self.take(kind).ok_or_else(|| self.unexpected(wanted))
    }

    // Mistakes.

    fn error(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.report(Error::new(range, message));
    }

    fn report(&mut self, error: Error) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }

    /// Records that something else was wanted at the next token.
    fn unexpected(&mut self, wanted: &str) -> Stop {
        let token = self.peek();
        if token.kind == TokenKind::End {
            match self.lexical.take() {
                Some(error) => self.report(error),
                None => self.error(token.range(), format!("the query ends here, {wanted} is missing")),
            }
        } else {
            let found = self.word(token);
            self.error(token.range(), format!("`{found}` does not fit here, {wanted} is needed"));
        }
        Stop
    }

    /// Records an opening bracket whose partner is missing, or whatever stands in its partner's place.
    fn unclosed(&mut self, open: Token, wanted: &str) -> Stop {
        if self.peek().kind == TokenKind::End && self.lexical.is_none() {
            let bracket = self.word(open);
            let partner = if bracket == "(" {
                ")"
            } else if bracket == "[" {
                "]"
            } else {
                "}"
            };
            let error = Error::new(open.range(), format!("this `{bracket}` is never closed"));
            self.report(error.with_help(format!("add the missing `{partner}`")));
            Stop
        } else {
            self.unexpected(wanted)
        }
    }

    fn require(&mut self, range: Range<usize>, what: &str, gate: Gate) {
        if let Some(why) = gate.refusal(what, self.target) {
            self.error(range, why);
        }
    }

    /// Runs `inner` one bracket deeper.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= MAX_DEPTH {
            let place = self.peek().range();
            self.error(place, format!("brackets nest more than {MAX_DEPTH} deep here"));
            return Err(Stop);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    // Nodes.

    fn push(&mut self, kind: Kind, range: Range<usize>) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, range, value_type: ValueType::InstantVector });
        id
    }

    /// A node that stands for something already reported.
    fn poison(&mut self, range: Range<usize>) -> NodeId {
        let id = self.push(Kind::Number(Number::Placeholder(range.start)), range);
        self.poisoned.insert(id);
        id
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    // Placeholders.

    /// Notes the placeholder at `token`, whose value must be one of `kinds`.
    fn placeholder(&mut self, token: Token, place: Place, kinds: &[ParamKind]) {
        if let Some(name) = placeholder_at(self.text, token.start) {
            self.note_placeholder(token.range(), name, place, kinds);
        }
    }

    fn note_placeholder(&mut self, range: Range<usize>, name: Range<usize>, place: Place, kinds: &[ParamKind]) {
        let name = self.slice(name);
        match self.params.and_then(|params| params.get(name)) {
            None => {
                let known: Vec<String> =
                    self.params.into_iter().flat_map(BTreeMap::keys).take(8).map(|name| format!("`{name}`")).collect();
                let error = Error::new(range, format!("there is no parameter `{name}`"));
                self.report(if known.is_empty() {
                    error.with_help("declare it, or write the value itself")
                } else {
                    error.with_help(format!("the parameters are {}", known.join(", ")))
                });
            }
            Some(kind) if kinds.contains(kind) => {
                self.placeholders.push(Placeholder { name: name.to_owned(), kind: *kind, range, place });
            }
            Some(kind) => {
                let wanted: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
                let (found, wanted) = (kind.as_str(), wanted.join(" or "));
                self.error(range, format!("the parameter `{name}` is {found}, {wanted} is needed here"));
            }
        }
    }
}
