//! Changes to alerts of rule files: by name, on top of what the file says.
//!
//! The author of the spec does not own the file, so a patch says only what differs. It must find its alert, and a new
//! threshold must find exactly one number to take the place of: nothing is changed by guess.

use std::collections::BTreeSet;

use super::{Context, codes};
use crate::ast::Quantity;
use crate::ast::rules::{Patch, Rules as Written};
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::{Field, Project, RuleSet, rules::RuleSetRule};
use crate::promql::{self, Operand};
use crate::provenance::Step;
use crate::source::{Span, Spanned, Text};

/// Applies a patch to a rule; `false` if it drops the rule.
pub fn apply(context: &mut Context<'_>, patch: &Patch, rule: &mut RuleSetRule, project: &Project) -> bool {
    if patch.off.is_some() {
        return false;
    }
    rule.r#for = overridden(context, patch, patch.r#for.as_ref(), rule.r#for);
    rule.keep_firing_for = overridden(context, patch, patch.keep_firing_for.as_ref(), rule.keep_firing_for);
    if let Some(severity) = &patch.severity {
        let names: Vec<String> = project.severities.iter().map(|severity| severity.value.clone()).collect();
        context.bind("severity", severity, &names);
        let value = context.name(severity);
        set_label(context, patch, rule, "severity", value);
    }
    for (label, value) in &patch.labels.entries {
        let value = context.text(value);
        set_label(context, patch, rule, label.as_str(), value);
    }
    for (name, text) in &patch.annotations.entries {
        let value = context.text(text);
        match rule.annotations.iter_mut().find(|(known, _)| known == name.as_str()) {
            Some((_, old)) => *old = replaced(context, patch, value, Some(old)),
            None => rule.annotations.push((name.as_str().to_owned(), value)),
        }
        rule.texts.retain(|(known, _)| known != name.as_str());
        rule.texts.push((name.as_str().to_owned(), text.value.clone()));
    }
    if let Some(threshold) = &patch.threshold {
        self::threshold(context, patch, threshold, rule);
    }
    true
}

fn set_label(context: &mut Context<'_>, patch: &Patch, rule: &mut RuleSetRule, label: &str, value: Field<String>) {
    let value = replaced(context, patch, value, rule.labels.get(label));
    rule.labels.insert(label.to_owned(), value.clone());
    rule.own_labels.insert(label.to_owned(), value);
}

/// What a patch is called in the story of a value.
fn by(patch: &Patch) -> String {
    format!("the patch of `{}`", patch.alert.as_str())
}

/// A value of the patch with the story of the one it takes the place of.
fn replaced<T, U>(context: &mut Context<'_>, patch: &Patch, value: Field<T>, over: Option<&Field<U>>) -> Field<T> {
    match over {
        Some(over) => {
            let step = Step::Overridden { with: value.origin, over: over.origin, by: by(patch) };
            Field::new(value.value, context.provenance.add(step))
        }
        None => value,
    }
}

fn overridden<T: Copy>(
    context: &mut Context<'_>,
    patch: &Patch,
    written: Option<&Spanned<T>>,
    old: Option<Field<T>>,
) -> Option<Field<T>> {
    match written {
        Some(written) => {
            let value = context.field(written);
            Some(replaced(context, patch, value, old.as_ref()))
        }
        None => old,
    }
}

