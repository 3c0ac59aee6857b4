//! Who is paged about what: the rules of a spec joined with its routing, over all alerts that can be sent.
//!
//! Every rule, every rule taken in and every alert of another system is a [`SentAlert`]: what is known about its labels
//! when it arrives ([`sent`], from the label flow of its query). That knowledge is a region of the label space of the
//! Alertmanager's tree, and the region is followed down the tree: what of it ends at which route is exact, so an alert
//! *surely* reaches a channel when all of the region ends at routes to it, and *maybe* when some does, with a label set
//! for which it does. Alerts that the routes cannot tell apart have one region and are asked once.
//!
//! Where several Alertmanagers are declared, all of them route alike, and each alert is decided by the one that its evaluator
//! sends to. What one with `only` leaves of a channel is known too ([`Installations`]).
//!
//! Nothing that is told here is guessed: where the label space outgrows its budget the answer is
//! [`Unknown`](crate::routing::space::Unknown).

mod delivery;
mod flaws;
mod inhibition;
mod installation;
mod labels;
mod sent;
mod silence;

pub use delivery::{Paging, Reached, Received};
pub use flaws::{Flaw, flaws};
pub use inhibition::Inhibitor;
pub use installation::Installations;
pub use labels::{Labels, Values};
pub use sent::{SentAlert, Source, all as sent_alerts, arriving};
pub use silence::silent_together;
