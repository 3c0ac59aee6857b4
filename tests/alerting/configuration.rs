//! alertmanager.yaml, judged by amtool of the release it was written for.

use std::collections::BTreeSet;

use alertsmith::artifact::{Body, Bundle};
use alertsmith::ast::channel::HEADER;
use alertsmith::ast::field::{self, ScalarKind, SchemaHint, Type};
use alertsmith::ast::{MatchOperator, Version};
use alertsmith::diagnostic::{Level, Sink};
use alertsmith::emit::yaml;
use alertsmith::lower::alertmanager::{self, Need};
use alertsmith::model::{Integration, Model, Setting, SettingValue};
use alertsmith::pipeline;
use alertsmith::provenance::Provenance;
use alertsmith::source::MemoryWorld;

use super::model::{
    add_channel, add_forwarder, add_secret, business_hours, inhibition, integration, kafka, matcher, model, origin,
    receiver, route, scalar, seconds, secret, text, upstream,
};
use crate::support::judges::{self, Generation};
use crate::support::tools::{pins, tool};

pub const BOTH: [Generation; 2] = [Generation::Newest, Generation::Oldest];

/// The release of amtool that judges a generation.
fn release(generation: Generation) -> Version {
    let pin = pins().find(|pin| pin.name == "amtool" && pin.generation == generation).unwrap();
    let mut numbers = pin.version.split('.').map(|number| number.parse().unwrap());
    Version::new(numbers.next().unwrap(), numbers.next().unwrap())
}

pub fn print(model: &Model) -> String {
    let mut bundle = Bundle::default();
    alertmanager::lower(model, &mut bundle);
    let file = bundle.files.get("alertmanager/main/alertmanager.yaml").expect("alertmanager.yaml is written");
    match &file.body {
        Body::Yaml(documents) => yaml::print(documents, &[]).text,
        _ => panic!("alertmanager.yaml is YAML"),
    }
}

/// Fails unless amtool of that generation loads what is written; gives what is written.
fn accepted(model: &Model, generation: Generation) -> String {
    let printed = print(model);
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("alertmanager/main");
    std::fs::create_dir_all(&main).unwrap();
    std::fs::write(main.join("alertmanager.yaml"), &printed).unwrap();
    let verdicts = judges::all(folder.path(), &[generation]);
    assert_eq!(verdicts.len(), 1, "only amtool speaks");
    for verdict in verdicts {
        assert!(!matches!(verdict.outcome, judges::Outcome::Rejected(_)), "{verdict}\n{printed}");
    }
    printed
}

/// The installation of the guide: two channels with several integrations, routes with calendars, inhibitions, Kafka.
pub fn installation(generation: Generation) -> Model {
    let mut model = model(release(generation));
    for name in ["pagerduty", "slack", "internal-ca"] {
        add_secret(&mut model, name);
    }
    add_channel(
        &mut model,
        "oncall",
        Vec::new(),
        vec![integration("pagerduty", &[("routing-key", secret("pagerduty"))])],
    );
    let slack = [("channel", scalar("#shop")), ("api-url", secret("slack")), ("send-resolved", scalar("true"))];
    add_channel(&mut model, "shop-alerts", Vec::new(), vec![integration("slack", &slack)]);
    add_channel(&mut model, "cube", vec![kafka("alerts.cube"), kafka("sms")], Vec::new());
    add_forwarder(&mut model, vec![upstream("https://kafka-rest.internal:8443")]);
    model.calendars.insert("business-hours".to_owned(), business_hours());
    let routing = model.routing.as_mut().unwrap();
    let mut critical = route("oncall", vec![matcher("severity", MatchOperator::Equal, &["critical"])]);
    critical.wait = Some(seconds(0));
    critical.routes = vec![route("cube", vec![matcher("service", MatchOperator::NotRegex, &["batch.*", "\"}\\\\"])])];
    let mut rest = route("shop-alerts", vec![matcher("severity", MatchOperator::Equal, &["warning", "info"])]);
    rest.active_during = vec![text("business-hours")];
    rest.group_by = vec![text("...")];
    routing.routes = vec![critical, rest];
    let equal = |value| vec![matcher("severity", MatchOperator::Equal, &[value])];
    routing.inhibitions = vec![inhibition(equal("critical"), equal("warning"), &["alertname", "namespace"])];
    model
}

