//! The real binary, as an operator runs it.

mod backup;
mod check;
mod config;
mod serve;
mod support;
