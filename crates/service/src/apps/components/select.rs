//! The choices of a select, asked of the app: a list of `{"value", "label", "default"?}`.

use mortise_egress::{Answer, Method};
use mortise_store::project;
use serde_json::{Map, Value as Json, json};

use super::{
    Callee,
    remote::{self, Call, Failure},
};
use crate::{Ctx, Error, Result, access::IdOrSlug, apps::InstallationAccess};

const REQUESTED: &str = "select_options.requested";

/// What the app is asked for.
#[derive(Debug, Clone, Default)]
pub struct SelectQuery {
    /// The path at the app.
    pub uri: String,
    /// The project that it is about.
    pub project_slug: Option<String>,
    /// What was typed.
    pub query: Option<String>,
    /// The values of other fields, as JSON.
    pub dependent_data: Option<String>,
}

/// Choices as clients see them: pairs of value and label, and the value that is chosen at first.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    pub(super) choices: Json,
    pub(super) default: Option<Json>,
}

impl Choices {
    /// Puts the choices into a field, or an answer.
    pub(super) fn put(self, target: &mut Map<String, Json>) {
        target.insert("choices".to_owned(), self.choices);
        if let Some(default) = self.default {
            target.insert("defaultValue".to_owned(), default);
        }
    }
}

/// Asks the app for the choices of a select: `{"choices", "defaultValue"?}`. `project` is the id of a project in the
/// organization; any other says nothing.
pub async fn fetch_choices(
    ctx: &Ctx,
    access: &InstallationAccess,
    mut query: SelectQuery,
    project: Option<&str>,
) -> Result<Json> {
    let mut conn = ctx.store.read().await?;
    if let Some(IdOrSlug::Id(id)) = project.map(IdOrSlug::parse) {
        let found = project::by_id(&mut conn, id).await?;
        let own = found.filter(|it| it.organization_id == access.installation.organization_id);
        query.project_slug = own.map(|it| it.slug);
    }
    let callee = Callee::load(ctx, &mut conn, access.app.clone(), access.installation.clone()).await?;
    drop(conn);
    let callee = callee.ok_or(Error::NotFound)?;
    let choices = ask(ctx, &callee, &query).await?.map_err(|failure| failure.into_error(ctx))?;
    let mut answer = Map::new();
    choices.put(&mut answer);
    Ok(Json::Object(answer))
}

/// One request for choices.
pub(super) async fn ask(ctx: &Ctx, callee: &Callee, query: &SelectQuery) -> Result<Result<Choices, Failure>> {
    let mut url = match remote::at(callee, &query.uri) {
        Ok(url) => url,
        Err(failure) => return Ok(Err(failure)),
    };
    {
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("installationId", &callee.installation.uuid);
        let optional = [
            ("projectSlug", &query.project_slug),
            ("query", &query.query),
            ("dependentData", &query.dependent_data),
        ];
        for (name, value) in optional {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                pairs.append_pair(name, value);
            }
        }
    }
    let call = Call { kind: REQUESTED, method: Method::GET, url, body: String::new() };
    let answer = remote::call(ctx, callee, call).await?;
    Ok(answer.and_then(|answer| read(callee, &answer)))
}

fn read(callee: &Callee, answer: &Answer) -> Result<Choices, Failure> {
    let name = &callee.app.name;
    let unusable = |what: &str| Failure::new(format!("{name} answered a select with {what}."));
    let body: Json = answer.json().map_err(|_| unusable("something that is no JSON"))?;
    let options = body.as_array().ok_or_else(|| unusable("JSON that is no list"))?;
    let mut choices = Vec::with_capacity(options.len());
    let mut default = None;
    for option in options {
        let pair = option.get("value").zip(option.get("label"));
        let (value, label) = pair.ok_or_else(|| unusable("a choice without value or label"))?;
        if option.get("default").is_some_and(mortise_wire::python::is_truthy) {
            default = Some(value.clone());
        }
        choices.push(json!([value, label]));
    }
    Ok(Choices { choices: Json::Array(choices), default })
}
