//! Delivery: everything outside is a [`Subscriber`] of what happens, and every hand-over is a row that can be seen and
//! repeated.
//!
//! ```text
//! use case --commit--> event            one task per node, one transaction per turn      many tasks
//!                        |  wake        .------------------------------------------.
//!                        '------------> | record what became of calls              | --claimed--> prepare, call
//!               LISTEN, poll ---------> | find subscribers of new events           |                  |
//!                                       | claim what is due, within each share     | <---outcomes-----'
//!                                       '------------------------------------------'
//! ```
//!
//! * **At least once.** A call happens outside of transactions, under a lease. What was called but not recorded (the
//!   node died) is called again, under the same `Request-ID`.
//! * **One slow receiver delays nobody else.** A subscriber has at most its share of the node's calls
//!   ([`Options::share_max`]), and a small one while it fails ([`Options::share_failing_max`]).
//! * **Quick.** The turn batches whatever waits: the busier the node, the more deliveries share a commit.
//! * **A failed attempt is data**: an exchange with its error, stored and shown, and judged by [`schedule`].
//! * **What is broken is switched off** where that harms nobody else: the `breaker` of internal apps.
//!
//! The modules: [`Subscriber`] is the contract; `turn` the transaction; `room` the shares; `worker` prepares and
//! makes calls; [`Running`] is the task with its start and stop; `log` is what people see.

pub mod app_webhook;
mod breaker;
mod http;
mod log;
mod mail;
mod plugin;
mod room;
mod runtime;
pub mod schedule;
mod service_hook;
mod subscriber;
mod turn;
mod worker;

pub use app_webhook::AppWebhooks;
pub(crate) use breaker::purge_breaker;
pub use http::{attempted, call};
pub use log::{
    AttemptView, DeliveryDetail, DeliveryFilter, DeliveryView, LogPage, get_delivery, list_deliveries,
    list_subscribers, replay_delivery, replay_failed_deliveries, subscriber_of_plugin,
};
pub use mail::{MailRoute, Mails, Written, sample_mails};
pub use mortise_store::delivery::{Claimed, Event};
pub use plugin::Plugins;
pub use runtime::{Options, Running, start};
pub use service_hook::ServiceHooks;
pub use subscriber::{Attempted, Handover, Prepared, Registry, Subscriber, Target, Verdict};

/// What apps know the sender of webhooks and other calls by.
pub(crate) const USER_AGENT: &str = concat!("sentry/", env!("CARGO_PKG_VERSION"), " (https://sentry.io)");

/// The subscribers of a server.
pub fn subscribers() -> Registry {
    Registry::new().with(AppWebhooks).with(ServiceHooks).with(Plugins)
}
