//! The types that fields can have, each with how it is read from either dialect.

use super::codes;
use super::decode::{Decoder, Entry, FieldType, Record, Slot, Use};
use super::field::{KindRef, Place, Type};
use super::scalar::{LabelName, Name, ScalarType};
use crate::diagnostic::Diagnostic;
use crate::source::{Span, Spanned, Text};
use crate::syntax::{Form, Node, Scalar, Shape};

/// Names with one value each, in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map<K, V> {
    /// The entries.
    pub entries: Vec<(Spanned<K>, Spanned<V>)>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

/// Labels with their values, as in `labels service=node`.
pub type Labels = Map<LabelName, Text>;

/// A reference to a declared secret: `(secret)name` or `{ secret: name }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRef {
    /// The secret's name.
    pub name: Spanned<Name>,
}

/// "Switched off", with the reason that must be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Off {
    /// Why.
    pub reason: Spanned<Text>,
}

/// Conditions on labels; all of them must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matchers {
    /// The conditions in the order in which they were written.
    pub matchers: Vec<Matcher>,
}

/// A condition on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub label: Spanned<LabelName>,
    /// How the values are compared.
    pub operator: MatchOperator,
    /// The values; any of them (for `not` and `not-regex`: none of them).
    pub values: Vec<Spanned<Text>>,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchOperator {
    /// The label has one of the values.
    Equal,
    /// The label has none of the values: `(not)x`.
    NotEqual,
    /// The label matches one of the regular expressions: `(regex)x`.
    Regex,
    /// The label matches none of the regular expressions: `(not-regex)x`.
    NotRegex,
}

impl MatchOperator {
    /// The tags that mark an operator other than equality.
    pub const TAGS: [(&'static str, MatchOperator); 3] =
        [("not", Self::NotEqual), ("regex", Self::Regex), ("not-regex", Self::NotRegex)];

    fn from_tag(tag: &str) -> Option<Self> {
        Self::TAGS.iter().find(|(name, _)| *name == tag).map(|(_, operator)| *operator)
    }
}

/// Reads a scalar as `T`; what cannot be read is reported.
fn read<T: ScalarType>(decoder: &mut Decoder<'_>, slot: &Slot<'_>, scalar: &Scalar) -> Option<Spanned<T>> {
    if let Some(tag) = &scalar.tag {
        let why = if tag.as_str() == "secret" { "a secret cannot stand here" } else { "no tag can stand here" };
        decoder.wrong_type(slot, scalar.span(), T::EXPECTS, why);
        return None;
    }
    match T::read(&scalar.text, scalar.kind) {
        Ok(value) => Some(Spanned::new(value, scalar.text.span())),
        Err(why) => {
            decoder.wrong_type(slot, scalar.text.span(), T::EXPECTS, &why);
            None
        }
    }
}

impl<T: ScalarType> FieldType for Spanned<T> {
    const TYPE: Type = Type::Scalar(T::KIND);
    const REQUIRED: bool = true;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let Some(one) = decoder.single(&slot) else {
            decoder.missing(&slot);
            return None;
        };
        let scalar = decoder.scalar(&slot, one, T::EXPECTS)?;
        read(decoder, &slot, &scalar)
    }
}

impl<T: ScalarType> FieldType for Option<Spanned<T>> {
    const TYPE: Type = Type::Scalar(T::KIND);
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let Some(one) = decoder.single(&slot) else { return Some(None) };
        let scalar = decoder.scalar(&slot, one, T::EXPECTS);
        Some(scalar.and_then(|scalar| read(decoder, &slot, &scalar)))
    }
}

/// Several scalars; a field of this type is optional, and absent means empty.
impl<T: ScalarType> FieldType for Vec<Spanned<T>> {
    const TYPE: Type = Type::Scalars(T::KIND);
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let uses = match slot.field.place {
            // All further arguments of the node.
            Place::Argument if slot.kdl => slot.uses.clone(),
            _ => decoder.single(&slot).into_iter().collect(),
        };
        let mut values = Vec::new();
        for one in uses {
            match one {
                Use::Argument(scalar) => values.extend(read(decoder, &slot, scalar)),
                Use::Name(_) => {}
                Use::Node(node) if node.members.is_empty() && node.items.is_empty() => {
                    for scalar in &node.arguments {
                        values.extend(read(decoder, &slot, scalar));
                    }
                }
                Use::Node(node) => decoder.wrong_type(&slot, node.value_span, "a list of values", ""),
            }
        }
        Some(values)
    }
}

