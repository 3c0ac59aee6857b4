//! A Kafka topic of a channel: a webhook to the forwarder that carries it.
//!
//! The forwarder refuses bodies beyond its limit with 413, and Alertmanager does not try again after a 4xx: a group that is
//! too large would never be told at all. So the number of alerts in one notification is limited to what surely fits.

use super::at;
use super::secret_path;
use crate::artifact::Doc;
use crate::ast::{Duration, Version};
use crate::lower::forwarder;
use crate::model::routing::Route;
use crate::model::{Channel, Field, Forwarder, Kafka, Model, Routing};

/// The first release whose webhooks have a timeout of their own; before it, the group interval is the only limit.
const TIMEOUT: Version = Version::new(0, 28);

/// What a notification holds beside its alerts: common labels and annotations, the group's key, the URL.
const FRAME_BYTES: u64 = 4096;

/// The least that an alert is counted with: 592 bytes were measured for 9 labels and 2 short annotations.
const ALERT_BYTES: u64 = 1024;

/// The webhook for a topic; nothing if the forwarder or its cluster is not in the spec.
pub(super) fn webhook(model: &Model, channel: &Channel, kafka: &Kafka) -> Option<Doc> {
    let forwarder = model.forwarders.get(&kafka.via.value)?;
    let url = url(model, forwarder, &kafka.topic.value)?;
    let max_alerts = match &kafka.max_alerts {
        Some(field) => at(i64::from(field.value), field.origin),
        None => at(i64::try_from(max_alerts(model, forwarder)).unwrap_or(i64::MAX), forwarder.body_kib.origin),
    };
    let mut http = Doc::map().with("follow_redirects", false);
    if let Some(caller) = &forwarder.caller
        && let Some(path) = secret_path(model, &caller.value)
    {
        let credentials = Doc::map().with("credentials_file", at(path, caller.origin));
        http.set("authorization", credentials);
    }
    let doc = Doc::map()
        .with("send_resolved", at(kafka.send_resolved.value, kafka.send_resolved.origin))
        .with("url", at(url, kafka.topic.origin))
        .with("max_alerts", max_alerts)
        .with_some("timeout", timeout(model, channel, forwarder))
        .with("http_config", http);
    Some(doc.from(kafka.topic.origin))
}

/// The URL at which Alertmanager reaches a topic's location.
pub fn url(model: &Model, forwarder: &Forwarder, topic: &str) -> Option<String> {
    let namespace = &model.clusters.get(&forwarder.cluster.value)?.namespace.value;
    Some(format!(
        "http://{}.{}.svc.cluster.local:{}{}",
        forwarder.slug,
        namespace,
        forwarder.listen.value,
        forwarder::location(topic)
    ))
}

/// The most alerts whose notification surely fits the forwarder's body limit; at least 1.
///
/// Each alert is counted with the bytes of the spec's longest rule (its labels and annotations, and its query, which the
/// link to Prometheus repeats in URL encoding), and no less than 1 KiB.
pub fn max_alerts(model: &Model, forwarder: &Forwarder) -> u64 {
    let limit = u64::from(forwarder.body_kib.value) * 1024;
    let rules = model.alert_rules.iter().map(|rule| {
        let labels: usize = rule.labels.iter().map(|(name, value)| name.len() + value.value.len() + 8).sum();
        let annotations: usize = rule.annotations.iter().map(|(name, value)| name.len() + value.value.len() + 8).sum();
        // Values filled in at run time, times, status and fingerprint: about half a KiB; escapes: a quarter more.
        512 + (labels + annotations) as u64 * 5 / 4 + rule.expr.value.len() as u64 * 2
    });
    let alert = rules.max().unwrap_or(0).max(ALERT_BYTES);
    (limit.saturating_sub(FRAME_BYTES) / alert).max(1)
}

/// A timeout a little above what the forwarder takes for all its tries, so that a try that hangs leaves time for the next one
/// within the same group interval; nothing where that would not fit or the release does not have it.
fn timeout(model: &Model, channel: &Channel, forwarder: &Forwarder) -> Option<Doc> {
    let total = Duration::from_milliseconds(forwarder.total.value.milliseconds().saturating_add(2_000));
    let interval = model.routing.as_ref().and_then(|routing| shortest_interval(routing, &channel.name.value))?;
    (TIMEOUT <= model.project.targets.alertmanager.value && total < interval.value)
        .then(|| at(go_duration(total), forwarder.total.origin))
}

/// The shortest group interval of all routes that notify a channel; nothing if none does.
pub fn shortest_interval(routing: &Routing, channel: &str) -> Option<Field<Duration>> {
    let mut shortest: Option<Field<Duration>> = None;
    let mut note = |to: &str, interval: Field<Duration>| {
        if to == channel && shortest.is_none_or(|known| interval.value < known.value) {
            shortest = Some(interval);
        }
    };
    note(&routing.default.value, routing.interval);
    let mut open: Vec<(&Route, &str, Field<Duration>)> =
        routing.routes.iter().map(|route| (route, routing.default.value.as_str(), routing.interval)).collect();
    while let Some((route, to, interval)) = open.pop() {
        let to = route.to.as_ref().map_or(to, |field| field.value.as_str());
        let interval = route.interval.unwrap_or(interval);
        note(to, interval);
        open.extend(route.routes.iter().map(|inner| (inner, to, interval)));
    }
    shortest
}

/// A duration for fields that Alertmanager reads with Go's parser, which knows no days.
fn go_duration(duration: Duration) -> String {
    let millis = duration.milliseconds();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}
