//! `inhibition/mutual`: two inhibitions by which two alerts can silence each other.

use crate::check::route::{Located, conditions};
use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::routing::InhibitRule;
use crate::routing::space::{Inhibition, Space, Unknown};

/// The check.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("inhibition/mutual", "0.1.0", include_str!("mutual.md"));

/// Pairs of more rules than this are not looked at; generated files may have thousands.
const RULES: usize = 200;

fn run(context: &Context<'_>, sink: &mut Sink) {
    context.located(|located| look(located, sink));
}

/// Reports every pair of rules that were written by hand and can work against each other.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    let rules = &located.configuration.inhibit_rules;
    let written: Vec<usize> = (0..rules.len()).filter(|index| !(located.generated)(*index)).take(RULES).collect();
    if written.len() < 2 {
        return;
    }
    let Ok(mut space) = Space::new(&[], rules) else { return };
    for (at, one) in written.iter().enumerate() {
        for other in written.iter().skip(at + 1) {
            let (Some(first), Some(second)) = (rules.get(*one), rules.get(*other)) else { continue };
            if matches!(silence_each_other(&mut space, first, second), Ok(true)) {
                sink.push(finding(located, (*one, first), (*other, second)));
            }
        }
    }
}

/// Whether an alert can be a source of the first rule and a target of the second, another the other way round, and each
/// rule can act between such alerts.
fn silence_each_other(space: &mut Space, first: &InhibitRule, second: &InhibitRule) -> Result<bool, Unknown> {
    let both = |space: &mut Space, left: &InhibitRule, right: &InhibitRule| {
        let source = space.matching(&left.source)?;
        let target = space.matching(&right.target)?;
        space.and(source, target)
    };
    let one = both(space, first, second)?;
    let other = both(space, second, first)?;
    if one.is_empty() || other.is_empty() {
        return Ok(false);
    }
    let acts = |found: Inhibition| matches!(found, Inhibition::Acts { .. });
    Ok(acts(space.inhibition(first, one, other)?) && acts(space.inhibition(second, other, one)?))
}

fn finding(
    located: Located<'_>,
    (one, first): (usize, &InhibitRule),
    (other, second): (usize, &InhibitRule),
) -> Diagnostic {
    let says = |rule: &InhibitRule| format!("{} silences {}", conditions(&rule.source), conditions(&rule.target));
    let diagnostic = Diagnostic::new(&CODE, "by these two inhibitions alerts may silence each other");
    let diagnostic = match (located.rule)(other) {
        Some(span) => diagnostic.at(span, says(second)),
        None => diagnostic.note(says(second)),
    };
    let diagnostic = match (located.rule)(one) {
        Some(span) => diagnostic.also(span, says(first)),
        None => diagnostic.note(says(first)),
    };
    diagnostic
        .note("A silenced alert still silences others. When both fire at once, neither is told to anybody.")
        .help("Decide which of the two matters more, and remove the other inhibition or narrow its source.")
}
