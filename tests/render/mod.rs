//! The gallery: one finding of each shape in each form, as files under `snapshots/render/`.

mod sarif;
mod shapes;

use alertsmith::diagnostic::Diagnostic;
use alertsmith::diagnostic::render::{Format, Options, render};
use alertsmith::source::Sources;

use crate::support::snapshot::assert_file;

#[test]
fn gallery() {
    for (name, sources, diagnostics) in shapes::all() {
        let show = |options: &Options| render(Format::Human, &diagnostics, &sources, options);
        let text = show(&Options::default());
        assert!(text.lines().all(|line| line == line.trim_end()), "{name} ends lines with blanks");
        assert_file(&format!("snapshots/render/{name}.txt"), &text);
    }
}

#[test]
fn all_at_once_in_every_form() {
    let (sources, diagnostics) = shapes::together();
    let options = Options { root: "monitoring/".to_owned(), ..Options::default() };
    for (format, file) in [
        (Format::Concise, "all.concise.txt"),
        (Format::Json, "all.json"),
        (Format::Sarif, "all.sarif"),
        (Format::Github, "all.github.txt"),
    ] {
        let text = render(format, &diagnostics, &sources, &options);
        let text = if matches!(format, Format::Json | Format::Sarif) { pretty(&text) } else { text };
        assert_file(&format!("snapshots/render/{file}"), &text);
    }
    let narrow = Options { width: 60, unicode: false, ..options.clone() };
    assert_file("snapshots/render/all.narrow.txt", &render(Format::Human, &diagnostics, &sources, &narrow));
    let color = Options { color: true, ..options };
    let colored = render(Format::Human, &diagnostics, &sources, &color);
    assert_file("snapshots/render/all.color.txt", &colored.replace('\x1b', "␛"));
    assert!(!colored.contains("\x1b]8"), "no links");
    let plain = render(Format::Human, &diagnostics, &sources, &Options { color: false, ..color });
    assert!(!plain.contains('\x1b'), "no colours unless asked for");
}

fn pretty(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

/// What is marked in the drawn snippet is what was asked for, whatever the text: found by reading the drawing again.
#[test]
fn carets_stand_below_their_bytes() {
    let words = ["a", "알림", "\t", "=", "\"x\"", "é", "🔥", "\u{1b}", "severity", " "];
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..400 {
        let mut line = String::new();
        let (before, after) = (random(60), random(60));
        for _ in 0..before {
            line.push_str(words[random(words.len())]);
        }
        let start = line.len();
        line.push_str("TARGET");
        for _ in 0..after {
            line.push_str(words[random(words.len())]);
        }
        let mut sources = Sources::default();
        let text = format!("first\n{line}\nlast\n");
        let file = sources.add("a.kdl", text);
        let span = alertsmith::source::Span::new(file, 6 + start..6 + start + 6);
        let finding = Diagnostic::new(&shapes::CODE, "headline").at(span, "here");
        let drawn = render(Format::Human, &[finding], &sources, &Options::default());
        let lines: Vec<&str> = drawn.lines().collect();
        let at = lines.iter().position(|line| line.contains("TARGET")).expect("the target is shown");
        let column =
            |line: &str, needle: &str| unicode_width::UnicodeWidthStr::width(&line[..line.find(needle).unwrap()]);
        assert_eq!(column(lines[at], "TARGET"), column(lines[at + 1], "─"), "{drawn}");
        assert!(lines.iter().all(|line| unicode_width::UnicodeWidthStr::width(*line) <= 100), "{drawn}");
    }
}

/// Labels may lie anywhere, also where no stage would put them: nothing panics, and time does not grow with the file.
#[test]
fn any_span_can_be_shown() {
    let text = "a\r\n\r\n\tb 알림\n".repeat(40) + &"x".repeat(1_000_000);
    let mut sources = Sources::default();
    let file = sources.add("a.kdl", text.as_str());
    let spans = (0..560).chain([600, 5000, text.len() - 1, text.len(), text.len() + 7]);
    let spans: Vec<usize> = spans.filter(|&at| at > text.len() || text.is_char_boundary(at)).collect();
    for (index, &start) in spans.iter().enumerate() {
        for &end in spans[index..].iter().step_by(7) {
            let span = alertsmith::source::Span::new(file, start..end);
            let other = alertsmith::source::Span::new(file, end..end);
            let finding = Diagnostic::new(&shapes::CODE, "headline").at(span, "here").also(other, "there");
            for format in [Format::Human, Format::Concise] {
                let drawn = render(format, std::slice::from_ref(&finding), &sources, &Options::default());
                assert!(drawn.len() < 20_000);
            }
        }
    }
}

#[test]
fn github_shows_ten_of_each_type_and_says_what_is_missing() {
    let mut sources = Sources::default();
    let file = sources.add("::error::x.kdl", "alert\n");
    let span = alertsmith::source::Span::new(file, 0..5);
    let warning = Diagnostic::new(&shapes::WARNING, "a: 100%, really\nyes").at(span, "");
    let error = Diagnostic::new(&shapes::CODE, "broken").at(span, "");
    let mut all = vec![warning; 10];
    all.extend(vec![error; 14]);
    let text = render(Format::Github, &all, &sources, &Options::default());
    let count = |prefix: &str| text.lines().filter(|line| line.trim_start().starts_with(prefix)).count();
    assert_eq!(count("::error "), 10, "{text}");
    assert_eq!(count("::warning "), 10, "{text}");
    assert_eq!(count("::"), 20, "{text}");
    assert!(text.contains("::error title=alertsmith::and 5 more errors"), "{text}");
    assert!(text.contains("100%25, really%0Ayes"), "{text}");
    assert!(text.contains("file=%3A%3Aerror%3A%3Ax.kdl"), "{text}");
}
