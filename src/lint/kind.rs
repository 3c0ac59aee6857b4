//! What kind of file a text is: by what stands in it, never by its name.
//!
//! Only keys in the first column of a document decide, so that files which cannot be parsed have a kind too.

use crate::resolve::rule_file::top_level_keys;

/// The kinds of files that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A rule file of Prometheus or of a Thanos Ruler.
    Rules,
    /// Kubernetes objects, some of which may be PrometheusRules.
    Kubernetes,
    /// A configuration of Alertmanager.
    Alertmanager,
    /// Templates of its notifications.
    Templates,
}

/// Top-level keys of an Alertmanager configuration that no other kind has.
const ALERTMANAGER: [&str; 6] =
    ["route", "receivers", "inhibit_rules", "mute_time_intervals", "time_intervals", "templates"];

/// The kind of a text. What is `named` on the command line is of some kind: a rule file, if nothing says otherwise.
pub fn of(text: &str, named: bool) -> Option<Kind> {
    let keys = top_level_keys(text);
    let has = |key: &str| keys.contains(&key);
    if has("kind") && has("apiVersion") {
        Some(Kind::Kubernetes)
    } else if has("groups") {
        Some(Kind::Rules)
    } else if keys.iter().any(|key| ALERTMANAGER.contains(key)) {
        Some(Kind::Alertmanager)
    } else if has_notification_templates(text) {
        Some(Kind::Templates)
    } else if named {
        Some(Kind::Rules)
    } else {
        None
    }
}

/// Whether a text defines templates that speak about a notification. Other programs have templates too.
fn has_notification_templates(text: &str) -> bool {
    let defines =
        text.split("{{").skip(1).any(|action| action.trim_start_matches(['-', ' ', '\t', '\n']).starts_with("define"));
    let words = [".Alerts", ".CommonLabels", ".CommonAnnotations", ".GroupLabels", ".ExternalURL"];
    defines && words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells() {
        assert_eq!(of("groups:\n- name: a\n", false), Some(Kind::Rules));
        assert_eq!(of("\u{feff}# x\n\"groups\" : []", false), Some(Kind::Rules));
        assert_eq!(of("{\"groups\": [{\"name\": \"a: b\"}]}", false), Some(Kind::Rules));
        assert_eq!(of("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n", false), Some(Kind::Kubernetes));
        assert_eq!(of("{\"apiVersion\": \"v1\", \"spec\": {}, \"kind\": \"List\"}", false), Some(Kind::Kubernetes));
        assert_eq!(of("global:\n  a: b\nroute:\n  receiver: x\n", false), Some(Kind::Alertmanager));
        let template = "{{- define \"x\" }}{{ .CommonLabels.job }}{{ end }}";
        assert_eq!(of(template, false), Some(Kind::Templates));
        assert_eq!(of("{{ define \"x\" }}{{ .Values.job }}{{ end }}", false), None);
        assert_eq!(of("services:\n  groups: x\n", false), None);
        assert_eq!(of("group:\n", true), Some(Kind::Rules));
        assert_eq!(of("", true), Some(Kind::Rules));
    }
}