impl<K: ScalarType + Clone, V: ScalarType> FieldType for Map<K, V> {
    const TYPE: Type = Type::Map(V::KIND);
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let members: Vec<&Node> = if slot.field.place == Place::Rest {
            slot.uses.iter().filter_map(|one| if let Use::Node(node) = one { Some(*node) } else { None }).collect()
        } else {
            match decoder.single(&slot) {
                Some(Use::Node(node)) => {
                    if !node.arguments.is_empty() || !node.items.is_empty() {
                        decoder.wrong_type(&slot, node.value_span, "names with values", "");
                    }
                    node.members.iter().collect()
                }
                Some(one @ (Use::Argument(_) | Use::Name(_))) => {
                    decoder.wrong_type(&slot, one.span(), "names with values", "");
                    Vec::new()
                }
                None => Vec::new(),
            }
        };
        let mut map = Map::default();
        for (index, member) in members.iter().enumerate() {
            let earlier = members.iter().take(index).find(|other| other.key.as_str() == member.key.as_str());
            if let Some(first) = earlier {
                decoder.duplicate(member.key.as_str(), Use::Node(first), Use::Node(member));
                continue;
            }
            let key = match K::read(&member.key, crate::syntax::ScalarKind::Plain) {
                Ok(key) => Some(Spanned::new(key, member.key.span())),
                Err(why) => {
                    decoder.wrong_type(&slot, member.key.span(), K::EXPECTS, &why);
                    None
                }
            };
            let value =
                decoder.scalar(&slot, Use::Node(member), V::EXPECTS).and_then(|scalar| read(decoder, &slot, &scalar));
            if let (Some(key), Some(value)) = (key, value) {
                map.entries.push((key, value));
            }
        }
        Some(map)
    }
}

impl FieldType for Matchers {
    const TYPE: Type = Type::Matchers;
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let node = match decoder.single(&slot) {
            Some(Use::Node(node)) => node,
            Some(one @ (Use::Argument(_) | Use::Name(_))) => {
                decoder.wrong_type(&slot, one.span(), "labels with values", "");
                return Some(Self::default());
            }
            None => return Some(Self::default()),
        };
        if !node.arguments.is_empty() || !node.items.is_empty() {
            let why = "write conditions as `label=value`";
            decoder.wrong_type(&slot, node.value_span, "labels with values", why);
        }
        let mut matchers = Vec::new();
        let mut seen: Vec<(&str, MatchOperator, &Node)> = Vec::new();
        for member in &node.members {
            for (matcher, at) in conditions(decoder, &slot, member) {
                // Several values for one label stand together; two conditions that compare in one way are a slip.
                let label = member.key.as_str();
                let repeated = seen.iter().find(|(other, operator, first)| {
                    let again = *operator == matcher.operator || !slot.kdl && !std::ptr::eq(*first, member);
                    *other == label && again
                });
                match repeated {
                    Some((_, _, first)) => decoder.duplicate(label, Use::Node(first), Use::Node(at)),
                    None => {
                        seen.push((label, matcher.operator, member));
                        matchers.push(matcher);
                    }
                }
            }
        }
        Some(Self { matchers })
    }
}

/// Reads the conditions on one label, each with the node to blame for it: `service shop-api`, `severity warning info`,
/// `team (regex)"web-.*"`, and in YAML also `team: { regex: web-.*, not: web-old }`.
fn conditions<'a>(decoder: &mut Decoder<'_>, slot: &Slot<'_>, member: &'a Node) -> Vec<(Matcher, &'a Node)> {
    let is_operator = |inner: &Node| MatchOperator::from_tag(inner.key.as_str()).is_some();
    let written_below = matches!(member.form, Form::Entry | Form::Item)
        && !member.members.is_empty()
        && member.members.iter().all(is_operator);
    if !written_below {
        return condition(decoder, slot, member, member, None).map(|one| (one, member)).into_iter().collect();
    }
    let mut read = Vec::new();
    for inner in &member.members {
        let operator = MatchOperator::from_tag(inner.key.as_str());
        read.extend(condition(decoder, slot, member, inner, operator).map(|one| (one, inner)));
    }
    read
}

