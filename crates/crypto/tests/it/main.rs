//! Formats against known vectors, and properties over everything else.

mod assertion;
mod compare;
mod password;
mod seal;
mod sign;
mod token;
