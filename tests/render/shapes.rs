//! Findings of every shape that a renderer must cope with.

use alertsmith::diagnostic::{Code, Diagnostic};
use alertsmith::source::{FileId, Sources, Span};

pub static CODE: Code = Code::error(
    "route/unknown-channel",
    "0.1.0",
    "# route/unknown-channel\n\nA route names a channel that is not declared.\n",
);
pub static WARNING: Code = Code::warning("alert/no-runbook", "0.1.0", "");

type Case = (&'static str, Sources, Vec<Diagnostic>);

/// Builds sources and findings; places are found by their text.
struct Build {
    sources: Sources,
}

impl Build {
    fn new(files: &[(&str, &str)]) -> (Self, Vec<FileId>) {
        let mut sources = Sources::default();
        let ids = files.iter().map(|(path, text)| sources.add(*path, *text)).collect();
        (Self { sources }, ids)
    }

    fn span(&self, file: FileId, text: &str) -> Span {
        let start = self.sources.get(file).unwrap().text().find(text).unwrap();
        Span::new(file, start..start + text.len())
    }
}

const ROUTES: &str = "\
channel \"pagerduty\" {
    pagerduty routing-key=(secret)\"pd\"
}
channel \"team-chat\" {
    webhook url=\"https://chat.example.com/hook\"
}

route {
    match severity=\"critical\"
    to \"pagrduty\"
    group-by \"alertname\" \"cluster\"
}
";

const ALERT: &str = "\
alert HighCPUUsage {
    query \"\"\"
        100 - avg by (instance) (
          rate(node_cpu_seconds_total{mode=\"idle\"}[5m])
        ) * 100 > bool 90
        \"\"\"
    for \"5m\"
}
";

pub fn all() -> Vec<Case> {
    vec![
        no_label(),
        one_label(),
        two_labels_out_of_order(),
        two_labels_on_one_line(),
        overlapping_labels(),
        multi_line(),
        far_apart(),
        very_tall(),
        other_file(),
        korean(),
        tabs(),
        crlf(),
        very_long_line(),
        end_of_file(),
        empty_file(),
        hostile_text(),
        many_places(),
        long_words(),
    ]
}

/// Every finding of the gallery over one table of sources.
pub fn together() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for (name, own, diagnostics) in all() {
        if matches!(name, "very-long-line" | "many-places" | "very-tall") {
            continue;
        }
        let ids: Vec<FileId> =
            own.iter().map(|(_, file)| sources.add(format!("{name}/{}", file.path()), file.text())).collect();
        let moved = |span: Span| Span { file: ids[span.file.0 as usize], ..span };
        for mut diagnostic in diagnostics {
            for label in diagnostic.primary.iter_mut().chain(&mut diagnostic.secondary) {
                label.span = moved(label.span);
            }
            if let Some(fix) = &mut diagnostic.fix {
                fix.span = moved(fix.span);
            }
            findings.push(diagnostic);
        }
    }
    (sources, findings)
}

fn no_label() -> Case {
    let finding = Diagnostic::new(&CODE, "no spec was found at or above this folder")
        .note("A spec is a folder with a root file, `alertsmith.kdl` or `alertsmith.yaml`.")
        .help("Run `alertsmith init` to write a small working one.");
    ("no-label", Sources::default(), vec![finding])
}

fn one_label() -> Case {
    let (build, files) = Build::new(&[("routes.kdl", ROUTES)]);
    let span = build.span(files[0], "\"pagrduty\"");
    let finding = Diagnostic::new(&CODE, "no channel is named `pagrduty`")
        .at(span, "not declared anywhere")
        .note("Alertmanager refuses a configuration whose route names an unknown receiver, so none of its alerts would be delivered.")
        .help("Did you mean `pagerduty`?")
        .fix(span, "\"pagerduty\"");
    ("one-label", build.sources, vec![finding])
}

fn two_labels_out_of_order() -> Case {
    let (build, files) = Build::new(&[("routes.kdl", ROUTES)]);
    let finding = Diagnostic::new(&CODE, "channel `team-chat` cannot page")
        .at(build.span(files[0], "severity=\"critical\""), "critical alerts must page")
        .also(build.span(files[0], "\"team-chat\""), "this channel only posts messages");
    ("two-labels-out-of-order", build.sources, vec![finding])
}

