//! Organizations on the wire.

use mortise_domain::{
    org::{OrgFlag, OrgFlags},
    status::OrgStatus,
};
use mortise_store::{
    Conn, Slice, member,
    organization::{self, Organization},
    team,
};
use mortise_wire::organization as wire;
use serde_json::Map;

use super::settings;
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    features, projects,
    roles::{org_roles_json, role_names, team_roles_json},
    teams,
};

/// Which parts of the long form are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Teams and projects.
    pub children: bool,
    /// The list of features.
    pub features: bool,
}

impl Form {
    /// With teams and projects, without features: what an organization is answered as unless asked otherwise.
    pub const USUAL: Self = Self { children: true, features: false };
}

/// The short form.
pub fn summary_json(ctx: &Ctx, org: &Organization, features: bool) -> Result<wire::OrganizationSummary> {
    let flags = OrgFlags::from_bits(org.flags);
    let status = OrgStatus::try_from(org.status).map_err(|e| Error::Internal(e.to_string()))?;
    let facts = wire::OrganizationFacts {
        id: org.id.to_string(),
        slug: org.slug.clone(),
        status: match status {
            OrgStatus::Active => wire::OrganizationStatus::ACTIVE,
            OrgStatus::PendingDeletion => wire::OrganizationStatus::PENDING_DELETION,
            OrgStatus::DeletionInProgress => wire::OrganizationStatus::DELETION_IN_PROGRESS,
        },
        name: org.name.clone(),
        date_created: org.date_added.into(),
        is_early_adopter: flags.is_on(OrgFlag::EarlyAdopter),
        require_2fa: flags.is_on(OrgFlag::Require2fa),
        require_email_verification: flags.is_on(OrgFlag::RequireEmailVerification),
        allow_member_project_creation: flags.is_on(OrgFlag::MemberProjectCreation),
        features: features.then(|| features::of_organization(org)),
        url_prefix: ctx.settings.public_url.as_str().to_owned(),
    };
    Ok(facts.into())
}

/// The long form, as the caller sees it.
pub async fn detail_json(
    ctx: &Ctx,
    conn: &mut Conn,
    access: &OrgAccess,
    form: Form,
) -> Result<wire::OrganizationDetail> {
    let org = &access.org;
    let role = access.role.map(|role| role.as_str().to_owned());
    let (mut all_teams, mut all_projects) = (None, None);
    if form.children {
        let rows = team::list(conn, org.id, &team::Filter::default(), Slice::ALL).await?;
        all_teams = Some(teams::teams_with(conn, ctx, access, rows, teams::Form::default()).await?);
        let ids = access.reachable_projects(conn).await?;
        all_projects = Some(projects::summaries(conn, access, &ids).await?);
    }
    let requests = member::teams::requests(conn, org.id).await?;
    Ok(wire::OrganizationDetail {
        summary: summary_json(ctx, org, form.features)?,
        access: access.listed(access.scopes),
        role: role.clone(),
        org_role: role,
        requires_sso: false,
        pending_access_requests: requests.len() as i64,
        default_role: org.default_role.clone(),
        available_roles: role_names(),
        org_role_list: org_roles_json(access),
        team_role_list: team_roles_json(access),
        quota: wire::Quota::default(),
        settings: settings::of(org)?,
        is_default: organization::default_id(conn).await? == Some(org.id),
        experiments: Map::new(),
        onboarding_tasks: Vec::new(),
        teams: all_teams,
        projects: all_projects,
    })
}
