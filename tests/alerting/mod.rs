//! What leads from an alert to whoever is told: alertmanager.yaml and the forwarder, judged by the tools that will read them.

mod configuration;
mod decisions;
mod forwarder;
mod model;
