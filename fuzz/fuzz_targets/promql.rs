//! Any text as a query: a tree or errors inside the text, and a printed tree reads as the same query.
#![no_main]

use alertsmith::promql::{self, Target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let target = Target::everything();
    match promql::parse(text, &target) {
        Ok(expr) => {
            let _ = promql::flow(&expr, &target);
            let printed = expr.to_string();
            let again = promql::parse(&printed, &target).expect("what is printed can be read");
            assert_eq!(again.to_string(), printed);
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            assert!(errors.iter().all(|error| error.range.start <= error.range.end && error.range.end <= text.len()));
        }
    }
});
