//! Two documents, field by field. Lists are sets unless their order means something; items with a name are paired by it.

use std::collections::BTreeMap;

use crate::artifact::{Doc, Value};
use crate::diff::side::{entries, items, text, text_at};

/// A field that differs.
#[derive(Debug, Clone)]
pub struct Field<'d> {
    /// The way to it: `labels.team`, `slack_configs[0].channel`.
    pub path: String,
    /// What was before; `None` for what is new.
    pub before: Option<&'d Doc>,
    /// What is now; `None` for what is gone.
    pub after: Option<&'d Doc>,
}

/// Longer values are cut when they are shown.
const LONGEST: usize = 400;
/// Lists of words whose order means something.
const ORDERED: [&str; 4] = ["args", "command", "active_time_intervals", "mute_time_intervals"];
/// What items of lists are called by, in this order.
const NAMES: [&str; 6] = ["name", "alert", "record", "metadata", "mountPath", "secretKey"];

/// Every field that differs, in the order of the newer document.
pub fn fields<'d>(before: &'d Doc, after: &'d Doc) -> Vec<Field<'d>> {
    let mut found = Vec::new();
    walk(String::new(), before, after, &mut found);
    found
}

fn walk<'d>(path: String, before: &'d Doc, after: &'d Doc, found: &mut Vec<Field<'d>>) {
    if equal(before, after) {
        return;
    }
    match (&before.value, &after.value) {
        (Value::Map(old), Value::Map(new)) => {
            let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            for (key, value) in new {
                match before.get(key) {
                    Some(was) => walk(join(key), was, value, found),
                    None => found.push(Field { path: join(key), before: None, after: Some(value) }),
                }
            }
            for (key, was) in old.iter().filter(|(key, _)| after.get(key).is_none()) {
                found.push(Field { path: join(key), before: Some(was), after: None });
            }
        }
        (Value::List(old), Value::List(new)) => lists(&path, (before, old), (after, new), found),
        _ => found.push(Field { path, before: Some(before), after: Some(after) }),
    }
}

fn lists<'d>(
    path: &str,
    (before, old): (&'d Doc, &'d [Doc]),
    (after, new): (&'d Doc, &'d [Doc]),
    found: &mut Vec<Field<'d>>,
) {
    let pairs = paired(old, new);
    let in_order = pairs.iter().filter_map(|(was, is)| was.zip(*is)).map(|(was, _)| was);
    let moved = !in_order.is_sorted();
    let last = path.rsplit('.').next().unwrap_or(path);
    if moved && (ORDERED.contains(&last) || last == "routes") {
        found.push(Field { path: format!("{path} (order)"), before: Some(before), after: Some(after) });
    }
    for (was, is) in pairs {
        let (was, is) = (was.and_then(|at| Some((at, old.get(at)?))), is.and_then(|at| Some((at, new.get(at)?))));
        let at = |at: usize, doc: &Doc| match name(doc) {
            Some(name) => format!("{path}[{name}]"),
            None if text(doc).is_some() => path.to_owned(),
            None => format!("{path}[{at}]"),
        };
        match (was, is) {
            (Some((_, was)), Some((place, is))) => walk(at(place, is), was, is, found),
            (Some((place, was)), None) => found.push(Field { path: at(place, was), before: Some(was), after: None }),
            (None, Some((place, is))) => found.push(Field { path: at(place, is), before: None, after: Some(is) }),
            (None, None) => {}
        }
    }
}

/// Which item became which: equal ones first, then those of one name, then what is left in order, unless it is words.
pub(super) fn paired(old: &[Doc], new: &[Doc]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut twins: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, doc) in old.iter().enumerate().rev() {
        twins.entry(whole(doc)).or_default().push(at);
    }
    let mut of_new: Vec<Option<usize>> = new.iter().map(|doc| twins.get_mut(&whole(doc)).and_then(Vec::pop)).collect();
    let mut left: Vec<usize> = twins.into_values().flatten().collect();
    left.sort_unstable();
    for (at, doc) in new.iter().enumerate() {
        let Some(slot) = of_new.get_mut(at).filter(|slot| slot.is_none()) else { continue };
        let own = name(doc);
        let twin = own.and_then(|own| left.iter().position(|at| old.get(*at).and_then(name).as_ref() == Some(&own)));
        *slot = twin.map(|twin| left.remove(twin));
    }
    for (at, doc) in new.iter().enumerate() {
        let nameless = |doc: &Doc| name(doc).is_none() && text(doc).is_none();
        let Some(slot) = of_new.get_mut(at).filter(|slot| slot.is_none() && nameless(doc)) else { continue };
        let twin = left.iter().position(|at| old.get(*at).is_some_and(nameless));
        *slot = twin.map(|twin| left.remove(twin));
    }
    let gone = left.into_iter().map(|at| (Some(at), None));
    of_new.into_iter().enumerate().map(|(at, was)| (was, Some(at))).chain(gone).collect()
}

