//! Links between issues and items of an app, made and removed by whoever may.

use mortise_domain::{ExternalIssueId, OrgId, kind};
use mortise_store::{
    Conn,
    issue::{self, Issue},
    project,
    sentry_app::{self, NewExternalIssue},
};
use mortise_wire::{
    errors::field,
    fields::{Body, Fields, Problem, Rule, is_url},
    sentry_app::ExternalIssue,
};
use serde_json::Value as Json;

use crate::{
    Ctx, Result,
    access::{IdOrSlug, IssueAccess},
    apps::InstallationAccess,
    html::escaped,
    issues::serialize::external_issue,
};

/// Characters of the address of an item.
pub(super) const WEB_URL_CHARS_MAX: usize = 200;

/// An issue of the organization by its id as it was sent; the survivor where it was merged.
pub(super) async fn issue_of_installation(conn: &mut Conn, org: OrgId, id: &str) -> Result<Option<Issue>> {
    let IdOrSlug::<kind::Issue>::Id(id) = IdOrSlug::parse(id) else { return Ok(None) };
    let issue = match issue::by_id(conn, id).await? {
        Some(issue) => Some(issue),
        None => issue::merged_into(conn, id).await?,
    };
    let Some(issue) = issue else { return Ok(None) };
    let project = project::by_id(conn, issue.project_id).await?;
    Ok(project.filter(|project| project.organization_id == org).map(|_| issue))
}

/// What people read of an item: the names are text, the result stands in HTML.
pub(super) fn display_name(project: &str, identifier: &str) -> String {
    format!("{}#{}", escaped(project), escaped(identifier))
}

/// Links an issue to an item of the app, or changes the link there is. `None` when the issue is not of the organization.
pub async fn put_external_issue(
    ctx: &Ctx,
    access: &InstallationAccess,
    body: &Body,
) -> Result<Option<ExternalIssue>> {
    let mut fields = Fields::new(body);
    let id = fields.field("issueId", AnyText).optional().unwrap_or_default();
    let org = access.installation.organization_id;
    let issue = issue_of_installation(&mut *ctx.store.read().await?, org, &id).await?;
    let Some(issue) = issue else { return Ok(None) };
    let mut fields = Fields::new(body);
    let web_url = fields.field("webUrl", WebUrl).required();
    let project = fields.string("project").required();
    let identifier = fields.string("identifier").required();
    fields.finish()?;
    let new = NewExternalIssue {
        issue: issue.id,
        project: issue.project_id,
        service_type: access.app.slug.clone(),
        display_name: display_name(&project, &identifier),
        web_url,
    };
    let now = ctx.now();
    let linked = ctx
        .store
        .write(move |tx| Box::pin(async move { sentry_app::put_external_issue(tx, &new, now).await }));
    Ok(Some(external_issue(&linked.await?)))
}

/// Removes a link of the app in the organization; whether there was one.
pub async fn remove_external_issue(ctx: &Ctx, access: &InstallationAccess, id: &str) -> Result<bool> {
    let Some(id) = link_id(id) else { return Ok(false) };
    let (org, slug) = (access.installation.organization_id, access.app.slug.clone());
    let removed = ctx.store.write(move |tx| {
        Box::pin(async move { sentry_app::delete_external_issue(tx, id, org, &slug).await })
    });
    Ok(removed.await?)
}

/// Removes a link of an issue, whichever app has made it; whether there was one.
pub async fn remove_link(ctx: &Ctx, access: &IssueAccess, id: &str) -> Result<bool> {
    let Some(id) = link_id(id) else { return Ok(false) };
    let issue = access.issue.id;
    let removed = ctx
        .store
        .write(move |tx| Box::pin(async move { sentry_app::delete_external_issue_of(tx, id, issue).await }));
    Ok(removed.await?)
}

fn link_id(text: &str) -> Option<ExternalIssueId> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(ExternalIssueId::new)
}

/// A text, or anything else as its JSON.
struct AnyText;

impl Rule for AnyText {
    type Out = String;

    fn read(&self, value: &Json) -> Result<String, Problem> {
        Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

/// The address of an item.
struct WebUrl;

impl Rule for WebUrl {
    type Out = String;

    fn read(&self, value: &Json) -> Result<String, Problem> {
        let text = value.as_str().ok_or(field::URL)?;
        if text.trim().is_empty() {
            return Err(field::BLANK.into());
        }
        if !text.starts_with("http") {
            return Err(super::super::fields::URL_SCHEME.into());
        }
        if !is_url(text) {
            return Err(field::URL.into());
        }
        match text.chars().count() > WEB_URL_CHARS_MAX {
            true => Err(field::max_length(WEB_URL_CHARS_MAX).into()),
            false => Ok(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_items_are_escaped() {
        assert_eq!(display_name("A&B", "<'4\">"), "A&amp;B#&lt;&#x27;4&quot;&gt;");
    }
}