fn two_labels_on_one_line() -> Case {
    let (build, files) = Build::new(&[("thresholds.kdl", "threshold HighCPUUsage group=production warn=95 crit=90\n")]);
    let finding = Diagnostic::new(&CODE, "the warning threshold 95 lies above the critical threshold 90")
        .at(build.span(files[0], "95"), "warns from here")
        .also(build.span(files[0], "90"), "is already critical here")
        .also(build.span(files[0], "production"), "for this group");
    ("two-labels-on-one-line", build.sources, vec![finding])
}

fn overlapping_labels() -> Case {
    let (build, files) =
        Build::new(&[("alerts.kdl", "alert X {\n    query \"sum(rate(http_requests_total)) > 1\"\n}\n")]);
    let finding = Diagnostic::new(&CODE, "`rate` needs a range, but is given an instant vector")
        .at(build.span(files[0], "http_requests_total"), "an instant vector")
        .also(build.span(files[0], "rate(http_requests_total)"), "in this call")
        .help("Write `http_requests_total[5m]`.");
    ("overlapping-labels", build.sources, vec![finding])
}

fn multi_line() -> Case {
    let (build, files) = Build::new(&[("alerts.kdl", ALERT)]);
    let call = build
        .span(files[0], "avg by (instance) (\n          rate(node_cpu_seconds_total{mode=\"idle\"}[5m])\n        )");
    let inside = Diagnostic::new(&WARNING, "the label `cluster` is lost here")
        .at(call, "keeps `instance` only")
        .note("Routes match on `cluster`.");
    let word = Diagnostic::new(&CODE, "`bool` makes the alert fire always")
        .at(build.span(files[0], "bool"), "gives 0 or 1 for every series")
        .also(call, "one series for every instance");
    ("multi-line", build.sources, vec![inside, word])
}

fn far_apart() -> Case {
    let text = (1..400).map(|n| format!("label-{n} \"x\"")).collect::<Vec<_>>().join("\n");
    let (build, files) = Build::new(&[("labels.kdl", &text)]);
    let finding = Diagnostic::new(&CODE, "label is given twice")
        .at(build.span(files[0], "label-390"), "given again")
        .also(build.span(files[0], "label-7 "), "first given here");
    ("far-apart", build.sources, vec![finding])
}

fn very_tall() -> Case {
    let text = format!("alert X {{\n{}}}\nrest\n", "    line\n".repeat(300));
    let (build, files) = Build::new(&[("tall.kdl", &text)]);
    let end = text.find("rest").unwrap() - 1;
    let finding = Diagnostic::new(&CODE, "the block is too long").at(Span::new(files[0], 0..end), "this block");
    ("very-tall", build.sources, vec![finding])
}

fn other_file() -> Case {
    let (build, files) =
        Build::new(&[("alertsmith.kdl", "include \"groups.kdl\"\n\nalert Y group=ml\n"), ("groups/all.kdl", ROUTES)]);
    let finding = Diagnostic::new(&CODE, "severity is `critical` because group `ml` sets it")
        .at(build.span(files[0], "ml"), "taken from the group")
        .also(build.span(files[1], "\"critical\""), "set here")
        .also(build.span(files[0], "\"groups.kdl\""), "read from here")
        .help("Give the alert a severity of its own.");
    ("other-file", build.sources, vec![finding])
}

fn korean() -> Case {
    let text = "alert \"메모리 부족\" {\n    summary \"서버 {{ $labels.instance }} 메모리가 부족합니다\" runbok=\"https://wiki.example.com/메모리\"\n}\n";
    let (build, files) = Build::new(&[("경보/알림.kdl", text)]);
    let finding = Diagnostic::new(&CODE, "`메모리 부족` has no property `runbok`")
        .at(build.span(files[0], "runbok"), "알 수 없는 속성")
        .also(build.span(files[0], "메모리 부족"), "이 알림")
        .note("야간 당직자가 처음 보는 것은 런북 주소입니다. 주소가 없으면 무엇을 해야 하는지 알 수 없으므로 대응이 늦어지고 같은 장애가 반복됩니다.")
        .help("Did you mean `runbook`?");
    ("korean", build.sources, vec![finding])
}

