//! Recursive-descent parser over the lexer's tokens.

use super::functions::FunctionSet;
use super::lexer::{Keyword, Kind, Token, tokens};
use super::tree::{
    Branch, BranchArm, BranchKind, Command, Definition, Field, Head, Node, Operand, Pipeline, Template, Variable,
};
use crate::golang::{is_number, unquote};
use std::collections::BTreeMap;
use std::ops::Range;

/// How deep actions and parentheses may nest. Go allows more; hand-written templates stay far below it.
pub const MAX_DEPTH: usize = 200;

/// Why Go would refuse the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The offending bytes of the template's text.
    pub range: Range<usize>,
    /// What is wrong there: a clause without a full stop.
    pub message: String,
}

/// Parses a template text.
///
/// Broken structure ends the parse with one error; unknown functions and variables and bad literals are all reported.
pub fn parse(text: &str, functions: &'static FunctionSet) -> Result<Template, Vec<Error>> {
    let mut parser = Parser {
        text,
        tokens: tokens(text),
        at: 0,
        depth: 0,
        loops: 0,
        functions,
        scope: Scope::new(functions.variables),
        definitions: Vec::new(),
        defined: BTreeMap::new(),
        errors: Vec::new(),
    };
    match parser.top() {
        Ok(body) if parser.errors.is_empty() => Ok(Template { body, definitions: parser.definitions, functions }),
        Ok(_) => Err(parser.errors),
        Err(error) => {
            parser.errors.push(error);
            Err(parser.errors)
        }
    }
}

/// The variables that are visible, in order of declaration. The counts make look-ups independent of their number.
struct Scope {
    names: Vec<String>,
    counts: BTreeMap<String, usize>,
}

impl Scope {
    fn new(predefined: &[&str]) -> Self {
        let mut scope = Self { names: Vec::new(), counts: BTreeMap::new() };
        scope.declare("$");
        for name in predefined {
            scope.declare(name);
        }
        scope
    }

    fn declare(&mut self, name: &str) {
        self.names.push(name.to_owned());
        *self.counts.entry(name.to_owned()).or_default() += 1;
    }

    fn has(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|count| *count > 0)
    }

    fn truncate(&mut self, length: usize) {
        for name in self.names.drain(length.min(self.names.len())..) {
            if let Some(count) = self.counts.get_mut(&name) {
                *count -= 1;
            }
        }
    }
}

/// What ended a list of nodes.
enum Closing {
    End,
    /// The `else` token has been read, what follows it has not.
    Else(Range<usize>),
}

type Step<T> = Result<T, Error>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    loops: usize,
    functions: &'static FunctionSet,
    scope: Scope,
    definitions: Vec<Definition>,
    /// Name to "has more than white space": Go allows redefining an empty template only.
    defined: BTreeMap<String, bool>,
    errors: Vec<Error>,
}

fn fail<T>(range: Range<usize>, message: impl Into<String>) -> Step<T> {
    Err(Error { range, message: message.into() })
}

impl<'a> Parser<'a> {
    fn kind(&self) -> Kind {
        self.tokens.get(self.at).map_or(Kind::End, |token| token.kind)
    }

    fn range(&self) -> Range<usize> {
        let end = self.text.len();
        self.tokens.get(self.at).map_or(end..end, |token| token.range.clone())
    }

