//! Overrides of one alert: gathered by level, and what is wrong with them.
//!
//! Two overrides that set the same field for the same place leave it open which one counts, and so do two that ask for
//! different labels on the same part of the fleet, as a host can carry both. Everything else is decided by how specific
//! places are.

use std::collections::{BTreeMap, BTreeSet};

use super::alerts::Surroundings;
use super::partition::Class;
use super::thresholds::{Base, Folded, Override, Overrides, Place, fold};
use super::{Context, codes};
use crate::ast::alert::{Alert as Written, Level};
use crate::ast::threshold::Threshold;
use crate::ast::{Duration, Quantity};
use crate::diagnostic::Diagnostic;
use crate::source::{Span, Spanned, Text};

/// All overrides by severity, from the most to the least specific.
pub(super) fn levels<'s>(
    context: &mut Context<'_>,
    written: &'s Written,
    overrides: &[(Place, &'s Threshold)],
    around: Surroundings<'_>,
) -> BTreeMap<usize, Overrides<'s>> {
    let severities = &around.project.severities;
    let names: Vec<String> = severities.iter().map(|severity| severity.value.clone()).collect();
    let mut levels: BTreeMap<usize, Vec<Override<'s>>> = BTreeMap::new();
    let mut sources: Vec<(Place, Option<&'s Threshold>, &'s [Level])> =
        vec![(Place { base: Base::Default, selector: None }, None, &written.levels)];
    sources.extend(
        overrides.iter().map(|(place, threshold)| (place.clone(), Some(*threshold), threshold.levels.as_slice())),
    );
    for (place, threshold, nodes) in &sources {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for level in *nodes {
            if let Some(first) = seen.insert(level.severity.as_str(), level.severity.span) {
                context.sink.push(
                    Diagnostic::new(
                        &codes::DUPLICATE_NAME,
                        format!("the level `{}` is written twice", level.severity.as_str()),
                    )
                    .at(level.severity.span, "written again here")
                    .also(first, "first written here")
                    .help("Keep one of the two."),
                );
                continue;
            }
            if !context.bind("severity", &level.severity, &names) {
                continue;
            }
            let Some(index) = names.iter().position(|name| name == level.severity.as_str()) else { continue };
            levels.entry(index).or_default().push(Override {
                place: place.clone(),
                written: *threshold,
                value: level.value.as_ref(),
                r#for: level
                    .r#for
                    .as_ref()
                    .or_else(|| threshold.and_then(|t| t.r#for.as_ref()))
                    .or_else(|| threshold.is_none().then_some(written.r#for.as_ref()).flatten()),
                keep_firing_for: level
                    .keep_firing_for
                    .as_ref()
                    .or_else(|| threshold.and_then(|t| t.keep_firing_for.as_ref()))
                    .or_else(|| threshold.is_none().then_some(written.keep_firing_for.as_ref()).flatten()),
                params: threshold.map(|t| params_of(t)).unwrap_or_default(),
                off: match &level.off {
                    Some(off) => Some((true, off.reason.span)),
                    None => level.value.as_ref().map(|value| (false, value.span)),
                },
                declares: level.off.is_none(),
                general: false,
            });
        }
    }
    // What a threshold says for all levels counts for each level that it does not name.
    let known: Vec<usize> = levels.keys().copied().collect();
    for (place, threshold) in overrides {
        let general = threshold.r#for.is_some()
            || threshold.keep_firing_for.is_some()
            || !threshold.params.entries.is_empty()
            || threshold.off.is_some();
        for index in known.iter().filter(|_| general) {
            let named =
                threshold.levels.iter().any(|level| names.get(*index).is_some_and(|n| n == level.severity.as_str()));
            if !named {
                levels.entry(*index).or_default().push(Override {
                    place: place.clone(),
                    written: Some(threshold),
                    value: None,
                    r#for: threshold.r#for.as_ref(),
                    keep_firing_for: threshold.keep_firing_for.as_ref(),
                    params: params_of(threshold),
                    off: threshold.off.as_ref().map(|off| (true, off.reason.span)),
                    declares: false,
                    general: true,
                });
            }
        }
    }
    let levels = levels.into_iter().map(|(index, list)| (index, Overrides::new(list, around.fleet)));
    levels.collect()
}

fn params_of(threshold: &Threshold) -> BTreeMap<&str, &Spanned<Text>> {
    threshold.params.entries.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// Reports overrides that leave it open which of them counts; `false` if there are any.
pub(super) fn unambiguous(context: &mut Context<'_>, alert: &Written, overrides: &Overrides<'_>) -> bool {
    let span = |one: &Override<'_>| one.written.map_or(alert.head.span, |threshold| threshold.head.span);
    let mut clean = true;
    for list in overrides.by_base() {
        for (index, one) in list.iter().enumerate() {
            for other in list.iter().skip(index + 1).filter(|other| one.clashes(other)) {
                let diagnostic = match (&one.place.selector, &other.place.selector) {
                    (own, others) if own == others => Diagnostic::new(
                        &codes::AMBIGUOUS,
                        format!("`{}` is overridden twice for {}", alert.name.as_str(), one.place.words()),
                    )
                    .at(span(other), "overridden again here")
                    .also(span(one), "first overridden here")
                    .help("Join the two."),
                    (Some((one_label, _)), Some((other_label, _))) if one_label != other_label => Diagnostic::new(
                        &codes::AMBIGUOUS,
                        format!("two overrides of `{}` could hold for the same host", alert.name.as_str()),
                    )
                    .at(span(other), format!("for hosts with a certain `{other_label}`"))
                    .also(span(one), format!("for hosts with a certain `{one_label}`"))
                    .note("A host can carry both labels, and nothing says which override counts then.")
                    .help("Use the same label in both, or put one of them on a more specific group."),
                    // One of them is more specific, or no host has both values.
                    _ => continue,
                };
                clean = false;
                context.sink.push(diagnostic);
            }
        }
    }
    clean
}

/// Reports a place that is cut into more parts than anybody can follow.
pub(super) fn too_many(context: &mut Context<'_>, alert: &Written, selectors: &[&Override<'_>]) {
    let mut labels: BTreeMap<&str, Span> = BTreeMap::new();
    for one in selectors {
        if let (Some((label, _)), Some(written)) = (&one.place.selector, one.written) {
            labels.entry(label).or_insert(written.head.span);
        }
    }
    let headline = format!("the overrides of `{}` ask for too many combinations of labels", alert.name.as_str());
    let mut diagnostic = Diagnostic::new(&codes::AMBIGUOUS, headline);
    let mut spans = labels.iter();
    if let Some((label, span)) = spans.next() {
        diagnostic = diagnostic.at(*span, format!("asks for `{label}`"));
    }
    for (label, span) in spans.take(8) {
        diagnostic = diagnostic.also(*span, format!("asks for `{label}` as well"));
    }
    context.sink.push(
        diagnostic
            .note("A host can carry all these labels, so every combination of their values is a case of its own.")
            .help("Use one label that says what kind of host it is, or give these hosts a group."),
    );
}

/// What an override does.
struct Effect<'c, 'o, 's> {
    one: &'c Override<'s>,
    /// Whether something would be different without it.
    changes: bool,
    /// Whether a field of it counts anywhere.
    counts: bool,
    /// What holds where it does, without it.
    inherited: Option<Folded<'o, 's>>,
}

/// Reports overrides that hold nowhere or change nothing. An override that says what holds anyway is noise, and hides what
/// is really special about a place.
pub(super) fn useless(
    context: &mut Context<'_>,
    alert: &Written,
    levels: &BTreeMap<usize, (&Overrides<'_>, Vec<Class<'_, '_>>)>,
) {
    // What a `threshold` says for all levels is useless if it is for all of them.
    let mut effects: BTreeMap<(Span, Option<usize>), Effect<'_, '_, '_>> = BTreeMap::new();
    let mut held: BTreeSet<Span> = BTreeSet::new();
    let mut nowhere: BTreeMap<Span, &Override<'_>> = BTreeMap::new();
    for (index, (overrides, classes)) in levels {
        for class in classes.iter().filter(|class| !class.points.is_empty()) {
            held.extend(class.here.iter().filter_map(|one| one.written).map(|threshold| threshold.head.span));
            class.each_holding(|holding| {
                let all = fold(holding.iter().copied());
                for one in holding.iter().copied() {
                    let Some(threshold) = one.written else { continue };
                    let without = fold(holding.iter().copied().filter(|other| !std::ptr::eq(*other, one)));
                    let key = (threshold.head.span, (!one.general).then_some(*index));
                    let effect =
                        effects.entry(key).or_insert(Effect { one, changes: false, counts: false, inherited: None });
                    effect.changes |= effective(alert, all.as_ref()) != effective(alert, without.as_ref());
                    effect.counts |= all.as_ref().is_some_and(|all| all.places.contains(&&one.place));
                    effect.inherited = effect.inherited.take().or(without);
                }
            });
        }
        for one in overrides.all() {
            if let Some(threshold) = one.written {
                nowhere.insert(threshold.head.span, one);
            }
        }
    }
    for (span, one) in nowhere.into_iter().filter(|(span, _)| !held.contains(span)) {
        let headline = format!("this override of `{}` holds nowhere", alert.name.as_str());
        let mut diagnostic = Diagnostic::new(&codes::NOWHERE, headline)
            .at(span, format!("the alert applies to nothing in {}", one.place.words()));
        if let Some(applies) = &alert.applies {
            diagnostic = diagnostic.also(applies.head.span, "the alert applies here");
        }
        context.sink.push(
            diagnostic
                .note("The place that it is for and the places where the alert applies have no hosts in common.")
                .help("Remove it, or let the alert apply there."),
        );
    }
    for ((span, _), effect) in effects.into_iter().filter(|(_, effect)| !effect.changes) {
        let Effect { one, counts, inherited, .. } = effect;
        let value = one.value.map(|value| value.span).or(one.r#for.map(|duration| duration.span));
        let label = if counts { "the same as inherited" } else { "never counts" };
        let mut diagnostic = Diagnostic::new(
            &codes::SAME_AS_INHERITED,
            format!("this override of `{}` for {} changes nothing", alert.name.as_str(), one.place.words()),
        )
        .at(value.unwrap_or(span), label);
        let inherited =
            inherited.as_ref().filter(|_| one.value.is_some()).and_then(|inherited| inherited.value.first());
        if let Some((_, value)) = inherited.filter(|_| counts) {
            diagnostic = diagnostic.also(value.span, "inherited from here");
        }
        let note = if counts {
            "It makes rules of its own for that place, and the day the inherited value changes this one stays behind."
        } else {
            "Wherever it holds the level is off or not there, or something more specific counts."
        };
        context.sink.push(diagnostic.note(note).help("Remove it."));
    }
}

/// What a level comes to, without the places that say so.
type Effective<'s> =
    (Option<&'s Quantity>, Option<&'s Duration>, Option<&'s Duration>, BTreeMap<&'s str, Option<&'s str>>);

fn effective<'s>(alert: &'s Written, folded: Option<&Folded<'_, 's>>) -> Option<Effective<'s>> {
    let folded = folded?;
    let params = alert.params.iter().map(|param| {
        let name = param.name.as_str();
        let set = folded.params.get(name).copied().or(param.default.as_ref());
        (name, set.map(|text| text.as_str()))
    });
    Some((
        folded.value.first().map(|(_, value)| &value.value),
        folded.r#for.first().map(|(_, duration)| &duration.value),
        folded.keep_firing_for.first().map(|(_, duration)| &duration.value),
        params.collect(),
    ))
}
