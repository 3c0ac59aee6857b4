//! Any text as a spec in YAML, through every stage: it ends in findings or in output, never in a crash.
#![no_main]

use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (compilation, rendered) = pipeline::build(&MemoryWorld::default().with("alertsmith.yaml", bytes));
    assert_eq!(rendered.is_none(), compilation.has_errors() || compilation.model.is_none());
});
