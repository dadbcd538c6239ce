//! Everything that must be secret or unforgeable, in one place and in few words:
//!
//! | module | answers |
//! |---|---|
//! | [`token`] | what a new token looks like, and what of it is stored |
//! | [`password`] | is this the person's password? |
//! | [`seal`] | how secrets that must be read again lie in the database |
//! | [`sign`] | how a receiver knows that a request is ours |
//! | [`assertion`] | does this token prove that somebody knows a client secret? |
//! | [`app_key`] | how another side knows that a call comes from an app of the operator |
//! | [`compare`] | are these two secrets equal? |
//!
//! The formats come from well-kept crates; this one only chooses and combines. Randomness comes from the
//! [`Ids`](mortise_domain::Ids) of the caller. Values that must not be shown travel as
//! [`SecretString`], whose `Debug` shows nothing and which is wiped when dropped.

pub mod app_key;
pub mod assertion;
pub mod compare;
pub mod password;
pub mod seal;
pub mod sign;
pub mod token;

pub use app_key::AppKey;
pub use password::Passwords;
pub use seal::{Keyring, Place};
pub use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};
pub use token::NewToken;
