//! `policy`: where a check runs, and with which parameters.

use super::{Map, Name, Off};
use crate::source::{Spanned, Text};

kind! {
    /// Runs a check everywhere or in a group, with other parameters, or switches it off there.
    pub struct Policy("policy") {
        /// The check.
        check: Spanned<Name> = argument "check",
        /// The group it holds for, and all groups inside it; everywhere if not written.
        group: Option<Spanned<Name>> = property "group",
        /// Switches the check off there, with the reason.
        off: Option<Off> = off "off",
        /// Parameters of the check.
        params: Map<Name, Text> = rest "params",
    }
}