#[test]
fn an_installation_loads_in_the_oldest_and_the_newest_release() {
    for generation in BOTH {
        let printed = accepted(&installation(generation), generation);
        assert!(
            printed.contains("url: http://alert-forwarder.monitoring.svc.cluster.local:8080/alerts/sms"),
            "{printed}"
        );
        assert!(printed.contains("/etc/alertmanager/secrets/slack/value"), "{printed}");
        assert_eq!(printed.contains("timeout: 10s"), release(generation) >= Version::new(0, 28), "{printed}");
    }
}

/// A value that the type of a field takes.
fn value(field: &'static field::Field) -> SettingValue {
    match field.ty {
        Type::ScalarOrSecret(ScalarKind { schema: SchemaHint::Pattern("^-?[0-9]+$"), .. }) => scalar("7"),
        Type::Secret | Type::ScalarOrSecret(_) => secret("smtp-password"),
        Type::Scalar(kind) => scalar(match (field.name, kind.schema) {
            ("update-message", _) => "false",
            (_, SchemaHint::Bool) => "true",
            (_, SchemaHint::Integer(_) | SchemaHint::Pattern("^-?[0-9]+$")) => "7",
            (_, SchemaHint::Pattern(_)) => "1m",
            ("name", _) => "X-Scope",
            ("min-version" | "max-version", _) => "TLS12",
            ("thread-by-date", _) => "daily",
            ("smarthost", _) => "mail.fleet.example:587",
            ("api-type", _) => "cloud",
            ("parse-mode", _) => "HTML",
            ("message-type", _) => "text",
            ("type", _) => "user",
            (name, _) if name.ends_with("url") => "https://service.fleet.example/path",
            _ => "text \"in\" quotes: {{ .Status }}",
        }),
        Type::Scalars(_) => SettingValue::Scalars(vec![text("one"), text("no")]),
        Type::Map(_) => SettingValue::Map(vec![("X-Name".to_owned(), text("012"))]),
        Type::Block(kind) => SettingValue::Block(settings(kind.get().fields, &[])),
        Type::Named(kind) | Type::Ordered(kind) | Type::OneOrMany(kind) => {
            SettingValue::Ordered(vec![settings(kind.get().fields, &[])])
        }
        Type::Matchers | Type::Off => panic!("no receiver has such a field"),
    }
}

fn settings(fields: &'static [field::Field], without: &[&str]) -> Vec<Setting> {
    // Alertmanager takes one way of authentication and of choosing a proxy at a time.
    let never = ["basic-auth", "oauth2", "no-proxy", "proxy-from-environment"];
    fields
        .iter()
        .filter(|field| !never.contains(&field.name) && !without.contains(&field.name))
        .map(|field| Setting { field, value: value(field) })
        .collect()
}

/// Fields that exclude each other, of which the test writes the others.
fn without(receiver: &str) -> &'static [&'static str] {
    match receiver {
        "slack" => &["app-token", "app-url"],
        "pushover" => &["monospace"],
        "sns" => &["target-arn", "phone-number", "sigv4"],
        "incidentio" => &["alert-source-token"],
        _ => &[],
    }
}

#[test]
fn every_field_of_every_receiver_is_written_as_the_release_reads_it() {
    for generation in BOTH {
        let target = release(generation);
        for receiver in alertsmith::ast::channel::receivers::RECEIVERS {
            let name = receiver.kind.name;
            let mut model = model(target);
            let settings = settings(receiver.kind.fields, without(name));
            let written = Integration { receiver, settings, origin: origin() };
            add_channel(&mut model, name, Vec::new(), vec![written]);
            // A service whose secret the release reads only from the file itself cannot be used at all: nothing to judge.
            let unusable = alertmanager::requirements(&model).iter().any(|need| {
                ["webhook_url", "bot_token", "user_key", "url_file", "api_secret"]
                    .iter()
                    .any(|key| need.what.contains(key))
            });
            if !unusable {
                accepted(&model, generation);
            }
        }
    }
}

