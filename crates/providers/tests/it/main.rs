//! Providers' client against listeners that behave well and badly.

mod accounts;
mod client;
mod errors;
mod faults;
mod memory;
mod peer;
mod tokens;
