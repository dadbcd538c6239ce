//! What is on each page. One module per area; each page is a struct that derives its template, with public fields and
//! no behaviour beyond small questions a template asks.
//!
//! Conventions: ids are text as they appear in addresses; times are [`When`], made with the request's "now"; numbers
//! that may be large are [`Count`]; a list that can be paged carries a [`Pager`]. [`Shell`] is what surrounds every page.

pub mod app;
pub mod audit;
pub mod auth;
pub mod avatar;
pub mod code_mapping;
pub mod code_owners;
pub mod component;
pub mod delivery;
pub mod directory;
pub mod doc_integration;
pub mod error;
pub mod event;
pub mod integration;
pub mod integration_config;
pub mod issue;
pub mod issue_list;
pub mod legacy_plugin;
pub mod member;
pub mod names;
pub mod oauth;
pub mod operator;
pub mod organization;
pub mod parts;
pub mod plugin;
pub mod project;
pub mod project_settings;
pub mod repository;
pub mod rule;
pub mod search;
pub mod shell;
pub mod token;

pub use crate::{assets::url as asset, charts::Svg, markup::markdown, routes as to};
pub use avatar::Avatar;
pub use parts::{
    Choice, Count, Field, Icon, Level, Link, Pager, Priority, Select, State, Switch, Tone, When, icon,
};
pub use search::Search;
pub use shell::{Flash, OrgRef, Section, Shell, SignedIn, Theme};
