//! `/api/0/projects/{org}/{proj}/stacktrace-link/` and `stacktrace-coverage/`

use axum::extract::State;
use mortise_service::{
    Ctx, Error as Refusal,
    access::class,
    code_mappings::{self, LinkRequest, frame::Frame},
};
use mortise_wire::code_mapping::StacktraceLink;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{ProjectOf, Query},
    openapi::ProjectPath,
};

/// The link from a frame to its source.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/stacktrace-link/", tag = "Code mappings",
    params(ProjectPath, ("file" = String, Query, description = "The file of the frame"),
        ("commitId" = Option<String>, Query, description = "The commit that ran"),
        ("platform" = Option<String>, Query, description = "The platform of the event"),
        ("sdkName" = Option<String>, Query, description = "The SDK of the event"),
        ("absPath" = Option<String>, Query, description = "The file with all of its path"),
        ("module" = Option<String>, Query, description = "The module of the frame"),
        ("package" = Option<String>, Query, description = "The package of the frame")),
    responses((status = 200, description = "The link", body = StacktraceLink)))]
pub(crate) async fn find_stacktrace_link(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<StacktraceLink>> {
    let wanted = LinkRequest {
        frame: Frame {
            filename: query.one("file").unwrap_or_default(),
            abs_path: query.one("absPath"),
            module: query.one("module"),
            package: query.one("package"),
        },
        commit: query.one("commitId"),
        platform: query.one("platform").unwrap_or_default(),
        sdk: query.one("sdkName").unwrap_or_default(),
    };
    Ok(Json(code_mappings::find_stacktrace_link(&ctx, &access, &wanted).await?))
}

/// Which lines of a file tests ran through; no service that knows is connected.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/stacktrace-coverage/", tag = "Code mappings",
    params(ProjectPath), responses((status = 400, description = "Nothing is known")))]
pub(crate) async fn get_stacktrace_coverage(_access: ProjectOf<class::Project>) -> Result<NoContent> {
    Err(Refusal::invalid("Codecov not enabled").into())
}
