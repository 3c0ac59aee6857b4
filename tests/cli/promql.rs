//! `alertsmith promql`: lines in, answers out, whatever the lines hold.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::thread;

use alertsmith::promql::{self, Feature, Target};
use serde_json::{Value, json};

use super::{Said, alertsmith};
use crate::promql::expressions::{of_parser_cases, of_rules};
use crate::support::corpus;

const FLAGS: &str =
    "--enable-feature=promql-experimental-functions,promql-extended-range-selectors,promql-binop-fill-modifiers";

/// Answers to these bytes, and how the program ended.
fn asked(arguments: &[&str], input: Vec<u8>) -> (Vec<Value>, Said) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = alertsmith(folder.path(), &[&["promql"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input));
    let said = Said::from(child.wait_with_output().unwrap());
    writer.join().unwrap().unwrap();
    let answers = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answers, said)
}

fn message(answer: &Value) -> &str {
    assert_eq!(answer["ok"], false, "{answer}");
    answer["errors"][0]["message"].as_str().unwrap()
}

#[test]
fn each_line_has_an_answer_in_order() {
    let (answers, said) = asked(&[], b"sum by (job) (up) > 3\nup[\n1".to_vec());
    assert_eq!((said.code, said.err.as_str(), answers.len()), (1, "", 3));
    assert_eq!(
        answers[0],
        json!({
            "ok": true,
            "type": "vector",
            "labels": { "guaranteed": [], "possible": ["job"], "impossible": ["__name__"], "values": {} },
            "always": null,
            "never": null,
            "comparisons": [{ "op": ">", "threshold": 3, "start": 20, "end": 21 }],
            "canonical": "sum by (job) (up) > 3",
        })
    );
    assert_eq!((&answers[1]["ok"], &answers[2]["type"]), (&json!(false), &json!("scalar")));
    assert_eq!(answers[1]["errors"][0]["end"], 3);
    let (answers, said) = asked(&[], b"up\nup == 0\n".to_vec());
    assert_eq!((said.code, answers.len()), (0, 2));
    let (answers, said) = asked(&[], Vec::new());
    assert_eq!((said.code, answers.len()), (0, 0));
}

#[test]
fn strings_of_json_may_hold_line_breaks() {
    let input = b"\"up\\n  == 0\"\n\"up{a=\\\"\\u00fc\\\"}\"\nup\n[\"up\"]\n\n\"\\ud800\"\n".to_vec();
    let (answers, said) = asked(&["--input", "json"], input);
    assert_eq!((said.code, answers.len()), (1, 6));
    assert_eq!(answers[0]["canonical"], "up == 0");
    assert_eq!(answers[0]["comparisons"][0]["start"], 8);
    assert_eq!(answers[1]["labels"]["values"]["a"], json!(["ü"]));
    for answer in &answers[2..] {
        assert!(message(answer).starts_with("the line is not a JSON string"), "{answer}");
    }
}

#[test]
fn bad_lines_are_answered_and_do_not_stop_the_rest() {
    let mut input = b"up\n\n \t\r\nup\xff\xfe == 0\nup{a=\"\xe2\x82\nup\0\n\xef\xbb\xbfup\r\n".to_vec();
    let line = |text: String| [text.as_bytes(), b"\n"].concat();
    input.extend(line(format!("{}a", "a + ".repeat(50_000) + "-" + &"x".repeat(10_000_000) + "{b='")));
    input.extend(line(format!("{}up{}", "(".repeat(100_000), ")".repeat(100_000))));
    input.extend(line("-".repeat(100_000)));
    input.extend(line("x".repeat((64 << 20) + 1)));
    input.extend(b"up == 1");
    let (answers, said) = asked(&[], input);
    assert_eq!((said.code, said.err.as_str(), answers.len()), (1, "", 12));
    assert_eq!((&answers[0]["ok"], &answers[11]["ok"]), (&json!(true), &json!(true)));
    assert!(answers[1..11].iter().all(|answer| answer["ok"] == false));
    assert_eq!(message(&answers[1]), message(&answers[2]));
    assert_eq!(answers[3]["errors"], json!([{ "start": 2, "end": 3, "message": "this is not UTF-8" }]));
    assert_eq!(answers[4]["errors"], json!([{ "start": 6, "end": 8, "message": "this is not UTF-8" }]));
    assert_eq!(message(&answers[10]), "the line is longer than 64 MiB");
}

