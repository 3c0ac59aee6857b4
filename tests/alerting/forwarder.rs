//! The forwarder's files, judged by nginx, gixy and shellcheck: for every envelope, with and without secrets, with values that
//! try to break out.

use alertsmith::artifact::{Body, Bundle};
use alertsmith::ast::Version;
use alertsmith::ast::forwarder::Envelope;
use alertsmith::emit::nginx;
use alertsmith::lower::forwarder;
use alertsmith::model::{Forwarder, Model};

use super::model::{add_channel, add_forwarder, add_secret, f, kafka, model, text, upstream};
use crate::support::judges::{self, Generation, Outcome};
use crate::support::run::run;
use crate::support::tools::tool;

const BOTH: [Generation; 2] = [Generation::Newest, Generation::Oldest];

/// A model with one forwarder of these topics.
pub fn with_forwarder(topics: &[&str], upstreams: &[&str]) -> Model {
    let mut model = model(Version::new(0, 34));
    for name in ["kafka-token", "caller-token", "internal-ca", "client-cert", "client-key"] {
        add_secret(&mut model, name);
    }
    add_channel(&mut model, "topics", topics.iter().map(|topic| kafka(topic)).collect(), Vec::new());
    add_forwarder(&mut model, upstreams.iter().map(|url| upstream(url)).collect());
    model
}

pub fn change(model: &mut Model) -> &mut Forwarder {
    model.forwarders.get_mut("alert-forwarder").unwrap()
}

/// `nginx.conf` and the script, as text.
pub fn print(model: &Model) -> (String, Option<String>) {
    let mut bundle = Bundle::default();
    forwarder::lower(model, &mut bundle);
    let mut printed = (String::new(), None);
    for (path, file) in bundle.files {
        match file.body {
            Body::Nginx(block) => printed.0 = nginx::print(&block, &[]).expect("nothing is refused").text,
            Body::Text(text, _) => printed.1 = Some(text),
            _ => panic!("{path} is of no known kind"),
        }
    }
    printed
}

/// Fails unless every judge accepts the files; gives `nginx.conf`.
fn accepted(model: &Model) -> String {
    let (configuration, script) = print(model);
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("forwarder/alert-forwarder");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("nginx.conf"), &configuration).unwrap();
    for verdict in judges::all(folder.path(), &BOTH) {
        assert!(!matches!(verdict.outcome, Outcome::Rejected(_)), "{verdict}\n{configuration}");
    }
    assert_eq!(script.is_some(), forwarder::needs_script(&model.forwarders["alert-forwarder"]));
    if let (Some(script), Some(shellcheck)) = (script, tool("shellcheck", Generation::Newest)) {
        let path = own.join(forwarder::SCRIPT);
        std::fs::write(&path, &script).unwrap();
        let answer = run(shellcheck.command().args(["--norc", "--format=gcc"]).arg(&path));
        assert!(answer.is_ok(), "{}\n{script}", answer.unwrap_err());
    }
    configuration
}

#[test]
fn every_envelope_is_read_by_both_releases() {
    let plain = accepted(&with_forwarder(&["alerts.cube"], &["http://kafka-rest.kafka.svc.cluster.local:8082"]));
    assert!(!plain.contains("include"), "{plain}");
    for envelope in [Envelope::ConfluentV2, Envelope::ConfluentV3, Envelope::Strimzi, Envelope::Raw] {
        let upstreams = ["https://kafka-rest.internal:8443", "https://two.internal:443", "http://three.internal:80"];
        let mut model = with_forwarder(&["alerts.cube", "sms"], &upstreams);
        let forwarder = change(&mut model);
        forwarder.envelope = f(envelope);
        forwarder.cluster_id = Some(text("lkc-1/2"));
        forwarder.bearer = Some(text("kafka-token"));
        forwarder.caller = Some(text("caller-token"));
        forwarder.tls.ca = Some(text("internal-ca"));
        forwarder.tls.cert = Some(text("client-cert"));
        forwarder.tls.key = Some(text("client-key"));
        forwarder.resolver = text("kube-dns.kube-system.svc.cluster.local");
        forwarder.headers = vec![(text("X-Tenant"), text("a b")), (text("accept"), text("application/json"))];
        let printed = accepted(&model);
        assert_eq!(printed.contains("/v3/clusters/lkc-1%2F2/topics/sms/records"), envelope == Envelope::ConfluentV3);
        assert_eq!(printed.contains("proxy_set_body"), envelope != Envelope::Raw);
        assert!(forwarder::problems(&model).is_empty(), "{:?}", forwarder::problems(&model));
    }
}

/// Values that would end a word, a directive or a line, begin a variable, or climb out of a folder.
const NASTY: [&str; 8] =
    ["a;}b", "x\" y", "it's", "$request_body", "..", "a/../b", "line\nX-Evil: 1", "{{ .Status }}`id`$(id)\\"];