#[test]
fn what_a_release_lacks_is_left_out_and_named() {
    let mut model = model(Version::new(0, 25));
    add_secret(&mut model, "hook");
    let webhook = integration("webhook", &[("url", secret("hook")), ("timeout", scalar("5s"))]);
    add_channel(&mut model, "hook", Vec::new(), vec![webhook]);
    let teams = integration("msteamsv2", &[("webhook-url", secret("hook"))]);
    add_channel(&mut model, "teams", Vec::new(), vec![teams]);
    let sigv4 = receiver("sns").kind.fields.iter().find(|field| field.name == "sigv4").unwrap();
    let Type::Block(part) = sigv4.ty else { panic!() };
    let key = part.get().fields.iter().find(|field| field.name == "secret-key").unwrap();
    let mut sns = integration("sns", &[("topic-arn", scalar("arn:aws:sns:eu-1:1:a"))]);
    let inner = vec![Setting { field: key, value: secret("hook") }];
    sns.settings.push(Setting { field: sigv4, value: SettingValue::Block(inner) });
    add_channel(&mut model, "sns", Vec::new(), vec![sns]);
    model.routing.as_mut().unwrap().group_by.push(text("a-b"));
    let needs: Vec<(String, Option<Version>)> = alertmanager::requirements(&model)
        .into_iter()
        .map(|requirement| {
            let release = match requirement.needs {
                Need::Release(version) => Some(version),
                Need::Impossible { .. } => None,
            };
            (requirement.what, release)
        })
        .collect();
    let expected = [
        ("the field `url_file` of `webhook_configs`", Some(Version::new(0, 26))),
        ("the field `timeout` of `webhook_configs`", Some(Version::new(0, 28))),
        ("the field `sigv4.secret_key` of `sns_configs`", None),
        ("`msteamsv2_configs`", Some(Version::new(0, 28))),
        ("the label name `a-b` in `group_by`", Some(Version::new(0, 28))),
    ];
    assert_eq!(needs, expected.map(|(what, release)| (what.to_owned(), release)));
    let printed = print(&model);
    for left_out in ["url_file", "timeout: 5s", "secret_key", "msteamsv2", "a-b"] {
        assert!(!printed.contains(left_out), "{left_out} is in\n{printed}");
    }
}

#[test]
fn a_large_group_fits_the_body_limit_of_its_forwarder() {
    let mut model = installation(Generation::Newest);
    let limits: BTreeSet<u64> = [64, 1024]
        .map(|kib| {
            model.forwarders.get_mut("alert-forwarder").unwrap().body_kib.value = kib;
            alertmanager::kafka::max_alerts(&model, &model.forwarders["alert-forwarder"])
        })
        .into();
    assert_eq!(limits, [60, 1020].into());
}

/// Whether a check finds a receiver that the newest release would not load.
fn is_refused(model: &Model) -> bool {
    let mut sink = Sink::default();
    alertsmith::check::run(model, &Provenance::default(), &mut sink);
    sink.diagnostics().iter().any(|finding| finding.code.name.starts_with("channel/"))
}

/// Whether amtool loads what is written; nothing where there is no amtool.
fn is_loaded(model: &Model) -> Option<bool> {
    let amtool = tool("amtool", Generation::Newest)?;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), print(model)).unwrap();
    Some(amtool.command().arg("check-config").arg(file.path()).output().unwrap().status.success())
}

/// Each receiver with all fields but one, and with each of the fields that exclude others: the checks and amtool agree.
#[test]
fn the_checks_know_which_fields_a_receiver_needs() {
    // Alertmanager loads these, and then notifies nobody, or with the wrong one of two keys.
    let stricter = ["incidentio", "pagerduty"];
    for receiver in alertsmith::ast::channel::receivers::RECEIVERS {
        let name = receiver.kind.name;
        let agree = |what: &str, settings: Vec<Setting>| {
            let mut model = model(release(Generation::Newest));
            add_channel(&mut model, name, Vec::new(), vec![Integration { receiver, settings, origin: origin() }]);
            let Some(loaded) = is_loaded(&model) else { return };
            let refused = is_refused(&model);
            let fits = if stricter.contains(&name) { refused || loaded } else { refused != loaded };
            assert!(fits, "{name} {what}: amtool loads it: {loaded}, a check refuses it: {refused}\n{}", print(&model));
        };
        agree("with all", settings(receiver.kind.fields, without(name)));
        for field in receiver.kind.fields {
            let one: Vec<&str> = without(name).iter().copied().chain([field.name]).collect();
            agree(&format!("without {}", field.name), settings(receiver.kind.fields, &one));
            if without(name).contains(&field.name) && field.name != "sigv4" {
                let rest: Vec<&str> = without(name).iter().copied().filter(|known| *known != field.name).collect();
                agree(&format!("with {}", field.name), settings(receiver.kind.fields, &rest));
            }
        }
    }
}