/// Reads the condition on the label `member` whose values `holder` has.
fn condition(
    decoder: &mut Decoder<'_>,
    slot: &Slot<'_>,
    member: &Node,
    holder: &Node,
    mut operator: Option<MatchOperator>,
) -> Option<Matcher> {
    let label = match LabelName::read(&member.key, crate::syntax::ScalarKind::Plain) {
        Ok(label) => Spanned::new(label, member.key.span()),
        Err(why) => {
            decoder.wrong_type(slot, member.key.span(), LabelName::EXPECTS, &why);
            return None;
        }
    };
    if !holder.members.is_empty() || !holder.items.is_empty() || holder.arguments.is_empty() {
        let span = if holder.shape == Shape::Empty { holder.key.span() } else { holder.value_span };
        decoder.wrong_type(slot, span, "one or several values for each label", "");
        return None;
    }
    let mut values = Vec::new();
    for scalar in &holder.arguments {
        let tag = scalar.tag.as_ref();
        let own = match tag.map(|tag| (tag, MatchOperator::from_tag(tag.as_str()))) {
            None => operator.unwrap_or(MatchOperator::Equal),
            Some((_, Some(own))) => own,
            Some((tag, None)) => {
                decoder.wrong_type(slot, tag.span(), "values tagged `not`, `regex` or `not-regex`", "unknown tag");
                return None;
            }
        };
        if *operator.get_or_insert(own) != own {
            let expects = "values that are all compared in the same way";
            decoder.wrong_type(slot, scalar.span(), expects, "tagged differently from the values before it");
            return None;
        }
        let plain = Scalar { tag: None, ..scalar.clone() };
        values.push(read::<Text>(decoder, slot, &plain)?);
    }
    Some(Matcher { label, operator: operator.unwrap_or(MatchOperator::Equal), values })
}

/// Reads a reference to a secret; a literal is refused and its place remembered, so that it is never shown.
pub(super) fn secret(decoder: &mut Decoder<'_>, slot: &Slot<'_>, one: Use<'_>) -> Option<SecretRef> {
    let scalar = match one {
        Use::Name(_) => return None,
        Use::Argument(scalar) => scalar,
        Use::Node(node) => match (node.arguments.as_slice(), node.members.as_slice()) {
            ([scalar], []) => scalar,
            ([], [inner]) if inner.key.as_str() == "secret" && inner.arguments.len() == 1 => {
                let inner = inner.arguments.first()?;
                return read(decoder, slot, inner).map(|name| SecretRef { name });
            }
            _ => {
                decoder.sensitive.push(node.value_span);
                decoder.wrong_type(slot, node.value_span, "a reference to a declared secret", "");
                return None;
            }
        },
    };
    match &scalar.tag {
        Some(tag) if tag.as_str() == "secret" => {
            let plain = Scalar { tag: None, ..scalar.clone() };
            read(decoder, slot, &plain).map(|name| SecretRef { name })
        }
        _ => {
            refuse_literal(decoder, slot, scalar.span());
            None
        }
    }
}

fn refuse_literal(decoder: &mut Decoder<'_>, slot: &Slot<'_>, span: Span) {
    decoder.sensitive.push(span);
    let field = slot.field.name;
    let (declaration, reference) = if slot.kdl {
        ("`secret NAME { … }`", format!("`{field}=(secret)NAME`"))
    } else {
        ("`secrets: { NAME: … }`", format!("`{field}: {{ secret: NAME }}`"))
    };
    decoder.sink.push(
        Diagnostic::new(&codes::SECRET_LITERAL, format!("`{field}` holds a secret in clear text"))
            .at(span, "a value stands here, hidden in this message")
            .note(
                "A spec is read by everybody who can read the repository, and git keeps every version of it. If this value \
                 was ever committed, it should be replaced at its service too.",
            )
            .help(format!("Declare where the secret lives with {declaration} and refer to it: {reference}.")),
    );
}

impl FieldType for SecretRef {
    const TYPE: Type = Type::Secret;
    const REQUIRED: bool = true;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        match decoder.single(&slot) {
            Some(one) => secret(decoder, &slot, one),
            None => {
                decoder.missing(&slot);
                None
            }
        }
    }
}

impl FieldType for Option<SecretRef> {
    const TYPE: Type = Type::Secret;
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let one = decoder.single(&slot);
        Some(one.and_then(|one| secret(decoder, &slot, one)))
    }
}

fn reason_missing(decoder: &mut Decoder<'_>, span: Span, kdl: bool) {
    decoder.sink.push(
        Diagnostic::new(&codes::MISSING_KEY, "switching something off needs a reason")
            .at(span, "no reason given")
            .note("Whoever wonders in a year why nobody was paged finds the answer here.")
            .help(if kdl { "Write `off reason=\"…\"`." } else { "Write the reason in words: `off: …`." }),
    );
}