    fn text_of(&self, range: &Range<usize>) -> &'a str {
        self.text.get(range.clone()).unwrap_or("")
    }

    /// Steps over the current token; the last one stays.
    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn skip_space(&mut self) -> Kind {
        while self.kind() == Kind::Space {
            self.advance();
        }
        self.kind()
    }

    fn unexpected<T>(&self, place: &str) -> Step<T> {
        let range = self.range();
        match self.kind() {
            Kind::Error(message) => fail(range, message),
            Kind::End => fail(range, format!("the text ends inside {place}")),
            Kind::RightDelimiter => fail(range, format!("`}}}}` comes too early in {place}")),
            Kind::Keyword(_) => fail(range.clone(), format!("`{}` cannot stand in {place}", self.text_of(&range))),
            _ => fail(range.clone(), format!("unexpected `{}` in {place}", self.text_of(&range))),
        }
    }

    fn expect_close(&mut self, place: &str) -> Step<()> {
        if self.skip_space() != Kind::RightDelimiter {
            return self.unexpected(place);
        }
        self.advance();
        Ok(())
    }

    fn deeper<T>(&mut self, range: Range<usize>, body: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        if self.depth >= MAX_DEPTH {
            return fail(range, format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    fn top(&mut self) -> Step<Vec<Node>> {
        let mut nodes = Vec::new();
        loop {
            match self.kind() {
                Kind::End => {
                    return Ok(nodes);
                }
                Kind::LeftDelimiter => {
                    let start = self.at;
                    self.advance();
                    if self.skip_space() == Kind::Keyword(Keyword::Define) {
                        self.advance();
                        self.definition(start)?;
                        continue;
                    }
                    self.at = start;
                }
                _ => {}
            }
            match self.item(&mut nodes)? {
                None => {}
                Some(Closing::End) => return self.stray("`end` closes nothing"),
                Some(Closing::Else(range)) => return fail(range, "`else` belongs to no `if`, `with` or `range`"),
            }
        }
    }

    /// An error at the token before the current one.
    fn stray<T>(&self, message: &str) -> Step<T> {
        let before = self.tokens.get(self.at.saturating_sub(1)).map_or(0..0, |token| token.range.clone());
        fail(before, message)
    }

    fn definition(&mut self, opening: usize) -> Step<()> {
        let (name, name_range) = self.template_name("`define`")?;
        self.expect_close("`define`")?;
        let body = self.separate_body(opening, "define")?;
        self.define(name, name_range, body);
        Ok(())
    }

    /// A body with its own variables, up to its `end`.
    fn separate_body(&mut self, opening: usize, word: &str) -> Step<Vec<Node>> {
        // Neither the predefined variables nor a loop reach into a definition.
        let scope = std::mem::replace(&mut self.scope, Scope::new(&[]));
        let loops = std::mem::take(&mut self.loops);
        let range = self.opening_range(opening);
        let (body, closing) = self.deeper(range.clone(), |parser| parser.list(&range, word))?;
        self.scope = scope;
        self.loops = loops;
        match closing {
            Closing::End => Ok(body),
            Closing::Else(range) => fail(range, format!("`{word}` has no `else`")),
        }
    }

    fn define(&mut self, name: String, name_range: Range<usize>, body: Vec<Node>) {
        if !self.is_first(&name, &body) {
            let message = format!("the template `{name}` is defined twice");
            self.errors.push(Error { range: name_range.clone(), message });
        }
        self.definitions.push(Definition { name, name_range, body });
    }

    /// Notes a definition; Go only lets an empty one be defined again.
    fn is_first(&mut self, name: &str, body: &[Node]) -> bool {
        let full = body.iter().any(|node| match node {
            // Go trims Unicode white space here.
            Node::Text(range) => !self.text_of(range).trim().is_empty(),
            Node::Comment(_) => false,
            Node::Action(_) | Node::Branch(_) | Node::Call { .. } | Node::Break(_) | Node::Continue(_) => true,
        });
        let before = self.defined.get(name).copied().unwrap_or(false);
        self.defined.insert(name.to_owned(), before || full);
        !(before && full)
    }

    /// The opening action that starts at token `at`, as far as its closing delimiter.
    fn opening_range(&self, at: usize) -> Range<usize> {
        let start = self.tokens.get(at).map_or(0, |token| token.range.start);
        let end = self.tokens.get(self.at.saturating_sub(1)).map_or(start, |token| token.range.end);
        start..end.max(start)
    }

    /// Nodes up to `end` or `else`.
    fn list(&mut self, opening: &Range<usize>, word: &str) -> Step<(Vec<Node>, Closing)> {
        let mut nodes = Vec::new();
        loop {
            if self.kind() == Kind::End {
                return fail(opening.clone(), format!("this `{word}` is never closed with `{{{{ end }}}}`"));
            }
            if let Some(closing) = self.item(&mut nodes)? {
                return Ok((nodes, closing));
            }
        }
    }

    /// One text, comment or action.
    fn item(&mut self, nodes: &mut Vec<Node>) -> Step<Option<Closing>> {
        let range = self.range();
        match self.kind() {
            Kind::Text => {
                self.advance();
                nodes.push(Node::Text(range));
                Ok(None)
            }
            Kind::Comment => {
                self.advance();
                nodes.push(Node::Comment(range));
                Ok(None)
            }
            Kind::LeftDelimiter => {
                self.advance();
                self.action(nodes)
            }
            _ => self.unexpected("the text"),
        }
    }

    fn action(&mut self, nodes: &mut Vec<Node>) -> Step<Option<Closing>> {
        let opening = self.at.saturating_sub(1);
        let Kind::Keyword(keyword) = self.skip_space() else {
            let pipeline = self.pipeline("an action", false, Kind::RightDelimiter)?;
            nodes.push(Node::Action(pipeline));
            return Ok(None);
        };
        let range = self.range();
        self.advance();
        match keyword {
            Keyword::If => nodes.push(self.branch(BranchKind::If, opening)?),
            Keyword::With => nodes.push(self.branch(BranchKind::With, opening)?),
            Keyword::Range => nodes.push(self.branch(BranchKind::Range, opening)?),
            Keyword::Template => {
                let (name, name_range) = self.template_name("`template`")?;
                let argument = self.optional_pipeline("`template`")?;
                nodes.push(Node::Call { name, name_range, argument });
            }
            Keyword::Block => {
                let (name, name_range) = self.template_name("`block`")?;
                let argument = self.pipeline("`block`", false, Kind::RightDelimiter)?;
                let body = self.separate_body(opening, "block")?;
                self.define(name.clone(), name_range.clone(), body);
                nodes.push(Node::Call { name, name_range, argument: Some(argument) });
            }
            Keyword::Break | Keyword::Continue => {
                let word = self.text_of(&range);
                self.expect_close(&format!("`{word}`"))?;
                if self.loops == 0 {
                    return fail(range, format!("`{word}` outside `range`"));
                }
                nodes.push(if keyword == Keyword::Break { Node::Break(range) } else { Node::Continue(range) });
            }
            Keyword::End => {
                self.expect_close("`end`")?;
                return Ok(Some(Closing::End));
            }
            Keyword::Else => {
                if !matches!(self.skip_space(), Kind::Keyword(Keyword::If | Keyword::With)) {
                    self.expect_close("`else`")?;
                }
                return Ok(Some(Closing::Else(range)));
            }
            Keyword::Define => return fail(range, "`define` is only allowed outside every other action"),
        }
        Ok(None)
    }

    fn template_name(&mut self, place: &str) -> Step<(String, Range<usize>)> {
        self.skip_space();
        let range = self.range();
        match self.kind() {
            Kind::Quoted | Kind::RawQuoted => {
                self.advance();
                let name = self.unquoted(&range);
                Ok((name, range))
            }
            Kind::Error(_) | Kind::End => self.unexpected(place),
            _ => fail(range, format!("{place} needs a quoted template name")),
        }
    }

    /// A string's content; a bad escape is reported and gives an empty text.
    fn unquoted(&mut self, range: &Range<usize>) -> String {
        match unquote(self.text_of(range)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                let at = range.start + error.range.start..range.start + error.range.end;
                self.errors.push(Error { range: at, message: error.message.to_owned() });
                String::new()
            }
        }
    }

    fn optional_pipeline(&mut self, place: &str) -> Step<Option<Pipeline>> {
        if self.skip_space() == Kind::RightDelimiter {
            self.advance();
            return Ok(None);
        }
        self.pipeline(place, false, Kind::RightDelimiter).map(Some)
    }

    fn branch(&mut self, kind: BranchKind, opening: usize) -> Step<Node> {
        let word = match kind {
            BranchKind::If => "if",
            BranchKind::With => "with",
            BranchKind::Range => "range",
        };
        let visible = self.scope.names.len();
        let mut arms = Vec::new();
        let mut otherwise = Vec::new();
        let mut whole = None;
        loop {
            let pipeline = self.pipeline(&format!("`{word}`"), kind == BranchKind::Range, Kind::RightDelimiter)?;
            let range = whole.get_or_insert_with(|| self.opening_range(opening)).clone();
            self.loops += usize::from(kind == BranchKind::Range);
            let (body, closing) = self.deeper(range.clone(), |parser| parser.list(&range, word))?;
            self.loops -= usize::from(kind == BranchKind::Range);
            arms.push(BranchArm { pipeline, body });
            match closing {
                Closing::End => break,
                Closing::Else(_) => {
                    let again = match kind {
                        BranchKind::If => Some(Keyword::If),
                        BranchKind::With => Some(Keyword::With),
                        BranchKind::Range => None,
                    };
                    if again.is_some_and(|keyword| self.kind() == Kind::Keyword(keyword)) {
                        self.advance();
                        continue;
                    }
                    let (body, closing) = self.deeper(range.clone(), |parser| parser.list(&range, word))?;
                    otherwise = body;
                    match closing {
                        Closing::End => break,
                        Closing::Else(range) => return fail(range, "a second `else`; expected `{{ end }}`"),
                    }
                }
            }
        }
        self.scope.truncate(visible);
        Ok(Node::Branch(Branch { kind, range: whole.unwrap_or(0..0), arms, otherwise }))
    }

    /// `$a, $b := command | command`, up to and including `end`.
    fn pipeline(&mut self, place: &str, ranges: bool, end: Kind) -> Step<Pipeline> {
        self.skip_space();
        let start = self.range().start;
        let mut variables = Vec::new();
        let mut assigns = false;
        while self.skip_space() == Kind::Variable {
            let before = self.at;
            let range = self.range();
            self.advance();
            match self.skip_space() {
                mark @ (Kind::Assign | Kind::Declare) => {
                    assigns = mark == Kind::Assign;
                    self.advance();
                    self.declare(&mut variables, range);
                    break;
                }
                Kind::Comma => {
                    self.advance();
                    self.declare(&mut variables, range);
                    if !ranges || variables.len() > 1 {
                        return self.stray(&format!("too many variables are declared in {place}"));
                    }
                    match self.skip_space() {
                        Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis => {}
                        _ => return fail(self.range(), "`range` can only declare variables here"),
                    }
                }
                _ => {
                    self.at = before;
                    break;
                }
            }
        }
        let mut commands: Vec<Command> = Vec::new();
        loop {
            match self.skip_space() {
                kind if kind == end => {
                    let stop = self.tokens.get(self.at).map_or(start, |token| token.range.start);
                    if commands.is_empty() {
                        return fail(self.range(), format!("a value is missing in {place}"));
                    }
                    let last = commands.last().map_or(stop, |command| command.range.end);
                    self.advance();
                    self.check_stages(&commands);
                    return Ok(Pipeline { range: start..last, variables, assigns, commands });
                }
                Kind::Bool
                | Kind::Character
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawQuoted
                | Kind::Quoted
                | Kind::Variable
                | Kind::LeftParenthesis => commands.push(self.command()?),
                _ => return self.unexpected(place),
            }
        }
    }

    fn declare(&mut self, variables: &mut Vec<Variable>, range: Range<usize>) {
        let name = self.text_of(&range).to_owned();
        self.scope.declare(&name);
        variables.push(Variable { name, range });
    }

    /// Only functions, fields and variables can take a piped value.
    fn check_stages(&mut self, commands: &[Command]) {
        for command in commands.iter().skip(1) {
            let Some(first) = command.operands.first() else { continue };
            let literal = match first.head {
                Head::Bool(_) | Head::Dot | Head::Nil | Head::Number(_) | Head::Character(_) | Head::Text(_) => {
                    first.fields.is_empty()
                }
                Head::Function(_) | Head::Variable(_) | Head::Parenthesised(_) => false,
            };
            if literal {
                let message = "a value cannot be piped into this: it is not a function".to_owned();
                self.errors.push(Error { range: first.range.clone(), message });
            }
        }
    }

    fn command(&mut self) -> Step<Command> {
        let mut operands: Vec<Operand> = Vec::new();
        let start = self.range().start;
        loop {
            self.skip_space();
            operands.extend(self.operand()?);
            match self.kind() {
                Kind::Space => self.advance(),
                Kind::RightDelimiter | Kind::RightParenthesis => break,
                Kind::Pipe => {
                    self.advance();
                    break;
                }
                _ => return self.unexpected("a list of arguments"),
            }
        }
        match operands.last().map(|operand| operand.range.end) {
            Some(end) => Ok(Command { range: start..end, operands }),
            None => fail(self.range(), "an empty command"),
        }
    }

    /// One value with its fields; nothing when none starts here.
    fn operand(&mut self) -> Step<Option<Operand>> {
        let range = self.range();
        let start = range.start;
        let mut end = range.end;
        let mut fields = Vec::new();
        let mut literal = false;
        let text = self.text_of(&range);
        let head = match self.kind() {
            Kind::Identifier => {
                if !self.functions.has(text) {
                    self.errors.push(Error { range, message: format!("there is no function `{text}`") });
                }
                Head::Function(text.to_owned())
            }
            Kind::Variable => {
                if !self.scope.has(text) {
                    self.errors.push(Error { range, message: format!("the variable `{text}` is not declared here") });
                }
                Head::Variable(text.to_owned())
            }
            Kind::Dot => {
                literal = true;
                Head::Dot
            }
            Kind::Field => {
                fields.push(self.field());
                Head::Dot
            }
            Kind::Nil => {
                literal = true;
                Head::Nil
            }
            Kind::Bool => {
                literal = true;
                Head::Bool(text == "true")
            }
            Kind::Number => {
                literal = true;
                if !is_number(text) {
                    self.errors.push(Error { range, message: format!("`{text}` is not a number Go can hold") });
                }
                Head::Number(text.to_owned())
            }
            Kind::Character => {
                literal = true;
                self.unquoted(&range);
                Head::Character(text.to_owned())
            }
            Kind::Quoted | Kind::RawQuoted => {
                literal = true;
                Head::Text(self.unquoted(&range))
            }
            Kind::LeftParenthesis => {
                self.advance();
                let inner = |parser: &mut Self| parser.pipeline("parentheses", false, Kind::RightParenthesis);
                let pipeline = self.deeper(range, inner)?;
                // The closing parenthesis is the token before the current one; step back so that the common end fits.
                self.at -= 1;
                end = self.range().end;
                Head::Parenthesised(Box::new(pipeline))
            }
            _ => return Ok(None),
        };
        self.advance();
        while self.kind() == Kind::Field {
            if literal {
                return fail(self.range(), "a literal or `.` has no fields");
            }
            end = self.range().end;
            fields.push(self.field());
            self.advance();
        }
        Ok(Some(Operand { range: start..end, head, fields }))
    }

    /// The current token as a field.
    fn field(&self) -> Field {
        let range = self.range();
        let range = range.start + 1..range.end;
        Field { name: self.text_of(&range).to_owned(), range }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        parse(text, FunctionSet::alert()).is_ok()
    }

    fn first_error(text: &str) -> (&str, String) {
        let error = parse(text, FunctionSet::alert()).unwrap_err().remove(0);
        (&text[error.range], error.message)
    }

    #[test]
    fn accepts_what_go_accepts() {
        for text in [
            "",
            "plain } }} text",
            "{{ . }}",
            "{{.}}",
            "{{- . -}}",
            "{{ -1 }}",
            "{{/* a {{ b */}}",
            "{{- /* a */ -}}",
            "{{ if .Value }}a{{ else if .Labels }}b{{ else }}c{{ end }}",
            "{{ with $labels.a }}{{ . }}{{ else with $labels.b }}{{ . }}{{ end }}",
            "{{ range $i, $e := query \"up\" }}{{ break }}{{ else }}none{{ end }}",
            "{{ $a := 1 }}{{ $a = 2 }}{{ $a }}",
            "{{ define \"x\" }}{{ .a }}{{ end }}{{ template \"x\" . }}{{ template \"y\" }}",
            "{{ block \"x\" . }}{{ end }}",
            "{{ (index $labels \"a\").b }}",
            "{{ printf \"%d\" 'a' 0x1F 1_000 1.5e3 true nil 1+2i }}",
            "{{ \"a\" | printf `%s` | toUpper }}",
        ] {
            assert!(accepts(text), "{text}: {:?}", parse(text, FunctionSet::alert()).err());
        }
    }

    #[test]
    fn points_at_what_go_refuses() {
        for (text, at) in [
            ("a {{ .b", "{{"),
            ("{{ nope 1 }}", "nope"),
            ("{{ $x }}", "$x"),
            ("{{ }}", "}}"),
            ("{{ 1 | 2 }}", "2"),
            ("{{ if }}a{{ end }}", "}}"),
            ("x {{ if . }}a", "{{ if . }}"),
            ("{{ end }}", "}}"),
            ("{{ else }}", "else"),
            ("{{ break }}", "break"),
            ("{{ \"a\\d\" }}", "\\d"),
            ("{{ ( }}", "{{ ( "),
            ("{{ ) }}", ")"),
            ("{{ $labels.a-b }}", "-"),
            ("{{ 1x }}", "1x"),
            ("{{ template x }}", "x"),
            ("{{ define \"x\" }}{{ $labels.a }}{{ end }}", "$labels"),
            ("{{ define \"x\" }}a{{ end }}{{ define \"x\" }}b{{ end }}", "\"x\""),
            ("{{ 18446744073709551616 }}", "18446744073709551616"),
            ("{{ \u{a0}}}", "\u{a0}"),
        ] {
            assert_eq!(first_error(text).0, at, "{text}: {}", first_error(text).1);
        }
    }

    #[test]
    fn several_mistakes_are_reported_at_once() {
        let errors = parse("{{ nope }} {{ $x }} {{ \"\\q\" }}", FunctionSet::alert()).unwrap_err();
        assert_eq!(errors.len(), 3);
    }

    #[test]
    fn hostile_texts_end_soon() {
        let many = 100_000;
        for text in [
            format!("{{{{ {} }}}}", "(".repeat(many)),
            "{{ if . }}".repeat(many),
            format!("{{{{ . {} }}}}", "| print ".repeat(many)),
            format!("{{{{ .{} }}}}", "a.".repeat(many)),
            "{{ $a := 1 }}".repeat(many),
            "{{ define \"x\" }}{{ end }}".repeat(many),
            format!("{{{{ if . }}}}{}{{{{ end }}}}", "{{ else if . }}".repeat(many)),
        ] {
            if let Ok(template) = parse(&text, FunctionSet::alert()) {
                let _ = super::super::facts(&template);
            }
        }
    }
}