fn tabs() -> Case {
    let (build, files) = Build::new(&[("tabs.kdl", "alert X {\n\tfor 5m\tunit=percent\n}\n")]);
    let finding = Diagnostic::new(&CODE, "unknown unit `percent`")
        .at(build.span(files[0], "percent"), "not a unit")
        .also(build.span(files[0], "5m"), "fine");
    ("tabs", build.sources, vec![finding])
}

fn crlf() -> Case {
    let (build, files) = Build::new(&[("crlf.kdl", "alert X {\r\n    for\r\n}\r\nrest\r\n")]);
    let finding = Diagnostic::new(&CODE, "`for` needs a duration")
        .at(build.span(files[0], "for").at_end(), "a duration such as `5m` is missing");
    let tall = Diagnostic::new(&WARNING, "alert `X` never ends")
        .at(build.span(files[0], "alert X {\r\n    for\r\n}\r\n"), "the alert");
    ("crlf", build.sources, vec![finding, tall])
}

fn very_long_line() -> Case {
    let text = format!(
        "alert X query=\"{} or nope{{}} or {}\" last=1\n",
        "metric or ".repeat(20_000),
        "other or ".repeat(20_000)
    );
    let (build, files) = Build::new(&[("generated.kdl", &text)]);
    let finding = Diagnostic::new(&CODE, "the selector matches everything")
        .at(build.span(files[0], "nope{}"), "no matcher at all")
        .also(build.span(files[0], "last"), "far away on the same line")
        .also(build.span(files[0], "X"), "of this alert");
    ("very-long-line", build.sources, vec![finding])
}

fn end_of_file() -> Case {
    let (build, files) = Build::new(&[("open.kdl", "alert X {\n    for \"5m\"\n"), ("open2.kdl", "alert Y {")]);
    let at_end = |file: FileId| {
        let length = build.sources.get(file).unwrap().text().len();
        Span::new(file, length..length)
    };
    let finding = Diagnostic::new(&CODE, "the block is not closed")
        .at(at_end(files[0]), "`}` is missing")
        .also(build.span(files[0], "{"), "opened here");
    let second = Diagnostic::new(&CODE, "the block is not closed").at(at_end(files[1]), "`}` is missing");
    ("end-of-file", build.sources, vec![finding, second])
}

fn empty_file() -> Case {
    let (build, files) = Build::new(&[("alertsmith.kdl", "")]);
    let finding = Diagnostic::new(&WARNING, "the spec is empty").at(Span::new(files[0], 0..0), "nothing is declared");
    ("empty-file", build.sources, vec![finding])
}

fn hostile_text() -> Case {
    let (build, files) = Build::new(&[("a\x1b[2Jb.kdl", "alert \"\x1b[31mred\u{202e}dlo\" x\n")]);
    let finding = Diagnostic::new(&CODE, "the name `\x1b[31mred` holds control characters\nand a line break")
        .at(build.span(files[0], "\"\x1b[31mred\u{202e}dlo\""), "\x1b[0mthis\rname")
        .note("A name may\tnot\x07 ring.");
    ("hostile-text", build.sources, vec![finding])
}

fn many_places() -> Case {
    let text = (1..60).map(|n| format!("alert A{n} query=\"up\"\n\n\n\n\n")).collect::<Vec<_>>().concat();
    let (build, files) = Build::new(&[("alerts.kdl", &text)]);
    let mut finding =
        Diagnostic::new(&WARNING, "59 alerts have the same query").at(build.span(files[0], "A1 "), "this one");
    for n in 2..60 {
        finding = finding.also(build.span(files[0], &format!("A{n} ")), "and this one");
    }
    ("many-places", build.sources, vec![finding])
}

fn long_words() -> Case {
    let (build, files) = Build::new(&[("routes.kdl", ROUTES)]);
    let finding = Diagnostic::new(
        &CODE,
        "the route for severity `critical` in group `ml-training` of cluster `kr-west-1` can never be reached because an earlier route takes everything",
    )
    .at(
        build.span(files[0], "group-by \"alertname\" \"cluster\""),
        "grouping by these two labels puts alerts of different teams into one notification, and the team that reads it first closes it for all others",
    )
    .note("First paragraph of the reason, which is long enough to be wrapped at a hundred columns and then some more words.\n\n  sum by (cluster) (rate(http_requests_total[5m]))\n\nLast paragraph.")
    .help("See https://example.com/a/very/long/address/that/must/not/be/broken/because/people/click/on/it/or/copy/it for more.");
    ("long-words", build.sources, vec![finding])
}
