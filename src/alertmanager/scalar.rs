//! Scalars by the kind that a field's table says: the same texts are refused as by Alertmanager.
//!
//! An error is a clause without a full stop and never repeats the value, which may be a secret.

use super::resolve::Resolved;
use super::table::Scalar;
use crate::ast::Version;
use crate::golang::{Duration, GoDuration, Url, UrlRules, is_glob, parse_anchored_regexp};
use crate::gotemplate::{self, FunctionSet};
use crate::routing::{Location, NumberRange, Syntax, is_legacy_label_name, parse_matchers};
use std::ops::Range;

/// The text that stands for a secret in what Alertmanager shows; it reads it back.
const SHOWN_SECRET: &str = "<secret>";

/// Why a value is refused.
#[derive(Debug)]
pub(super) struct Fault {
    /// The offending bytes of the value's text, where it is not all of it.
    pub range: Option<Range<usize>>,
    /// What is wrong, as a clause.
    pub message: String,
}

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self { range: None, message: message.into() }
    }

    fn at(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range: Some(range), message: message.into() }
    }
}

/// The grammar in which a release reads matchers.
pub fn matcher_syntax(version: Version) -> Syntax {
    if version < Version::new(0, 27) { Syntax::Classic } else { Syntax::Fallback }
}

/// Whether a release takes this name for a label in `group_by`, `labels` and `equal`.
pub fn is_label_name(name: &str, any_since: (u32, u32), version: Version) -> bool {
    if (version.major, version.minor) < any_since { is_legacy_label_name(name) } else { !name.is_empty() }
}

/// Why the text of a scalar cannot be read, if so. `resolved` matters to numbers and truth values alone.
pub(super) fn check(scalar: Scalar, text: &str, resolved: Resolved, version: Version) -> Result<(), Fault> {
    match scalar {
        Scalar::Text | Scalar::Secret | Scalar::SecretPointer => Ok(()),
        Scalar::Bool => match resolved {
            Resolved::Bool(_) => Ok(()),
            Resolved::Text if matches!(text, "true" | "false") => Err(Fault::new("the quotes make it a text")),
            _ => Err(Fault::new("")),
        },
        Scalar::Integer | Scalar::Unsigned => match resolved {
            Resolved::Integer(_) | Resolved::Float(_) => whole_number(scalar, resolved),
            Resolved::Text if text.parse::<i64>().is_ok() => Err(Fault::new("the quotes make it a text")),
            _ => Err(Fault::new("")),
        },
        Scalar::Float => match resolved {
            Resolved::Integer(_) | Resolved::Float(_) => Ok(()),
            _ => Err(Fault::new("")),
        },
        Scalar::Url => web_url(text, version),
        Scalar::SecretUrl if text == SHOWN_SECRET => Ok(()),
        Scalar::SecretUrl => web_url(text, version),
        Scalar::TemplateUrl => template_url(text, version),
        Scalar::ProxyUrl => parse_url(text, version).map(drop),
        Scalar::HostPort => host_port(text),
        Scalar::Duration => match text.parse::<Duration>() {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::at(error.range, error.message)),
        },
        Scalar::GoDuration => match resolved {
            Resolved::Integer(_) | Resolved::Float(_) => whole_number(Scalar::Integer, resolved),
            Resolved::Text => go_duration(text),
            Resolved::Null | Resolved::Bool(_) | Resolved::Date => Err(Fault::new("")),
        },
        Scalar::GoDurationText => go_duration(text),
        Scalar::TlsVersion => one_of(text, &["TLS10", "TLS11", "TLS12", "TLS13"]),
        Scalar::TracingClient => one_of(text, &["grpc", "http"]),
        Scalar::Regexp => match parse_anchored_regexp(text, false) {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::at(error.range, error.message)),
        },
        Scalar::Matchers => match parse_matchers(text, matcher_syntax(version)) {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::at(error.range, error.message)),
        },
        Scalar::LabelName if is_label_name(text, (0, 28), version) => Ok(()),
        Scalar::LabelName => Err(Fault::new("it is not the name of a label")),
        Scalar::Weekdays => NumberRange::weekdays(text).map(drop).map_err(|error| Fault::new(error.message)),
        Scalar::DaysOfMonth => NumberRange::days_of_month(text).map(drop).map_err(|error| Fault::new(error.message)),
        Scalar::Months => NumberRange::months(text).map(drop).map_err(|error| Fault::new(error.message)),
        Scalar::Years => NumberRange::years(text).map(drop).map_err(|error| Fault::new(error.message)),
        Scalar::Glob if is_glob(text) => Ok(()),
        Scalar::Glob => Err(Fault::new("a bracket or a backslash is not closed")),
        Scalar::Location => Location::parse(text).map(drop).map_err(|error| Fault::new(error.message)),
    }
}

