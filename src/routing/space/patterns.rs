//! Regular expressions on one label that are too many to be cut into classes together.
//!
//! Twenty expressions such as `.*disk.*` cut the values into a million classes, but hardly any question needs them all. So
//! each expression gets a level of its own in the diagrams, "it accepts the value" or not, and only when a question has
//! picked a way through them is it asked whether some text answers that way. The answer is a search through the product of
//! those expressions' automata, shortest texts first. Every part of the product knows how far it is from the answer it has to
//! give, and whether it can still give it: what is hopeless is not followed, which keeps the product small where it matters.
//! Bytes that are hopeless everywhere for one part are taken from all parts before that is worked out: `.` accepts no line
//! break, so beside `DiskFull.*` nothing gets away from `.*Disk.*` by one.
//! A search that ends without a text is a proof that there is none.

use super::super::matcher::Matcher;
use super::Exhausted;
use super::trie::{Trie, TrieNode, readable};
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::Hir;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Bytes that one expression's automaton may take.
const AUTOMATON_LIMIT: usize = 4 << 20;

/// Entries that all tables of a label may have.
const TABLE_LIMIT: usize = 16 << 20;

/// Steps of automata that one search may take.
const STEP_LIMIT: usize = 5_000_000;

/// Further than any text is long.
const NEVER: u32 = u32::MAX;

/// An automaton as a table, minimal. It follows whether the bytes are a text, too: bytes that are none must not count as
/// refused, or every "no" would seem to be within reach.
struct Automaton {
    width: usize,
    /// The next state by state and column.
    next: Vec<u32>,
    /// For every state the answer about the bytes until there; nothing where they are no text.
    says: Vec<Option<bool>>,
    /// Columns that lead only to where nothing is accepted any more, and only to where everything is.
    hopeless: [Vec<bool>; 2],
    start: u32,
}

impl Automaton {
    fn step(&self, state: u32, column: usize) -> u32 {
        self.next.get(state as usize * self.width + column).copied().unwrap_or(0)
    }

    /// For every state the bytes that are needed at least until the automaton says what is wanted, from these columns.
    fn until(&self, wanted: bool, columns: &[bool]) -> Vec<u32> {
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); self.says.len()];
        for (state, row) in self.next.chunks(self.width.max(1)).enumerate() {
            for (to, _) in row.iter().zip(columns).filter(|(_, usable)| **usable) {
                before.get_mut(*to as usize).into_iter().for_each(|list| list.push(state as u32));
            }
        }
        let mut until: Vec<u32> = self.says.iter().map(|says| if *says == Some(wanted) { 0 } else { NEVER }).collect();
        let mut open: VecDeque<u32> =
            (0..).zip(&until).filter(|(_, until)| **until == 0).map(|(state, _)| state).collect();
        while let Some(state) = open.pop_front() {
            let here = until.get(state as usize).copied().unwrap_or(NEVER);
            for from in before.get(state as usize).into_iter().flatten() {
                if let Some(known) = until.get_mut(*from as usize).filter(|known| **known == NEVER) {
                    *known = here.saturating_add(1);
                    open.push_back(*from);
                }
            }
        }
        until
    }

    /// The columns after which the wanted answer is out of reach, from any state.
    fn hopeless(&self, wanted: bool) -> Vec<bool> {
        let until = self.until(wanted, &vec![true; self.width]);
        let lost = |state: u32| until.get(state as usize).is_none_or(|until| *until == NEVER);
        (0..self.width).map(|column| (0..self.says.len()).all(|state| lost(self.step(state as u32, column)))).collect()
    }
}

/// The expressions on one label.
pub(super) struct Patterns {
    matchers: Vec<Matcher>,
    /// One for each expression, and last the one that accepts every text.
    automata: Vec<Automaton>,
    /// A byte for every column.
    bytes: Vec<u8>,
    listed: Trie,
    memory: Mutex<Memory>,
}

/// What earlier searches found.
#[derive(Default)]
struct Memory {
    /// Texts, with what every expression answers.
    found: Vec<(String, Vec<bool>)>,
    /// Answers that no text gives.
    refuted: HashSet<Vec<(usize, bool)>>,
}

