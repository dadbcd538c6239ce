//! Issues and events, read.

mod events;
mod lists;
mod one;
mod sample;
