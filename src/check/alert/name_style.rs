//! `alert/name-style`: a name of an alert that is not in camel case, or very long.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::optional("alert/name-style", "0.1.0", include_str!("name_style.md"));

/// Longer names are cut off in lists and on telephones.
const LONGEST: usize = 40;

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        let camel = rule.name.starts_with(|c: char| c.is_uppercase()) && rule.name.chars().all(char::is_alphanumeric);
        let long = rule.name.chars().count() > LONGEST;
        let why = match (camel, long) {
            (false, _) => "not in camel case",
            (true, true) => "longer than 40 characters",
            (true, false) => continue,
        };
        let native = rule.native.and_then(|alert| context.span(alert.name.origin));
        let filed = rule.filed.and_then(|filed| filed.rule.alert.as_ref()).and_then(|name| context.span(name.origin));
        sink.push(
            rule.finding(&CODE, format!("the name of the alert `{}` is unusual", rule.name))
                .at(native.or(filed).unwrap_or_else(|| rule.query.span()), why)
                .note("Names of alerts are written like `DiskFull`. Routes, silences and links have to spell them, and lists cut long ones off.")
                .help("Give it a short name in camel case."),
        );
    }
}