/// A place of the search: a state for every constraint, and the place among the listed texts.
type Place = (Vec<u32>, Option<TrieNode>);

impl Patterns {
    /// For expressions and the texts that are listed elsewhere.
    pub fn new<'a>(matchers: &[Matcher], listed: impl Iterator<Item = &'a String>) -> Result<Self, Exhausted> {
        let any = regex_syntax::parse(r"\A(?s:.)*\z").map_err(|_| Exhausted)?;
        let trees = matchers.iter().map(Matcher::pattern).chain([Some(any)]);
        let machines: Vec<dense::DFA<Vec<u32>>> =
            trees.map(|tree| compile(&tree.ok_or(Exhausted)?)).collect::<Result<_, _>>()?;
        let listed = Trie::new(listed);
        let bytes = columns(&machines, &listed);
        let mut left = TABLE_LIMIT;
        let mut automata = Vec::with_capacity(machines.len());
        let text = machines.last().ok_or(Exhausted)?;
        for machine in &machines {
            let automaton = table(machine, text, &bytes, left)?;
            left = left.saturating_sub(automaton.next.len());
            automata.push(automaton);
        }
        Ok(Self { matchers: matchers.to_vec(), automata, bytes, listed, memory: Mutex::default() })
    }

    /// How many expressions there are.
    pub fn len(&self) -> usize {
        self.matchers.len()
    }

    /// The number of a matcher's expression.
    pub fn position(&self, matcher: &Matcher) -> Option<usize> {
        self.matchers.iter().position(|known| known.value() == matcher.value())
    }

    /// Whether an expression accepts a value, negation aside.
    pub fn accepts(&self, pattern: usize, value: &str) -> bool {
        self.matchers.get(pattern).is_some_and(|matcher| matcher.matches(value) != matcher.operator().is_negative())
    }

    /// Finds a text that nobody lists and that the expressions answer like this, a short one; nothing where there is none,
    /// which is a proof.
    pub fn find(&self, wanted: &[(usize, bool)]) -> Result<Option<String>, Exhausted> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |answers: &[bool]| wanted.iter().all(|(pattern, answer)| answers.get(*pattern) == Some(answer));
        if let Some((text, _)) = memory.found.iter().find(|(_, answers)| fits(answers)) {
            return Ok(Some(text.clone()));
        }
        if memory.refuted.contains(wanted) {
            return Ok(None);
        }
        let found = self.search(wanted)?;
        match &found {
            Some(text) => {
                let answers = (0..self.len()).map(|pattern| self.accepts(pattern, text)).collect();
                memory.found.push((text.clone(), answers));
            }
            None => {
                memory.refuted.insert(wanted.to_vec());
            }
        }
        Ok(found)
    }

    fn search(&self, wanted: &[(usize, bool)]) -> Result<Option<String>, Exhausted> {
        // Without expressions it only has to be a text.
        let every = wanted.iter().copied().chain(wanted.is_empty().then_some((self.len(), true)));
        let parts: Vec<(&Automaton, bool)> =
            every.filter_map(|(pattern, wanted)| Some((self.automata.get(pattern)?, wanted))).collect();
        let usable: Vec<bool> = (0..self.bytes.len())
            .map(|column| {
                let hopeless = |(part, wanted): &(&Automaton, bool)| {
                    let [accepting, rejecting] = &part.hopeless;
                    let table = if *wanted { accepting } else { rejecting };
                    table.get(column).copied().unwrap_or(false)
                };
                !parts.iter().any(hopeless)
            })
            .collect();
        let needs: Vec<Vec<u32>> = parts.iter().map(|(part, wanted)| part.until(*wanted, &usable)).collect();
        // The most that any part needs is the least that the text needs.
        let until = |states: &[u32]| {
            let needs =
                needs.iter().zip(states).map(|(part, state)| part.get(*state as usize).copied().unwrap_or(NEVER));
            needs.max().filter(|needs| *needs != NEVER)
        };
        let start: Place = (parts.iter().map(|(part, _)| part.start).collect(), Some(Trie::ROOT));
        let Some(needs) = until(&start.0) else { return Ok(None) };
        // Places with how they were reached: from which place, by which byte.
        let mut places: Vec<(Place, usize, u8, u32)> = vec![(start.clone(), 0, 0, 0)];
        let mut seen: HashSet<Place> = HashSet::from([start]);
        let mut open = BinaryHeap::from([Reverse((needs, 0_usize))]);
        let mut steps = 0;
        while let Some(Reverse((needs, at))) = open.pop() {
            let Some(((states, listed), _, _, length)) = places.get(at) else { break };
            let (states, listed, length) = (states.clone(), *listed, *length);
            if needs == length && until(&states) == Some(0) && !listed.is_some_and(|node| self.listed.ends(node)) {
                return Ok(Some(spell(&places, at)));
            }
            for ((column, byte), _) in self.bytes.iter().enumerate().zip(&usable).filter(|(_, usable)| **usable) {
                steps += parts.len();
                if steps > STEP_LIMIT {
                    return Err(Exhausted);
                }
                let next: Vec<u32> =
                    parts.iter().zip(&states).map(|((part, _), state)| part.step(*state, column)).collect();
                let Some(needs) = until(&next) else { continue };
                let place = (next, self.listed.child(listed, *byte));
                if seen.insert(place.clone()) {
                    open.push(Reverse((length + 1 + needs, places.len())));
                    places.push((place, at, *byte, length + 1));
                }
            }
        }
        Ok(None)
    }
}

