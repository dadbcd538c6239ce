//! An item that is made or chosen in an app for an issue: the app is told what was filled in, and answers where the item
//! is.

use mortise_egress::{Answer, Method};
use mortise_store::{
    StoreError, organization, project,
    sentry_app::{self, NewExternalIssue},
};
use mortise_wire::{fields::Body, js_json, sentry_app::ExternalIssue};
use serde_json::{Map, Value as Json, json};

use super::{
    Callee,
    external_issues::{WEB_URL_CHARS_MAX, display_name, issue_of_installation},
    remote::{self, Call, Failure},
};
use crate::{
    Ctx, Error, Result,
    apps::InstallationAccess,
    issues::{permalink, serialize::external_issue},
};

/// What is wanted of the app.
#[derive(Debug, Clone)]
pub struct IssueAction {
    /// The id of the issue, as it was sent.
    pub issue: String,
    /// `create` or `link`.
    pub action: String,
    /// The path at the app.
    pub uri: String,
    /// What was filled in.
    pub fields: Map<String, Json>,
}

impl IssueAction {
    /// Reads a body: `groupId`, `action` and `uri`; every other key is a field. `None` when one of the three is missing.
    pub fn read(body: &Body) -> Option<Self> {
        let mut fields = match body {
            Body::Json(body) => body.as_object()?.clone(),
            Body::Form(pairs) => {
                pairs.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect()
            }
        };
        let mut take = |name: &str| {
            Some(match fields.shift_remove(name)? {
                Json::String(text) => text,
                other => other.to_string(),
            })
        };
        let (issue, action, uri) = (take("groupId"), take("action"), take("uri"));
        Some(Self { issue: issue?, action: action?, uri: uri?, fields })
    }
}

/// Tells the app, and links the issue to the item that it answers. `None` when the issue is not of the organization.
pub async fn act_on_issue(
    ctx: &Ctx,
    access: &InstallationAccess,
    action: IssueAction,
) -> Result<Option<ExternalIssue>> {
    let mut conn = ctx.store.read().await?;
    let org = access.installation.organization_id;
    let Some(issue) = issue_of_installation(&mut conn, org, &action.issue).await? else { return Ok(None) };
    let callee = Callee::load(ctx, &mut conn, access.app.clone(), access.installation.clone()).await?;
    let callee = callee.ok_or(Error::NotFound)?;
    let project = project::by_id(&mut conn, issue.project_id).await?.ok_or(Error::NotFound)?;
    let org = organization::by_id(&mut conn, org).await?.ok_or(Error::NotFound)?;
    drop(conn);
    let kind = match action.action.as_str() {
        "create" => "external_issue.created",
        "link" => "external_issue.linked",
        _ => return Err(Failure::new("The action must be create or link.").into_error(ctx)),
    };
    let url = remote::at(&callee, &action.uri).map_err(|failure| failure.into_error(ctx))?;
    let user = access.caller.user.as_ref();
    let body = json!({
        "fields": action.fields,
        "issueId": issue.id.get(),
        "installationId": access.installation.uuid,
        "webUrl": permalink(ctx, &org.slug, issue.id),
        "project": { "slug": project.slug, "id": project.id.get() },
        "actor": {
            "type": "user",
            "id": user.map(|user| user.id.get()),
            "name": user.map(|user| user.name.clone()),
        },
    });
    let call = Call { kind, method: Method::POST, url, body: js_json::signed_body(&body) };
    let answer = remote::call(ctx, &callee, call).await?;
    let item = answer.and_then(|answer| read(&callee, &answer)).map_err(|failure| failure.into_error(ctx))?;
    let (now, name) = (ctx.now(), callee.app.name.clone());
    let new = NewExternalIssue {
        issue: issue.id,
        project: project.id,
        service_type: callee.app.slug,
        display_name: display_name(&item.project, &item.identifier),
        web_url: item.web_url,
    };
    let linked = ctx
        .store
        .write(move |tx| Box::pin(async move { sentry_app::insert_external_issue(tx, &new, now).await }));
    match linked.await {
        Ok(link) => Ok(Some(external_issue(&link))),
        Err(StoreError::Conflict(_)) => {
            Err(Failure::new(format!("The issue is linked to {name} already.")).into_error(ctx))
        }
        Err(error) => Err(error.into()),
    }
}

/// An item as an app answers it.
struct Item {
    web_url: String,
    project: String,
    identifier: String,
}

fn read(callee: &Callee, answer: &Answer) -> Result<Item, Failure> {
    let name = &callee.app.name;
    let body: Json = answer
        .json()
        .map_err(|_| Failure::new(format!("{name} answered with something that is no JSON.")))?;
    let text = |key: &str| {
        let text = body.get(key).and_then(Json::as_str).map(str::to_owned);
        text.ok_or_else(|| Failure::new(format!("The answer of {name} has no text {key}.")))
    };
    let item = Item { web_url: text("webUrl")?, project: text("project")?, identifier: text("identifier")? };
    // It becomes a link on a page.
    let is_web = item.web_url.starts_with("http://") || item.web_url.starts_with("https://");
    match is_web && item.web_url.chars().count() <= WEB_URL_CHARS_MAX {
        true => Ok(item),
        false => Err(Failure::new(format!(
            "The webUrl of {name} must start with http and have no more than {WEB_URL_CHARS_MAX} characters."
        ))),
    }
}
