//! What a template reads: labels, the value, queries, other templates; and what can only fail when it runs.
//!
//! One walk over the tree with the types of dot and of every variable. Types are coarse: only what decides whether a
//! field is a label, a field of the data or a mistake. What is not known is [`Type::Unknown`] and gives no finding.
//! A definition is walked once per type of dot it is called with, so the walk is linear in the text.

use super::functions::FunctionSet;
use super::tree::{Branch, BranchKind, Command, Definition, Field, Head, Node, Operand, Pipeline, Template};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a value is, as far as its fields matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Unknown,
    /// Text, number, truth value: has no fields that we check.
    Scalar,
    /// Dot of an alert template.
    AlertRoot,
    /// Dot of a notification template.
    NotificationRoot,
    /// A map of labels or annotations.
    Labels(LabelSource),
    /// One element of such a map.
    Label,
    Samples,
    Sample,
    Alerts,
    Alert,
}

/// The map a label is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelSource {
    /// `$labels`: the labels of the alert's sample.
    Labels,
    /// `$externalLabels`: the external labels of the evaluating server.
    ExternalLabels,
    /// The labels of a sample returned by `query`.
    QueryLabels,
    /// `.GroupLabels` of a notification.
    GroupLabels,
    /// `.CommonLabels` of a notification.
    CommonLabels,
    /// `.CommonAnnotations` of a notification.
    CommonAnnotations,
    /// `.RouteLabels` of a notification.
    RouteLabels,
    /// `.Labels` of one alert of a notification.
    AlertLabels,
    /// `.Annotations` of one alert of a notification.
    AlertAnnotations,
}

/// One place that reads a label by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelUse {
    /// The label's name.
    pub label: String,
    /// The name's bytes in the text; a string's quotes are included.
    pub range: Range<usize>,
    /// The map it is read from.
    pub via: LabelSource,
    /// Whether the text copes with a missing label here: the label is itself the condition of an `if` or `with`, stands
    /// in a body whose condition mentions it, or is followed by an alternative in `or`.
    pub guarded: bool,
}

/// A function's name where it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionUse {
    /// The name.
    pub name: String,
    /// Its bytes.
    pub range: Range<usize>,
}

/// A call of another template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateUse {
    /// The name, unquoted.
    pub name: String,
    /// The quoted name's bytes.
    pub range: Range<usize>,
}

/// The literal argument of a `query` call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The expression, unquoted.
    pub expression: String,
    /// The quoted expression's bytes.
    pub range: Range<usize>,
}

/// Something that Go accepts when it loads the text and that fails, or prints nothing, when the text is executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A call with too few or too many arguments.
    Arguments {
        /// The function.
        function: String,
        /// How many it is given, a piped value included.
        given: usize,
        /// The fewest it takes.
        least: usize,
        /// The most it takes.
        most: Option<usize>,
        /// The function's name.
        range: Range<usize>,
    },
    /// A field that the value does not have.
    UnknownField {
        /// The field.
        field: String,
        /// The fields there are.
        known: &'static [&'static str],
        /// The field's bytes.
        range: Range<usize>,
    },
    /// `$name =` for a variable that was never declared.
    UndeclaredVariable {
        /// The variable with its dollar sign.
        name: String,
        /// Its bytes.
        range: Range<usize>,
    },
}

/// Everything [`facts`] reports, in order of appearance.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Labels read by name.
    pub labels: Vec<LabelUse>,
    /// Places that read the alert's value (`$value`, `.Value`).
    pub values: Vec<Range<usize>>,
    /// Functions called, Go's own included.
    pub functions: Vec<FunctionUse>,
    /// Templates called.
    pub templates: Vec<TemplateUse>,
    /// Queries with a literal expression.
    pub queries: Vec<Query>,
    /// What can only fail when the text is executed.
    pub problems: Vec<Problem>,
}

/// The labels a template reads by name.
pub fn fields(template: &Template) -> Vec<LabelUse> {
    facts(template).labels
}

/// Walks `template` and reports what it reads.
pub fn facts(template: &Template) -> Facts {
    let root = template.functions.root;
    let mut walk = Walk {
        functions: template.functions,
        definitions: template.definitions.iter().map(|definition| (definition.name.as_str(), definition)).collect(),
        visited: BTreeSet::new(),
        pending: Vec::new(),
        variables: Variables::default(),
        guards: BTreeMap::new(),
        facts: Facts::default(),
    };
    walk.variables.push("$", root);
    for name in template.functions.variables {
        walk.variables.push(name, predefined(name));
    }
    walk.nodes(&template.body, root);
    walk.called();
    for definition in &template.definitions {
        // Definitions that nothing here calls are meant for other texts, which pass their own dot on.
        if !walk.was_visited(&definition.name) {
            walk.call(&definition.name, root);
            walk.called();
        }
    }
    let mut facts = walk.facts;
    facts.sort();
    facts
}

