//! Scalar types: how the text of a leaf is read, by the type of the field it lands in.

use std::fmt;

use super::field::{ScalarKind, SchemaHint};
use crate::golang::DurationError;
use crate::source::Text;
use crate::syntax;

pub use crate::golang::Duration;

/// A type that is read from one scalar.
pub trait ScalarType: Sized {
    /// What messages call it, with an article ("a duration such as `5m`").
    const EXPECTS: &'static str;
    /// What the JSON schema says of it.
    const SCHEMA: SchemaHint;
    /// Both, with a function that tells whether a text can be read.
    const KIND: ScalarKind = ScalarKind {
        expects: Self::EXPECTS,
        schema: Self::SCHEMA,
        check: |text, written| Self::read(text, written).map(drop),
    };

    /// Reads the text. The error says in a few words what is wrong with it, or is empty where "expected X" says enough.
    fn read(text: &Text, written: syntax::ScalarKind) -> Result<Self, String>;
}

/// Text keeps its place byte for byte, for queries and templates.
impl ScalarType for Text {
    const EXPECTS: &'static str = "text";
    const SCHEMA: SchemaHint = SchemaHint::Text;

    fn read(text: &Text, written: syntax::ScalarKind) -> Result<Self, String> {
        match written {
            syntax::ScalarKind::Null => Err(String::new()),
            _ => Ok(text.clone()),
        }
    }
}

impl ScalarType for bool {
    const EXPECTS: &'static str = "`true` or `false`";
    const SCHEMA: SchemaHint = SchemaHint::Bool;

    fn read(text: &Text, written: syntax::ScalarKind) -> Result<Self, String> {
        match (written, text.as_str()) {
            (syntax::ScalarKind::Bool, "true") => Ok(true),
            (syntax::ScalarKind::Bool, "false") => Ok(false),
            _ => Err(String::new()),
        }
    }
}

impl ScalarType for u32 {
    const EXPECTS: &'static str = "a whole number from 0 on";
    const SCHEMA: SchemaHint = SchemaHint::Integer(0);

    fn read(text: &Text, _: syntax::ScalarKind) -> Result<Self, String> {
        text.as_str().parse().map_err(|_| String::new())
    }
}

/// The name of a thing in the spec. Any Unicode is fine, but control characters and blanks at the ends are not: names end
/// up in file names, YAML and Kubernetes objects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The longest name, in bytes; the file systems and Kubernetes names it ends up in take no more.
    pub const MAX_BYTES: usize = 200;

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ScalarType for Name {
    const EXPECTS: &'static str = "a name";
    const SCHEMA: SchemaHint = SchemaHint::Text;

    fn read(text: &Text, written: syntax::ScalarKind) -> Result<Self, String> {
        let name = text.as_str();
        if written == syntax::ScalarKind::Null || name.is_empty() {
            return Err("a name cannot be empty".to_owned());
        }
        if name.trim() != name {
            return Err("a name cannot begin or end with a blank".to_owned());
        }
        if let Some(bad) = name.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(format!("a name cannot contain the control character U+{:04X}", u32::from(bad)));
        }
        if name.len() > Self::MAX_BYTES {
            return Err(format!("a name can be at most {} bytes long", Self::MAX_BYTES));
        }
        Ok(Self(name.to_owned()))
    }
}

/// A length of time in Prometheus' notation, such as `5m` or `1h30m`.
impl ScalarType for Duration {
    const EXPECTS: &'static str = "a duration such as `30s`, `5m` or `1h30m`";
    const SCHEMA: SchemaHint =
        SchemaHint::Pattern("^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$");

    fn read(text: &Text, _: syntax::ScalarKind) -> Result<Self, String> {
        let text = text.as_str();
        if !text.is_empty() && text != "0" && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("a duration needs a unit: `{text}s` for seconds, `{text}m` for minutes"));
        }
        text.parse().map_err(|error: DurationError| match error.message {
            // What is expected is said anyway.
            message if text.is_empty() || message.starts_with("expected") => String::new(),
            message => message.to_owned(),
        })
    }
}

/// A number as it was written, perhaps with a unit (`80`, `0.5`, `10GiB`, `90%`, `5m`). Which units fit is decided by the
/// parameter that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The decimal number, sign included.
    pub number: String,
    /// What stands behind it; empty if nothing does.
    pub unit: String,
}

impl ScalarType for Quantity {
    const EXPECTS: &'static str = "a number, perhaps with a unit, such as `80`, `0.5` or `10GiB`";
    const SCHEMA: SchemaHint = SchemaHint::Number;

