//! The forwarder at work: what goes through, what is refused, and what happens when Kafka does not answer.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{self, post};
use super::kafka_rest::{KafkaRest, SILENCE};
use super::stack::Stack;
use crate::support::tools::Generation;

const CALLER: &str = "Caller.Token+1/2==";
const TOKEN: &str = "kafka-Token~9";

/// An installation whose only channel is a Kafka topic, with these upstreams and further lines for the forwarder.
fn stack(upstreams: &[u16], more: &str) -> Stack {
    let upstreams: Vec<String> = upstreams.iter().map(|port| format!("\"http://127.0.0.1:{port}\"")).collect();
    let spec = format!(
        r#"
        project fleet
        cluster main role=standalone {{ alertmanager }}
        secret caller {{ existing }}
        secret kafka-token {{ existing }}
        channel cube {{ kafka topic=alerts.cube via=alert-forwarder }}
        forwarder alert-forwarder {{
            upstream {}
            bearer (secret)kafka-token
            caller (secret)caller
            limits body-kib=64
            timeouts connect="1s" read="1s" total="4s"
            {more}
        }}
        routing {{
            default cube
            group-by alertname
            timing wait="0s" interval="10s" repeat="1h"
        }}
        "#,
        upstreams.join(" ")
    );
    Stack::compile(&spec, &[("caller", CALLER), ("kafka-token", TOKEN)])
}

fn authorized() -> String {
    format!("Authorization: Bearer {CALLER}\r\n")
}

fn body(message: &http::Message) -> Value {
    serde_json::from_slice(&message.body).unwrap_or_else(|error| panic!("{error}: {message:?}"))
}

#[test]
fn an_alert_arrives_as_a_record() {
    let (first, second) = (KafkaRest::start(200), KafkaRest::start(200));
    let stack = stack(&[first.port, second.port], r#"headers X-Source="$host \"x\"""#);
    let Some(forwarder) = stack.forwarder(Generation::Newest) else { return };
    let Some(alertmanager) = stack.alertmanager(forwarder.port) else { return };
    let alert = |name: &str| {
        let alerts = json!([{"labels": {"alertname": name, "severity": "critical"}, "annotations": {"summary": "\"$uri\" \u{ac00}"}}]);
        assert_eq!(post(alertmanager.port, "/api/v2/alerts", "", alerts.to_string().as_bytes()).status(), 200);
    };

    alert("NodeDown");
    let seen = first.wait_for(1).remove(0);
    assert_eq!(seen.first, "POST /topics/alerts.cube HTTP/1.1");
    assert_eq!(seen.header("content-type"), Some("application/vnd.kafka.json.v2+json"));
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(seen.header("x-source"), Some("$host \"x\""));
    assert_eq!(seen.header("host"), Some(format!("127.0.0.1:{}", first.port).as_str()));
    assert_eq!(seen.header("user-agent"), None, "nothing of the caller's headers goes on");
    let record = &body(&seen)["records"][0]["value"];
    assert_eq!(record["alerts"][0]["labels"]["alertname"], "NodeDown");
    assert_eq!(record["alerts"][0]["annotations"]["summary"], "\"$uri\" \u{ac00}");
    assert_eq!(record["receiver"], "cube");
    assert!(second.seen().is_empty());

    // The first one is there, but cannot take anything: the second gets the same record, in the same try.
    first.answer_with(503);
    alert("DiskFull");
    let seen = second.wait_for(1).remove(0);
    assert_eq!(body(&seen)["records"][0]["value"]["alerts"][0]["labels"]["alertname"], "DiskFull");
    assert_eq!(seen.first, "POST /topics/alerts.cube HTTP/1.1");
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));

    let log = stack.log();
    assert!(log.contains("/alerts/alerts.cube") && !log.contains(TOKEN) && !log.contains(CALLER), "{log}");
}

