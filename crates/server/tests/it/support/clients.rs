//! Published clients, and the browser's driver: `cargo xtask test` installs them and names their places.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{
    Place, Server,
    world::{Made, world},
};

pub const PYTHON_VARIABLE: &str = "MORTISE_TEST_PYTHON";
pub const NODE_VARIABLE: &str = "MORTISE_TEST_NODE";
pub const CHROMIUM_VARIABLE: &str = "MORTISE_TEST_CHROMIUM";

/// What a variable names. Where it is not set the test has nothing to run; in CI that is a failure.
pub fn named(variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        assert!(std::env::var("CI").is_err(), "{variable} is not set");
    }
    found
}

/// A script that runs a client.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// A server with a small declared world that listens where its DSNs lead.
pub fn start() -> (Place, Server, Made) {
    start_with(&world("http://127.0.0.1:9/webhook"), &[])
}

/// Pages offer what needs mails; nobody takes them.
const MAILS: &str = "[mail]\nsmtp_url = \"smtp://127.0.0.1:9\"\nfrom = \"m@acme.test\"\n";

/// The same with another world, and with options of the server.
pub fn start_with(world: &Value, options: &[&str]) -> (Place, Server, Made) {
    let place = Place::new();
    std::fs::write(place.path("mortise.toml"), MAILS).expect("the folder is there");
    let server = place.serve_with(options);
    let url = format!("http://{}", server.address);
    let arguments = [&["seed", "-", "--into-existing", "--public-url", &url], options].concat();
    let made = place.run_with_input(&arguments, &world.to_string()).json();
    (place, server, Made(made))
}
