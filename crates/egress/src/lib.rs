//! The only door to the network. URLs come from users, so every call is guarded, bounded and recorded:
//!
//! ```text
//! Request --> url + address check --> DNS --> address check of every answer --> connect (time limit)
//!         --> send --> head (size limit) --> body (size limit, streamed) --> Answer, or Failed
//! ```
//!
//! - **Guard.** Only public addresses are reachable unless the operator opened others ([`AddressGuard`]). Literals
//!   are checked in the parsed URL, names when they are resolved; the connection goes to the checked addresses, so a
//!   name cannot point elsewhere between check and use. One bad address among the answers refuses the call.
//! - **Bounds.** Connect and total time, size of head and body ([`Limits`]). Redirects are answers, not followed;
//!   proxies of the environment are ignored; HTTP/1.1 only.
//! - **Mail** goes through the one server that the operator names ([`Mailer`]).
//! - **Record.** What was sent and what came back, cut to size and without credentials, is an [`Exchange`]; what went
//!   wrong is a [`CallError`]. Both are data: they can be stored, sent and shown.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use mortise_egress::{AddressGuard, Egress, EgressConfig, Limits, Method, Request};
//!
//! let egress = Egress::new(EgressConfig::new(AddressGuard::public_only(), "Mortise/1.0", Limits::STANDARD))?;
//! let request = Request::new(Method::POST, "https://receiver.example.com/hook")
//!     .header("Content-Type", "application/json")
//!     .secret_header("Authorization", "Bearer abc")
//!     .body(r#"{"action":"created"}"#);
//! match egress.call(request).await {
//!     Ok(answer) => assert!(answer.is_success(), "{}", answer.text()),
//!     Err(failed) => eprintln!("{} after {} us", failed.error, failed.exchange.duration_us),
//! }
//! # Ok(())
//! # }
//! ```

mod call;
mod classify;
mod error;
mod exchange;
mod guard;
mod mail;
mod request;
mod resolve;

pub use call::{Answer, BuildError, Egress, EgressConfig, Failed, Limits};
pub use error::CallError;
pub use exchange::{Exchange, Message, Received, Sent};
pub use guard::{AddressGuard, Blocked};
pub use mail::{Mail, MailError, MailSetupError, Mailer};
pub use request::Request;
pub use reqwest::{Method, StatusCode, header::HeaderMap};
pub use resolve::{Lookup, LookupFuture, SystemLookup};
