//! `hook`.

use serde::{Deserialize, Serialize};

use super::{Few, nullable};

/// A hook.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceHook {
    pub id: i64,
    pub guid: String,
    pub application_id: Option<i64>,
    pub installation_id: Option<i64>,
    pub project_id: Option<i64>,
    pub organization_id: Option<i64>,
    pub url: String,
    pub events: Vec<String>,
    pub status: i64,
}

/// Arguments of `create_service_hook`.
#[derive(Debug, Deserialize)]
pub struct CreateServiceHook {
    pub application_id: Option<i64>,
    #[serde(default = "nobody")]
    pub actor_id: i64,
    pub installation_id: Option<i64>,
    #[serde(default = "nobody")]
    pub organization_id: i64,
    pub project_ids: Option<Few<i64>>,
    pub events: Option<Few<String>>,
    #[serde(default)]
    pub url: String,
}

fn nobody() -> i64 {
    -1
}

/// Arguments of `update_webhook_and_events`.
#[derive(Debug, Deserialize)]
pub struct UpdateWebhook {
    pub organization_id: i64,
    #[serde(deserialize_with = "nullable")]
    pub application_id: Option<i64>,
    #[serde(deserialize_with = "nullable")]
    pub webhook_url: Option<String>,
    pub events: Few<String>,
}

/// Arguments of `create_or_update_webhook_and_events_for_installation`.
#[derive(Debug, Deserialize)]
pub struct PutWebhook {
    pub installation_id: i64,
    pub organization_id: i64,
    #[serde(deserialize_with = "nullable")]
    pub webhook_url: Option<String>,
    pub events: Few<String>,
    pub application_id: i64,
}

/// Arguments of `bulk_create_service_hooks_for_app`.
#[derive(Debug, Deserialize)]
pub struct BulkCreate {
    pub cell_name: String,
    pub application_id: i64,
    pub events: Few<String>,
    pub installation_organization_ids: Few<Pair>,
    pub url: String,
}

/// An installation and where it is.
#[derive(Debug, Deserialize)]
pub struct Pair {
    pub installation_id: i64,
    pub organization_id: i64,
}