/// What an item is called.
fn name(doc: &Doc) -> Option<String> {
    let named = NAMES.iter().find_map(|key| match *key {
        "metadata" => doc.get("metadata").and_then(|metadata| text_at(metadata, "name")),
        key => text_at(doc, key),
    });
    // Routes are known by whom they tell and whom they take.
    named.or_else(|| {
        doc.get("receiver").map(|receiver| format!("{} {}", flat(receiver), matchers(doc)).trim().to_owned())
    })
}

/// The conditions of a route on one line.
pub(super) fn matchers(route: &Doc) -> String {
    let mut all: Vec<String> = items(route.get("matchers")).iter().map(flat).collect();
    for key in ["match", "match_re"] {
        let sign = if key == "match" { "=" } else { "=~" };
        all.extend(entries(route.get(key)).iter().map(|(name, value)| format!("{name}{sign}\"{}\"", flat(value))));
    }
    all.sort();
    if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(", ")) }
}

/// Whether two documents say the same, wherever it was written.
pub fn equal(left: &Doc, right: &Doc) -> bool {
    match (&left.value, &right.value) {
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Map(old), Value::Map(new)) => {
            old.len() == new.len()
                && old.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        (Value::List(_) | Value::Map(_), _) | (_, Value::List(_) | Value::Map(_)) => false,
        // `8080` and `"8080"` are the same to whoever reads them as text.
        _ => text(left) == text(right),
    }
}

/// A document on one line, cut where it is very long.
pub fn flat(doc: &Doc) -> String {
    let whole = whole(doc);
    match whole.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", whole.get(..end).unwrap_or_default()),
        None => whole,
    }
}

fn whole(doc: &Doc) -> String {
    match &doc.value {
        Value::List(items) => format!("[{}]", items.iter().map(whole).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let mut entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}: {}", whole(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
        _ => text(doc).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(before: &Doc, after: &Doc) -> Vec<String> {
        let shown = |doc: Option<&Doc>| doc.map_or("-".to_owned(), flat);
        fields(before, after)
            .iter()
            .map(|field| format!("{}: {} -> {}", field.path, shown(field.before), shown(field.after)))
            .collect()
    }

    #[test]
    fn sets_have_no_order_and_routes_do() {
        let words = |words: &[&str]| Doc::list(words.iter().copied());
        let of = |key: &str, list: Doc| Doc::map().with(key, list);
        assert_eq!(said(&of("group_by", words(&["a", "b"])), &of("group_by", words(&["b", "a"]))), [""; 0]);
        assert_eq!(
            said(&of("group_by", words(&["a", "b"])), &of("group_by", words(&["b", "c"]))),
            ["group_by: - -> c", "group_by: a -> -"]
        );
        assert_eq!(
            said(&of("args", words(&["a", "b"])), &of("args", words(&["b", "a"]))),
            ["args (order): [a, b] -> [b, a]"]
        );
        let route = |to: &str, value: &str| {
            Doc::map().with("receiver", to).with("matchers", words(&[value])).with("group_wait", "1s")
        };
        let (a, b) = (route("a", "x=\"1\""), route("b", "y=\"1\""));
        let routes = |routes: &[&Doc]| of("routes", Doc::list(routes.iter().map(|route| (*route).clone())));
        assert_eq!(said(&routes(&[&a, &b]), &routes(&[&b, &a])).len(), 1);
        assert_eq!(said(&routes(&[&a, &b]), &routes(&[&b])).len(), 1);
        let mut slower = Doc::map().with("receiver", "a").with("matchers", words(&["x=\"1\""]));
        slower.set("group_wait", "5s");
        assert_eq!(said(&routes(&[&a, &b]), &routes(&[&slower, &b])), ["routes[a {x=\"1\"}].group_wait: 1s -> 5s"]);
    }
}
