//! The nginx printer: no value can end a directive, open a block, or be replaced by a variable.
//!
//! Literals always stand in double quotes, where nginx knows escapes for quotes, backslash, tab and line breaks. For `$`
//! it knows none, and whether `$` is special depends on the directive:
//!
//! - directives that replace variables get a variable whose value is `$`, declared once by a `geo` block;
//! - directives known to take everything as it is get the `$` as it is;
//! - for all others the value is refused, because a guess could be wrong in silence.
//!
//! What nginx cannot hold at all (control characters, words longer than its buffer) is refused too.

use super::Output;
use super::writer::Writer;
use crate::artifact::nginx::{Argument, Block, Directive};

/// The variable that stands for a dollar sign.
const DOLLAR: &str = "${literal_dollar}";

/// nginx reads a configuration through a buffer of 4096 bytes, and a word has to fit into it with its quotes.
const LONGEST_WORD: usize = 4000;

/// A value that nginx cannot hold, or that could not be written without a doubt about its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The directives around the value, outermost first, ending with the one that has it.
    pub path: Vec<String>,
    /// Which argument of the directive, from 1 on; 0 for its name.
    pub argument: usize,
    /// Why.
    pub reason: Reason,
}

/// Why a value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It holds this control character, for which nginx has no escape.
    Control(char),
    /// It holds a line break, which would begin another header.
    LineBreakInHeader,
    /// It holds a `$`, and for this directive it is not known whether nginx replaces variables.
    Dollar,
    /// It is longer than nginx's buffer.
    TooLong,
    /// It is no single word, but was given as one.
    NotAWord,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.argument == 0 {
            write!(f, "the name of the directive `{}`", self.path.join(" > "))?;
        } else {
            write!(f, "argument {} of `{}`", self.argument, self.path.join(" > "))?;
        }
        match self.reason {
            Reason::Control(character) => {
                write!(f, " holds the control character U+{:04X}, which nginx cannot hold", u32::from(character))
            }
            Reason::LineBreakInHeader => write!(f, " holds a line break, which would begin another header"),
            Reason::Dollar => write!(f, " holds a `$`, which nginx may take for the start of a variable there"),
            Reason::TooLong => write!(f, " is longer than {LONGEST_WORD} bytes, the most that nginx reads as one word"),
            Reason::NotAWord => write!(f, " is not a single word"),
        }
    }
}

impl std::error::Error for Refused {}

/// Prints a configuration below the `header` lines as comments, or says which value nginx could not hold.
///
/// A configuration without an `http` block is taken for a file to be included in one.
pub fn print(configuration: &Block, header: &[String]) -> Result<Output, Refused> {
    let mut writer = Writer::default();
    for line in header {
        writer.comment(line, 0);
    }
    let needed = needs_dollar(configuration, "");
    let has_http = configuration.directives.iter().any(|directive| directive.name == "http");
    let mut printer = Printer { writer, path: Vec::new(), declare_dollar: needed && has_http };
    if needed && !has_http {
        printer.declare_dollar(0);
        printer.writer.push_char('\n');
    }
    printer.block(configuration, 0)?;
    Ok(printer.writer.finish())
}

/// What a directive does with a `$` in its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dollar {
    Replaced,
    Kept,
    Unknown,
}

/// By nginx's documentation: "can contain variables" for the first group. Entries of `map` blocks replace variables in their
/// values, those of `geo` and `types` blocks do not.
fn dollar(parent: &str, directive: &str) -> Dollar {
    match (parent, directive) {
        ("geo" | "types", _) => Dollar::Kept,
        ("map", _) | (_, "add_header" | "auth_basic" | "proxy_set_body" | "proxy_set_header" | "return" | "set") => {
            Dollar::Replaced
        }
        _ => Dollar::Unknown,
    }
}

/// Whether some literal needs the variable for `$`.
fn needs_dollar(block: &Block, parent: &str) -> bool {
    block.directives.iter().any(|directive| {
        let literal = |argument: &Argument| matches!(argument, Argument::Literal(text) if text.contains('$'));
        dollar(parent, &directive.name) == Dollar::Replaced && directive.arguments.iter().any(literal)
            || directive.block.as_ref().is_some_and(|block| needs_dollar(block, &directive.name))
    })
}

