//! Random configurations: valid ones by the tables, and slips in them.

use crate::support::random::Random;
use alertsmith::alertmanager::table::{CONFIG, Field, INTEGRATIONS, Scalar, Table, Type};
use alertsmith::ast::Version;
use serde_json::Value;
use std::fmt::Write as _;

/// YAML before it is printed; scalars are as written, keys may stand twice.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    Scalar(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// A plain value, such as one of the corpus.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(fields) => {
                Self::Map(fields.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
            other => Self::Scalar(other.to_string()),
        }
    }

    fn print(&self, text: &mut String) {
        match self {
            Self::Scalar(scalar) => text.push_str(scalar),
            Self::List(items) => {
                text.push('[');
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    item.print(text);
                }
                text.push(']');
            }
            Self::Map(fields) => {
                text.push('{');
                for (at, (key, value)) in fields.iter().enumerate() {
                    let _ = write!(text, "{}{}: ", if at > 0 { ", " } else { "" }, Value::from(key.as_str()));
                    value.print(text);
                }
                text.push('}');
            }
        }
    }

    /// A block at the top, flow below: easy to read, and every line is one part of the file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Map(fields) => {
                for (key, value) in fields {
                    let _ = write!(text, "{}: ", Value::from(key.as_str()));
                    value.print(&mut text);
                    text.push('\n');
                }
            }
            other => other.print(&mut text),
        }
        text
    }

    fn size(&self) -> usize {
        1 + match self {
            Self::Scalar(_) => 0,
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Map(fields) => fields.iter().map(|(_, value)| value.size()).sum(),
        }
    }
}

/// Scalars that are right somewhere and wrong elsewhere.
const POOL: &[&str] = &[
    "null",
    "~",
    "",
    "\"\"",
    "true",
    "yes",
    "off",
    "\"true\"",
    "5",
    "-1",
    "0",
    "1.5",
    "-1.5",
    "\"5\"",
    "010",
    "0x10",
    "1_000",
    "1e3",
    ".5",
    "99999999999999999999",
    "18446744073709551615",
    "9223372036854775808",
    "5m",
    "1d",
    "1h30m",
    "1.5h",
    "0s",
    "30",
    "-5m",
    "5 m",
    "1y2w",
    "300y",
    "2020-01-01",
    "\"http://h\"",
    "\"https://h:80/p?x#y\"",
    "\"http://\"",
    "\"ftp://h/\"",
    "\"h:80\"",
    "\"/path\"",
    "\"http://h:port/\"",
    "\"http://[::1]:80/\"",
    "\"http://[::1/\"",
    "\"http://::1/\"",
    "\"http://h/%zz\"",
    "\"http://a b/\"",
    "\"http://u:p@h/\"",
    "\"{{ .x }}\"",
    "\"http://{{ .A }}/\"",
    "\"{{ .x\"",
    "\"{{ nope }}\"",
    "\"<secret>\"",
    "\"https://slack.com/api/chat.postMessage\"",
    "\":25\"",
    "\"host:\"",
    "\"host:25\"",
    "\"[::1]:25\"",
    "\"a:b:c\"",
    "\"a=b\"",
    "\"{a=\\\"b\\\"}\"",
    "\"a=~\\\"(\\\"\"",
    "\"a=b,c!=d\"",
    "\"foo-bar=x\"",
    "\"a b\"",
    "\"=\"",
    "\"a=~[\"",
    "\"(\"",
    "\"[a\"",
    "\".*\"",
    "\"é=ü\"",
    "monday:friday",
    "saturday:monday",
    "\"1:31\"",
    "\"31:1\"",
    "\"-3:-1\"",
    "\"-1:3\"",
    "january",
    "\"january:13\"",
    "\"march:january\"",
    "\"2030:2020\"",
    "\"2030\"",
    "\"24:00\"",
    "\"25:00\"",
    "\"09:00\"",
    "\"9:00\"",
    "Europe/Berlin",
    "Nowhere/City",
    "UTC",
    "Local",
    "TLS12",
    "TLS9",
    "grpc",
    "Basic",
    "basic",
    "daily",
    "weekly",
    "...",
    "\"...\"",
    "team",
    "Team",
    "HTML",
    "markdown",
    "auto",
    "gzip",
    "[]",
    "{}",
    "[a]",
    "[null]",
    "{a: b}",
    "[{}]",
    "[[a]]",
    "{a: null}",
    "\"\\n\"",
    "x",
    "undefined-name",
    "\"urn:ietf:params:oauth:grant-type:jwt-bearer\"",
    "RS256",
];

