//! Writes the reference pages for authors of apps, from the program itself: `cargo xtask generate` keeps them in
//! `docs/apps`.
//!
//! `scopes-and-events` prints what the permission classes and the events of apps say. `payloads` lets things happen in
//! a small world with a receiver, and prints what the receiver was sent.

#![expect(clippy::print_stdout, reason = "a generator prints what it generates")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a generator that cannot go on has failed")]

mod payloads;
mod scopes;

#[tokio::main]
async fn main() {
    let page = std::env::args().nth(1).unwrap_or_default();
    match page.as_str() {
        "scopes-and-events" => print!("{}", scopes::page().await),
        "payloads" => print!("{}", payloads::page().await),
        other => panic!("there is no page {other:?}"),
    }
}
