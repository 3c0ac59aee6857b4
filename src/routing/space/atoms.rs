//! Cuts the values of one label into classes that every matcher answers alike.
//!
//! A matcher is either a list of texts (an equality, or a pattern that is only a list) or a real regular expression.
//! Listed texts, the empty text among them, are few and are simply tried. All other texts answer "no" to every list, so
//! only the real expressions tell them apart: one automaton that runs all of them side by side is walked breadth first,
//! and every set of expressions that accepts together some valid text outside the lists is one more class, with the
//! shortest such text as its witness. The walk steps over listed texts by following a trie of them alongside.
//!
//! Expressions that are too many for one automaton stay apart (`patterns`): all texts that nobody lists are one class then,
//! and which expressions accept them is asked beside it.

use super::super::matcher::Matcher;
use super::Exhausted;
use super::patterns::Patterns;
use super::trie::{Trie, TrieNode, readable};
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::{primitives::StateID, start};
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::Hir;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// Bytes that one label's automaton may take.
const AUTOMATON_LIMIT: usize = 8 << 20;

/// Steps that one label's walk may take.
const STEP_LIMIT: usize = 20_000_000;

/// Classes that one label may have.
const CLASS_LIMIT: usize = 200_000;

/// What tells values apart: the lists and the expressions that accept them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Signature {
    /// A missing label is a class of its own, so that "present" can be said exactly.
    missing: bool,
    lists: Vec<u32>,
    patterns: Vec<u32>,
}

/// The classes of one label. Class 0 holds the values that nobody lists.
pub(super) struct Atoms {
    /// One value of each class; empty for the class of a missing label.
    pub witnesses: Vec<String>,
    /// The class of the empty value, that is of a missing label.
    pub missing: u32,
    by_signature: BTreeMap<Signature, u32>,
    /// The lists that hold each listed text.
    listed: BTreeMap<String, Vec<u32>>,
    /// One matcher of each distinct real expression, never negated in effect.
    patterns: Vec<Matcher>,
    /// The classes that each distinct test accepts, by operator family and value.
    accepted: BTreeMap<(bool, String), Vec<u32>>,
    /// The real expressions where class 0 holds every text that nobody lists, whatever they answer.
    pub apart: Option<Patterns>,
}

impl Atoms {
    /// Cuts the values of one label for these matchers, which all test that label. Expressions that make more than
    /// `limit` classes are kept apart.
    pub fn new(matchers: &[&Matcher], limit: usize) -> Result<Self, Exhausted> {
        let mut tests: BTreeMap<(bool, String), &Matcher> = BTreeMap::new();
        for matcher in matchers {
            tests.entry(key(matcher)).or_insert(matcher);
        }
        let mut atoms = Self {
            witnesses: Vec::new(),
            missing: 0,
            by_signature: BTreeMap::new(),
            listed: BTreeMap::from([(String::new(), Vec::new())]),
            patterns: Vec::new(),
            accepted: BTreeMap::new(),
            apart: None,
        };
        let mut list_of: BTreeMap<u32, (bool, String)> = BTreeMap::new();
        let mut pattern_of: BTreeMap<u32, (bool, String)> = BTreeMap::new();
        for (test, matcher) in &tests {
            if let Some(texts) = matcher.listed() {
                let list = list_of.len() as u32;
                list_of.insert(list, test.clone());
                for text in texts {
                    atoms.listed.entry(text.to_owned()).or_default().push(list);
                }
            } else {
                pattern_of.insert(atoms.patterns.len() as u32, test.clone());
                atoms.patterns.push((*matcher).clone());
            }
        }
        if atoms.add_unlisted(limit).is_err() {
            atoms.apart = Some(Patterns::new(&atoms.patterns, atoms.listed.keys())?);
            atoms.add_fresh()?;
        }
        let texts: Vec<String> = atoms.listed.keys().cloned().collect();
        for text in texts {
            let signature = atoms.signature(&text);
            let class = atoms.add(signature, &text)?;
            if text.is_empty() {
                atoms.missing = class;
            }
        }
        for test in tests.keys() {
            atoms.accepted.insert(test.clone(), Vec::new());
        }
        for (signature, class) in &atoms.by_signature {
            let lists = signature.lists.iter().filter_map(|list| list_of.get(list));
            for test in lists.chain(signature.patterns.iter().filter_map(|pattern| pattern_of.get(pattern))) {
                atoms.accepted.entry(test.clone()).or_default().push(*class);
            }
        }
        for classes in atoms.accepted.values_mut() {
            classes.sort_unstable();
        }
        Ok(atoms)
    }

    /// How many classes there are.
    pub fn len(&self) -> usize {
        self.witnesses.len()
    }

