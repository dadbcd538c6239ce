//! Making releases, as whoever deploys tells of them.

use mortise_domain::{OrgId, ProjectId, ReleaseId, Time};
use mortise_store::{
    Tx,
    release::{self as store, NewRelease},
};
use mortise_wire::Fields;

use crate::Result;

/// Longest version, reference and URL.
const VERSION_CHARACTERS_MAX: usize = 250;
/// What stands in for commits, which are not taken.
const NO_COMMITS: &str = "Commits cannot be sent with a release here.";

/// Whether a release may be called so; blanks around it are cut off before.
pub fn is_version(text: &str) -> bool {
    let is_forbidden = |it: char| matches!(it, '\r' | '\n' | '\u{c}' | '\t' | '/' | '\\');
    !text.is_empty()
        && text.chars().count() <= VERSION_CHARACTERS_MAX
        && !text.contains(is_forbidden)
        && !matches!(text, "." | "..")
        && !text.eq_ignore_ascii_case("latest")
}

/// Reads what is told of a release: `version`, `ref`, `url`, `dateReleased`.
pub fn read_release(mut fields: Fields) -> Result<NewRelease> {
    let rule = |text: String| match is_version(text.trim()) {
        true => Ok(text.trim().to_owned()),
        false => Err(format!("Release with name {text} is not allowed")),
    };
    let version = fields.string("version").max(VERSION_CHARACTERS_MAX).and_then(rule).required();
    let reference = fields.string("ref").max(VERSION_CHARACTERS_MAX).allow_blank().nullable().flatten();
    let url = fields.string("url").max(VERSION_CHARACTERS_MAX).allow_blank().nullable().flatten();
    let date_released = fields.time("dateReleased").nullable().flatten();
    for name in ["commits", "refs", "headCommits"] {
        if fields.raw(name).is_some_and(mortise_wire::python::is_truthy) {
            fields.error(name, NO_COMMITS);
        }
    }
    fields.finish()?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(NewRelease { version, reference: filled(reference), url: filled(url), date_released, owner: None })
}

/// Makes a release of a project, or adds to the one that is there. The second value tells whether the project had none
/// with this version before.
pub async fn put_release(
    tx: &mut Tx,
    org: OrgId,
    project: ProjectId,
    new: &NewRelease,
    now: Time,
) -> Result<(ReleaseId, bool)> {
    Ok(store::put(tx, org, project, new, now).await?)
}