fn spell(places: &[(Place, usize, u8, u32)], at: usize) -> String {
    let mut bytes = Vec::new();
    let mut at = at;
    while at != 0 {
        let Some((_, before, byte, _)) = places.get(at) else { break };
        bytes.push(*byte);
        at = *before;
    }
    bytes.reverse();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn compile(tree: &Hir) -> Result<dense::DFA<Vec<u32>>, Exhausted> {
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().nfa_size_limit(Some(AUTOMATON_LIMIT)))
        .build_from_hir(tree)
        .map_err(|_| Exhausted)?;
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(AUTOMATON_LIMIT))
        .determinize_size_limit(Some(AUTOMATON_LIMIT));
    dense::Builder::new().configure(config).build_from_nfa(&nfa).map_err(|_| Exhausted)
}

/// One byte for each set of bytes that no automaton and no listed text tells apart, readable ones first.
fn columns(machines: &[dense::DFA<Vec<u32>>], listed: &Trie) -> Vec<u8> {
    let mut kinds: BTreeMap<(Vec<u8>, Option<u8>), u8> = BTreeMap::new();
    let mut bytes = Vec::new();
    for byte in readable() {
        let classes = machines.iter().map(|machine| machine.byte_classes().get(byte)).collect();
        let own = listed.uses(byte).then_some(byte);
        if kinds.insert((classes, own), byte).is_none() {
            bytes.push(byte);
        }
    }
    bytes
}

/// Writes an automaton, beside the one that accepts texts, as a table and makes it minimal.
fn table(
    machine: &dense::DFA<Vec<u32>>,
    text: &dense::DFA<Vec<u32>>,
    bytes: &[u8],
    limit: usize,
) -> Result<Automaton, Exhausted> {
    let start = |machine: &dense::DFA<Vec<u32>>| {
        machine.start_state(&start::Config::new().anchored(Anchored::Yes)).map_err(|_| Exhausted)
    };
    let start = (start(machine)?, start(text)?);
    let width = bytes.len();
    let mut numbers = HashMap::from([(start, 0_u32)]);
    let mut states = vec![start];
    let mut next = Vec::new();
    let mut at = 0;
    while let Some(&(own, valid)) = states.get(at) {
        if next.len() + width > limit {
            return Err(Exhausted);
        }
        for byte in bytes {
            let to = (machine.next_state(own, *byte), text.next_state(valid, *byte));
            let fresh = states.len() as u32;
            let number = *numbers.entry(to).or_insert(fresh);
            if number == fresh {
                states.push(to);
            }
            next.push(number);
        }
        at += 1;
    }
    let accepts = |machine: &dense::DFA<Vec<u32>>, state| machine.is_match_state(machine.next_eoi_state(state));
    let says: Vec<Option<bool>> =
        states.iter().map(|(own, valid)| accepts(text, *valid).then(|| accepts(machine, *own))).collect();
    let (kinds, count) = minimal(&next, &says, width);
    let mut small = vec![0; count * width];
    let mut small_says = vec![None; count];
    for (state, kind) in kinds.iter().enumerate() {
        let kind = *kind as usize;
        if let (Some(row), Some(own)) = (small.get_mut(kind * width..(kind + 1) * width), next.get(state * width..)) {
            for (cell, to) in row.iter_mut().zip(own) {
                *cell = kinds.get(*to as usize).copied().unwrap_or(0);
            }
        }
        if let (Some(slot), Some(own)) = (small_says.get_mut(kind), says.get(state)) {
            *slot = *own;
        }
    }
    let start = kinds.first().copied().unwrap_or(0);
    let mut automaton = Automaton { width, next: small, says: small_says, hopeless: Default::default(), start };
    automaton.hopeless = [true, false].map(|wanted| automaton.hopeless(wanted));
    Ok(automaton)
}

