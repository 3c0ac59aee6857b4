//! What may stand in Alertmanager's configuration: one table per part, one row per field and release.
//!
//! A row says of which kind the value is and since when (and until when) a release knows it; the rules of a table say
//! what must hold between its fields. Reading, checking and the walk over templates and secrets all follow the tables.

mod chat;
mod global;
mod http;
mod paging;
mod receivers;
mod routing;
mod rule;
mod services;

pub use global::GLOBAL;
pub use http::HTTP_CONFIG;
pub use receivers::{INTEGRATIONS, IntegrationKind, Need, RECEIVER};
pub use routing::{CONFIG, INHIBIT_RULE, INTERVAL, INTERVALS, ROUTE, TIME_RANGE};
pub use rule::{Rule, Test};
pub use services::{EVENT_RECORDER, TRACING};

use crate::ast::Version;

/// A part of the configuration.
#[derive(Debug)]
pub struct Table {
    /// The key under which it stands, as messages call it.
    pub name: &'static str,
    /// Its fields. A field whose kind changed has several rows.
    pub fields: &'static [Field],
    /// What must hold between them.
    pub rules: &'static [Rule],
}

/// A field of a part, for some releases.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// The first release that knows it so, as (major, minor).
    pub since: (u32, u32),
    /// The first release that does not any more.
    pub until: Option<(u32, u32)>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// One scalar.
    Scalar(Scalar),
    /// A list of scalars.
    List(Scalar),
    /// Names with scalars.
    Map(Scalar),
    /// Names with lists of secrets.
    SecretLists,
    /// Names with anything.
    AnyMap,
    /// Anything.
    Any,
    /// A part of its own.
    Block(&'static Table),
    /// A list of parts.
    Blocks(&'static Table),
    /// Names with parts.
    NamedBlocks(&'static Table),
    /// A text, or a part of its own.
    TextOrBlock(&'static Table),
}

/// What a scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Any text; numbers and truth values are taken as written.
    Text,
    /// A secret text.
    Secret,
    /// A secret text that counts as set even when it is empty.
    SecretPointer,
    /// A truth value.
    Bool,
    /// A whole number.
    Integer,
    /// A whole number from 0 on.
    Unsigned,
    /// A number.
    Float,
    /// An absolute URL of a web server.
    Url,
    /// Such a URL that is a secret.
    SecretUrl,
    /// Such a URL, or a template of one; a secret.
    TemplateUrl,
    /// Any URL.
    ProxyUrl,
    /// `host:port`.
    HostPort,
    /// A duration as Prometheus writes it.
    Duration,
    /// A duration as Go writes it, or a number of nanoseconds.
    GoDuration,
    /// A duration as Go writes it.
    GoDurationText,
    /// A version of TLS.
    TlsVersion,
    /// `grpc` or `http`.
    TracingClient,
    /// An anchored regular expression.
    Regexp,
    /// A list of matchers in one text.
    Matchers,
    /// A label's name.
    LabelName,
    /// Days of the week.
    Weekdays,
    /// Days of the month.
    DaysOfMonth,
    /// Months.
    Months,
    /// Years.
    Years,
    /// A time zone.
    Location,
    /// A pattern of file names.
    Glob,
}

impl Scalar {
    /// Whether the value must never be shown.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::SecretPointer | Self::SecretUrl | Self::TemplateUrl)
    }

    /// What messages call it, with an article.
    pub fn expects(self) -> &'static str {
        match self {
            Self::Text | Self::Secret | Self::SecretPointer => "a text",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Unsigned => "a whole number from 0 on",
            Self::Float => "a number",
            Self::Url | Self::SecretUrl | Self::TemplateUrl => "a URL such as `https://example.org/path`",
            Self::ProxyUrl => "a URL",
            Self::HostPort => "a host with its port, such as `mail.example.org:587`",
            Self::Duration => "a duration such as `5m` or `1d12h`",
            Self::GoDuration | Self::GoDurationText => "a duration such as `30s` or `1h30m`, in hours or smaller units",
            Self::TlsVersion => "one of `TLS10`, `TLS11`, `TLS12`, `TLS13`",
            Self::TracingClient => "`grpc` or `http`",
            Self::Regexp => "a regular expression",
            Self::Matchers => "a matcher such as `severity=\"critical\"`",
            Self::LabelName => "the name of a label",
            Self::Weekdays => "days of the week such as `monday:friday`",
            Self::DaysOfMonth => "days of the month such as `1:7` or `-1`",
            Self::Months => "months such as `january:march`",
            Self::Years => "years such as `2030:2031`",
            Self::Location => "a time zone such as `Europe/Berlin`",
            Self::Glob => "a pattern of file names such as `templates/*.tmpl`",
        }
    }
}