/// Puts another number in the place of the one that the query compares with. The rest of the query stays its author's.
fn threshold(context: &mut Context<'_>, patch: &Patch, written: &Spanned<Quantity>, rule: &mut RuleSetRule) {
    let name = patch.alert.as_str();
    if !written.value.unit.is_empty() {
        context.sink.push(
            Diagnostic::new(&codes::PATCH, format!("the threshold of `{name}` has to be a plain number"))
                .at(written.span, "a number with a unit")
                .note("Nobody declared in which unit the query of the rule file counts.")
                .help("Convert it by hand to the unit that the query compares in, and write the number alone."),
        );
        return;
    }
    let shape = promql::shape(&rule.parsed);
    let all: Vec<&promql::Comparison> = shape.branches.iter().flat_map(|branch| &branch.comparisons).collect();
    let numbers: Vec<&&promql::Comparison> =
        all.iter().filter(|one| matches!(one.operand, Operand::Literal(_) | Operand::Constant(_))).collect();
    let [only] = numbers.as_slice() else {
        let (headline, label) = match (numbers.len(), all.first()) {
            (0, None) => (format!("the query of `{name}` compares with nothing"), "there is no number to replace"),
            (0, Some(_)) => {
                (format!("the query of `{name}` compares with no plain number"), "there is none to replace")
            }
            _ => (format!("the query of `{name}` compares with several numbers"), "which one is to be replaced?"),
        };
        let mut finding = Diagnostic::new(&codes::PATCH, headline).at(written.span, label);
        for one in if numbers.is_empty() { all.iter().collect() } else { numbers } {
            finding = finding.also(rule.query.span_of(one.threshold_range.clone()), "compared with this");
        }
        if all.is_empty() {
            finding = finding.also(rule.query.span(), "the query");
        }
        context.sink.push(
            finding.note("A patch replaces the one number that decides when the alert fires; it does not guess.").help(
                "Drop the alert with `off`, and write one of your own with the query and the threshold you want.",
            ),
        );
        return;
    };
    let number = written.value.number.clone();
    let edited = rule.query.spliced(&[(only.threshold_range.clone(), number.clone())]);
    match promql::parse(edited.as_str(), &rule.target) {
        Ok(parsed) => {
            let with = context.written(written.span);
            let step = Step::Overridden { with, over: rule.expr.origin, by: by(patch) };
            rule.expr = Field::new(edited.as_str().to_owned(), context.provenance.add(step));
            rule.query = edited;
            rule.parsed = parsed;
        }
        Err(_) => {
            let headline = format!("the query of `{name}` is not valid with the threshold {number}");
            context.sink.push(Diagnostic::new(&codes::PATCH, headline).at(written.span, "does not fit there"));
        }
    }
}

/// Reports patches that found no alert, and those that would make several alerts the same.
pub fn report_unused(context: &mut Context<'_>, written: &Written, used: &BTreeSet<&str>, names: &BTreeSet<String>) {
    for patch in written.patches.iter().filter(|patch| !used.contains(patch.alert.as_str())) {
        let name = patch.alert.as_str();
        let finding = Diagnostic::new(&codes::PATCH, format!("no alert `{name}` to patch"))
            .at(patch.alert.span, "not in these files")
            .note("What the patch was to change is as it is in the file; an update of the file may have renamed the alert.");
        context.sink.push(match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => finding.help(format!("Did you mean `{near}`?")).fix(patch.alert.span, near),
            None if names.is_empty() => finding.help("There are no alerts in these files."),
            None => finding.help("Patches go by the alert's name in the rule file."),
        });
    }
}

/// Reports a severity or a label that makes two alerts of one name the same: Alertmanager could not tell them apart.
pub fn report_merged(context: &mut Context<'_>, written: &Written, set: &RuleSet) {
    for patch in written.patches.iter() {
        if patch.severity.is_none() && patch.labels.entries.is_empty() {
            continue;
        }
        let mut seen: Vec<(&RuleSetRule, Vec<(String, String)>)> = Vec::new();
        for group in &set.groups {
            for rule in &group.rules {
                if rule.alert.as_ref().is_none_or(|alert| alert.value != patch.alert.as_str()) {
                    continue;
                }
                let labels = rule.labels.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
                if let Some((first, _)) = seen.iter().find(|(_, known)| *known == labels) {
                    let name = patch.alert.as_str();
                    let headline = format!("the patch gives two alerts called `{name}` the same labels");
                    context.sink.push(
                        Diagnostic::new(&codes::PATCH, headline)
                            .at(patch.alert.span, "holds for all alerts of this name")
                            .also(first.query.span(), "one of them")
                            .also(rule.query.span(), "the other")
                            .note("Alertmanager tells alerts apart by their labels alone, so the two would take turns in one.")
                            .help("Drop the alerts with `off`, and write those you want as your own."),
                    );
                    return;
                }
                seen.push((rule, labels));
            }
        }
    }
}

/// The place of a text, for stories.
pub fn text(context: &mut Context<'_>, text: &Text) -> Field<String> {
    Field::new(text.as_str().to_owned(), context.written(text.span()))
}

/// A name that may be missing in what could not be loaded.
pub fn named(context: &mut Context<'_>, name: Option<&Text>, head: Span) -> Field<String> {
    match name {
        Some(name) => text(context, name),
        None => Field::new(String::new(), context.written(head)),
    }
}
