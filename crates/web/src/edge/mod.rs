//! What is true of every page.
//!
//! [`visit::layer`] runs first: it finds out who visits and leaves a [`Visit`] for the handlers. A handler answers with
//! a page or with a [`Problem`]; the same layer turns the problem into a redirect or an error page, which has the frame
//! of the place it happened in. [`Form`] refuses a form that does not carry the visitor's CSRF token.

pub mod answer;
pub mod cookies;
pub mod form;
pub mod headers;
pub mod local;
pub mod pairs;
pub mod problem;
pub mod refused;
pub mod upload;
pub mod visit;

pub use answer::{go, go_saying, page, page_with};
pub use form::Form;
pub use pairs::Pairs;
pub use problem::{Outcome, Problem};
pub use refused::Refused;
pub use upload::Upload;
pub use visit::{Signed, Visit};
