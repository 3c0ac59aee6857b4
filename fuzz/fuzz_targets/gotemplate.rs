//! Any text as a template: a tree or errors inside the text, and facts about the tree.
#![no_main]

use alertsmith::gotemplate::{self, FunctionSet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for functions in [FunctionSet::alert(), FunctionSet::notification()] {
        match gotemplate::parse(text, functions) {
            Ok(template) => drop(gotemplate::fields(&template)),
            Err(errors) => assert!(!errors.is_empty()),
        }
    }
});