impl Field {
    const fn new(name: &'static str, ty: Type, since: (u32, u32)) -> Self {
        Self { name, ty, since, until: None }
    }

    /// The row ends with this release, which knows the field in another way or not at all.
    const fn until(mut self, release: (u32, u32)) -> Self {
        self.until = Some(release);
        self
    }

    /// Whether a release knows the field so.
    pub fn is_in(&self, version: Version) -> bool {
        let release = (version.major, version.minor);
        self.since <= release && self.until.is_none_or(|until| release < until)
    }
}

impl Table {
    /// The row of a key for a release.
    pub fn find(&self, key: &str, version: Version) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == key && field.is_in(version))
    }
}

macro_rules! rows {
    ($($name:ident: $ty:expr, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            const fn $name(name: &'static str, since: (u32, u32)) -> Field {
                Field::new(name, $ty, since)
            }
        )*
    };
}

rows! {
    text: Type::Scalar(Scalar::Text), "A text.";
    secret: Type::Scalar(Scalar::Secret), "A secret.";
    secret_pointer: Type::Scalar(Scalar::SecretPointer), "A secret that may be empty.";
    boolean: Type::Scalar(Scalar::Bool), "A switch.";
    integer: Type::Scalar(Scalar::Integer), "A whole number.";
    unsigned: Type::Scalar(Scalar::Unsigned), "A count.";
    float: Type::Scalar(Scalar::Float), "A number.";
    url: Type::Scalar(Scalar::Url), "A URL.";
    secret_url: Type::Scalar(Scalar::SecretUrl), "A secret URL.";
    template_url: Type::Scalar(Scalar::TemplateUrl), "A secret URL or its template.";
    proxy_url: Type::Scalar(Scalar::ProxyUrl), "Any URL.";
    host_port: Type::Scalar(Scalar::HostPort), "A host with its port.";
    duration: Type::Scalar(Scalar::Duration), "A duration of Prometheus.";
    go_duration: Type::Scalar(Scalar::GoDuration), "A duration of Go.";
    go_duration_text: Type::Scalar(Scalar::GoDurationText), "A duration of Go that is text.";
    tls_version: Type::Scalar(Scalar::TlsVersion), "A version of TLS.";
    texts: Type::List(Scalar::Text), "Texts.";
    secrets: Type::List(Scalar::Secret), "Secrets.";
    map: Type::Map(Scalar::Text), "Names with texts.";
    secret_lists: Type::SecretLists, "Names with lists of secrets.";
    any_map: Type::AnyMap, "Names with anything.";
    any: Type::Any, "Anything.";
}

/// A field of any type.
const fn field(name: &'static str, ty: Type, since: (u32, u32)) -> Field {
    Field::new(name, ty, since)
}

/// A part of its own.
const fn block(name: &'static str, table: &'static Table, since: (u32, u32)) -> Field {
    Field::new(name, Type::Block(table), since)
}

/// A list of parts.
const fn list(name: &'static str, table: &'static Table, since: (u32, u32)) -> Field {
    Field::new(name, Type::Blocks(table), since)
}

/// Names with parts.
const fn sections(name: &'static str, table: &'static Table, since: (u32, u32)) -> Field {
    Field::new(name, Type::NamedBlocks(table), since)
}

/// A text or a part of its own.
const fn text_or_block(name: &'static str, table: &'static Table, since: (u32, u32)) -> Field {
    Field::new(name, Type::TextOrBlock(table), since)
}