struct Printer {
    writer: Writer,
    path: Vec<String>,
    /// Whether the next `http` block is to begin with the declaration.
    declare_dollar: bool,
}

impl Printer {
    fn declare_dollar(&mut self, columns: usize) {
        self.writer.indent(columns);
        self.writer.comment("nginx has no escape for a dollar sign.", columns);
        self.writer.push("geo $literal_dollar { default \"$\"; }\n");
    }

    fn block(&mut self, block: &Block, columns: usize) -> Result<(), Refused> {
        for (index, directive) in block.directives.iter().enumerate() {
            if index > 0 && directive.block.is_some() {
                self.writer.push_char('\n');
            }
            self.writer.indent(columns);
            if let Some(comment) = &directive.comment {
                self.writer.comment(comment, columns);
            }
            let mark = self.writer.open(directive.origin);
            let parent = self.path.last().cloned().unwrap_or_default();
            self.path.push(directive.name.clone());
            self.directive(directive, &parent, columns)?;
            self.path.pop();
            self.writer.close(mark);
            self.writer.push_char('\n');
        }
        Ok(())
    }

    fn directive(&mut self, directive: &Directive, parent: &str, columns: usize) -> Result<(), Refused> {
        if is_name(&directive.name) {
            self.writer.push(&directive.name);
        } else if matches!(parent, "map" | "geo" | "types") {
            // The entries of these blocks are not directives, and their names may be any text.
            self.quoted(&directive.name, 0, Dollar::Kept, false)?;
        } else {
            return Err(self.refused(0, Reason::NotAWord));
        }
        let in_header = goes_into_header(directive);
        for (index, argument) in directive.arguments.iter().enumerate() {
            self.writer.push_char(' ');
            self.argument(argument, index + 1, dollar(parent, &directive.name), in_header)?;
        }
        let Some(block) = &directive.block else {
            self.writer.push_char(';');
            return Ok(());
        };
        self.writer.push(" {\n");
        if directive.name == "http" && std::mem::take(&mut self.declare_dollar) {
            self.declare_dollar(columns + 4);
        }
        self.block(block, columns + 4)?;
        self.writer.indent(columns);
        self.writer.push_char('}');
        Ok(())
    }

    fn argument(&mut self, argument: &Argument, index: usize, dollar: Dollar, in_header: bool) -> Result<(), Refused> {
        match argument {
            Argument::Word(word) if word.len() > LONGEST_WORD => Err(self.refused(index, Reason::TooLong)),
            Argument::Word(word) if is_word(word) => {
                self.writer.push(word);
                Ok(())
            }
            Argument::Word(_) => Err(self.refused(index, Reason::NotAWord)),
            Argument::Literal(text) => self.quoted(text, index, dollar, in_header),
            Argument::Template(text) => self.quoted(text, index, Dollar::Kept, in_header),
        }
    }

    fn quoted(&mut self, text: &str, index: usize, dollar: Dollar, in_header: bool) -> Result<(), Refused> {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for character in text.chars() {
            match character {
                '\n' | '\r' if in_header => return Err(self.refused(index, Reason::LineBreakInHeader)),
                '"' => quoted.push_str("\\\""),
                '\\' => quoted.push_str("\\\\"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                control if control.is_ascii_control() => return Err(self.refused(index, Reason::Control(control))),
                '$' => match dollar {
                    Dollar::Replaced => quoted.push_str(DOLLAR),
                    Dollar::Kept => quoted.push('$'),
                    Dollar::Unknown => return Err(self.refused(index, Reason::Dollar)),
                },
                other => quoted.push(other),
            }
        }
        quoted.push('"');
        if quoted.len() > LONGEST_WORD {
            return Err(self.refused(index, Reason::TooLong));
        }
        self.writer.push(&quoted);
        Ok(())
    }

    fn refused(&self, argument: usize, reason: Reason) -> Refused {
        Refused { path: self.path.clone(), argument, reason }
    }
}

/// Whether the values of a directive become part of an HTTP header; `return` with a redirect writes `Location`.
fn goes_into_header(directive: &Directive) -> bool {
    match directive.name.as_str() {
        "add_header" | "proxy_set_header" | "auth_basic" => true,
        "return" => matches!(directive.arguments.first(), Some(Argument::Word(code)) if code.starts_with('3')),
        _ => false,
    }
}

/// Directive names, and names of entries that need no quotes.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
}

