//! `calendar`: named times for muting and activating routes.

use super::{Name, Ordered};
use crate::source::{Spanned, Text};

kind! {
    /// Named times. Everything that is written must fit; `period` adds alternatives.
    pub struct Calendar("calendar") {
        /// Its name.
        name: Spanned<Name> = name "name",
        /// The time zone, such as `Asia/Seoul`; UTC if not written.
        timezone: Option<Spanned<Text>> = property "timezone",
        /// Days of the week, `monday:friday`.
        weekdays: Vec<Spanned<Text>> = child "weekdays",
        /// Times of the day, `09:00-18:00`; they cannot wrap around midnight.
        hours: Vec<Spanned<Text>> = child "hours",
        /// Days of the month, `1:7` or `-1`.
        days: Vec<Spanned<Text>> = child "days",
        /// Months, `january:march`.
        months: Vec<Spanned<Text>> = child "months",
        /// Years, `2026:2028`.
        years: Vec<Spanned<Text>> = child "years",
        /// Alternatives to the times above.
        periods: Ordered<Period> = child "period" / "periods",
    }
}

kind! {
    /// One alternative of a calendar.
    pub struct Period("period") {
        /// Days of the week, `monday:friday`.
        weekdays: Vec<Spanned<Text>> = child "weekdays",
        /// Times of the day, `09:00-18:00`.
        hours: Vec<Spanned<Text>> = child "hours",
        /// Days of the month, `1:7` or `-1`.
        days: Vec<Spanned<Text>> = child "days",
        /// Months, `january:march`.
        months: Vec<Spanned<Text>> = child "months",
        /// Years, `2026:2028`.
        years: Vec<Spanned<Text>> = child "years",
    }
}