impl Facts {
    /// Definitions are walked in call order and perhaps more than once; readers want text order and no repeats.
    fn sort(&mut self) {
        self.labels.sort_by_key(|label| (label.range.start, label.via, label.guarded));
        // The same place seen with and without a guard is unguarded, which sorts first.
        self.labels.dedup_by(|next, kept| next.range == kept.range && next.via == kept.via);
        self.values.sort_by_key(|range| range.start);
        self.values.dedup();
        self.functions.sort_by_key(|function| function.range.start);
        self.functions.dedup();
        self.templates.sort_by_key(|template| template.range.start);
        self.templates.dedup();
        self.queries.sort_by_key(|query| query.range.start);
        self.queries.dedup();
        self.problems.sort_by_key(|problem| problem.range().start);
        self.problems.dedup();
    }
}

impl Problem {
    /// The bytes it is about.
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::Arguments { range, .. }
            | Self::UnknownField { range, .. }
            | Self::UndeclaredVariable { range, .. } => range.clone(),
        }
    }
}

fn predefined(name: &str) -> Type {
    match name {
        "$labels" => Type::Labels(LabelSource::Labels),
        "$externalLabels" => Type::Labels(LabelSource::ExternalLabels),
        _ => Type::Scalar,
    }
}

/// A label in a condition; what follows under that condition copes with its absence.
type Guard = (LabelSource, String);

struct Walk<'a> {
    functions: &'static FunctionSet,
    definitions: BTreeMap<&'a str, &'a Definition>,
    visited: BTreeSet<(String, Type)>,
    pending: Vec<(&'a Definition, Type)>,
    variables: Variables,
    /// How many surrounding conditions mention each label.
    guards: BTreeMap<Guard, usize>,
    facts: Facts,
}

/// The types of the visible variables. Look-ups do not depend on how many there are.
#[derive(Default)]
struct Variables {
    types: BTreeMap<String, Vec<Type>>,
    order: Vec<String>,
}

impl Variables {
    fn push(&mut self, name: &str, kind: Type) {
        self.types.entry(name.to_owned()).or_default().push(kind);
        self.order.push(name.to_owned());
    }

    fn truncate(&mut self, length: usize) {
        for name in self.order.drain(length.min(self.order.len())..) {
            if let Some(types) = self.types.get_mut(&name) {
                types.pop();
            }
        }
    }

    fn get(&self, name: &str) -> Option<Type> {
        self.types.get(name)?.last().copied()
    }

    fn set(&mut self, name: &str, kind: Type) {
        if let Some(last) = self.types.get_mut(name).and_then(|types| types.last_mut()) {
            *last = kind;
        }
    }

    fn declared(&self, name: &str) -> usize {
        self.types.get(name).map_or(0, Vec::len)
    }
}

/// What a field of a typed value is.
enum Member {
    Is(Type),
    /// A label of this map.
    LabelOf(LabelSource),
    Value,
    Missing(&'static [&'static str]),
}

const ALERT_ROOT: &[&str] = &["Labels", "ExternalLabels", "ExternalURL", "Value"];
const SAMPLE: &[&str] = &["Labels", "Value"];
const ALERT: &[&str] = &["Status", "Labels", "Annotations", "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"];
const NOTIFICATION_ROOT: &[&str] = &[
    "Receiver",
    "Status",
    "Alerts",
    "NotificationReason",
    "GroupLabels",
    "CommonLabels",
    "CommonAnnotations",
    "RouteLabels",
    "ExternalURL",
];
const ALERTS: &[&str] = &["Firing", "Resolved"];

