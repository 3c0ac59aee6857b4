//! Which Prometheus a query is written for: its version and the feature flags it runs with.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A Prometheus release, as far as the language cares: patch releases never changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The 3 of 3.14.
    pub major: u16,
    /// The 14 of 3.14.
    pub minor: u16,
}

impl Version {
    /// The newest release this room knows.
    pub const NEWEST: Version = Version::new(3, 14);

    /// Joins the two numbers.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `3.14`, `v3.14` and `3.14.2`; the patch number is checked and dropped. The error says what was expected.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a version such as 3.14");
        let numbers: Vec<u16> = text
            .strip_prefix('v')
            .unwrap_or(text)
            .split('.')
            .map(|part| part.parse().map_err(|_| wrong()))
            .collect::<Result<_, _>>()?;
        match numbers[..] {
            [major, minor] | [major, minor, _] => Ok(Self::new(major, minor)),
            _ => Err(wrong()),
        }
    }
}

/// A feature flag of Prometheus that changes which queries it accepts or what they return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Functions and aggregations still under trial, such as `limitk` and `info`.
    ExperimentalFunctions,
    /// `anchored` and `smoothed`.
    ExtendedRangeSelectors,
    /// `fill`, `fill_left` and `fill_right`.
    BinopFillModifiers,
    /// Arithmetic in durations; needed from 3.4 to 3.13, on by default since 3.14.
    DurationExpr,
    /// The `@` modifier; needed from 2.25 to 2.32.
    AtModifier,
    /// Negative offsets; needed from 2.26 to 2.32.
    NegativeOffset,
    /// Metric names are removed from new values only at the end, so that what stands around them still sees the names.
    DelayedNameRemoval,
}

impl Feature {
    /// Every flag, in the order of declaration.
    pub const ALL: [Feature; 7] = [
        Feature::ExperimentalFunctions,
        Feature::ExtendedRangeSelectors,
        Feature::BinopFillModifiers,
        Feature::DurationExpr,
        Feature::AtModifier,
        Feature::NegativeOffset,
        Feature::DelayedNameRemoval,
    ];

    /// The flag with that word, if it concerns the language.
    pub fn find(flag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.flag() == flag)
    }

    /// The word to give to `--enable-feature`.
    pub const fn flag(self) -> &'static str {
        match self {
            Feature::ExperimentalFunctions => "promql-experimental-functions",
            Feature::ExtendedRangeSelectors => "promql-extended-range-selectors",
            Feature::BinopFillModifiers => "promql-binop-fill-modifiers",
            Feature::DurationExpr => "promql-duration-expr",
            Feature::AtModifier => "promql-at-modifier",
            Feature::NegativeOffset => "promql-negative-offset",
            Feature::DelayedNameRemoval => "promql-delayed-name-removal",
        }
    }
}

/// The Prometheus that will run the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its release.
    pub prometheus: Version,
    /// The feature flags it was started with.
    pub features: BTreeSet<Feature>,
}

impl Target {
    /// A Prometheus of that release without feature flags.
    pub fn new(prometheus: Version) -> Self {
        Self { prometheus, features: BTreeSet::new() }
    }

    /// The newest Prometheus with every flag on: accepts all of the language.
    pub fn everything() -> Self {
        Self { prometheus: Version::NEWEST, features: Feature::ALL.into_iter().collect() }
    }
}

impl Default for Target {
    fn default() -> Self {
        Self::new(Version::NEWEST)
    }
}

/// When a construct became part of the language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    /// The first release that reads it, with or without a flag.
    pub since: Version,
    /// The flag it needs, and the release from which it needs none, if there is one.
    pub flag: Option<(Feature, Option<Version>)>,
}

impl Gate {
    /// A construct that never needed a flag.
    pub const fn since(since: Version) -> Self {
        Self { since, flag: None }
    }

    /// A construct behind a flag until `stable`.
    pub const fn flagged(since: Version, feature: Feature, stable: Option<Version>) -> Self {
        Self { since, flag: Some((feature, stable)) }
    }

    /// Why `target` does not read `what`, if it doesn't.
    pub fn refusal(&self, what: &str, target: &Target) -> Option<String> {
        let here = target.prometheus;
        let since = self.since;
        if let Some((feature, stable)) = self.flag
            && stable.is_none_or(|stable| here < stable)
        {
            let flag = feature.flag();
            if here < since {
                return Some(match stable {
                    Some(stable) => format!("{what} needs Prometheus {stable}; the target is Prometheus {here}"),
                    None => format!(
                        "{what} needs Prometheus {since} or newer and its feature flag `{flag}`; the target is Prometheus {here}"
                    ),
                });
            }
            if !target.features.contains(&feature) {
                return Some(match stable {
                    Some(stable) => {
                        format!(
                            "{what} needs the feature flag `{flag}` before Prometheus {stable}; the target is Prometheus {here}"
                        )
                    }
                    None => format!("{what} is experimental and needs the feature flag `{flag}`"),
                });
            }
            return None;
        }
        (here < since).then(|| format!("{what} came with Prometheus {since}; the target is Prometheus {here}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_written() {
        for (text, version) in [("3.14", (3, 14)), ("v2.5", (2, 5)), ("2.53.3", (2, 53))] {
            assert_eq!(text.parse(), Ok(Version::new(version.0, version.1)));
        }
        for wrong in ["", "3", "3.x", "3.1.2.3", "-3.1"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
        assert_eq!(Version::new(3, 4).to_string(), "3.4");
    }

    #[test]
    fn a_gate_opens_by_version_or_flag() {
        let gate = Gate::flagged(Version::new(3, 4), Feature::DurationExpr, Some(Version::new(3, 14)));
        let mut target = Target::new(Version::new(3, 13));
        assert!(gate.refusal("x", &target).is_some_and(|why| why.contains("promql-duration-expr")));
        target.features.insert(Feature::DurationExpr);
        assert_eq!(gate.refusal("x", &target), None);
        target.prometheus = Version::new(3, 3);
        assert!(gate.refusal("x", &target).is_some_and(|why| why.contains("3.14")));
        assert_eq!(gate.refusal("x", &Target::default()), None);
    }
}
