//! Providers' client against listeners that behave well and badly.

mod accounts;
mod client;
mod faults;
mod peer;
mod tokens;