#[expect(clippy::match_same_arms, reason = "grouped by the type whose fields they are")]
fn member(of: Type, field: &str) -> Member {
    match (of, field) {
        (Type::AlertRoot, "Labels") => Member::Is(Type::Labels(LabelSource::Labels)),
        (Type::AlertRoot, "ExternalLabels") => Member::Is(Type::Labels(LabelSource::ExternalLabels)),
        (Type::AlertRoot, "Value") => Member::Value,
        (Type::AlertRoot, _) if ALERT_ROOT.contains(&field) => Member::Is(Type::Scalar),
        (Type::AlertRoot, _) => Member::Missing(ALERT_ROOT),
        (Type::Sample, "Labels") => Member::Is(Type::Labels(LabelSource::QueryLabels)),
        (Type::Sample, "Value") => Member::Is(Type::Scalar),
        (Type::Sample, _) => Member::Missing(SAMPLE),
        (Type::NotificationRoot, "Alerts") => Member::Is(Type::Alerts),
        (Type::NotificationRoot, "GroupLabels") => Member::Is(Type::Labels(LabelSource::GroupLabels)),
        (Type::NotificationRoot, "CommonLabels") => Member::Is(Type::Labels(LabelSource::CommonLabels)),
        (Type::NotificationRoot, "CommonAnnotations") => Member::Is(Type::Labels(LabelSource::CommonAnnotations)),
        (Type::NotificationRoot, "RouteLabels") => Member::Is(Type::Labels(LabelSource::RouteLabels)),
        (Type::NotificationRoot, _) if NOTIFICATION_ROOT.contains(&field) => Member::Is(Type::Scalar),
        (Type::NotificationRoot, _) => Member::Missing(NOTIFICATION_ROOT),
        (Type::Alerts, "Firing" | "Resolved") => Member::Is(Type::Alerts),
        (Type::Alerts, _) => Member::Missing(ALERTS),
        (Type::Alert, "Labels") => Member::Is(Type::Labels(LabelSource::AlertLabels)),
        (Type::Alert, "Annotations") => Member::Is(Type::Labels(LabelSource::AlertAnnotations)),
        // Times have methods of their own.
        (Type::Alert, "StartsAt" | "EndsAt") => Member::Is(Type::Unknown),
        (Type::Alert, _) if ALERT.contains(&field) => Member::Is(Type::Scalar),
        (Type::Alert, _) => Member::Missing(ALERT),
        (Type::Labels(LabelSource::Labels | LabelSource::ExternalLabels | LabelSource::QueryLabels), _) => {
            let Type::Labels(source) = of else { return Member::Is(Type::Unknown) };
            Member::LabelOf(source)
        }
        // Alertmanager's maps have methods, and Go asks for those first.
        (Type::Labels(_), "SortedPairs" | "Names" | "Values") => Member::Is(Type::Unknown),
        (Type::Labels(source), "Remove") => Member::Is(Type::Labels(source)),
        (Type::Labels(source), _) => Member::LabelOf(source),
        (Type::Samples, _) => Member::Missing(&[]),
        (Type::Unknown | Type::Scalar | Type::Label, _) => Member::Is(Type::Unknown),
    }
}

fn element(of: Type) -> Type {
    match of {
        Type::Samples => Type::Sample,
        Type::Alerts => Type::Alert,
        Type::Labels(_) => Type::Label,
        Type::Unknown
        | Type::Scalar
        | Type::AlertRoot
        | Type::NotificationRoot
        | Type::Label
        | Type::Sample
        | Type::Alert => Type::Unknown,
    }
}

impl<'a> Walk<'a> {
    fn was_visited(&self, name: &str) -> bool {
        self.visited.range((name.to_owned(), Type::Unknown)..).next().is_some_and(|(found, _)| found == name)
    }

    /// Walks the definitions that have been called, and those they call.
    fn called(&mut self) {
        while let Some((definition, dot)) = self.pending.pop() {
            self.definition(definition, dot);
        }
    }

    fn call(&mut self, name: &str, dot: Type) {
        if let Some(definition) = self.definitions.get(name).copied()
            && self.visited.insert((name.to_owned(), dot))
        {
            self.pending.push((definition, dot));
        }
    }

    fn definition(&mut self, definition: &'a Definition, dot: Type) {
        let variables = std::mem::take(&mut self.variables);
        self.variables.push("$", dot);
        let guards = std::mem::take(&mut self.guards);
        self.nodes(&definition.body, dot);
        self.variables = variables;
        self.guards = guards;
    }

