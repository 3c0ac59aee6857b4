//! Texts that matchers list, to tell when a walk through automata is on one of them; and the order of bytes that makes
//! readable texts.

use std::collections::{BTreeMap, BTreeSet};

/// A place in a trie.
pub(super) type TrieNode = usize;

/// All listed texts.
#[derive(Default)]
pub(super) struct Trie {
    children: Vec<BTreeMap<u8, TrieNode>>,
    ends: BTreeSet<TrieNode>,
    used: BTreeSet<u8>,
}

impl Trie {
    /// The place of the empty text.
    pub const ROOT: TrieNode = 0;

    pub fn new<'a>(texts: impl Iterator<Item = &'a String>) -> Self {
        let mut trie = Self { children: vec![BTreeMap::new()], ..Self::default() };
        for text in texts {
            let mut at = Self::ROOT;
            for byte in text.bytes() {
                trie.used.insert(byte);
                let fresh = trie.children.len();
                let Some(children) = trie.children.get_mut(at) else { break };
                at = *children.entry(byte).or_insert(fresh);
                if at == fresh {
                    trie.children.push(BTreeMap::new());
                }
            }
            trie.ends.insert(at);
        }
        trie
    }

    /// The place after one more byte; nothing once no listed text begins so.
    pub fn child(&self, at: Option<TrieNode>, byte: u8) -> Option<TrieNode> {
        self.children.get(at?)?.get(&byte).copied()
    }

    /// Whether a listed text ends here.
    pub fn ends(&self, at: TrieNode) -> bool {
        self.ends.contains(&at)
    }

    /// Whether a listed text has this byte.
    pub fn uses(&self, byte: u8) -> bool {
        self.used.contains(&byte)
    }
}

/// All bytes in the order in which they make readable texts.
pub(super) fn readable() -> Vec<u8> {
    let first = (b'a'..=b'z').chain(b'0'..=b'9').chain(*b"-_.").chain(b'A'..=b'Z');
    let mut order: Vec<u8> = first.collect();
    let rest: Vec<u8> =
        (b' '..=b'~').chain(0x80..=0xFF).chain(0..b' ').chain([0x7F]).filter(|byte| !order.contains(byte)).collect();
    order.extend(rest);
    order
}
