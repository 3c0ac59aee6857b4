//! Queries of alerts and recording rules: parsing with parameters, filling them in, restricting selectors.
//!
//! A query is parsed once as a template, so that mistakes are reported in the author's text. For each rule the values are
//! spliced in, then the matchers; the result is parsed again, which can only fail through a defect of the compiler, and is
//! reported all the same rather than written out.

use std::collections::{BTreeMap, BTreeSet};

use super::partition::Restrictions;
use super::{Context, codes};
use crate::ast::Version;
use crate::diagnostic::Diagnostic;
use crate::model::Field;
use crate::promql::{self, Edit, Expr, ParamKind, Target, Value, ValueType};
use crate::source::Text;

/// A query that parses.
#[derive(Debug)]
pub struct Query<'s> {
    /// As written.
    pub text: &'s Text,
    /// As parsed.
    pub expr: Expr,
    /// What the output is for.
    pub target: Target,
    /// Metrics whose selectors are not restricted.
    pub unscoped: BTreeSet<String>,
}

/// The parser's target for a Prometheus release.
pub fn target(version: Version) -> Target {
    let number = |part: u32| u16::try_from(part).unwrap_or(u16::MAX);
    Target::new(promql::Version { major: number(version.major), minor: number(version.minor) })
}

/// Parses a query; mistakes are reported at their bytes. `what` names the thing it belongs to.
pub fn parse<'s>(
    context: &mut Context<'_>,
    text: &'s Text,
    version: Version,
    params: &BTreeMap<String, ParamKind>,
    unscoped: BTreeSet<String>,
    what: &str,
) -> Option<Query<'s>> {
    let target = target(version);
    let expr = match promql::parse_template(text.as_str(), &target, params) {
        Ok(expr) => expr,
        Err(errors) => {
            for error in errors {
                let mut diagnostic =
                    Diagnostic::new(&codes::QUERY, format!("the query of {what} is not valid: {}", error.message))
                        .at(text.span_of(error.range.clone()), "here")
                        .note("Prometheus refuses a whole rule file for one query that it cannot read.");
                diagnostic = diagnostic.help(match &error.help {
                    Some(help) => sentence(help),
                    None => "Correct the query at the mark.".to_owned(),
                });
                context.sink.push(diagnostic);
            }
            return None;
        }
    };
    let wrong = match expr.value_type() {
        ValueType::InstantVector | ValueType::Scalar => None,
        ValueType::RangeVector => Some("a range vector"),
        ValueType::String => Some("a string"),
    };
    if let Some(wrong) = wrong {
        context.sink.push(
            Diagnostic::new(&codes::QUERY, format!("the query of {what} gives {wrong}"))
                .at(text.span(), "cannot be evaluated as a rule")
                .note("Prometheus loads such a rule without a word and fails at every evaluation.")
                .help(if wrong == "a string" {
                    "Write a query that gives an instant vector."
                } else {
                    "Take one value out of the range, for example with `last_over_time(…)`, or remove the `[…]`."
                }),
        );
        return None;
    }
    Some(Query { text, expr, target, unscoped })
}

/// The Prometheus whose parser each Thanos release carries, newest first, from the releases' own module lists.
const EMBEDDED: [(Version, Version); 7] = [
    (Version::new(0, 42), Version::new(3, 9)),
    (Version::new(0, 41), Version::new(3, 8)),
    (Version::new(0, 40), Version::new(3, 5)),
    (Version::new(0, 39), Version::new(3, 3)),
    (Version::new(0, 38), Version::new(3, 1)),
    (Version::new(0, 37), Version::new(2, 55)),
    (Version::new(0, 36), Version::new(2, 52)),
];

/// The Prometheus whose queries a Thanos release understands.
pub(super) fn embedded(thanos: Version) -> Version {
    let known = EMBEDDED.iter().find(|(release, _)| *release <= thanos).or(EMBEDDED.last());
    known.map_or(Version::new(2, 52), |(_, prometheus)| *prometheus)
}