    fn nodes(&mut self, nodes: &'a [Node], dot: Type) {
        for node in nodes {
            match node {
                Node::Text(_) | Node::Comment(_) | Node::Break(_) | Node::Continue(_) => {}
                Node::Action(pipeline) => {
                    self.pipeline(pipeline, dot, false);
                }
                Node::Branch(branch) => self.branch(branch, dot),
                Node::Call { name, name_range, argument } => {
                    let argument = match argument {
                        Some(pipeline) => self.pipeline(pipeline, dot, false),
                        None => Type::Unknown,
                    };
                    self.facts.templates.push(TemplateUse { name: name.clone(), range: name_range.clone() });
                    self.call(name, argument);
                }
            }
        }
    }

    fn branch(&mut self, branch: &'a Branch, dot: Type) {
        let variables = self.variables.order.len();
        for arm in &branch.arms {
            let seen = self.facts.labels.len();
            let value = self.pipeline(&arm.pipeline, dot, branch.kind != BranchKind::Range);
            let inside = match branch.kind {
                BranchKind::If => dot,
                BranchKind::With => value,
                BranchKind::Range => element(value),
            };
            if branch.kind == BranchKind::Range {
                self.range_variables(&arm.pipeline, inside);
            }
            let mentioned: Vec<Guard> = match branch.kind {
                BranchKind::Range => Vec::new(),
                BranchKind::If | BranchKind::With => {
                    let labels = self.facts.labels.get(seen..).unwrap_or(&[]);
                    labels.iter().map(|label| (label.via, label.label.clone())).collect()
                }
            };
            for guard in &mentioned {
                *self.guards.entry(guard.clone()).or_default() += 1;
            }
            let declared = self.variables.order.len();
            self.nodes(&arm.body, inside);
            self.variables.truncate(declared);
            for guard in &mentioned {
                if let Some(count) = self.guards.get_mut(guard) {
                    *count -= 1;
                }
            }
        }
        self.nodes(&branch.otherwise, dot);
        self.variables.truncate(variables);
    }

    /// `range $key, $element := …`: one variable is the element, the first of two is the key.
    fn range_variables(&mut self, pipeline: &Pipeline, element: Type) {
        let count = pipeline.variables.len();
        for (position, variable) in pipeline.variables.iter().enumerate() {
            let kind = if position + 1 == count { element } else { Type::Scalar };
            self.variables.set(&variable.name, kind);
        }
    }

