//! The organization that is shown inside a project.

use mortise_domain::org::{OrgFlag, OrgFlags};
use mortise_store::organization::Organization;
use mortise_wire::organization::{OrganizationFacts, OrganizationStatus, OrganizationSummary};

use crate::{
    Ctx,
    features::{self, ORGANIZATION_FEATURES},
};

/// The short form of an active organization.
pub(super) fn summary(ctx: &Ctx, org: &Organization) -> OrganizationSummary {
    let flags = OrgFlags::from_bits(org.flags);
    OrganizationFacts {
        id: org.id.to_string(),
        slug: org.slug.clone(),
        status: OrganizationStatus::ACTIVE,
        name: org.name.clone(),
        date_created: org.date_added.into(),
        is_early_adopter: flags.is_on(OrgFlag::EarlyAdopter),
        require_2fa: flags.is_on(OrgFlag::Require2fa),
        require_email_verification: flags.is_on(OrgFlag::RequireEmailVerification),
        allow_member_project_creation: flags.is_on(OrgFlag::MemberProjectCreation),
        features: Some(features::names(ORGANIZATION_FEATURES)),
        url_prefix: ctx.settings.public_url.as_str().to_owned(),
    }
    .into()
}