/// What goes wrong and right in a configuration for a release.
pub struct Generator<'r> {
    pub random: &'r mut Random,
    pub version: Version,
}

impl Generator<'_> {
    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.random.below(items.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.random.below(100) < percent
    }

    /// A value that fits, mostly.
    fn scalar(&mut self, field: &str, kind: Scalar) -> String {
        let choices: &[&str] = match (field, kind) {
            ("receiver" | "name", _) => &["team", "team", "ops", "\"5\"", "night"],
            ("mute_time_intervals" | "active_time_intervals", _) => &["night", "night", "weekend", "team"],
            ("group_by", _) => &["alertname", "cluster", "job", "\"...\"", "a-b"],
            ("api_type", _) => &["auto", "cloud", "datacenter"],
            ("parse_mode", _) => &["HTML", "Markdown", "\"\""],
            ("message_type", _) => &["text", "markdown"],
            ("start_time", _) => &["\"09:00\"", "\"00:00\""],
            ("end_time", _) => &["\"17:00\"", "\"24:00\""],
            ("thread_by_date", _) => &["daily", "none"],
            ("compression", _) => &["gzip", "none"],
            ("format", _) => &["json", "protobuf"],
            ("acks", _) => &["all", "none"],
            ("type", _) => &["team", "user", "Bearer", "button"],
            (_, Scalar::Text) => &["x", "\"{{ .CommonLabels.job }}\"", "\"\"", "5", "true", "null"],
            (_, Scalar::Secret | Scalar::SecretPointer) => &["x", "x", "\"\"", "null"],
            (_, Scalar::Bool) => &["true", "false", "yes"],
            (_, Scalar::Integer) => &["5", "-5", "0"],
            (_, Scalar::Unsigned) => &["5", "0"],
            (_, Scalar::Float) => &["0.5", "1"],
            (_, Scalar::Url | Scalar::SecretUrl | Scalar::ProxyUrl) => &["\"http://h/p\"", "\"https://h:80\""],
            (_, Scalar::TemplateUrl) => &["\"http://h/p\"", "\"http://{{ .x }}\"", "\"<secret>\""],
            (_, Scalar::HostPort) => &["\"mail:25\"", "\"[::1]:25\""],
            (_, Scalar::Duration) => &["5m", "1d", "0s"],
            (_, Scalar::GoDuration | Scalar::GoDurationText) => &["5m", "1.5h", "30s"],
            (_, Scalar::TlsVersion) => &["TLS12", "TLS13"],
            (_, Scalar::TracingClient) => &["grpc", "http"],
            (_, Scalar::Regexp) => &["\"a|b\"", "\".*\"", "\"\""],
            (_, Scalar::Matchers) => &["\"a=b\"", "'{a=\"b\"}'", "'a=~\"b|c\"'", "'a!=\"x\",b=\"y\"'"],
            (_, Scalar::LabelName) => &["job", "cluster"],
            (_, Scalar::Weekdays) => &["monday", "'monday:friday'"],
            (_, Scalar::DaysOfMonth) => &["'1:7'", "\"-1\"", "5"],
            (_, Scalar::Months) => &["january", "'1:3'", "5"],
            (_, Scalar::Years) => &["2030", "'2030:2031'"],
            (_, Scalar::Glob) => &["\"nowhere/*.tmpl\"", "none"],
            (_, Scalar::Location) => &["Europe/Berlin", "UTC"],
        };
        (*self.pick(choices)).to_owned()
    }

    /// A value that counts as set.
    fn set(&mut self, field: &Field, depth: usize) -> Yaml {
        loop {
            let value = self.value(field, depth);
            let nothing = |text: &str| matches!(text, "null" | "\"\"" | "0" | "0s" | "false");
            match &value {
                Yaml::Scalar(text) if nothing(text) => {}
                Yaml::List(items) if items.is_empty() => {}
                Yaml::Map(_) | Yaml::List(_) | Yaml::Scalar(_) => return value,
            }
        }
    }

    fn value(&mut self, field: &Field, depth: usize) -> Yaml {
        let count = self.random.below(3);
        let odd = self.chance(10);
        let name = |generator: &mut Self| {
            let odd_names = ["X-Header", "x-header", "Content-Type", "routing_key", "References", "a-b", ""];
            let names: &[&str] = if odd { &odd_names } else { &["job", "severity"] };
            (*generator.pick(names)).to_owned()
        };
        match field.ty {
            Type::Scalar(kind) => Yaml::Scalar(self.scalar(field.name, kind)),
            Type::List(kind) => Yaml::List((0..count).map(|_| Yaml::Scalar(self.scalar(field.name, kind))).collect()),
            Type::Map(kind) => {
                Yaml::Map((0..count).map(|_| (name(self), Yaml::Scalar(self.scalar(field.name, kind)))).collect())
            }
            Type::SecretLists => Yaml::Map(vec![(name(self), Yaml::List(vec![Yaml::Scalar("x".to_owned())]))]),
            Type::AnyMap | Type::Any => Yaml::Map(vec![(name(self), Yaml::List(vec![Yaml::Scalar("5".to_owned())]))]),
            Type::Block(table) => self.section(table, depth + 1),
            Type::Blocks(table) => {
                let count = if field.name.ends_with("_configs") { 1 } else { count };
                Yaml::List((0..count).map(|_| self.section(table, depth + 1)).collect())
            }
            Type::NamedBlocks(table) => Yaml::Map(vec![(name(self), self.section(table, depth + 1))]),
            Type::TextOrBlock(table) => {
                if self.chance(50) {
                    self.section(table, depth + 1)
                } else {
                    Yaml::Scalar("x".to_owned())
                }
            }
        }
    }

    /// A part with a few of its fields, among them mostly what it needs.
    fn section(&mut self, table: &'static Table, depth: usize) -> Yaml {
        use alertsmith::alertmanager::table::Test;
        let fields: Vec<&Field> = table.fields.iter().filter(|field| field.is_in(self.version)).collect();
        let mut wanted: Vec<(&Field, bool)> = Vec::new();
        let version = self.version;
        let mut needs: Vec<&[&str]> = Vec::new();
        for rule in table.rules.iter().filter(|rule| rule.is_in(version)) {
            if let Test::OneOf(names) = &rule.test {
                needs.push(names);
            }
        }
        if let Some(kind) = INTEGRATIONS.iter().find(|kind| std::ptr::eq(kind.table, table)) {
            needs.extend(kind.needs.iter().map(|need| need.own));
            needs.extend(match kind.key {
                "sns_configs" => Some(&["topic_arn", "target_arn", "phone_number"] as &[&str]),
                "slack_configs" => Some(&["api_url", "api_url_file", "app_token"] as &[&str]),
                "webex_configs" | "incidentio_configs" => Some(&["http_config"] as &[&str]),
                _ => None,
            });
        }
        if table.name == "responders" || table.name == "times" || table.name == "threading" {
            needs.extend([&["type", "start_time", "thread_by_date"] as &[&str], &["end_time"]]);
        }
        for names in needs {
            let known: Vec<&&Field> = fields.iter().filter(|field| names.contains(&field.name)).collect();
            if !known.is_empty() && self.chance(97) {
                let field = **self.pick(&known);
                if wanted.iter().all(|(other, _)| !names.contains(&other.name)) {
                    wanted.push((field, true));
                }
            }
        }
        if depth < 5 && !fields.is_empty() {
            for _ in 0..self.random.below(3) {
                let field = *self.pick(&fields);
                if wanted.iter().all(|(other, _)| other.name != field.name) {
                    let zero = field.name.ends_with("_interval");
                    wanted.push((field, zero && self.chance(90)));
                }
            }
        }
        let fields = wanted.into_iter().map(|(field, set)| {
            let value = if set { self.set(field, depth) } else { self.value(field, depth) };
            (field.name.to_owned(), value)
        });
        Yaml::Map(fields.collect())
    }

    /// A configuration that is mostly right: receivers of random kinds, a few routes.
    pub fn config(&mut self) -> Yaml {
        let find = |table: &'static Table, name: &str, version| table.find(name, version);
        let text = |text: &str| Yaml::Scalar(text.to_owned());
        let mut fields = Vec::new();
        let receivers = find(&CONFIG, "receivers", self.version).unwrap();
        let Type::Blocks(receiver) = receivers.ty else { panic!("receivers are a list of parts") };
        let mut list = Vec::new();
        for name in ["team", "ops"] {
            let mut parts = vec![("name".to_owned(), text(name))];
            let kinds: Vec<&Field> = receiver.fields.iter().filter(|field| field.is_in(self.version)).collect();
            for _ in 0..=self.random.below(2) {
                let kind = *self.pick(&kinds);
                if parts.iter().all(|(key, _)| key != kind.name) {
                    parts.push((kind.name.to_owned(), self.value(kind, 0)));
                }
            }
            list.push(Yaml::Map(parts));
        }
        if let Some(global) = find(&CONFIG, "global", self.version).filter(|_| self.chance(70)) {
            fields.push(("global".to_owned(), self.value(global, 0)));
        }
        let mut route = vec![("receiver".to_owned(), text("team"))];
        if let Type::Block(table) = find(&CONFIG, "route", self.version).unwrap().ty
            && self.chance(80)
        {
            let children = (0..self.random.below(3)).map(|_| self.section(table, 3)).collect();
            route.push(("routes".to_owned(), Yaml::List(children)));
        }
        fields.push(("route".to_owned(), Yaml::Map(route)));
        fields.push(("receivers".to_owned(), Yaml::List(list)));
        let night = Yaml::Map(vec![("name".to_owned(), text("night"))]);
        fields.push(("mute_time_intervals".to_owned(), Yaml::List(vec![night])));
        for name in ["inhibit_rules", "time_intervals", "tracing", "event_recorder", "templates"] {
            if let Some(field) = find(&CONFIG, name, self.version)
                && self.chance(25)
            {
                fields.push((name.to_owned(), self.value(field, 1)));
            }
        }
        Yaml::Map(fields)
    }

    /// One slip somewhere.
    pub fn slip(&mut self, config: &mut Yaml) {
        let at = self.random.below(config.size());
        let mut left = at;
        self.slip_at(config, &CONFIG, &mut left);
    }

    /// Walks to the `left`th value and changes it.
    fn slip_at(&mut self, value: &mut Yaml, table: &'static Table, left: &mut usize) -> bool {
        if *left == 0 {
            self.change(value, table);
            return true;
        }
        *left -= 1;
        match value {
            Yaml::Scalar(_) => false,
            Yaml::List(items) => items.iter_mut().any(|item| self.slip_at(item, table, left)),
            Yaml::Map(fields) => {
                for (key, value) in fields {
                    let inner = match table.find(key, self.version).map(|field| field.ty) {
                        Some(
                            Type::Block(inner)
                            | Type::Blocks(inner)
                            | Type::NamedBlocks(inner)
                            | Type::TextOrBlock(inner),
                        ) => inner,
                        _ => table,
                    };
                    if self.slip_at(value, inner, left) {
                        return true;
                    }
                }
                false
            }
        }
    }

    fn change(&mut self, value: &mut Yaml, table: &'static Table) {
        match value {
            Yaml::Map(fields) if !fields.is_empty() => {
                let at = self.random.below(fields.len());
                match self.random.below(8) {
                    0 => drop(fields.remove(at)),
                    1 => fields.push(fields[at].clone()),
                    2 => fields[at].0.push('s'),
                    3 => fields[at].1 = Yaml::Scalar((*self.pick(POOL)).to_owned()),
                    4 => {
                        let twin = format!("{}_file", fields[at].0);
                        fields.push((twin, Yaml::Scalar("x".to_owned())));
                    }
                    5 | 6 if !table.fields.is_empty() => {
                        let field = self.pick(table.fields);
                        let new = self.value(field, 1);
                        if fields.iter().all(|(key, _)| key != field.name) {
                            fields.push((field.name.to_owned(), new));
                        }
                    }
                    _ => {
                        if let Some(field) = table.find(&fields[at].0, self.version) {
                            fields[at].1 = self.value(field, 1);
                        }
                    }
                }
            }
            Yaml::List(items) if !items.is_empty() => {
                let at = self.random.below(items.len());
                match self.random.below(4) {
                    0 => drop(items.remove(at)),
                    1 => items.push(items[at].clone()),
                    2 => items.push(Yaml::Scalar("null".to_owned())),
                    _ => items[at] = Yaml::Scalar((*self.pick(POOL)).to_owned()),
                }
            }
            other => {
                *other = match self.random.below(10) {
                    0 => Yaml::List(vec![other.clone()]),
                    1 => Yaml::Map(vec![("x".to_owned(), other.clone())]),
                    _ => Yaml::Scalar((*self.pick(POOL)).to_owned()),
                }
            }
        }
    }
}
