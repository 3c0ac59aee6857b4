//! Go templates as Prometheus and Alertmanager use them in labels and annotations.