/// What a spec in either dialect becomes, the same in both; `None` with the findings if it is refused.
#[track_caller]
pub fn both_dialects(kdl: &str, yaml: &str) -> Result<Model, Vec<String>> {
    let read = |path: &str, text: &str| {
        let compilation = pipeline::check(&MemoryWorld::default().with(path, text));
        let said: Vec<String> = compilation
            .diagnostics
            .iter()
            .filter(|finding| finding.level == Level::Error)
            .map(|finding| format!("{}: {}", finding.code.name, finding.headline))
            .collect();
        compilation.model.filter(|_| said.is_empty()).ok_or(said)
    };
    let (from_kdl, from_yaml) = (read("alertsmith.kdl", kdl), read("alertsmith.yaml", yaml));
    match (&from_kdl, &from_yaml) {
        (Ok(kdl), Ok(yaml)) => assert_eq!(print(kdl), print(yaml)),
        (Err(kdl), Err(yaml)) => assert_eq!(kdl, yaml),
        (Ok(_), Err(said)) | (Err(said), Ok(_)) => panic!("only one dialect is refused: {said:?}"),
    }
    from_kdl
}

/// A spec with what the test is about, in both dialects: settings of the Alertmanager, and a channel.
pub fn spec(target: Version, alertmanager: [&str; 2], channel: [&str; 2]) -> [String; 2] {
    [
        format!(
            "project fleet {{ targets alertmanager=\"{target}\" }}\nsecret token {{ existing }}\n\
             cluster main role=standalone {{ alertmanager {{ {} }} }}\nrouting {{ default all }}\n\
             channel all {{ {} }}\n",
            alertmanager[0], channel[0]
        ),
        format!(
            "project: {{ name: fleet, targets: {{ alertmanager: \"{target}\" }} }}\n\
             secrets: {{ token: {{ existing: {{}} }} }}\n\
             clusters: {{ main: {{ role: standalone, alertmanager: {{ {} }} }} }}\n\
             routing: {{ default: all }}\nchannels: {{ all: {{ {} }} }}\n",
            alertmanager[1], channel[1]
        ),
    ]
}

#[test]
fn a_chat_id_may_be_a_secret() {
    let channel = [
        "telegram bot-token=(secret)token chat-id=(secret)token",
        "telegram: { bot-token: { secret: token }, chat-id: { secret: token } }",
    ];
    let [kdl, yaml] = spec(release(Generation::Newest), ["", ""], channel);
    let printed = accepted(&both_dialects(&kdl, &yaml).unwrap(), Generation::Newest);
    assert!(printed.contains("chat_id_file: /etc/alertmanager/secrets/token/value"), "{printed}");
    let [kdl, yaml] = spec(Version::new(0, 30), ["", ""], channel);
    let said = both_dialects(&kdl, &yaml).unwrap_err();
    let expected =
        "version/alertmanager-field: Alertmanager 0.30 does not know the field `chat_id_file` of `telegram_configs`";
    assert_eq!(said, [expected]);
}

#[test]
fn headers_are_written_by_name_and_their_secrets_as_files() {
    let channel = [
        "webhook url=\"https://audit.fleet.example\" { http { http-header name=X-Scope value=a; \
         http-header name=x-scope value=\"07\"; http-header name=X-Scope value=(secret)token } }",
        "webhook: { url: \"https://audit.fleet.example\", http: { http-headers: [ { name: X-Scope, value: a }, \
         { name: x-scope, value: \"07\" }, { name: X-Scope, value: { secret: token } } ] } }",
    ];
    let [kdl, yaml] = spec(release(Generation::Newest), ["", ""], channel);
    let printed = accepted(&both_dialects(&kdl, &yaml).unwrap(), Generation::Newest);
    let lines: Vec<&str> = printed.lines().map(str::trim).skip_while(|line| *line != "http_headers:").collect();
    let expected = [
        "http_headers:",
        "X-Scope:",
        "values:",
        "- a",
        "- \"07\"",
        "files:",
        "- /etc/alertmanager/secrets/token/value",
    ];
    assert_eq!(lines.get(..expected.len()), Some(&expected[..]), "{printed}");
    let [kdl, yaml] = spec(release(Generation::Oldest), ["", ""], channel);
    let said = both_dialects(&kdl, &yaml).unwrap_err().join("\n");
    assert!(said.contains("does not know the field `http_config.http_headers` of `webhook_configs`"), "{said}");
}