/// Numbers with a fraction are cut off, not refused, even negative ones; only what does not fit is.
fn whole_number(scalar: Scalar, resolved: Resolved) -> Result<(), Fault> {
    let unsigned = scalar == Scalar::Unsigned;
    let fits = match resolved {
        Resolved::Integer(value) if unsigned => value >= 0,
        Resolved::Integer(value) => i64::try_from(value).is_ok(),
        // Go compares with 2^63 or 2^64 here.
        Resolved::Float(value) => {
            value <= if unsigned { 18_446_744_073_709_551_616.0 } else { 9_223_372_036_854_775_808.0 }
        }
        Resolved::Null | Resolved::Bool(_) | Resolved::Date | Resolved::Text => false,
    };
    if fits {
        Ok(())
    } else {
        Err(Fault::new(if unsigned { "it is negative or too large" } else { "it is too large" }))
    }
}

fn one_of(text: &str, known: &[&str]) -> Result<(), Fault> {
    if known.contains(&text) { Ok(()) } else { Err(Fault::new("")) }
}

fn go_duration(text: &str) -> Result<(), Fault> {
    match text.parse::<GoDuration>() {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::at(error.range, error.message)),
    }
}

fn parse_url(text: &str, version: Version) -> Result<Url, Fault> {
    // Alertmanager 0.32 is the first that is built with Go 1.26.
    let rules = if version < Version::new(0, 32) { UrlRules::Lenient } else { UrlRules::Strict };
    Url::parse(text, rules).map_err(|error| Fault::new(error.message))
}

fn web_url(text: &str, version: Version) -> Result<(), Fault> {
    let url = parse_url(text, version)?;
    match url.scheme.as_str() {
        "http" | "https" if url.host.is_empty() => Err(Fault::new("it has no host")),
        "http" | "https" => Ok(()),
        "" => Err(Fault::new("it does not begin with `http://` or `https://`")),
        _ => Err(Fault::new("its scheme is not `http` or `https`")),
    }
}

fn template_url(text: &str, version: Version) -> Result<(), Fault> {
    if text.is_empty() || text == SHOWN_SECRET {
        return Ok(());
    }
    if !text.contains("{{") {
        return web_url(text, version);
    }
    template(text)
}

/// A template that is parsed when the configuration is loaded, with Go's own functions alone.
pub(super) fn template(text: &str) -> Result<(), Fault> {
    match gotemplate::parse(text, FunctionSet::builtin()) {
        Ok(_) => Ok(()),
        Err(errors) => match errors.into_iter().next() {
            Some(error) => Err(Fault::at(error.range, format!("its template cannot be parsed: {}", error.message))),
            None => Err(Fault::new("its template cannot be parsed")),
        },
    }
}

/// What Go's `net.SplitHostPort` takes, with a port.
fn host_port(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    let Some((host, port)) = text.rsplit_once(':') else { return Err(Fault::new("the port is missing")) };
    let inner = match host.strip_prefix('[') {
        Some(rest) => match rest.strip_suffix(']') {
            Some(inner) => inner,
            None => return Err(Fault::new("the brackets do not enclose the host")),
        },
        None if host.contains(':') => return Err(Fault::new("it has more than one colon")),
        None => host,
    };
    if inner.contains(['[', ']']) || port.contains(['[', ']']) {
        return Err(Fault::new("a bracket stands where none belongs"));
    }
    if port.is_empty() { Err(Fault::new("the port is missing")) } else { Ok(()) }
}
