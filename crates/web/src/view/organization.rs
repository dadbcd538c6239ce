//! Organization: settings, and the form for a new one.

use askama::Template;

use super::{Field, Select, Shell, Switch};

/// Settings of the organization.
#[derive(Debug, Clone, Template)]
#[template(path = "organization_settings.html")]
pub struct OrganizationSettingsPage {
    pub shell: Shell,
    pub name: Field,
    pub slug: Field,
    pub default_role: Select,
    pub membership: Vec<Switch>,
    pub privacy: Vec<Switch>,
    pub may_write: bool,
    pub may_delete: bool,
}

/// The form for a new organization; also what a user without one sees.
#[derive(Debug, Clone, Template)]
#[template(path = "new_organization.html")]
pub struct NewOrganizationPage {
    pub shell: Shell,
    pub name: Field,
    pub slug: Field,
}
