//! `expect`: tests that live beside the spec.

use super::{Labels, Name};
use crate::source::{Spanned, Text};

kind! {
    /// A test: this alert reaches these channels, and not those.
    pub struct Expect("expect") {
        /// What is expected, in words.
        title: Spanned<Text> = argument "title",
        /// The alert, with further labels.
        alert: Option<Box<ExpectedAlert>> = child "alert",
        /// When, as in `2026-11-21T03:00:00+09:00`; at any time if not written.
        at: Option<Spanned<Text>> = child "at",
        /// Channels that are notified.
        reaches: Vec<Spanned<Name>> = child "reaches",
        /// Channels that are not.
        not_reaches: Vec<Spanned<Name>> = child "not-reaches",
        /// Alerts that would silence it.
        inhibited_by: Vec<Spanned<Name>> = child "inhibited-by",
    }
}

kind! {
    /// The alert of a test.
    pub struct ExpectedAlert("alert") {
        /// The alert's name.
        name: Option<Spanned<Name>> = argument "name",
        /// Its labels.
        labels: Labels = rest "labels",
    }
}