/// A few words as a sentence.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if words.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl Query<'_> {
    /// Whether the Ruler understands the query; what it does not is reported in the author's text.
    pub fn fits_ruler(
        &self,
        context: &mut Context<'_>,
        thanos: &Field<Version>,
        params: &BTreeMap<String, ParamKind>,
        what: &str,
    ) -> bool {
        let prometheus = embedded(thanos.value);
        let Err(errors) = promql::parse_template(self.text.as_str(), &target(prometheus), params) else { return true };
        for error in errors {
            let headline = format!("the Thanos Ruler cannot evaluate the query of {what}: {}", error.message);
            let mut diagnostic = Diagnostic::new(&codes::THANOS_QUERY, headline)
                .at(self.text.span_of(error.range.clone()), "the Ruler would refuse the file")
                .note(format!(
                    "Thanos {} reads queries like Prometheus {prometheus}, whatever Prometheus runs beside it.",
                    thanos.value
                ))
                .help("Write the query without it, or evaluate it in a Prometheus with `evaluate=prometheus`.");
            if let Some(span) = context.provenance.span(thanos.origin) {
                diagnostic = diagnostic.also(span, "the Thanos that the output is for");
            }
            context.sink.push(diagnostic);
        }
        false
    }

    /// The query with values and matchers, and with values alone; what does not fit is reported and gives `None`. With
    /// several sets of matchers there is a copy for each, joined by `or`.
    pub fn instance(
        &self,
        context: &mut Context<'_>,
        values: &BTreeMap<String, Value>,
        restrictions: &[Restrictions],
        what: &str,
    ) -> Option<(String, String)> {
        // A YAML block scalar ends with a line break, a KDL string does not: both give the same rule.
        let template = self.text.as_str().trim_end_matches([' ', '\t', '\r', '\n']);
        let (filled, edits) = match promql::substitute(&self.expr, values, &self.target) {
            Ok(edits) => (promql::apply(template, &edits), edits),
            Err(errors) => {
                for error in errors {
                    let headline = format!("the query of {what} cannot be filled in: {}", error.message);
                    let at = self.text.span_of(error.range.clone());
                    context.sink.push(Diagnostic::new(&codes::VALUE, headline).at(at, "no value fits here"));
                }
                return None;
            }
        };
        let expr = self.again(context, &filled, what)?;
        let mut copies: Vec<String> = Vec::new();
        let mut conflicts: Vec<promql::Conflict> = Vec::new();
        for restrictions in restrictions {
            match self.edits(&filled, &expr, restrictions) {
                Ok(edits) => {
                    let copy = promql::apply(&filled, &edits);
                    if !copies.contains(&copy) {
                        copies.push(copy);
                    }
                }
                Err(found) => conflicts.extend(found),
            }
        }
        if copies.is_empty() {
            self.contradicted(context, &conflicts, &edits, what);
            return None;
        }
        let joined = join(copies, &expr);
        if joined != filled {
            self.again(context, &joined, what)?;
        }
        Some((joined, filled))
    }

    /// Reports matchers that contradict the hosts that a rule is for.
    fn contradicted(&self, context: &mut Context<'_>, conflicts: &[promql::Conflict], filled_in: &[Edit], what: &str) {
        for conflict in conflicts {
            let span = self.text.span_of(promql::before(filled_in, &conflict.range));
            let restriction = &conflict.restriction;
            let wanted = format!("{}{}\"{}\"", restriction.label, restriction.op.as_str(), restriction.value);
            context.sink.push(
                Diagnostic::new(&codes::SCOPE, format!("the query of {what} selects other hosts than those it is for"))
                    .at(span, "contradicts the group")
                    .note(format!(
                        "The rule is for hosts with {wanted}; together with this matcher it could never return anything."
                    ))
                    .help("Remove the matcher: which hosts a rule covers follows from the groups and overrides."),
            );
        }
    }

    /// The edits for both kinds of matchers. Selectors without an exemption get them together, so that they read well.
    fn edits(&self, text: &str, expr: &Expr, restrictions: &Restrictions) -> Result<Vec<Edit>, Vec<promql::Conflict>> {
        let mut all = restrictions.hosts.clone();
        all.extend(restrictions.clusters.clone());
        let mut edits = promql::scope(text, expr, &all, &self.unscoped)?;
        if let Some(clusters) = &restrictions.clusters {
            let scoped = expr.selectors().filter_map(promql::Selector::metric).map(str::to_owned);
            let scoped: BTreeSet<String> = scoped.filter(|metric| !self.unscoped.contains(metric)).collect();
            if expr.selectors().any(|selector| selector.metric().is_some_and(|metric| self.unscoped.contains(metric))) {
                // What has no metric name is never exempt, and has its matchers already.
                let more = promql::scope(text, expr, std::slice::from_ref(clusters), &scoped)?;
                edits.extend(
                    more.into_iter()
                        .filter(|edit| !edits.iter().any(|done| done.range == edit.range))
                        .collect::<Vec<_>>(),
                );
            }
        }
        Ok(edits)
    }

    fn again(&self, context: &mut Context<'_>, text: &str, what: &str) -> Option<Expr> {
        match promql::parse(text, &self.target) {
            Ok(expr) => Some(expr),
            Err(errors) => {
                let why = errors.first().map(|error| error.message.clone()).unwrap_or_default();
                context.sink.push(
                    Diagnostic::new(
                        &codes::QUERY,
                        format!("the query of {what} is not valid once it is filled in: {why}"),
                    )
                    .at(self.text.span(), "the filled-in query cannot be parsed")
                    .note(format!("Filled in, it reads: {text}"))
                    .help("If every part of it looks right, this is a defect of alertsmith; please report it."),
                );
                None
            }
        }
    }
}

/// One expression of copies for different hosts. `or` binds weakest, so only what is not a vector needs more.
fn join(copies: Vec<String>, expr: &Expr) -> String {
    match <[String; 1]>::try_from(copies) {
        Ok([only]) => only,
        Err(copies) => {
            let scalar = expr.value_type() == ValueType::Scalar;
            // The line breaks end comments.
            let copies = copies.into_iter().map(|copy| if scalar { format!("vector({copy}\n)") } else { copy });
            copies.collect::<Vec<_>>().join("\nor\n")
        }
    }
}
