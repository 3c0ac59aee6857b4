//! NetworkPolicies follow the channels in use.

use serde_json::{Value, json};

use super::{names, object, overlay};
use crate::support::built::kdl;

fn spec(channel: &str, delivery: &str) -> String {
    format!(
        r#"
project fleet
delivery {{ {delivery} }}
cluster a role=standalone {{
    prometheus
    alertmanager replicas=2 {{ smtp smarthost="mail.fleet.example:2525" from="alerts@fleet.example" }}
}}
forwarder gate {{ upstream "https://kafka.fleet.example:8443" "http://kafka-2.fleet.example"; listen 9000 }}
{channel}
routing {{ default all }}
secret key {{ existing name=key }}
"#
    )
}

/// The ports that Alertmanager may reach anywhere, other than those of name servers.
fn outside(channel: &str) -> Option<Vec<u64>> {
    let files = kdl(&spec(channel, "kustomize"));
    let objects = overlay(&files, "a")?;
    let policy = object(&objects, "NetworkPolicy", "alertmanager-main");
    let rules = policy["spec"]["egress"].as_array().unwrap();
    let open = rules.iter().skip(1).filter(|rule| rule.get("to").is_none());
    Some(open.flat_map(ports).collect())
}

fn ports(rule: &Value) -> Vec<u64> {
    rule["ports"].as_array().unwrap().iter().map(|port| port["port"].as_u64().unwrap()).collect()
}

#[test]
fn alertmanager_reaches_the_ports_of_its_channels_and_no_others() {
    let cases: &[(&str, &[u64])] = &[
        ("channel all { kafka topic=a via=gate }", &[]),
        ("channel all { slack channel=\"#a\" api-url=(secret)key }", &[443]),
        ("channel all { email to=\"a@fleet.example\" }", &[2525]),
        (
            "channel all { email to=\"a@fleet.example\" smarthost=\"[2001:db8::1]:465\" from=\"b@fleet.example\" }",
            &[465],
        ),
        ("channel all { webhook url=\"http://audit:8080/x\" }", &[8080]),
        ("channel all { webhook url=\"http://[2001:db8::1]/x\" }", &[80]),
        ("channel all { webhook url=\"https://user@audit/x:9\" }", &[443]),
        ("channel all { webhook url=(secret)key { http proxy-url=\"http://proxy:3128\" } }", &[443, 3128]),
    ];
    for (channel, expected) in cases {
        let Some(found) = outside(channel) else { return };
        assert_eq!(found, *expected, "{channel}");
    }
}

#[test]
fn replicas_gossip_and_only_alertmanager_reaches_the_forwarder() {
    let files = kdl(&spec("channel all { kafka topic=a via=gate }", "kustomize"));
    let Some(objects) = overlay(&files, "a") else { return };
    let alertmanager = &object(&objects, "NetworkPolicy", "alertmanager-main")["spec"];
    let pods = &alertmanager["podSelector"];
    let gossip = &alertmanager["egress"][1];
    assert_eq!(gossip["to"], json!([{ "podSelector": pods }]));
    assert_eq!(gossip["ports"], json!([{"protocol": "TCP", "port": 9094}, {"protocol": "UDP", "port": 9094}]));

    let forwarder = &object(&objects, "NetworkPolicy", "gate")["spec"];
    let deployment = &object(&objects, "Deployment", "gate")["spec"]["template"];
    assert_eq!(forwarder["podSelector"]["matchLabels"], deployment["metadata"]["labels"].clone().without_management());
    assert_eq!(alertmanager["egress"][2]["to"][0]["podSelector"], forwarder["podSelector"]);
    assert_eq!(ports(&alertmanager["egress"][2]), [9000]);
    assert_eq!(forwarder["ingress"][0]["from"][0]["podSelector"], *pods);
    assert_eq!(ports(&forwarder["ingress"][0]), [9000]);
    assert_eq!(ports(&forwarder["egress"][1]), [80, 8443]);
}

#[test]
fn there_are_none_where_the_spec_wants_none() {
    let files = kdl(&spec("channel all { kafka topic=a via=gate }", "kustomize network-policies=#false"));
    let Some(objects) = overlay(&files, "a") else { return };
    assert!(!objects.iter().any(|object| object["kind"] == "NetworkPolicy"), "{:?}", names(&objects));
}

trait WithoutManagement {
    fn without_management(self) -> Self;
}

impl WithoutManagement for Value {
    fn without_management(mut self) -> Self {
        self.as_object_mut().unwrap().remove("app.kubernetes.io/managed-by");
        self
    }
}
