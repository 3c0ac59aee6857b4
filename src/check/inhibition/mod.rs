//! Checks of inhibitions.

mod mutual;
mod never_acts;
mod no_equal;

use super::Check;
use super::route::Located;
use crate::diagnostic::Sink;

pub(super) use never_acts::finding as never;

/// All checks of the family.
pub static CHECKS: &[&Check] = &[&mutual::CHECK, &never_acts::CHECK, &no_equal::CHECK];

/// Looks at the inhibition rules of any configuration, for what needs no alerts and no proof of nothing.
pub(super) fn look(located: Located<'_>, sink: &mut Sink) {
    mutual::look(located, sink);
    no_equal::look(located, sink);
}