    /// The classes that the matcher's list or expression accepts, ascending, before negation. Nothing for a matcher
    /// that was not among those the classes were made for.
    pub fn accepted(&self, matcher: &Matcher) -> Option<&[u32]> {
        self.accepted.get(&key(matcher)).map(Vec::as_slice)
    }

    /// The class of any value.
    pub fn class_of(&self, value: &str) -> Option<u32> {
        if self.apart.is_some() && !self.listed.contains_key(value) {
            return Some(0);
        }
        self.by_signature.get(&self.signature(value)).copied()
    }

    fn signature(&self, value: &str) -> Signature {
        let lists = self.listed.get(value).cloned().unwrap_or_default();
        let accepts = |matcher: &Matcher| matcher.matches(value) != matcher.operator().is_negative();
        let patterns = (0..).zip(&self.patterns).filter(|(_, matcher)| accepts(matcher)).map(|(at, _)| at).collect();
        Signature { missing: value.is_empty(), lists, patterns }
    }

    fn add(&mut self, signature: Signature, witness: &str) -> Result<u32, Exhausted> {
        if let Some(class) = self.by_signature.get(&signature) {
            return Ok(*class);
        }
        if self.witnesses.len() >= CLASS_LIMIT {
            return Err(Exhausted);
        }
        let class = self.witnesses.len() as u32;
        self.witnesses.push(witness.to_owned());
        self.by_signature.insert(signature, class);
        Ok(class)
    }

    /// Adds the classes of texts that nobody lists.
    fn add_unlisted(&mut self, limit: usize) -> Result<(), Exhausted> {
        if self.patterns.is_empty() {
            return self.add_fresh();
        }
        for (patterns, witness) in walk(&self.patterns, self.listed.keys(), limit)? {
            self.add(Signature { patterns, ..Signature::default() }, &witness)?;
        }
        Ok(())
    }

    /// Adds one class for all texts that nobody lists.
    fn add_fresh(&mut self) -> Result<(), Exhausted> {
        let mut fresh = "other".to_owned();
        let mut number = 1;
        while self.listed.contains_key(&fresh) {
            number += 1;
            fresh = format!("other-{number}");
        }
        self.add(Signature::default(), &fresh).map(|_| ())
    }
}

/// Two matchers with the same key accept the same values, negation aside.
fn key(matcher: &Matcher) -> (bool, String) {
    (matcher.operator().is_regexp(), matcher.value().to_owned())
}

/// A place of the walk, and how it was reached.
struct Step {
    state: StateID,
    /// The place among the listed texts; nothing once off them.
    listed: Option<TrieNode>,
    before: usize,
    byte: u8,
}

/// Every set of patterns that accepts some unlisted text together, with the shortest such text.
fn walk<'a>(
    patterns: &[Matcher],
    listed: impl Iterator<Item = &'a String>,
    limit: usize,
) -> Result<Vec<(Vec<u32>, String)>, Exhausted> {
    // The last pattern accepts every text and nothing else, which keeps bytes that are no text out.
    let any = regex_syntax::parse(r"\A(?s:.)*\z").map_err(|_| Exhausted)?;
    let trees: Vec<Hir> = patterns.iter().filter_map(Matcher::pattern).chain([any]).collect();
    if trees.len() != patterns.len() + 1 {
        return Err(Exhausted);
    }
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().nfa_size_limit(Some(AUTOMATON_LIMIT)))
        .build_many_from_hir(&trees)
        .map_err(|_| Exhausted)?;
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(AUTOMATON_LIMIT))
        .determinize_size_limit(Some(AUTOMATON_LIMIT));
    let automaton = dense::Builder::new().configure(config).build_from_nfa(&nfa).map_err(|_| Exhausted)?;
    let start = start::Config::new().anchored(Anchored::Yes);
    let start = automaton.start_state(&start).map_err(|_| Exhausted)?;

    let trie = Trie::new(listed);
    let order = readable();
    let classes = *automaton.byte_classes();
    let mut found: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
    let mut discovered = Vec::new();
    let mut seen: HashSet<(StateID, Option<TrieNode>)> = HashSet::from([(start, Some(Trie::ROOT))]);
    let mut steps = vec![Step { state: start, listed: Some(Trie::ROOT), before: 0, byte: 0 }];
    let mut queue = VecDeque::from([0]);
    let mut taken = 0_usize;
    while let Some(at) = queue.pop_front() {
        let Some(&Step { state, listed, .. }) = steps.get(at) else { break };
        if !listed.is_some_and(|node| trie.ends(node)) {
            let end = automaton.next_eoi_state(state);
            if automaton.is_match_state(end) {
                let mut accepted: Vec<u32> =
                    (0..automaton.match_len(end)).map(|at| automaton.match_pattern(end, at).as_u32()).collect();
                accepted.sort_unstable();
                // Without the last pattern it is no text.
                if accepted.pop_if(|last| *last as usize == patterns.len()).is_some() && !found.contains_key(&accepted)
                {
                    if found.len() >= limit {
                        return Err(Exhausted);
                    }
                    found.insert(accepted.clone(), at);
                    discovered.push((accepted, at));
                }
            }
        }
        // Off the lists, bytes of one class lead to the same place; on them, each listed byte does not.
        let mut tried = [false; 256];
        for &byte in &order {
            let next_listed = trie.child(listed, byte);
            if next_listed.is_none() {
                let Some(tried) = tried.get_mut(usize::from(classes.get(byte))) else { continue };
                if std::mem::replace(tried, true) {
                    continue;
                }
            }
            taken += 1;
            if taken > STEP_LIMIT {
                return Err(Exhausted);
            }
            let next = automaton.next_state(state, byte);
            if automaton.is_dead_state(next) || automaton.is_quit_state(next) {
                continue;
            }
            if seen.insert((next, next_listed)) {
                queue.push_back(steps.len());
                steps.push(Step { state: next, listed: next_listed, before: at, byte });
            }
        }
    }
    Ok(discovered.into_iter().map(|(accepted, at)| (accepted, text_of(&steps, at))).collect())
}

