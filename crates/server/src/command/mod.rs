//! What an operator does besides serving. A module per command; `Args` are its flags, `run` carries it out.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod help;
pub(crate) mod keys;
pub(crate) mod openapi;
pub(crate) mod seed;