/// A forwarder in which these values stand wherever a spec can put them.
fn filled_with(values: &[&str]) -> String {
    let all = values.concat();
    let mut model = with_forwarder(values, &["http://kafka-rest.internal:8082", "https://two.internal:443"]);
    let forwarder = change(&mut model);
    forwarder.envelope = f(Envelope::ConfluentV3);
    forwarder.cluster_id = Some(text(&all));
    forwarder.caller = Some(text("caller-token"));
    forwarder.resolver = text(&all);
    forwarder.tls.server_name = Some(text(&all));
    forwarder.upstreams[0].path = format!("/{all}");
    for (index, value) in values.iter().enumerate() {
        forwarder.headers.push((text(&format!("X-{index}")), text(value)));
        forwarder.headers.push((text(value), text("x")));
    }
    accepted(&model)
}

#[test]
fn nasty_values_stay_values() {
    let harmless: Vec<String> = (0..NASTY.len()).map(|index| format!("x{index}")).collect();
    let harmless = filled_with(&harmless.iter().map(String::as_str).collect::<Vec<_>>());
    let nasty = filled_with(&NASTY);
    // A directive stands on each line: the same ones in the same order, but for headers that are left out and the dollar sign.
    let directives = |text: &str| -> Vec<String> {
        let words = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default().to_owned());
        words.filter(|word| !["", "#", "geo", "proxy_set_header"].contains(&word.as_str())).collect()
    };
    assert_eq!(directives(&harmless), directives(&nasty), "{nasty}");
    assert!(nasty.contains(r#"proxy_set_header X-0 "a;}b";"#), "{nasty}");
    assert!(nasty.contains(r#"proxy_set_header X-3 "${literal_dollar}request_body";"#), "{nasty}");
    assert!(!nasty.contains("X-Evil:"), "{nasty}");
}

#[test]
fn what_cannot_work_is_named() {
    let mut model = with_forwarder(&["alerts.cube"], &["https://10.1.2.3:8443"]);
    let forwarder = change(&mut model);
    forwarder.envelope = f(Envelope::ConfluentV3);
    forwarder.bearer = Some(text("kafka-token"));
    forwarder.basic = Some(text("kafka-token"));
    forwarder.tls.cert = Some(text("client-cert"));
    forwarder.total = super::model::seconds(300);
    let headers = [("a b", "x"), ("Content-Length", "0"), ("authorization", "x"), ("X-Line", "a\nb")];
    forwarder.headers = headers.map(|(name, value)| (text(name), text(value))).into();
    model.channels.get_mut("topics").unwrap().kafka[0].max_alerts = Some(f(5000));
    model.routing.as_mut().unwrap().default = text("topics");
    let found: Vec<String> = forwarder::problems(&model).into_iter().map(|problem| problem.what).collect();
    assert_eq!(
        found,
        [
            "\"a b\" cannot be the name of a header",
            "the header `Content-Length` cannot be set",
            "credentials stand in clear text in `headers`",
            "the value of the header `X-Line` holds a control character",
            "nothing can prove that 10.1.2.3 is the right upstream",
            "forwarder `alert-forwarder` has half of a client certificate",
            "notifications for `alerts.cube` can outgrow the forwarder's limit",
            "forwarder `alert-forwarder` may take 5m, but channel `topics` has a group interval of 5m",
            "forwarder `alert-forwarder` has both `bearer` and `basic`",
        ]
    );
    accepted(&model);
}

/// Runs the script with these tokens; gives what it made (by file) and all that it printed, or what it printed when it failed.
fn prepared(model: &Model, token: &str) -> Result<(String, String, String), String> {
    let script = print(model).1.expect("a script is written");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(forwarder::SCRIPT);
    std::fs::write(&path, script).unwrap();
    for name in forwarder::secrets(&model.forwarders["alert-forwarder"]) {
        let own = folder.path().join("secrets").join(name);
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("value"), token).unwrap();
    }
    let includes = folder.path().join("includes");
    std::fs::create_dir_all(&includes).unwrap();
    let mut command = std::process::Command::new("sh");
    command.arg(&path).env("FORWARDER_INCLUDES", &includes).env("FORWARDER_SECRETS", folder.path().join("secrets"));
    let output = run(&mut command)?;
    let read = |name: &str| std::fs::read_to_string(includes.join(name)).unwrap_or_default();
    Ok((read("caller.conf"), read("upstream.conf"), crate::support::run::said(&output)))
}

#[test]
fn tokens_become_lines_of_configuration_and_are_never_printed() {
    let mut model = with_forwarder(&["alerts.cube"], &["http://kafka-rest.internal:8082"]);
    change(&mut model).caller = Some(text("caller-token"));
    change(&mut model).basic = Some(text("kafka-token"));
    let (caller, upstream, printed) = prepared(&model, "aZ0.+/~_-==\n").unwrap();
    assert_eq!(caller, "\"~^Bearer aZ0[.][+]/~_-==$\" 1;\n");
    assert_eq!(upstream, "proxy_set_header Authorization \"Basic aZ0.+/~_-==\";\n");
    assert_eq!(printed, "");
    for bad in
        ["", "\n", "secret token", "secret\"; x \"", "secret$x", "secret\nsecret", "secret;", "secr\u{e9}t", "secret\\"]
    {
        let said = prepared(&model, bad).unwrap_err();
        assert!(said.contains("caller-token/value"), "{bad:?}: {said}");
        assert!(!said.contains("secret token") && !said.contains("secret$"), "{said}");
    }
}
