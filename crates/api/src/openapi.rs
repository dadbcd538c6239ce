//! The OpenAPI document: put together from the same registrations as the router, so no route can be missing.

use axum::response::{IntoResponse, Response};
use http::{Method, header};
use utoipa::{
    OpenApi as _, PartialSchema, ToSchema,
    openapi::{
        Object, OpenApi, PathItem, RefOr, Required, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, Paths},
        schema::Schema,
    },
};

/// Where the document is served.
pub const PATH: &str = "/api/0/openapi.json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Mortise",
        description = "An integration platform for error tracking. The API speaks the integration half of the HTTP \
            API that Sentry's apps, SDKs and command lines use.",
    ),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token")).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let cookie =
            ApiKeyValue::with_description("sentrysid", "A browser session; unsafe methods need X-CSRFToken");
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The organization of a path, for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters; handlers read them through their access value")]
pub(crate) struct OrgPath {
    /// Slug or id of the organization.
    org: String,
}

/// The project of a path, for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters; handlers read them through their access value")]
pub(crate) struct ProjectPath {
    /// Slug or id of the organization.
    org: String,
    /// Slug or id of the project.
    proj: String,
}

/// The team of a path, for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters; handlers read them through their access value")]
pub(crate) struct TeamPath {
    /// Slug or id of the organization.
    org: String,
    /// Slug or id of the team.
    team: String,
}

/// The document before any route.
pub(crate) fn skeleton() -> OpenApi {
    Document::openapi()
}

/// The one path of a registration, and its methods.
///
/// # Panics
///
/// When handlers of different paths were registered together: a bug that the first start shows.
#[expect(clippy::panic, reason = "a wrong registration is a bug that every start and every test shows")]
pub(crate) fn single_path(paths: &Paths) -> (String, Vec<Method>) {
    let mut entries = paths.paths.iter();
    match (entries.next(), entries.next()) {
        (Some((path, item)), None) => (path.clone(), methods(item)),
        _ => panic!("handlers of different paths were registered together: {:?}", paths.paths.keys()),
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    let present = [
        (Method::GET, item.get.is_some()),
        (Method::POST, item.post.is_some()),
        (Method::PUT, item.put.is_some()),
        (Method::PATCH, item.patch.is_some()),
        (Method::DELETE, item.delete.is_some()),
        (Method::OPTIONS, item.options.is_some()),
    ];
    present.into_iter().filter(|(_, present)| *present).map(|(method, _)| method).collect()
}

/// Adds a registration to the document.
pub(crate) fn merge(document: &mut OpenApi, schemas: Vec<(String, RefOr<Schema>)>, paths: &Paths) {
    document.paths.paths.extend(paths.paths.clone());
    document.components.get_or_insert_default().schemas.extend(schemas);
}

/// Documents the parameters of a path that an operation does not name yet.
fn complete(operation: &mut Operation, path: &str) {
    let known = operation.parameters.get_or_insert_default();
    for (name, _) in path.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
        let is_it = |it: &RefOr<Parameter>| matches!(it, RefOr::T(it) if it.parameter_in == ParameterIn::Path && it.name == name);
        if !known.iter().any(is_it) {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path);
            let text = Some(Object::with_type(Type::String));
            known.push(RefOr::T(parameter.required(Required::True).schema(text).build()));
        }
    }
}

/// Documents the operations of a registration under another path, with the parameters that only that one has.
pub(crate) fn add_alias(document: &mut OpenApi, paths: &Paths, alias: &str) {
    for item in paths.paths.values() {
        let mut item = item.clone();
        // Operation ids are unique in a document.
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.operation_id = None;
            complete(operation, alias);
        }
        document.paths.paths.insert(alias.to_owned(), item);
    }
}

/// The document as JSON.
pub(crate) fn render(document: &OpenApi) -> String {
    document.to_pretty_json().unwrap_or_default()
}

/// Answers with the document.
pub(crate) fn serve(document: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}

/// A schema by its type, for hand-made operations.
pub fn schema_of<T: ToSchema>() -> RefOr<Schema> {
    <T as PartialSchema>::schema()
}