/// States that no text tells apart get one number (Moore's refinement). Gives the numbers and how many there are.
fn minimal(next: &[u32], says: &[Option<bool>], width: usize) -> (Vec<u32>, usize) {
    let mut kinds: Vec<u32> = says.iter().map(|says| says.map_or(2, u32::from)).collect();
    let mut count = 0;
    loop {
        let mut numbers: HashMap<(u32, Vec<u32>), u32> = HashMap::new();
        let refined: Vec<u32> = (0..kinds.len())
            .map(|state| {
                let row = next.get(state * width..(state + 1) * width).unwrap_or(&[]);
                let kind = |to: &u32| kinds.get(*to as usize).copied().unwrap_or(0);
                let fresh = numbers.len() as u32;
                *numbers.entry((kind(&(state as u32)), row.iter().map(kind).collect())).or_insert(fresh)
            })
            .collect();
        kinds = refined;
        if numbers.len() == count {
            return (kinds, count);
        }
        count = numbers.len();
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::matcher::Operator;
    use super::*;

    fn patterns(values: &[String], listed: &[&str]) -> Patterns {
        let matchers: Vec<Matcher> =
            values.iter().map(|value| Matcher::new("x", Operator::Matches, value.as_str()).unwrap()).collect();
        let listed: Vec<String> = listed.iter().map(|text| (*text).to_owned()).collect();
        Patterns::new(&matchers, listed.iter()).unwrap()
    }

    #[test]
    fn found_texts_answer_as_wanted_and_are_not_listed() {
        let words = ["disk", "cpu", "memory", "net", "latency", "error", "queue", "cert", "backup", "node"];
        let patterns = patterns(&words.map(|word| format!(".*{word}.*")), &["", "disk", "node"]);
        for wanted in [
            vec![(0, true)],
            vec![(0, true), (9, true), (1, false)],
            (0..10).map(|at| (at, at == 7)).collect(),
            (0..10).map(|at| (at, false)).collect(),
        ] {
            let text = patterns.find(&wanted).unwrap().unwrap();
            assert!(!["", "disk", "node"].contains(&text.as_str()));
            for (pattern, answer) in &wanted {
                assert_eq!(text.contains(words[*pattern]), *answer, "{text}");
            }
            assert_eq!(patterns.find(&wanted).unwrap(), Some(text));
        }
    }

    #[test]
    fn what_cannot_be_is_proved() {
        let patterns = patterns(&[".*diskfull.*", ".*disk.*", "é+", ".+"].map(str::to_owned), &[""]);
        assert_eq!(patterns.find(&[(0, true), (1, false)]), Ok(None));
        assert_eq!(patterns.find(&[(1, true), (3, false)]), Ok(None));
        assert_eq!(patterns.find(&[(2, true), (1, true)]), Ok(None));
        // Everything but "" and line breaks, which a dot does not accept.
        assert_eq!(patterns.find(&[(3, false)]), Ok(Some("\n".to_owned())));
        assert_eq!(patterns.find(&[(0, false), (1, true)]), Ok(Some("disk".to_owned())));
    }
}
