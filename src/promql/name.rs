//! What the name of a metric says by Prometheus' naming conventions: what it counts, in which unit, and whether it only grows.
//!
//! Names of recording rules, `level:metric:operations`, speak through their middle part and their operations.

use super::unit::{Dimension, Quantity};

/// Endings that name a unit, longest first where one ends in another, with the dimension and how many of the unit make one
/// base unit (1000 milliseconds are a second).
const UNITS: [(&str, Dimension, f64); 37] = [
    ("timestamp_seconds", Dimension::Timestamp, 1.0),
    ("timestamp_milliseconds", Dimension::Timestamp, 1e3),
    ("timestamp_ms", Dimension::Timestamp, 1e3),
    ("start_time_seconds", Dimension::Timestamp, 1.0),
    ("boot_time_seconds", Dimension::Timestamp, 1.0),
    ("milliseconds", Dimension::Seconds, 1e3),
    ("millis", Dimension::Seconds, 1e3),
    ("ms", Dimension::Seconds, 1e3),
    ("microseconds", Dimension::Seconds, 1e6),
    ("us", Dimension::Seconds, 1e6),
    ("usec", Dimension::Seconds, 1e6),
    ("nanoseconds", Dimension::Seconds, 1e9),
    ("ns", Dimension::Seconds, 1e9),
    ("nsec", Dimension::Seconds, 1e9),
    ("seconds", Dimension::Seconds, 1.0),
    ("minutes", Dimension::Seconds, 1.0 / 60.0),
    ("hours", Dimension::Seconds, 1.0 / 3_600.0),
    ("days", Dimension::Seconds, 1.0 / 86_400.0),
    ("bytes", Dimension::Bytes, 1.0),
    ("bits", Dimension::Bytes, 8.0),
    ("kibibytes", Dimension::Bytes, 1.0 / 1_024.0),
    ("mebibytes", Dimension::Bytes, 1.0 / 1_048_576.0),
    ("gibibytes", Dimension::Bytes, 1.0 / 1_073_741_824.0),
    ("ratio", Dimension::Fraction, 1.0),
    ("percent", Dimension::Fraction, 100.0),
    ("percentage", Dimension::Fraction, 100.0),
    ("celsius", Dimension::Celsius, 1.0),
    ("fahrenheit", Dimension::Fahrenheit, 1.0),
    ("kelvin", Dimension::Kelvin, 1.0),
    ("volts", Dimension::Volts, 1.0),
    ("amperes", Dimension::Amperes, 1.0),
    ("watts", Dimension::Watts, 1.0),
    ("joules", Dimension::Joules, 1.0),
    ("meters", Dimension::Meters, 1.0),
    ("grams", Dimension::Grams, 1.0),
    ("hertz", Dimension::Hertz, 1.0),
    ("timestamp", Dimension::Timestamp, 1.0),
];

/// Words that speak of a state: a name with one of them and `_total` is that of a gauge, whatever the convention says.
const STATES: [&str; 22] = [
    "active",
    "available",
    "capacity",
    "connected",
    "current",
    "free",
    "healthy",
    "inflight",
    "inodes",
    "limit",
    "managers",
    "membership",
    "offline",
    "online",
    "open",
    "pending",
    "queued",
    "ready",
    "running",
    "unapplied",
    "unhealthy",
    "waiting",
];

/// Whether the name says that the value only grows, apart from restarts: it ends in `_total`.
pub fn is_counter(metric: &str) -> bool {
    let Some(name) = metric.strip_suffix("_total").filter(|name| !name.contains(':')) else { return false };
    !name.split('_').any(|word| STATES.contains(&word))
}

/// Whether the name is that of the buckets of a classic histogram.
pub fn is_bucket(metric: &str) -> bool {
    !metric.contains(':') && metric.ends_with("_bucket")
}

/// What the values are, as far as the name says.
pub fn quantity(metric: &str) -> Quantity {
    let mut parts = metric.split(':');
    let (Some(first), middle, operations) = (parts.next(), parts.next(), parts.next()) else {
        return Quantity::UNKNOWN;
    };
    match (middle, operations) {
        (None, _) => plain(first),
        // `metric:operations` and `level:metric` look alike.
        (Some(_), None) => Quantity::UNKNOWN,
        (Some(middle), Some(operations)) => {
            let mut words = operations.split('_');
            if words.any(|word| word == "ratio") {
                return Quantity::of(Dimension::Fraction, 1.0);
            }
            let kept = ["sum", "avg", "max", "min"];
            let simple = operations.split('_').all(|word| kept.contains(&word));
            if simple { plain(middle) } else { Quantity::UNKNOWN }
        }
    }
}

fn plain(metric: &str) -> Quantity {
    let (name, bucket) = match metric.strip_suffix("_bucket") {
        Some(name) => (name, true),
        None => (metric, false),
    };
    if !bucket && (name.ends_with("_count") || name == "count") {
        return Quantity::of(Dimension::Count, 1.0);
    }
    let counter = name.strip_suffix("_total");
    let name = counter.or_else(|| name.strip_suffix("_sum")).unwrap_or(name);
    let unit = UNITS.iter().find(|(ending, ..)| {
        name.strip_suffix(ending).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    });
    match unit {
        Some((_, dimension, scale)) => Quantity { bucket, ..Quantity::of(*dimension, *scale) },
        None if counter.is_some() => Quantity::of(Dimension::Count, 1.0),
        None => Quantity::UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_units() {
        for (metric, dimension, scale) in [
            ("node_memory_MemFree_bytes", Dimension::Bytes, 1.0),
            ("node_network_receive_bytes_total", Dimension::Bytes, 1.0),
            ("http_request_duration_seconds_sum", Dimension::Seconds, 1.0),
            ("job_duration_ms", Dimension::Seconds, 1e3),
            ("node_boot_time_seconds", Dimension::Timestamp, 1.0),
            ("http_requests_total", Dimension::Count, 1.0),
            ("http_request_duration_seconds_count", Dimension::Count, 1.0),
            ("instance:node_memory_utilisation:ratio", Dimension::Fraction, 1.0),
            (":node_memory_MemAvailable_bytes:sum", Dimension::Bytes, 1.0),
        ] {
            let found = quantity(metric);
            assert_eq!((found.dimension, found.scale), (dimension, Some(scale)), "{metric}");
        }
        for metric in ["up", "node_load1", "items", "job:x_bytes:rate5m", "a:b", "status_bus"] {
            assert_eq!(quantity(metric), Quantity::UNKNOWN, "{metric}");
        }
        assert!(quantity("a_seconds_bucket").bucket);
    }
}
