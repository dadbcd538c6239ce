//! Formats against known vectors, and properties over everything else.

mod compare;
mod password;
mod seal;
mod sign;
mod token;
