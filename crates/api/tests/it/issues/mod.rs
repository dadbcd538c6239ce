//! Issues and events: reading and changing.

mod assigning;
mod bulk;
mod comments;
mod desk;
mod events;
mod lists;
mod marks;
mod one;
mod resolving;
pub mod sample;
mod states;