/// Who asks one by one gets each answer before the next question.
#[test]
fn answers_do_not_wait_for_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = alertsmith(folder.path(), &["promql"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for query in ["up", "up{", "sum(up)"] {
        writeln!(input, "{query}").unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim_end(), promql::answer(query, &Target::default()).unwrap_or_else(|refused| refused));
    }
    // The reader goes while there is more to come.
    drop(output);
    let writer = thread::spawn(move || while writeln!(input, "up").is_ok() {});
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(1), ""));
    writer.join().unwrap();
}

#[test]
fn the_target_is_an_option() {
    let queries =
        b"limitk(1, up)\nup[5m + 1m]\nrate(up[5m] anchored)\na + fill(0) b\nup offset -5m\n{\"up\"}\n".to_vec();
    let verdicts = |arguments: &[&str]| {
        let (answers, _) = asked(arguments, queries.clone());
        answers.iter().map(|answer| answer["ok"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&[]), [false, true, false, false, true, true]);
    assert_eq!(verdicts(&[FLAGS]), [true; 6]);
    assert_eq!(verdicts(&["--prometheus", "2.53", FLAGS]), [false, false, false, false, true, false]);
    assert_eq!(
        verdicts(&["--enable-feature", "exemplar-storage", "--enable-feature", "promql-experimental-functions"]),
        [true, true, false, false, true, true]
    );
    let (answers, _) = asked(&["--prometheus", "v2.40.1"], queries.clone());
    for answer in answers.iter().filter(|answer| answer["ok"] == false) {
        assert!(message(answer).contains("2.40"), "{answer}");
    }
    let name = |arguments: &[&str]| asked(arguments, b"sum by (__name__) (-up)".to_vec()).0.remove(0)["labels"].clone();
    assert_eq!(name(&[])["impossible"], json!(["__name__"]));
    assert_eq!(name(&["--enable-feature=promql-delayed-name-removal"])["possible"], json!(["__name__"]));
    for arguments in [
        ["--prometheus", "3"],
        ["--prometheus", "new"],
        ["--input", "yaml"],
        ["--input", ""],
        ["--enable-feature", "promql-fill"],
    ] {
        let (answers, said) = asked(&arguments, Vec::new());
        assert_eq!((said.code, answers.len()), (2, 0), "{arguments:?}");
    }
    let (answers, said) = asked(&["--prometheus", "4.1"], b"up".to_vec());
    assert_eq!((said.code, &answers[0]["ok"]), (0, &json!(true)));
    assert!(said.err.contains("4.1 is newer than what is known here"), "{}", said.err);
}

/// Every query of others, through the program: the verdicts of Prometheus' own table, and ranges that lie in the text.
#[test]
fn all_queries_of_the_corpora_are_answered() {
    let table = |name| corpus::table(name).map_or(json!([]), |mut table| table["cases"].take());
    let judged = table("promql-parse/parse_test.json");
    let judged = judged.as_array().unwrap();
    let mut queries: Vec<String> = judged.iter().map(|case| case["input"].as_str().unwrap().to_owned()).collect();
    queries.extend(of_parser_cases());
    queries.extend(of_rules(&["rules-real", "rules-real-crd", "rules-upstream", "rules-thanos", "rules-vmalert"]));
    let lines: String = queries.iter().map(|query| serde_json::to_string(query).unwrap() + "\n").collect();
    let (answers, said) = asked(&["--input=json", FLAGS], lines.into_bytes());
    assert_eq!((answers.len(), said.err.as_str()), (queries.len(), ""));
    for (case, answer) in judged.iter().zip(&answers) {
        assert_eq!(case["ok"], answer["ok"], "{case} {answer}");
    }
    let mut target = Target::everything();
    target.features.remove(&Feature::DelayedNameRemoval);
    for (query, answer) in queries.iter().zip(&answers) {
        let (Ok(expected) | Err(expected)) = promql::answer(query, &target);
        assert_eq!(*answer, serde_json::from_str::<Value>(&expected).unwrap(), "{query}");
        for error in answer["errors"].as_array().into_iter().flatten() {
            let place = |side: &str| usize::try_from(error[side].as_u64().unwrap()).unwrap();
            assert!(query.get(place("start")..place("end")).is_some(), "{query:?} {error}");
        }
    }
}