/// The check and amtool name the same headers.
#[test]
fn the_headers_of_the_client_itself_are_not_taken() {
    for name in ["X-Scope", "Authorization", "user-agent", "CONTENT-TYPE", "X-Amz-Date", "X-Amz-Other", "Accept"] {
        let mut model = model(release(Generation::Newest));
        let part = |field: &str, value: &str| {
            let field = HEADER.kind.fields.iter().find(|row| row.name == field).unwrap();
            Setting { field, value: scalar(value) }
        };
        let http = receiver("webhook").kind.fields.iter().find(|field| field.name == "http").unwrap();
        let Type::Block(http) = http.ty else { panic!("http is a block") };
        let header = http.get().fields.iter().find(|field| field.name == "http-header").unwrap();
        let headers = SettingValue::Ordered(vec![vec![part("name", name), part("value", "x")]]);
        let http = SettingValue::Block(vec![Setting { field: header, value: headers }]);
        let mut webhook = integration("webhook", &[("url", scalar("https://audit.fleet.example"))]);
        let field = receiver("webhook").kind.fields.iter().find(|field| field.name == "http").unwrap();
        webhook.settings.push(Setting { field, value: http });
        add_channel(&mut model, "audit", Vec::new(), vec![webhook]);
        let Some(loaded) = is_loaded(&model) else { return };
        assert_eq!(loaded, !is_refused(&model), "{name}");
    }
}

#[test]
fn tracing_is_written_for_releases_that_have_it() {
    let alertmanager = [
        "tracing endpoint=\"tempo.tracing:4318\" client-type=http sampling-fraction=0.25 insecure=#false \
         compression=gzip timeout=\"5s\" { tls server-name=tempo ca=(secret)token min-version=TLS12; headers X-Scope=fleet }",
        "tracing: { endpoint: \"tempo.tracing:4318\", client-type: http, sampling-fraction: 0.25, insecure: false, \
         compression: gzip, timeout: 5s, tls: { server-name: tempo, ca: { secret: token }, min-version: TLS12 }, \
         headers: { X-Scope: fleet } }",
    ];
    let channel = ["webhook url=\"https://audit.fleet.example\"", "webhook: { url: \"https://audit.fleet.example\" }"];
    let [kdl, yaml] = spec(release(Generation::Newest), alertmanager, channel);
    let printed = accepted(&both_dialects(&kdl, &yaml).unwrap(), Generation::Newest);
    for line in ["sampling_fraction: 0.25", "ca_file: /etc/alertmanager/secrets/token/value", "X-Scope:", "- fleet"] {
        assert!(printed.lines().any(|written| written.trim() == line), "{line} is not in\n{printed}");
    }
    let [kdl, yaml] = spec(release(Generation::Oldest), alertmanager, channel);
    let said = both_dialects(&kdl, &yaml).unwrap_err().join("\n");
    assert!(said.contains("version/alertmanager-field") && said.contains("does not know `tracing`"), "{said}");
}

/// What the newest amtool refuses in a tracing section is refused here.
#[test]
fn tracing_that_would_not_load_is_refused() {
    let channel = ["webhook url=\"https://audit.fleet.example\"", "webhook: { url: \"https://audit.fleet.example\" }"];
    let faulty = [
        ["tracing insecure=#true", "tracing: { insecure: true }"],
        ["tracing endpoint=a client-type=udp", "tracing: { endpoint: a, client-type: udp }"],
        ["tracing endpoint=a compression=zstd", "tracing: { endpoint: a, compression: zstd }"],
        ["tracing endpoint=a sampling-fraction=half", "tracing: { endpoint: a, sampling-fraction: half }"],
        ["tracing endpoint=a sampling-fraction=1.5", "tracing: { endpoint: a, sampling-fraction: 1.5 }"],
        ["tracing endpoint=a { tls min-version=TLS9 }", "tracing: { endpoint: a, tls: { min-version: TLS9 } }"],
        ["tracing endpoint=a { tls cert=(secret)token }", "tracing: { endpoint: a, tls: { cert: { secret: token } } }"],
    ];
    for tracing in faulty {
        let [kdl, yaml] = spec(release(Generation::Newest), tracing, channel);
        assert_eq!(both_dialects(&kdl, &yaml).unwrap_err().len(), 1, "{tracing:?}");
    }
}
