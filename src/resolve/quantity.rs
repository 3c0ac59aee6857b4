//! Numbers with units: what `80%`, `10GiB` or `5m` mean for a parameter of a given unit.

use crate::ast::Quantity;
use crate::ast::alert::Unit;

/// Decimal and binary prefixes of bytes.
const BYTES: [(&str, f64); 13] = [
    ("B", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("PB", 1e15),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
    ("PiB", 1_125_899_906_842_624.0),
    ("EiB", 1_152_921_504_606_846_976.0),
];

/// Units of time in seconds.
const SECONDS: [(&str, f64); 6] =
    [("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0), ("w", 604_800.0)];

/// The number that a quantity stands for in `unit`. The error says in a few words what does not fit.
pub fn value(quantity: &Quantity, unit: Option<Unit>) -> Result<f64, String> {
    let number: f64 = quantity.number.parse().map_err(|_| "not a number".to_owned())?;
    if !number.is_finite() {
        return Err("too large for a number".to_owned());
    }
    let written = quantity.unit.as_str();
    let lookup =
        |table: &[(&str, f64)]| table.iter().find(|(name, _)| *name == written).map(|(_, factor)| number * factor);
    let scaled = match unit {
        _ if written.is_empty() => Some(number),
        Some(Unit::Percent) if written == "%" => Some(number),
        Some(Unit::Ratio) if written == "%" => Some(number / 100.0),
        Some(Unit::Bytes) => lookup(&BYTES),
        Some(Unit::Seconds) => lookup(&SECONDS),
        Some(Unit::Celsius) if matches!(written, "C" | "celsius") => Some(number),
        Some(Unit::Watts) => match written {
            "W" => Some(number),
            "kW" => Some(number * 1e3),
            _ => None,
        },
        Some(Unit::PerSecond) if written == "/s" => Some(number),
        Some(Unit::Percent | Unit::Ratio | Unit::Celsius | Unit::PerSecond | Unit::Count) | None => None,
    };
    let scaled = scaled.ok_or_else(|| match unit {
        Some(unit) => format!("`{written}` is not a unit of {}", unit.as_str()),
        None => format!("`{written}` needs an alert that says its `unit`"),
    })?;
    match unit {
        Some(Unit::Percent) if !(0.0..=100.0).contains(&scaled) => {
            Err("a percentage lies between 0 and 100".to_owned())
        }
        Some(Unit::Ratio) if !(0.0..=1.0).contains(&scaled) => {
            Err("a ratio lies between 0 and 1; for 0 to 100 say `unit=percent`".to_owned())
        }
        Some(Unit::Bytes | Unit::Seconds) if scaled < 0.0 => Err("it cannot be negative".to_owned()),
        _ => Ok(scaled),
    }
}

/// The number as people read it: with its unit.
pub fn shown(number: f64, unit: Option<Unit>) -> String {
    let plain = crate::promql::format_number(number);
    match unit {
        Some(Unit::Percent) => format!("{plain} %"),
        Some(Unit::Celsius) => format!("{plain} °C"),
        Some(Unit::Watts) => format!("{plain} W"),
        Some(Unit::PerSecond) => format!("{plain}/s"),
        Some(Unit::Seconds) => format!("{plain} s"),
        Some(Unit::Bytes) => BYTES
            .iter()
            .rev()
            .find(|(name, factor)| name.ends_with("iB") && number >= *factor && (number / factor).fract() == 0.0)
            .map_or_else(
                || format!("{plain} B"),
                |(name, factor)| format!("{} {name}", crate::promql::format_number(number / factor)),
            ),
        Some(Unit::Ratio | Unit::Count) | None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(number: &str, unit: &str) -> Quantity {
        Quantity { number: number.to_owned(), unit: unit.to_owned() }
    }

    #[test]
    fn units_are_understood_by_what_they_are_for() {
        assert_eq!(value(&quantity("80", "%"), Some(Unit::Ratio)), Ok(0.8));
        assert_eq!(value(&quantity("10", "GiB"), Some(Unit::Bytes)), Ok(10_737_418_240.0));
        assert_eq!(value(&quantity("5", "m"), Some(Unit::Seconds)), Ok(300.0));
        assert!(value(&quantity("80", ""), Some(Unit::Ratio)).is_err());
        assert!(value(&quantity("5", "GiB"), Some(Unit::Percent)).is_err());
        assert!(value(&quantity("5", "m"), None).is_err());
        assert_eq!(shown(10_737_418_240.0, Some(Unit::Bytes)), "10 GiB");
    }
}
