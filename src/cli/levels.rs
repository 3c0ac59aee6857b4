//! `--warn`, `--deny` and `--allow`: the one place where it is decided which findings count, and how much.

use super::args::FindingsArgs;
use super::exit::Trouble;
use crate::diagnostic::{Diagnostic, Level};
use crate::explain::codes;

/// The name that stands for every warning.
const ALL_WARNINGS: &str = "warnings";

/// What the options say about levels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Levels {
    warn: Vec<String>,
    deny_all: bool,
    deny: Vec<String>,
    allow: Vec<String>,
}

impl Levels {
    /// Reads the options; an unknown code is trouble, as it would silently do nothing.
    pub fn of(args: &FindingsArgs) -> Result<Self, Trouble> {
        let levels = Self::of_raw_files(args)?;
        for name in &levels.allow {
            if known(name)?.level == Level::Error {
                let message = format!("`{name}` is an error and cannot be allowed");
                return Err(Trouble::new(message).help("An error means that the output would be wrong or refused."));
            }
        }
        Ok(levels)
    }

    /// Reads the options where the level of a code depends on the finding: of raw files that load, everything is a
    /// warning.
    pub fn of_raw_files(args: &FindingsArgs) -> Result<Self, Trouble> {
        let mut levels = Self { warn: args.warn.clone(), deny_all: false, deny: Vec::new(), allow: Vec::new() };
        for name in &args.warn {
            known(name)?;
        }
        for name in &args.deny {
            if name == ALL_WARNINGS {
                levels.deny_all = true;
            } else {
                known(name)?;
                levels.deny.push(name.clone());
            }
        }
        for name in &args.allow {
            known(name)?;
            if levels.deny.contains(name) {
                return Err(Trouble::new(format!("`{name}` is both denied and allowed")));
            }
            levels.allow.push(name.clone());
        }
        Ok(levels)
    }

    /// The findings as they count: those that are off are gone unless their code is named, allowed warnings are gone, denied
    /// ones are errors. Naming a code is stronger than `--deny warnings`.
    pub fn apply(&self, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let named = |names: &[String], finding: &Diagnostic| names.iter().any(|name| name == finding.code.name);
        let asked = |finding: &Diagnostic| named(&self.warn, finding) || named(&self.deny, finding);
        findings.retain(|finding| !finding.code.optional || asked(finding));
        findings.retain(|finding| finding.level == Level::Error || !named(&self.allow, finding));
        for finding in &mut findings {
            if self.deny_all || named(&self.deny, finding) {
                finding.level = Level::Error;
            }
        }
        findings
    }
}

fn known(name: &str) -> Result<&'static crate::diagnostic::Code, Trouble> {
    codes::find(name).ok_or_else(|| {
        let trouble = Trouble::new(format!("no finding has the code `{name}`"));
        match codes::similar(name) {
            Some(similar) => trouble.help(format!("Did you mean `{similar}`?")),
            None => trouble,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::FindingsFormat;

    fn levels(deny: &[&str], allow: &[&str]) -> Result<Levels, Trouble> {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let (deny, allow) = (owned(deny), owned(allow));
        Levels::of(&FindingsArgs { format: FindingsFormat::Human, warn: Vec::new(), deny, allow })
    }

    #[test]
    fn levels_follow_the_options() {
        let finding = || Diagnostic::new(codes::find("route/unused-channel").unwrap(), "x");
        let level = |levels: Levels| levels.apply(vec![finding()]).first().map(|finding| finding.level);
        assert_eq!(level(levels(&[], &[]).unwrap()), Some(Level::Warning));
        assert_eq!(level(levels(&["warnings"], &[]).unwrap()), Some(Level::Error));
        assert_eq!(level(levels(&["route/unused-channel"], &[]).unwrap()), Some(Level::Error));
        assert_eq!(level(levels(&["warnings"], &["route/unused-channel"]).unwrap()), None);
        assert!(levels(&["route/unused-channel"], &["route/unused-channel"]).is_err());
        assert!(levels(&[], &["syntax/kdl"]).is_err());
        let off =
            |levels: Levels| levels.apply(vec![Diagnostic::new(codes::find("alert/no-text").unwrap(), "x")]).len();
        assert_eq!(off(levels(&["warnings"], &[]).unwrap()), 0);
        assert_eq!(off(levels(&["alert/no-text"], &[]).unwrap()), 1);
        let asked = Levels { warn: vec!["alert/no-text".to_owned()], ..Levels::default() };
        assert_eq!(off(asked), 1);
        let help = levels(&["route/unused-channels"], &[]).unwrap_err().help.unwrap();
        assert_eq!(help, "Did you mean `route/unused-channel`?");
    }
}
