//! Anchors, tags and directives.

use super::Error;
use super::scanner::{Kind, Scanned, Scanner};

impl Scanner<'_> {
    /// `&name` or `*name`.
    pub(super) fn anchor(&mut self) -> Scanned<Kind> {
        let (start, sigil) = (self.here(), self.cursor.byte());
        self.cursor.skip();
        let name = self.letters();
        let ends = self.cursor.blank_break_or_end(0)
            || matches!(self.cursor.byte(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            let end = self.here().max(start + 1);
            return Err(
                Error::new("`&` and `*` need a name of letters, digits, `_` and `-` behind them", start).to(end)
            );
        }
        Ok(if sigil == b'*' { Kind::Alias(name) } else { Kind::Anchor(name) })
    }

    fn letters(&mut self) -> String {
        let start = self.here();
        while self.cursor.word() {
            self.cursor.skip();
        }
        self.cursor.slice(start, self.here()).to_owned()
    }

    /// `!name`, `!!name`, `!handle!name` or `!<uri>`.
    pub(super) fn tag(&mut self) -> Scanned<Kind> {
        let start = self.here();
        let wrong = |this: &Self| Error::new("this is no valid tag", start).to(this.here().max(start + 1));
        let (handle, suffix) = if self.cursor.peek(1) == b'<' {
            self.cursor.skip();
            self.cursor.skip();
            let uri = self.uri(false)?;
            if self.cursor.byte() != b'>' {
                return Err(wrong(self));
            }
            self.cursor.skip();
            (String::new(), uri)
        } else {
            let handle = self.handle(false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle, self.uri(false)?)
            } else {
                let suffix = handle.get(1..).unwrap_or_default().to_owned() + &self.uri(true)?;
                if suffix.is_empty() { (String::new(), "!".to_owned()) } else { ("!".to_owned(), suffix) }
            }
        };
        if self.cursor.blank_break_or_end(0) { Ok(Kind::Tag { handle, suffix }) } else { Err(wrong(self)) }
    }

    fn handle(&mut self, directive: bool) -> Scanned<String> {
        let start = self.here();
        let wrong = Error::new("a tag begins with `!` and needs a known name", start);
        if self.cursor.byte() != b'!' {
            return Err(wrong);
        }
        self.cursor.skip();
        let mut handle = format!("!{}", self.letters());
        if self.cursor.byte() == b'!' {
            self.cursor.skip();
            handle.push('!');
        } else if directive && handle != "!" {
            return Err(wrong);
        }
        Ok(handle)
    }

    /// The name of a tag; `%41` stands for a byte of it.
    fn uri(&mut self, may_be_empty: bool) -> Scanned<String> {
        let start = self.here();
        let mut bytes = Vec::new();
        loop {
            let byte = self.cursor.byte();
            if byte == b'%' {
                let hex = self.cursor.slice(self.here() + 1, self.here() + 3);
                let octet = u8::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 2 && !hex.starts_with('+'));
                let Some(octet) = octet else {
                    return Err(Error::new("`%` in a tag needs two hexadecimal digits behind it", start));
                };
                bytes.push(octet);
                (0..3).for_each(|_| self.cursor.skip());
            } else if self.cursor.word() || b";/?:@&=+$,.!~*'()[]".contains(&byte) {
                bytes.push(byte);
                self.cursor.skip();
            } else {
                break;
            }
        }
        match String::from_utf8(bytes) {
            Ok(uri) if !uri.is_empty() || may_be_empty => Ok(uri),
            Ok(_) | Err(_) => Err(Error::new("this is no valid tag", start)),
        }
    }

    /// `%YAML 1.1` or `%TAG ! uri`.
    pub(super) fn directive(&mut self) -> Scanned<Kind> {
        let start = self.here();
        let wrong = || {
            Error::new("a line that begins with `%` is an instruction to the reader, and this one is not known", start)
        };
        self.cursor.skip();
        let name = self.letters();
        if name.is_empty() || !self.cursor.blank_break_or_end(0) {
            return Err(wrong());
        }
        self.cursor.skip_blanks();
        let kind = match name.as_str() {
            "YAML" => {
                let major = self.version_number().ok_or_else(wrong)?;
                if self.cursor.byte() != b'.' {
                    return Err(wrong());
                }
                self.cursor.skip();
                Kind::VersionDirective { major, minor: self.version_number().ok_or_else(wrong)? }
            }
            "TAG" => {
                let handle = self.handle(true)?;
                if !self.cursor.blank() {
                    return Err(wrong());
                }
                self.cursor.skip_blanks();
                let prefix = self.uri(false)?;
                if !self.cursor.blank_break_or_end(0) {
                    return Err(wrong());
                }
                Kind::TagDirective { handle, prefix }
            }
            _ => return Err(wrong()),
        };
        self.cursor.skip_blanks();
        if self.cursor.byte() == b'#' {
            self.comment();
        }
        if !self.cursor.break_or_end() {
            return Err(wrong());
        }
        self.cursor.skip_break();
        Ok(kind)
    }

    fn version_number(&mut self) -> Option<u8> {
        let start = self.here();
        while self.cursor.byte().is_ascii_digit() {
            self.cursor.skip();
        }
        let digits = self.cursor.slice(start, self.here());
        if digits.len() > 2 { None } else { digits.parse().ok() }
    }
}
