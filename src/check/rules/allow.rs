//! `rules/allow`: a comment in a rule file that allows a finding, and does nothing as it stands.
//!
//! `# alertsmith: allow CODE reason…` holds for the rule it stands in or right above, for the group, or for the file. What
//! a loader refuses cannot be allowed: the file would still be refused.

use crate::check::{Check, Context};
use crate::diagnostic::{Code, Diagnostic, Level, Sink};
use crate::model::Model;
use crate::model::rules::Allowed;

/// The check: comments without a reason. Those that allow nothing are known when all checks are done.
pub static CHECK: Check = Check { code: &CODE, run };

static CODE: Code = Code::warning("rules/allow", "0.2.0", include_str!("allow.md"));

fn run(context: &Context<'_>, sink: &mut Sink) {
    for allowed in allowances(context.model).filter(|allowed| allowed.reason.is_empty()) {
        sink.push(
            Diagnostic::new(&CODE, "a comment allows a finding and gives no reason")
                .at(allowed.comment, "why is it right here?")
                .note("Whoever reads the rule in a year finds out here why nothing was said about it.")
                .help(format!("Write it behind the code: `# alertsmith: allow {} because …`.", allowed.code)),
        );
    }
}

fn allowances(model: &Model) -> impl Iterator<Item = &Allowed> {
    model.rule_sets.values().flat_map(|set| &set.allowed)
}

/// The findings without those that comments allow, and with one for every comment that allowed nothing.
pub fn apply(model: &Model, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut used: Vec<&Allowed> = Vec::new();
    let mut left = Vec::with_capacity(findings.len());
    for finding in findings {
        let place = finding.primary.as_ref().map(|label| label.span);
        let covers = |allowed: &&Allowed| {
            place.is_some_and(|place| {
                let scope = allowed.scope;
                scope.file == place.file && scope.start <= place.start && place.start <= scope.end
            })
        };
        let allowed = allowances(model).filter(|allowed| allowed.code == finding.code.name).find(covers);
        match allowed.filter(|_| finding.level == Level::Warning) {
            Some(allowed) => used.push(allowed),
            None => left.push(finding),
        }
    }
    let mut unused: Vec<&Allowed> =
        allowances(model).filter(|allowed| !used.iter().any(|one| one.comment == allowed.comment)).collect();
    unused.dedup_by_key(|allowed| allowed.comment);
    for allowed in unused {
        left.push(
            Diagnostic::new(&CODE, format!("nothing is reported here as `{}`", allowed.code))
                .at(allowed.comment, "allows nothing")
                .note("A comment that outlives its reason would hide the next finding of that kind.")
                .help("Remove the comment, or correct the code in it; `alertsmith explain CODE` tells what a code is for."),
        );
    }
    left
}