    fn read(text: &Text, _: syntax::ScalarKind) -> Result<Self, String> {
        let text = text.as_str();
        let sign = usize::from(text.starts_with(['-', '+']));
        let digits = |from: usize| text.bytes().skip(from).take_while(|b| b.is_ascii_digit() || *b == b'_').count();
        let mut end = sign + digits(sign);
        if end == sign {
            return Err(String::new());
        }
        if text.as_bytes().get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(text.as_bytes().get(end), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(text.as_bytes().get(end + 1), Some(b'-' | b'+')));
            let exponent = digits(end + 1 + signed);
            if exponent > 0 {
                end += 1 + signed + exponent;
            }
        }
        let (number, unit) = text.split_at(end);
        if !unit.is_empty() && unit != "%" && !unit.chars().all(|c| c.is_ascii_alphabetic() || c == '/') {
            return Err(String::new());
        }
        Ok(Self { number: number.trim_start_matches('+').replace('_', ""), unit: unit.to_owned() })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

/// A label name as every supported Prometheus accepts it, and not one that Prometheus sets itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelName(String);

impl LabelName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LabelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ScalarType for LabelName {
    const EXPECTS: &'static str = "a label name (letters, digits and `_`, not beginning with a digit)";
    const SCHEMA: SchemaHint = SchemaHint::Pattern("^[a-zA-Z_][a-zA-Z0-9_]*$");

    fn read(text: &Text, _: syntax::ScalarKind) -> Result<Self, String> {
        let name = text.as_str();
        let mut bytes = name.bytes();
        let starts = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
        if !starts || !bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(String::new());
        }
        if name.starts_with("__") {
            return Err("labels that begin with `__` belong to Prometheus".to_owned());
        }
        Ok(Self(name.to_owned()))
    }
}

/// A release such as `3.14` or `0.34.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number; 0 if it was not written.
    pub patch: u32,
}

impl Version {
    /// The release `major.minor.0`.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor, patch: 0 }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 { write!(f, ".{}", self.patch) } else { Ok(()) }
    }
}

impl ScalarType for Version {
    const EXPECTS: &'static str = "a release such as `3.14` or `0.34.1`";
    const SCHEMA: SchemaHint = SchemaHint::Pattern("^v?[0-9]+\\.[0-9]+(\\.[0-9]+)?$");

    fn read(text: &Text, _: syntax::ScalarKind) -> Result<Self, String> {
        text.as_str().parse().map_err(|_| String::new())
    }
}

/// Reads `3.14`, `v3.14` and `3.14.2`; the error says what was expected.
impl std::str::FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Result<Vec<u32>, _> = text.trim_start_matches('v').split('.').map(str::parse).collect();
        match parts.as_deref() {
            Ok(&[major, minor]) => Ok(Self { major, minor, patch: 0 }),
            Ok(&[major, minor, patch]) => Ok(Self { major, minor, patch }),
            Ok(_) | Err(_) => Err(format!("not {}", Self::EXPECTS)),
        }
    }
}

/// Declares an enum that is read from one word.
macro_rules! words {
    ($(#[doc = $doc:literal])+ pub enum $name:ident ($expects:literal) { $($(#[doc = $vdoc:literal])+ $variant:ident = $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $vdoc])+ $variant,)+ }

        impl $name {
            /// Every word with what it stands for.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as written in a spec.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::ast::ScalarType for $name {
            const EXPECTS: &'static str = $expects;
            const SCHEMA: $crate::ast::field::SchemaHint = $crate::ast::field::SchemaHint::Words(Self::WORDS);

            fn read(text: &$crate::source::Text, _: $crate::syntax::ScalarKind) -> Result<Self, String> {
                match text.as_str() {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::diagnostic::nearest(other, Self::WORDS.iter().copied())
                        .map(|near| format!("did you mean `{near}`?")).unwrap_or_default()),
                }
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn read<T: ScalarType>(text: &str) -> Result<T, String> {
        let span = Span::new(FileId(0), 0..text.len());
        T::read(&Text::verbatim(text, span), syntax::ScalarKind::Plain)
    }

    #[test]
    fn durations_follow_prometheus() {
        for (text, shown) in
            [("1h30m", "1h30m"), ("90m", "1h30m"), ("1w", "1w"), ("0", "0s"), ("8d", "8d"), ("1500ms", "1s500ms")]
        {
            assert_eq!(read::<Duration>(text).unwrap().to_string(), shown, "{text}");
        }
        for text in ["300", "1.5h", "5m1h", "-5m", "", "5 m", "m", "400y"] {
            assert!(read::<Duration>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quantities_keep_their_digits() {
        let shown = |text| read::<Quantity>(text).map(|q| (q.number, q.unit)).ok();
        assert_eq!(shown("0.10"), Some(("0.10".into(), String::new())));
        assert_eq!(shown("10GiB"), Some(("10".into(), "GiB".into())));
        assert_eq!(shown("-1e3"), Some(("-1e3".into(), String::new())));
        assert_eq!(shown("80%"), Some(("80".into(), "%".into())));
        assert_eq!(shown("x"), None);
        assert_eq!(shown("1; drop"), None);
    }
}
