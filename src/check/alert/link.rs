//! `alert/link`: an annotation that is to hold an address and does not.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Sink};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("alert/link", "0.1.0", include_str!("link.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in context.alerts() {
        for (annotation, text) in rule.annotations {
            if !annotation.ends_with("_url") {
                continue;
            }
            let Some(why) = wrong(text.as_str()) else { continue };
            sink.push(
                rule.finding(&CODE, format!("`{annotation}` of `{}` is not the address of a page", rule.name))
                    .at(text.span(), why)
                    .note("Whoever is paged clicks on it. A link that leads nowhere costs the minutes that it was to save.")
                    .help("Write the whole address, such as `https://runbooks.example.com/disk-full`, or leave it out."),
            );
        }
    }
}

/// Why a text is not an address. Templates in it stand for a part of it, or for all.
fn wrong(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Some("empty");
    }
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        plain.push_str(&rest[..start]);
        plain.push('x');
        rest = rest[start..].find("}}").map_or("", |end| &rest[start + end + 2..]);
    }
    plain.push_str(rest);
    if text.starts_with("{{") || text.starts_with("${") {
        return None;
    }
    let after = plain.strip_prefix("https://").or_else(|| plain.strip_prefix("http://"));
    match after {
        None if plain.starts_with("www.") => Some("without `https://`, a browser takes it for a path"),
        None => Some("does not begin with `https://` or `http://`"),
        Some(after) if after.starts_with('/') || after.is_empty() => Some("no host behind the `//`"),
        Some(after) if after.split_once(char::is_whitespace).is_some() => Some("a space ends the address"),
        Some(_) => None,
    }
}