fn text_of(steps: &[Step], at: usize) -> String {
    let mut bytes = Vec::new();
    let mut at = at;
    while at != 0 {
        let Some(step) = steps.get(at) else { break };
        bytes.push(step.byte);
        at = step.before;
    }
    bytes.reverse();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::matcher::Operator;
    use super::*;

    fn atoms(tests: &[(Operator, &str)]) -> (Atoms, Vec<Matcher>) {
        let matchers: Vec<Matcher> =
            tests.iter().map(|(operator, value)| Matcher::new("x", *operator, *value).unwrap()).collect();
        (Atoms::new(&matchers.iter().collect::<Vec<_>>(), 4000).unwrap(), matchers)
    }

    #[test]
    fn lists_only() {
        let (atoms, _) = atoms(&[(Operator::Equal, "a"), (Operator::Matches, "a|b"), (Operator::NotEqual, "other")]);
        // Anything else; missing; a; b; other.
        assert_eq!(atoms.len(), 5);
        assert_eq!(atoms.missing, 1);
        assert_eq!(atoms.class_of("zzz"), Some(0));
    }

    #[test]
    fn every_class_has_a_witness_that_answers_as_promised() {
        let tests = [
            (Operator::Matches, "prod.*"),
            (Operator::Matches, ".*-eu"),
            (Operator::Equal, "prod"),
            (Operator::Matches, ".+"),
            (Operator::NotMatches, "(?i)a+"),
            (Operator::Matches, "\\pL|x"),
        ];
        let (atoms, matchers) = atoms(&tests);
        for (class, witness) in (0..).zip(&atoms.witnesses) {
            assert_eq!(atoms.class_of(witness), Some(class), "{witness:?}");
            for matcher in &matchers {
                let accepted = atoms.accepted(matcher).unwrap().contains(&class);
                assert_eq!(
                    matcher.matches(witness),
                    accepted != matcher.operator().is_negative(),
                    "{witness:?} {matcher}"
                );
            }
        }
        assert!(atoms.witnesses.contains(&"prod-eu".to_owned()), "{:?}", atoms.witnesses);
        for value in ["", "\n", "a", "AA", "prod", "prod-eu", "x-eu", "é", "éé", "x"] {
            assert!(atoms.class_of(value).is_some(), "{value:?} has no class");
        }
    }

    #[test]
    fn what_a_pattern_covers_completely_leaves_no_class() {
        let (atoms, _) = atoms(&[(Operator::Matches, "(?s).*")]);
        assert_eq!(atoms.len(), 2);
    }

    #[test]
    fn an_explosion_is_admitted() {
        let patterns: Vec<String> = (0..14).map(|at| format!(".*{at}x.{{30}}")).collect();
        let tests: Vec<_> = patterns.iter().map(|pattern| (Operator::Matches, pattern.as_str())).collect();
        let matchers: Vec<Matcher> =
            tests.iter().map(|(operator, value)| Matcher::new("x", *operator, *value).unwrap()).collect();
        assert!(Atoms::new(&matchers.iter().collect::<Vec<_>>(), 4000).is_err());
        let words: Vec<String> = (0..20).map(|at| format!(".*word{at}.*")).collect();
        let matchers: Vec<Matcher> =
            words.iter().map(|word| Matcher::new("x", Operator::Matches, word.as_str()).unwrap()).collect();
        let atoms = Atoms::new(&matchers.iter().collect::<Vec<_>>(), 4000).unwrap();
        assert_eq!((atoms.len(), atoms.apart.map(|patterns| patterns.len())), (2, Some(20)));
    }
}