impl FieldType for Option<Off> {
    const TYPE: Type = Type::Off;
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let is_flag = |one: &Use<'_>| matches!(one, Use::Argument(_));
        let reasons: Vec<Use<'_>> = slot.uses.iter().copied().filter(|one| !is_flag(one)).collect();
        let flag = slot.uses.iter().find(|one| is_flag(one)).copied();
        let reason = Slot { uses: reasons, ..slot };
        match (flag, decoder.single(&reason)) {
            (None, None) => Some(None),
            (Some(flag), None) => {
                reason_missing(decoder, flag.span(), reason.kdl);
                None
            }
            (None, Some(reason_use)) if reason.kdl => {
                decoder.sink.push(
                    Diagnostic::new(&codes::UNKNOWN_KEY, "`reason` says why something is off, but nothing is off here")
                        .at(reason_use.span(), "`off` is missing")
                        .help("Write `off reason=\"…\"`, or remove the reason."),
                );
                Some(None)
            }
            (_, Some(one)) => {
                let scalar = decoder.scalar(&reason, one, "the reason in words")?;
                if matches!(scalar.kind, crate::syntax::ScalarKind::Bool) {
                    reason_missing(decoder, scalar.span(), reason.kdl);
                    return None;
                }
                read(decoder, &reason, &scalar).map(|reason| Some(Off { reason }))
            }
        }
    }
}

/// A thing that is written at most once.
impl<T: Record> FieldType for Option<Box<T>> {
    const TYPE: Type = Type::Block(KindRef::Lazy(T::kind));
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        match decoder.single(&slot) {
            Some(Use::Node(node)) => Some(T::decode(decoder, Entry { node, name: None }).map(Box::new)),
            Some(one @ (Use::Argument(_) | Use::Name(_))) => {
                decoder.wrong_type(&slot, one.span(), "a block of fields", "");
                Some(None)
            }
            None => Some(None),
        }
    }
}

/// Things with names: repeated nodes in KDL, a mapping in YAML.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T>(pub Vec<T>);

/// Things in order, without names of their own: repeated nodes in KDL, a sequence in YAML.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordered<T>(pub Vec<T>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Named<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> std::ops::Deref for Ordered<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

/// Kinds that are left out as a whole if any part of them could not be read: what is missing in them because it is misspelt
/// would be reported as missing a second time.
const ALL_OR_NOTHING: [&str; 2] = ["alert", "channel"];

fn failed_since(decoder: &Decoder<'_>, before: usize) -> bool {
    let new = decoder.sink.diagnostics().iter().skip(before);
    new.into_iter().any(|diagnostic| diagnostic.level == crate::diagnostic::Level::Error)
}

impl<T: Record> FieldType for Named<T> {
    const TYPE: Type = Type::Named(KindRef::Lazy(T::kind));
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        if slot.kdl {
            entries.extend(slot.uses.iter().filter_map(|one| match one {
                Use::Node(node) => Some(Entry { node, name: None }),
                Use::Argument(_) | Use::Name(_) => None,
            }));
        } else if let Some(Use::Node(node)) = decoder.single(&slot) {
            if !matches!(node.shape, Shape::Mapping | Shape::Empty) {
                let expects = "a mapping from names to their fields";
                decoder.wrong_type(&slot, node.value_span, expects, "");
            }
            entries.extend(node.members.iter().map(|node| Entry { node, name: Some(&node.key) }));
        }
        let kind = T::kind();
        let mut things = Vec::new();
        for entry in entries {
            let name = entry.name.map(|name| name.as_str().to_owned());
            let name = name.or_else(|| entry.node.arguments.first().map(|first| first.text.as_str().to_owned()));
            let before = decoder.sink.diagnostics().len();
            match T::decode(decoder, entry) {
                Some(thing) if !ALL_OR_NOTHING.contains(&kind.name) || !failed_since(decoder, before) => {
                    things.push(thing);
                }
                _ => decoder.poisoned.extend(name.map(|name| (kind.name, name))),
            }
        }
        Some(Self(things))
    }
}

impl<T: Record> FieldType for Ordered<T> {
    const TYPE: Type = Type::Ordered(KindRef::Lazy(T::kind));
    const REQUIRED: bool = false;

    fn decode(decoder: &mut Decoder<'_>, slot: Slot<'_>) -> Option<Self> {
        let nodes: Vec<&Node> = if slot.kdl {
            slot.uses.iter().filter_map(|one| if let Use::Node(node) = one { Some(*node) } else { None }).collect()
        } else {
            match decoder.single(&slot) {
                Some(Use::Node(node)) => {
                    if !matches!(node.shape, Shape::Items | Shape::Empty) && !node.arguments.is_empty()
                        || node.shape == Shape::Mapping
                    {
                        decoder.wrong_type(&slot, node.value_span, "a list, each item with its fields", "");
                    }
                    node.items.iter().collect()
                }
                _ => Vec::new(),
            }
        };
        Some(Self(nodes.into_iter().filter_map(|node| T::decode(decoder, Entry { node, name: None })).collect()))
    }
}
