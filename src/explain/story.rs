//! The story of a value in words and places.

use super::Part;
use crate::diagnostic::Label;
use crate::provenance::{Origin, Provenance, Step};

/// Stories longer than this are cut; no real one comes near.
const LONGEST: usize = 64;

/// Tells where a value came from: the places that decided first, then those that they replaced.
pub fn tell(part: &mut Part, provenance: &Provenance, origin: Origin, what: &str) {
    let mut open = vec![(origin, what.to_owned())];
    for _ in 0..LONGEST {
        let Some((origin, words)) = open.pop() else { return };
        match provenance.step(origin) {
            Step::Written(span) => {
                let label = Label { span: *span, text: words };
                if !part.places.contains(&label) {
                    part.places.push(label);
                }
            }
            Step::Inherited { from, by } => open.push((*from, format!("{words}, taken over from {by}"))),
            Step::Overridden { with, over, by } => {
                // The winner is told first.
                open.push((*over, format!("instead of this {}", first_word(what))));
                open.push((*with, format!("{words}, set for {by}")));
            }
            Step::Defaulted(why) => part.notes.push(format!("{words}: {why}")),
            Step::Derived { from, how } => {
                open.extend(from.iter().rev().map(|from| (*from, format!("{words} ({how})"))));
            }
        }
    }
}

fn first_word(words: &str) -> &str {
    words.split([' ', ',']).next().unwrap_or(words)
}
