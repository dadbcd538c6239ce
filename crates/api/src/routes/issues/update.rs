//! Changing one issue, and deleting it.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    issues::{
        delete,
        update::{self, Change, Outcome},
    },
};
use mortise_wire::{
    fields::{self, Fields},
    issue::Issue,
};
use serde_json::{Map, Value};

use super::IssuePath;
use crate::{
    Result,
    edge::{Empty, NoContent},
    extract::{Body, IssueOf, Query},
};

/// What may be changed; absent keys are left alone.
#[derive(Debug, utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "documents the body, which is read field by field")]
pub(super) struct IssueChange {
    /// `resolved`, `resolvedInNextRelease`, `unresolved` or `ignored`.
    status: Option<String>,
    /// How it is resolved (`inNextRelease`, `inRelease`, `inCommit`) or what ends ignoring it (`ignoreDuration` in
    /// minutes, `ignoreCount`, `ignoreWindow`, `ignoreUserCount`, `ignoreUserWindow`).
    #[schema(value_type = Option<Object>)]
    status_details: Option<Value>,
    /// Such as `archived_until_escalating`; goes with the status.
    substatus: Option<String>,
    /// `user:7`, `team:3`, an id, user name or address of a user; null or empty for nobody.
    assigned_to: Option<String>,
    /// Whether the caller has seen it.
    has_seen: Option<bool>,
    /// Whether the caller has bookmarked it.
    is_bookmarked: Option<bool>,
    /// Whether the caller is told of it.
    is_subscribed: Option<bool>,
    /// Whether whoever has the link may read it.
    is_public: Option<bool>,
    /// `low`, `medium` or `high`.
    priority: Option<String>,
    /// Whether it waits for review.
    inbox: Option<bool>,
    /// Several issues of one project become one.
    merge: Option<bool>,
    /// Delete, and drop what comes of it later. Alone.
    discard: Option<bool>,
}

/// The fields of the body over those of the query, where old clients send them.
fn fields_of(body: &Body, query: &Query) -> Fields {
    match &body.0 {
        fields::Body::Json(Value::Object(map)) => {
            let sent = query.pairs().iter().map(|(name, text)| (name.clone(), Value::from(text.as_str())));
            let mut all: Map<String, Value> = sent.collect();
            all.extend(map.clone());
            Fields::of_map(all)
        }
        fields::Body::Json(_) => body.fields(),
        fields::Body::Form(pairs) => {
            let all = query.pairs().iter().chain(pairs).cloned().collect();
            Fields::new(&fields::Body::Form(all))
        }
    }
}

#[utoipa::path(put, path = "/api/0/issues/{issue}/", tag = "Issues", params(IssuePath),
    request_body = IssueChange, responses(
    (status = 200, description = "The issue as it is now", body = Issue),
    (status = 204, description = "Discarded")))]
pub(crate) async fn update_issue(
    access: IssueOf<class::Group>,
    query: Query,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Response> {
    let change = Change::from_fields(fields_of(&body, &query)).map_err(mortise_service::Error::from)?;
    match update::update_issue(&ctx, &access, change).await? {
        Outcome::Discarded => Ok(NoContent.into_response()),
        Outcome::Changed(_) | Outcome::Nothing => {
            Ok(crate::edge::Json(update::updated_issue(&ctx, &access).await?).into_response())
        }
    }
}

#[utoipa::path(delete, path = "/api/0/issues/{issue}/", tag = "Issues", params(IssuePath),
    responses((status = 202, description = "Out of sight; its events are removed in the background")))]
pub(crate) async fn delete_issue(access: IssueOf<class::Group>, State(ctx): State<Ctx>) -> Result<Empty> {
    delete::delete_issue(&ctx, &access).await?;
    Ok(Empty(StatusCode::ACCEPTED))
}
