//! The HTML edge: pages, their templates, and the files they need.
//!
//! A page is a plain struct in [`view`] (what is on it, already worded) and one askama template under `templates/` (how
//! it looks). Handlers fill the struct from the service; nothing in a template asks for data. Small recurring pieces
//! (a time, an avatar, a form field) are structs with a template of their own and are printed like any value.
//!
//! Pages are links and forms first. The custom elements in `assets/elements/` only make them quicker, so every page
//! works with scripts off. The content security policy allows scripts and styles from our own files alone: templates
//! have no inline script, no event attribute and no `style` attribute; widths of bars are SVG attributes.
//!
//! Addresses are built by [`routes`], never put together in a template.
//!
//! [`edge`] is what is true of every page: who visits, protection of forms, headers, and how a refusal becomes a page.
//! [`pages`] holds the handlers, one module per area; [`router`] is all of it.

pub mod assets;
pub mod charts;
pub mod edge;
pub mod markup;
pub mod pages;
pub mod routes;
pub mod view;

pub use pages::router;
