//! The settings of one installation of a provider. Fields are as the provider describes them (`show`); only what was
//! changed is saved (`read`), so two people who change different settings at once both keep theirs.

mod field;
mod read;
mod show;

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::OrgAccess,
    integrations,
    wire::integration::{CatalogProvider, OrganizationIntegration},
};
use serde_json::{Map, Value};

use self::field::Field;
use super::{
    CLASS,
    provider::{find, head, installed, needed, troubles},
};
use crate::{
    edge::{Form, Outcome, Refused, Signed, Visit, go_saying, page, page_with},
    pages::access_to,
    routes::{self as to, path},
    view::{Section, Tone, integration_config::IntegrationConfigPage},
};

/// The title above the fields, where the provider has no other.
const TITLE: &str = "Settings";

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::installed, get(show_page).post(save))
}

/// One installation with its settings.
struct Found {
    access: OrgAccess,
    provider: CatalogProvider,
    row: OrganizationIntegration,
}

impl Found {
    async fn of(visit: &Visit, (org, key, id): (String, String, String), method: &str) -> Outcome<Self> {
        let access = access_to::org(visit, &org, CLASS, method).await?;
        let provider = find(&visit.ctx, &access, &key)?;
        installed(&visit.ctx, &access, provider.key, &id).await?;
        let row = integrations::get_integration(&visit.ctx, &access, &id, None).await?;
        Ok(Self { access, provider, row })
    }

    fn fields(&self) -> Vec<Field<'_>> {
        self.row.config_organization.iter().flatten().filter_map(|field| Field::of(field)).collect()
    }

    fn values(&self) -> Map<String, Value> {
        self.row.config_data.as_object().cloned().unwrap_or_default()
    }

    /// The page with these values. `refused` is what was wrong with them.
    async fn page(
        &self,
        visit: &Visit,
        values: &Map<String, Value>,
        refused: Option<&Refused>,
    ) -> Outcome<IntegrationConfigPage> {
        let fields = self.fields();
        let names: Vec<_> = fields.iter().map(Field::name).collect();
        let title = self.provider.metadata.aspects.pointer("/configure_integration/title");
        let troubles = troubles(&visit.ctx, &self.access, std::slice::from_ref(&self.row)).await?;
        Ok(IntegrationConfigPage {
            shell: visit.org_shell(&self.access, &self.row.integration.name, Section::Integrations).await?,
            installed: head(&self.provider, &self.row, troubles.into_values().next(), "settings"),
            facts: facts(&self.row),
            title: title.and_then(Value::as_str).unwrap_or(TITLE).to_owned(),
            fields: fields.iter().map(|field| show::field(field, values, refused)).collect(),
            may_write: self.access.has(needed("POST")),
            error: refused.map(|refused| refused.beside(&names)).unwrap_or_default(),
        })
    }
}

async fn show_page(visit: Signed, Path(path): Path<(String, String, String)>) -> Outcome {
    let found = Found::of(&visit, path, "GET").await?;
    page(&found.page(&visit, &found.values(), None).await?)
}

async fn save(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path(path): Path<(String, String, String)>,
    form: Form,
) -> Outcome {
    let found = Found::of(&visit, path, "POST").await?;
    let mut values = found.values();
    let back = to::installed(&found.access.org.slug, found.provider.slug, &found.row.integration.id);
    let (changes, refused) = read::changes(&found.fields(), &values, &form);
    values.extend(changes.clone());
    let refused = match refused {
        Some(refused) => refused,
        None if changes.is_empty() => {
            return Ok(go_saying(&back, Tone::Neutral, "Nothing was changed."));
        }
        None => {
            let id = &found.row.integration.id;
            match integrations::update_config(&ctx, &found.access, id, changes).await {
                Ok(()) => return Ok(go_saying(&back, Tone::Good, "The settings are saved.")),
                Err(error) => Refused::of(error)?,
            }
        }
    };
    page_with(StatusCode::BAD_REQUEST, &found.page(&visit, &values, Some(&refused)).await?)
}

/// What is known of the account on the other side.
fn facts(row: &OrganizationIntegration) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let scopes = row.integration.scopes.as_array().into_iter().flatten().filter_map(Value::as_str);
    let facts = [
        ("Address", text(&row.integration.domain_name)),
        ("Kind of account", text(&row.integration.account_type)),
        ("Id there", row.external_id.clone()),
        ("What this server may do there", scopes.collect::<Vec<_>>().join(", ")),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}