/// Whether nginx reads the text as exactly one word: no blank, nothing that ends a directive or begins a block, and quotes and
/// comments only where they are ordinary characters.
fn is_word(word: &str) -> bool {
    let mut before = ' ';
    for character in word.chars() {
        let breaks_out = match character {
            ' ' | ';' | '"' | '\'' | '\\' => true,
            '{' => before != '$',
            '#' | '}' => before == ' ',
            other => other.is_control(),
        };
        if breaks_out {
            return false;
        }
        before = character;
    }
    !word.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(name: &str, arguments: Vec<Argument>, block: Option<Block>) -> Directive {
        Directive { name: name.to_owned(), arguments, block, comment: None, origin: None }
    }

    fn literal(name: &str, text: &str) -> Directive {
        directive(name, vec![Argument::Literal(text.to_owned())], None)
    }

    #[test]
    fn lays_out_blocks() {
        let server = Block {
            directives: vec![
                directive("listen", vec![Argument::Word("9094".to_owned())], None),
                Directive { comment: Some("the\nbody".to_owned()), ..literal("set", "a;b}") },
                directive("proxy_set_body", vec![Argument::Template("{\"v\":$request_body}".to_owned())], None),
            ],
        };
        let root = Block { directives: vec![directive("server", Vec::new(), Some(server))] };
        let output = print(&root, &["made by a test".to_owned()]).expect("nothing to refuse");
        assert_eq!(
            output.text,
            "# made by a test\nserver {\n    listen 9094;\n    # the\n    # body\n    set \"a;b}\";\n    proxy_set_body \
             \"{\\\"v\\\":$request_body}\";\n}\n"
        );
    }

    #[test]
    fn refuses_what_it_cannot_say() {
        for (entry, argument, reason) in [
            (literal("set", "a\0"), 1, Reason::Control('\0')),
            (literal("set", "\u{7f}"), 1, Reason::Control('\u{7f}')),
            (literal("server_name", "$x"), 1, Reason::Dollar),
            (literal("add_header", "a\r\nX: y"), 1, Reason::LineBreakInHeader),
            (literal("auth_basic", "a\n"), 1, Reason::LineBreakInHeader),
            (literal("return", &"x".repeat(5000)), 1, Reason::TooLong),
            (literal("return", &"$".repeat(300)), 1, Reason::TooLong),
            (literal("a b", ""), 0, Reason::NotAWord),
            (literal("", ""), 0, Reason::NotAWord),
        ] {
            let name = entry.name.clone();
            let wanted = Refused { path: vec![name], argument, reason };
            assert_eq!(print(&Block { directives: vec![entry] }, &[]), Err(wanted));
        }
        for word in ["", "a b", "a;", "{", "x{", "}", "#x", "\"", "a'b", "a\nb", "\\"] {
            let entry = directive("set", vec![Argument::Word("ok".to_owned()), Argument::Word(word.to_owned())], None);
            let refused = print(&Block { directives: vec![entry] }, &[]).expect_err(word);
            assert_eq!((refused.argument, refused.reason), (2, Reason::NotAWord), "{word}");
            assert_eq!(refused.to_string(), "argument 2 of `set` is not a single word");
        }
        for word in ["$x", "${x}y", "a}b", "a#b", "~^/t/[^/]+$", "="] {
            let entry = directive("set", vec![Argument::Word(word.to_owned())], None);
            assert!(print(&Block { directives: vec![entry] }, &[]).is_ok(), "{word}");
        }
    }
}
