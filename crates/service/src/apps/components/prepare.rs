//! A component as it is shown: its selects with their choices, its links complete.
//!
//! All selects of a component are asked at once; what came of it is put in by the order of the fields up to the first
//! that failed, with which the component fails.

use futures_util::future::try_join_all;
use serde_json::{Map, Value as Json};

use super::{
    InstalledComponent,
    remote::{self, Failure},
    select::{self, Choices, SelectQuery},
};
use crate::{
    Ctx, Result,
    apps::schema::{ALERT_RULE_ACTION, ISSUE_LINK, STACKTRACE_LINK},
};
use mortise_wire::python::is_truthy;

/// Selects of one component that the app is asked about at most.
const REMOTE_FIELDS_MAX: usize = 50;

/// A component that is ready to be shown.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The element, with what was added.
    pub schema: Json,
    /// Why it is not complete.
    pub failure: Option<Failure>,
}

/// Prepares a component. `values` are what other fields hold already, as name and value, for selects that depend on them.
pub async fn prepare(
    ctx: &Ctx,
    installed: &InstalledComponent,
    project_slug: Option<&str>,
    values: &[(String, Json)],
) -> Result<Prepared> {
    let mut schema = installed.component.schema.clone();
    let lists: &[&str] = match installed.component.kind.as_str() {
        ISSUE_LINK => &[
            "/link/required_fields",
            "/link/optional_fields",
            "/create/required_fields",
            "/create/optional_fields",
        ],
        ALERT_RULE_ACTION => &["/settings/required_fields", "/settings/optional_fields"],
        STACKTRACE_LINK => return Ok(link(installed, schema, project_slug)),
        _ => &[],
    };
    let fields = lists.iter().filter_map(|list| schema.pointer(list)?.as_array()).flatten();
    let plans: Vec<Plan> = fields.map(|field| Plan::of(field, project_slug, values)).collect();
    if plans.iter().filter(|plan| matches!(plan, Plan::Ask(_))).count() > REMOTE_FIELDS_MAX {
        let failure =
            Failure::new(format!("A component may have {REMOTE_FIELDS_MAX} selects that ask its app."));
        return Ok(Prepared { schema, failure: Some(failure) });
    }
    let made = try_join_all(plans.into_iter().map(|plan| plan.run(ctx, installed))).await?;
    let mut made = made.into_iter();
    for list in lists {
        for field in schema.pointer_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
            match (made.next().flatten(), field.as_object_mut()) {
                (Some(Ok(choices)), Some(field)) => choices.put(field),
                (Some(Err(failure)), _) => return Ok(Prepared { schema, failure: Some(failure) }),
                _ => {}
            }
        }
    }
    Ok(Prepared { schema, failure: None })
}

/// What is done for a field.
enum Plan {
    Nothing,
    Put(Json),
    Ask(SelectQuery),
}

impl Plan {
    fn of(field: &Json, project_slug: Option<&str>, values: &[(String, Json)]) -> Self {
        let mut dependent_data = None;
        if let Some(names) = field.get("depends_on").and_then(Json::as_array) {
            let known: Map<String, Json> =
                values.iter().filter(|(name, _)| names.iter().any(|it| it == name)).cloned().collect();
            if known.len() != names.len() {
                return Plan::Put(Json::Array(Vec::new()));
            }
            dependent_data = Some(Json::Object(known).to_string());
        }
        if let Some(options) = field.get("options") {
            return Plan::Put(options.clone());
        }
        let skips = field.get("skip_load_on_open").is_some_and(is_truthy);
        match field.get("uri").and_then(Json::as_str).filter(|_| !skips) {
            Some(uri) => Plan::Ask(SelectQuery {
                uri: uri.to_owned(),
                project_slug: project_slug.map(str::to_owned),
                query: None,
                dependent_data,
            }),
            None => Plan::Nothing,
        }
    }

    async fn run(
        self,
        ctx: &Ctx,
        installed: &InstalledComponent,
    ) -> Result<Option<Result<Choices, Failure>>> {
        Ok(match self {
            Plan::Nothing => None,
            Plan::Put(choices) => Some(Ok(Choices { choices, default: None })),
            Plan::Ask(query) => Some(select::ask(ctx, &installed.callee, &query).await?),
        })
    }
}

/// A link to a line of code, to which pages add file and line.
fn link(installed: &InstalledComponent, mut schema: Json, project_slug: Option<&str>) -> Prepared {
    let uri = schema.get("uri").and_then(Json::as_str).unwrap_or_default();
    let mut url = match remote::at(&installed.callee, uri) {
        Ok(url) => url,
        Err(failure) => return Prepared { schema, failure: Some(failure) },
    };
    {
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("installationId", &installed.callee.installation.uuid);
        if let Some(slug) = project_slug {
            pairs.append_pair("projectSlug", slug);
        }
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("url".to_owned(), Json::from(url.as_str()));
    }
    Prepared { schema, failure: None }
}
