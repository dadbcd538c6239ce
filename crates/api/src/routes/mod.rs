//! Every route, by resource.

mod root;

use crate::Routes;

/// Registers all of them.
pub(crate) fn all(r: &mut Routes) {
    root::routes(r);
}
