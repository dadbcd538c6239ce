//! Every column that holds sealed values, for the rotation of keys: it reads them all and writes them back sealed anew.
//! A value is bound to its place, so each column says what names its row: something that never changes.

use crate::{Query, Reader, Result, Tx, row};

/// A column of sealed values.
#[derive(Debug, Clone, Copy)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    page: &'static str,
    replace: &'static str,
}

row! {
    /// A sealed value and where it lies.
    pub struct SealedValue {
        pub id: i64,
        /// What names the row in the value's place.
        pub place: String,
        pub blob: Vec<u8>,
    }
}

macro_rules! sealed {
    ($($(#[$meta:meta])* $name:ident = $table:literal . $column:literal by $place:literal;)*) => {
        $(
            $(#[$meta])*
            pub const $name: SealedColumn = SealedColumn {
                table: $table,
                column: $column,
                page: concat!(
                    "SELECT id, ", $place, " AS place, ", $column, " AS blob FROM ", $table,
                    " WHERE id > $1 AND ", $column, " IS NOT NULL ORDER BY id LIMIT $2"
                ),
                replace: concat!("UPDATE ", $table, " SET ", $column, " = $3 WHERE id = $1 AND ", $column, " = $2"),
            };
        )*
        /// All of them.
        pub const SEALED_COLUMNS: &[SealedColumn] = &[$($name),*];
    };
}

sealed! {
    /// The secret of an OAuth application, by its client id.
    CLIENT_SECRET = "api_application"."client_secret" by "client_id";
    /// The secret before, by the client id.
    PREVIOUS_SECRET = "api_application"."previous_secret" by "client_id";
    /// A grant's code, by its hash.
    GRANT_CODE = "api_grant"."code" by "code_hash";
    /// The token of an app that was made for a provider, by provider and organization.
    PROVIDER_APP_TOKEN = "sentry_app_installation_for_provider"."token"
        by "provider || '/' || CAST(organization_id AS TEXT)";
    /// The answer to a refresh, by the hash of the refresh token.
    REFRESH_ANSWER = "app_token_refresh"."answer" by "refresh_token_hash";
    /// The secret that a service hook signs with, by its guid.
    HOOK_SECRET = "service_hook"."secret" by "guid";
    /// What a provider needs for one account, by provider and external id.
    INTEGRATION_METADATA = "integration"."metadata" by "provider || '/' || external_id";
    /// What an organization sets of an integration, by organization and integration.
    INTEGRATION_CONFIG = "organization_integration"."config"
        by "CAST(organization_id AS TEXT) || '/' || CAST(integration_id AS TEXT)";
    /// A person's tokens at a provider, by identity provider and external id.
    IDENTITY_DATA = "identity"."data" by "CAST(provider_id AS TEXT) || '/' || external_id";
    /// A secret of a legacy plugin, by project, plugin and field.
    PLUGIN_SECRET = "plugin_option"."secret" by "CAST(project_id AS TEXT) || '/' || plugin || '/' || field";
    /// The token of an invitation's link, by organization and address.
    INVITATION_TOKEN = "organization_member"."token" by "CAST(organization_id AS TEXT) || '/' || COALESCE(email, '')";
}

/// Up to `limit` values behind the row `after`, by row.
pub async fn page(
    conn: &mut Reader,
    column: SealedColumn,
    after: i64,
    limit: i64,
) -> Result<Vec<SealedValue>> {
    conn.all(Query::new(column.page).bind(after).bind(limit)).await
}

/// Puts `new` where `old` still is. `false`: somebody else wrote there in the meantime.
pub async fn replace(tx: &mut Tx, column: SealedColumn, id: i64, old: &[u8], new: &[u8]) -> Result<bool> {
    let query = Query::new(column.replace);
    Ok(tx.execute(query.bind(id).bind(old).bind(new)).await? == 1)
}
