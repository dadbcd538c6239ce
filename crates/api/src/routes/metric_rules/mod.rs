//! Metric alert rules and their incidents.

mod incidents;
mod rules;
mod snooze;

use axum::extract::FromRequestParts;
use http::request::Parts;
use mortise_service::{Ctx, access::class, metric_rules};
use utoipa_axum::routes;

use crate::{
    Error, Result, Routes,
    extract::{Org, ProjectOf, Segments},
};

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationAlertRule>(routes!(rules::list_metric_rules, rules::create_metric_rule))
        .alias_for::<class::ProjectAlertRule>("/api/0/projects/{org}/{proj}/alert-rules/");
    r.class::<class::OrganizationAlertRule>(routes!(rules::list_available_actions));
    r.class::<class::OrganizationAlertRule>(routes!(
        rules::get_metric_rule,
        rules::update_metric_rule,
        rules::delete_metric_rule
    ))
    .alias_for::<class::ProjectAlertRule>("/api/0/projects/{org}/{proj}/alert-rules/{rule}/");
    r.class::<class::ProjectAlertRule>(routes!(snooze::snooze_metric_rule, snooze::unsnooze_metric_rule));
    r.class::<class::OrganizationAlertRule>(routes!(incidents::list_incidents));
    r.class::<class::OrganizationAlertRule>(routes!(incidents::get_incident, incidents::close_incident));
}

/// The organization of the path, or the one project that it names; each with its own permission.
#[derive(Debug)]
pub(crate) struct Place(metric_rules::Place);

impl std::ops::Deref for Place {
    type Target = metric_rules::Place;
    fn deref(&self) -> &metric_rules::Place {
        &self.0
    }
}

impl FromRequestParts<Ctx> for Place {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self> {
        let path = Segments::from_request_parts(parts, ctx).await?;
        if path.text("proj").is_ok() {
            let access = ProjectOf::<class::ProjectAlertRule>::from_request_parts(parts, ctx).await?.0;
            let only = Some(access.project.id);
            return Ok(Self(metric_rules::Place { org: access.org, only }));
        }
        let access = Org::<class::OrganizationAlertRule>::from_request_parts(parts, ctx).await?;
        Ok(Self(metric_rules::Place { org: access.0, only: None }))
    }
}
