//! Reads emitted YAML with somebody else's reader, so that our own writer is not judged by our own reader.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    run::run,
    tools::{Generation, tool},
};

/// The documents of each file, read with YAML 1.1 rules by PyYAML; an error for a file that is not YAML or has duplicate keys.
///
/// Nothing when the reader is not on this machine.
pub fn read<P: AsRef<Path>>(files: &[P]) -> Option<Vec<Result<Vec<Value>, String>>> {
    let python = tool("python", Generation::Newest)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/read_yaml.py");
    let files: Vec<PathBuf> = files.iter().map(|file| file.as_ref().to_owned()).collect();
    let output = run(python.command().arg(script).args(files)).unwrap_or_else(|said| panic!("{said}"));
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("read_yaml.py prints JSON");
    Some(answers.into_iter().map(documents).collect())
}

fn documents(mut answer: Value) -> Result<Vec<Value>, String> {
    match answer.get_mut("documents").map(Value::take) {
        Some(Value::Array(documents)) => Ok(documents),
        _ => Err(answer["error"].as_str().unwrap_or("no answer").to_owned()),
    }
}
