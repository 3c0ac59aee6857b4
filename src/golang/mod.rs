//! What Go's standard library decides for the tools we write for: quoted strings, regular expressions and numbers.
//!
//! Prometheus, Alertmanager and Go templates all inherit these small grammars from Go, and each differs from its Rust
//! cousin in ways that change a verdict. The room knows no monitoring words; the language rooms (`promql`, `routing`,
//! `gotemplate`) share it so that the rules are written down once.

mod class;
mod duration;
mod glob;
mod literals;
mod number;
mod quote;
mod regexp;
mod url;
pub mod yaml;

pub use class::is_word;
pub use duration::{Duration, DurationError, GoDuration};
pub use glob::is_glob;
pub use literals::literals;
pub use number::is_number;
pub use quote::{QuoteError, quote, unquote};
pub use regexp::{RegexpError, parse as parse_regexp, parse_anchored as parse_anchored_regexp};
pub use url::{Url, UrlError, UrlRules};