    /// The pipeline's type; `condition` when a missing label is what it asks about.
    fn pipeline(&mut self, pipeline: &'a Pipeline, dot: Type, condition: bool) -> Type {
        let mut value: Option<Type> = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value, condition));
        }
        let value = value.unwrap_or(Type::Unknown);
        for variable in &pipeline.variables {
            if !pipeline.assigns {
                self.variables.push(&variable.name, value);
            } else if let Some(before) = self.variables.get(&variable.name) {
                // Assigned in one of several places: its type is only certain when they agree.
                self.variables.set(&variable.name, if before == value { value } else { Type::Unknown });
            } else {
                let (name, range) = (variable.name.clone(), variable.range.clone());
                self.variables.push(&name, Type::Unknown);
                self.facts.problems.push(Problem::UndeclaredVariable { name, range });
            }
        }
        value
    }

    fn command(&mut self, command: &'a Command, dot: Type, piped: Option<Type>, condition: bool) -> Type {
        let Some((first, rest)) = command.operands.split_first() else { return Type::Unknown };
        let Head::Function(name) = &first.head else {
            let value = self.operand(first, dot, condition);
            for operand in rest {
                self.operand(operand, dot, condition);
            }
            return value;
        };
        let range = first.range.start..first.range.start + name.len();
        self.facts.functions.push(FunctionUse { name: name.clone(), range: range.clone() });
        let mut kinds = Vec::with_capacity(rest.len() + 1);
        let alternatives = name == "or";
        for (position, operand) in rest.iter().enumerate() {
            let covered = alternatives && (position + 1 < rest.len() || piped.is_some());
            kinds.push(self.operand(operand, dot, condition || covered));
        }
        kinds.extend(piped);
        if name == "query"
            && let Some(Operand { head: Head::Text(expression), range, .. }) = rest.first()
        {
            self.facts.queries.push(Query { expression: expression.clone(), range: range.clone() });
        }
        let Some(function) = self.functions.find(name) else { return Type::Unknown };
        let (given, arity) = (kinds.len(), function.arity);
        if given < arity.least || arity.most.is_some_and(|most| given > most) {
            let function = name.clone();
            self.facts.problems.push(Problem::Arguments {
                function,
                given,
                least: arity.least,
                most: arity.most,
                range,
            });
        }
        let result = if name == "index" { self.index(&kinds, rest, piped, condition) } else { function.returns };
        self.follow(result, &first.fields, condition)
    }

    /// `index $labels "name"`, also with the name piped in.
    fn index(&mut self, kinds: &[Type], operands: &'a [Operand], piped: Option<Type>, condition: bool) -> Type {
        match (kinds.first(), operands.get(1)) {
            (Some(Type::Labels(source)), Some(Operand { head: Head::Text(label), range, .. })) if piped.is_none() => {
                self.label(label, range.clone(), *source, condition);
                Type::Label
            }
            (Some(Type::Labels(_)), _) => Type::Label,
            (Some(kind), Some(_)) => element(*kind),
            _ => Type::Unknown,
        }
    }

    fn operand(&mut self, operand: &'a Operand, dot: Type, condition: bool) -> Type {
        let kind = match &operand.head {
            Head::Dot => dot,
            Head::Nil => Type::Unknown,
            Head::Bool(_) | Head::Number(_) | Head::Character(_) | Head::Text(_) => Type::Scalar,
            Head::Variable(name) => {
                if name == "$value" && self.is_predefined(name) {
                    self.facts.values.push(operand.range.clone());
                }
                self.variables.get(name).unwrap_or(Type::Unknown)
            }
            Head::Parenthesised(pipeline) => self.pipeline(pipeline, dot, condition),
            Head::Function(name) => {
                let range = operand.range.start..operand.range.start + name.len();
                self.facts.functions.push(FunctionUse { name: name.clone(), range: range.clone() });
                match self.functions.find(name) {
                    Some(function) => {
                        if function.arity.least > 0 {
                            let (function, arity) = (name.clone(), function.arity);
                            let (least, most) = (arity.least, arity.most);
                            self.facts.problems.push(Problem::Arguments { function, given: 0, least, most, range });
                        }
                        function.returns
                    }
                    None => Type::Unknown,
                }
            }
        };
        self.follow(kind, &operand.fields, condition)
    }

    /// Whether `$value` still is the one that Prometheus declares.
    fn is_predefined(&self, name: &str) -> bool {
        self.functions.variables.contains(&name) && self.variables.declared(name) == 1
    }

    fn follow(&mut self, of: Type, fields: &'a [Field], condition: bool) -> Type {
        let mut kind = of;
        for field in fields {
            kind = match member(kind, &field.name) {
                Member::Is(kind) => kind,
                Member::LabelOf(source) => {
                    self.label(&field.name, field.range.clone(), source, condition);
                    Type::Label
                }
                Member::Value => {
                    self.facts.values.push(field.range.clone());
                    Type::Scalar
                }
                Member::Missing(known) => {
                    let (field, range) = (field.name.clone(), field.range.clone());
                    self.facts.problems.push(Problem::UnknownField { field, known, range });
                    Type::Unknown
                }
            };
        }
        kind
    }

    fn label(&mut self, label: &str, range: Range<usize>, via: LabelSource, condition: bool) {
        let guarded = condition || self.guards.get(&(via, label.to_owned())).is_some_and(|count| *count > 0);
        self.facts.labels.push(LabelUse { label: label.to_owned(), range, via, guarded });
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn alert(text: &str) -> Facts {
        facts(&parse(text, FunctionSet::alert()).unwrap())
    }

    fn labels(text: &str) -> Vec<(String, LabelSource, bool)> {
        alert(text).labels.into_iter().map(|label| (label.label, label.via, label.guarded)).collect()
    }

    #[test]
    fn labels_are_found_wherever_they_come_from() {
        use LabelSource::{ExternalLabels, Labels, QueryLabels};
        for (text, expected) in [
            ("{{ $labels.job }}", vec![("job", Labels, false)]),
            ("{{ .Labels.job | toUpper }}", vec![("job", Labels, false)]),
            ("{{ $.Labels.job }}", vec![("job", Labels, false)]),
            ("{{ index $labels \"a.b\" }}", vec![("a.b", Labels, false)]),
            ("{{ $externalLabels.cluster }}", vec![("cluster", ExternalLabels, false)]),
            ("{{ with $labels }}{{ .job }}{{ end }}", vec![("job", Labels, false)]),
            ("{{ $l := $labels }}{{ printf \"%s\" $l.job }}", vec![("job", Labels, false)]),
            ("{{ range query \"up\" }}{{ .Labels.job }}{{ .Value }}{{ end }}", vec![("job", QueryLabels, false)]),
            ("{{ (query \"up\" | first).Labels.job }}", vec![("job", QueryLabels, false)]),
            ("{{ range $k, $v := $labels }}{{ $k }}={{ $v }}{{ end }}", vec![]),
            ("{{define \"x\"}}{{ .job }}{{end}}{{template \"x\" $labels}}", vec![("job", Labels, false)]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(name, via, guarded)| (name.to_owned(), via, guarded)).collect();
            assert_eq!(labels(text), expected, "{text}");
        }
    }

    #[test]
    fn guards() {
        use LabelSource::Labels;
        let guarded =
            |text: &str| labels(text).into_iter().map(|(name, _, guarded)| (name, guarded)).collect::<Vec<_>>();
        let pair = |name: &str, guarded| (name.to_owned(), guarded);
        assert_eq!(
            guarded("{{ if $labels.a }}{{ $labels.a }}{{ $labels.b }}{{ else }}{{ $labels.a }}{{ end }}"),
            [pair("a", true), pair("a", true), pair("b", false), pair("a", false)]
        );
        assert_eq!(guarded("{{ with $labels.a }}{{ . }}{{ end }}{{ $labels.a }}"), [pair("a", true), pair("a", false)]);
        assert_eq!(guarded("{{ or $labels.a $labels.b }}"), [pair("a", true), pair("b", false)]);
        assert_eq!(guarded("{{ if eq $labels.a \"x\" }}{{ $labels.a }}{{ end }}"), [pair("a", true), pair("a", true)]);
        assert_eq!(labels("{{ $labels.a }}"), [("a".to_owned(), Labels, false)]);
    }

    #[test]
    fn ranges_are_the_bytes_of_the_name() {
        let text = "x {{ $labels.job }} {{ index $labels \"a.b\" }}";
        let ranges: Vec<_> = alert(text).labels.iter().map(|label| &text[label.range.clone()]).collect();
        assert_eq!(ranges, ["job", "\"a.b\""]);
    }

    #[test]
    fn values_queries_functions_and_templates() {
        let text =
            "{{ $value | humanize }}{{ .Value }}{{ range query `up` }}{{ .Value }}{{ end }}{{ template \"t\" . }}";
        let facts = alert(text);
        assert_eq!(facts.values.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), ["$value", "Value"]);
        assert_eq!(facts.queries.iter().map(|query| query.expression.as_str()).collect::<Vec<_>>(), ["up"]);
        assert_eq!(
            facts.functions.iter().map(|function| function.name.as_str()).collect::<Vec<_>>(),
            ["humanize", "query"]
        );
        assert_eq!(facts.templates.iter().map(|template| template.name.as_str()).collect::<Vec<_>>(), ["t"]);
        assert_eq!(alert("{{ $value := 1 }}{{ $value }}").values, [] as [Range<usize>; 0]);
    }

    #[test]
    fn problems_that_only_execution_shows() {
        let problems = |text: &str| alert(text).problems;
        assert!(matches!(problems("{{ humanize }}").as_slice(), [Problem::Arguments { given: 0, least: 1, .. }]));
        assert!(matches!(problems("{{ 1 | humanize 2 }}").as_slice(), [Problem::Arguments { given: 2, .. }]));
        assert!(
            matches!(problems("{{ .Lables.job }}").as_slice(), [Problem::UnknownField { field, .. }] if field == "Lables")
        );
        assert!(matches!(problems("{{ $x = 1 }}").as_slice(), [Problem::UndeclaredVariable { .. }]));
        assert_eq!(problems("{{ $labels.job }}{{ $externalURL }}{{ $value }}{{ .ExternalURL }}"), []);
    }

    #[test]
    fn notifications() {
        let text = "{{ define \"t\" }}{{ range .Alerts.Firing }}{{ .Labels.job }}{{ .Annotations.summary }}{{ end }}\
                    {{ .CommonLabels.SortedPairs.Values }}{{ .GroupLabels.alertname }}{{ end }}{{ .Nope }}";
        let facts = facts(&parse(text, FunctionSet::notification()).unwrap());
        let labels: Vec<_> = facts.labels.iter().map(|label| (label.label.as_str(), label.via)).collect();
        assert_eq!(
            labels,
            [
                ("job", LabelSource::AlertLabels),
                ("summary", LabelSource::AlertAnnotations),
                ("alertname", LabelSource::GroupLabels)
            ]
        );
        assert!(matches!(facts.problems.as_slice(), [Problem::UnknownField { field, .. }] if field == "Nope"));
    }
}
