//! The real binary, as an operator runs it.

mod backup;
mod check;
mod config;
mod first_start;
mod keys;
mod operators;
mod seed;
mod serve;
mod support;