#[test]
fn what_is_no_notification_is_refused() {
    for generation in [Generation::Newest, Generation::Oldest] {
        let kafka = KafkaRest::start(200);
        let stack = stack(&[kafka.port], "");
        let Some(forwarder) = stack.forwarder(generation) else { continue };
        let port = forwarder.port;
        let path = "/alerts/alerts.cube";
        let status = |path: &str, headers: &str, body: &[u8]| post(port, path, headers, body).status();

        assert_eq!(status(path, "", b"{}"), 401, "no token");
        assert_eq!(status(path, "Authorization: Bearer wrong\r\n", b"{}"), 401);
        assert_eq!(status(path, &authorized().replace("Caller", "caller"), b"{}"), 401, "another case");
        assert_eq!(status(path, &authorized().replace('.', "x"), b"{}"), 401, "no pattern");
        assert_eq!(status(path, &authorized().replace("==", "==x"), b"{}"), 401);
        assert_eq!(status(path, &authorized(), b""), 411);
        assert_eq!(status(path, &format!("{}Content-Encoding: gzip\r\n", authorized()), b"{}"), 415);
        assert_eq!(status(path, &authorized(), &vec![b' '; 64 * 1024 + 1]), 413);
        for other in
            ["/", "/alerts", "/alerts/", "/alerts/alerts.cube/", "/alerts/ALERTS.cube", "/alerts/x/../../topics/y"]
        {
            assert_eq!(status(other, &authorized(), b"{}"), 404, "{other}");
        }
        let chunked = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n{}\r\n2\r\n{{}}\r\n0\r\n\r\n",
            authorized()
        );
        assert_eq!(http::send(port, chunked.as_bytes()).status(), 411);
        let get = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", authorized());
        assert_eq!(http::send(port, get.as_bytes()).status(), 405);
        assert!(kafka.seen().is_empty(), "{:?}", kafka.seen());

        // The largest body goes through whole, and is not spooled away from the envelope.
        let text = json!("x".repeat(64 * 1024 - 2)).to_string();
        assert_eq!(status(path, &format!("{}Cookie: a=b\r\n", authorized()), text.as_bytes()), 200);
        let seen = kafka.wait_for(1).remove(0);
        assert_eq!(body(&seen)["records"][0]["value"].as_str().map(str::len), Some(64 * 1024 - 2));
        assert_eq!(seen.header("cookie"), None);

        kafka.answer_with(422);
        assert_eq!(status(path, &authorized(), b"{}"), 422, "the upstream's own answer");
    }
}

#[test]
fn every_upstream_gets_its_turn_in_time() {
    for generation in [Generation::Newest, Generation::Oldest] {
        let gone = KafkaRest::start(200).port;
        let (silent, third) = (KafkaRest::start(SILENCE), KafkaRest::start(200));
        let stack = stack(&[gone, silent.port, third.port], "");
        let Some(forwarder) = stack.forwarder(generation) else { continue };
        let begin = Instant::now();
        let answer = post(forwarder.port, "/alerts/alerts.cube", &authorized(), b"{\"a\":1}");
        assert_eq!(answer.status(), 200);
        assert_eq!(body(&third.wait_for(1)[0]), json!({"records": [{"value": {"a": 1}}]}));
        assert_eq!(silent.seen().len(), 1);
        third.answer_with(503);
        assert_eq!(post(forwarder.port, "/alerts/alerts.cube", &authorized(), b"{}").status(), 503);
        assert!(begin.elapsed() < Duration::from_secs(8), "{:?} for two tries of at most 4s", begin.elapsed());
    }
}

#[test]
fn only_the_right_certificate_is_trusted() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some((_upstream, port, authority)) = Stack::encrypted_upstream(folder.path()) else { return };
    let Some((_other, _, stranger)) = Stack::encrypted_upstream(other.path()) else { return };
    for (authority, name, status) in [
        (&authority, "kafka-rest.internal", 200),
        (&authority, "kafka-rest.elsewhere", 502),
        (&stranger, "kafka-rest.internal", 502),
    ] {
        for generation in [Generation::Newest, Generation::Oldest] {
            let spec = format!(
                r#"
                project fleet
                cluster main role=standalone {{ alertmanager }}
                secret authority {{ existing }}
                channel cube {{ kafka topic=alerts.cube via=alert-forwarder }}
                forwarder alert-forwarder {{
                    upstream "https://127.0.0.1:{port}"
                    resolver "127.0.0.1"
                    tls ca=(secret)authority server-name="{name}"
                }}
                routing {{ default cube }}
                "#
            );
            let stack = Stack::compile(&spec, &[("authority", authority)]);
            let Some(forwarder) = stack.forwarder(generation) else { return };
            let answer = post(forwarder.port, "/alerts/alerts.cube", "", b"{}");
            assert_eq!(answer.status(), status, "{name} {generation:?}");
        }
    }
}
