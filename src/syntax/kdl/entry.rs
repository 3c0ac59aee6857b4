//! Arguments, properties and type annotations.

use super::mistake;
use super::parser::Parser;
use super::word::{Place, Token};
use crate::source::Text;
use crate::syntax::{Form, Node, Scalar, ScalarKind, Shape};

/// An argument or a property.
pub(super) enum Entry {
    Argument(Scalar),
    Property(Node),
}

impl Parser<'_> {
    /// Whether nothing more of the current node can follow.
    pub(super) fn at_end_of_node(&self) -> bool {
        match self.cursor.byte() {
            None | Some(b';' | b'}') => true,
            Some(b'/') => self.cursor.sees("//"),
            Some(_) => self.cursor.newline_length() > 0,
        }
    }

    /// Whether no entry can start here.
    pub(super) fn at_end_of_entry(&self) -> bool {
        self.cursor.byte() == Some(b'{') || self.at_end_of_node()
    }

    /// Reads an argument or a property; then the blanks behind it, and says whether there were any. `None` if nothing
    /// can be kept; the reason has been reported.
    pub(super) fn entry(&mut self) -> (Option<Entry>, bool) {
        let start = self.cursor.at;
        let mut tag = None;
        let tagged = self.cursor.byte() == Some(b'(');
        if tagged {
            tag = self.annotation();
            self.node_space();
            if self.at_end_of_entry() || self.cursor.sees("/") {
                let span = self.span(start..self.cursor.at);
                self.report_unless_troubled(mistake::lonely_annotation(span, "a value"));
                return (None, true);
            }
        }
        let Some(token) = self.token(Place::Entry) else {
            return (None, self.node_space() || self.troubled);
        };
        let spaced = self.node_space();
        if self.cursor.byte() != Some(b'=') || self.in_list {
            self.check_argument(&token, spaced);
            let scalar = Scalar { text: token.text, kind: token.kind, tag };
            return (Some(Entry::Argument(scalar)), spaced);
        }
        if self.cursor.sees("==") || self.cursor.sees("=~") {
            let token = self.unquoted(start, Place::Entry, true);
            let scalar = Scalar { text: token.text, kind: token.kind, tag };
            return (Some(Entry::Argument(scalar)), self.node_space());
        }
        if tagged {
            let name = token.text.span();
            self.report_unless_troubled(mistake::annotated_name(self.span(start..name.start as usize), name));
        }
        self.check_property_name(&token);
        self.cursor.at += 1;
        self.node_space();
        let Some(value) = self.value(&token.text) else {
            return (None, true);
        };
        let value_span = value.span();
        let property = Node {
            span: token.text.span().to(value_span),
            key: token.text,
            form: Form::Property,
            shape: Shape::Scalar,
            tag: None,
            arguments: vec![value],
            members: Vec::new(),
            items: Vec::new(),
            value_span,
        };
        (Some(Entry::Property(property)), self.node_space())
    }

    /// Reads the value of the property `name`.
    fn value(&mut self, name: &Text) -> Option<Scalar> {
        let start = self.cursor.at;
        let tag = if self.cursor.byte() == Some(b'(') {
            let tag = self.annotation();
            self.node_space();
            if self.at_end_of_entry() || self.cursor.sees("/-") {
                let span = self.span(start..self.cursor.at);
                self.report_unless_troubled(mistake::lonely_annotation(span, "a value"));
                return None;
            }
            tag
        } else {
            None
        };
        if self.at_end_of_entry() || self.cursor.sees("/-") {
            let braces = self.cursor.byte() == Some(b'{');
            self.report_unless_troubled(mistake::missing_value(name.span(), self.span(start..start), braces));
            return None;
        }
        let Token { text, kind, .. } = self.token(Place::Value)?;
        if kind == ScalarKind::Plain {
            self.check_comma(&text);
        }
        Some(Scalar { text, kind, tag })
    }

    /// Reads a type annotation with its parentheses. `None` if it is broken, which has been reported.
    pub(super) fn annotation(&mut self) -> Option<Text> {
        let open = self.cursor.at;
        self.cursor.at += 1;
        self.node_space();
        if self.cursor.byte() == Some(b')') {
            self.cursor.at += 1;
            self.report_unless_troubled(mistake::empty_annotation(self.span(open..self.cursor.at)));
            return None;
        }
        let token = if self.at_end_of_entry() || self.cursor.sees("/") { None } else { self.token(Place::Annotation) };
        self.node_space();
        if !self.cursor.eat(")") {
            self.report_unless_troubled(mistake::unclosed_annotation(self.span(open..open + 1)));
            return None;
        }
        let span = self.span(open..self.cursor.at);
        token.map(|token| token.text.within(span))
    }

    /// Reads a list in brackets, which KDL does not have, as arguments.
    pub(super) fn list(&mut self, arguments: &mut Vec<Scalar>) {
        let open = self.cursor.at;
        self.report_unless_troubled(mistake::brackets(self.span(open..open + 1)));
        self.cursor.at += 1;
        self.in_list = true;
        loop {
            self.line_space();
            match self.cursor.byte() {
                Some(b']') => {
                    self.cursor.at += 1;
                    break;
                }
                None | Some(b'{' | b'}' | b';' | b'=' | b'/' | b'(' | b')' | b'[') => break,
                Some(b',') => self.cursor.at += 1,
                Some(_) => match self.token(Place::Entry) {
                    Some(token) => arguments.push(Scalar { text: token.text, kind: token.kind, tag: None }),
                    None => break,
                },
            }
        }
        self.in_list = false;
    }
}
