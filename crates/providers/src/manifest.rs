//! What a provider is, as data. A stored integration is shown with this alone, whether or not the provider can do
//! anything here yet.

use mortise_wire::integration as wire;
use serde_json::{Map, Value, json};

use crate::{Feature, Metadata};

/// What providers keep the wish under to do without TLS certificates.
const VERIFY_TLS: &str = "verify_ssl";

/// What a provider is.
#[derive(Debug, Clone, Copy)]
pub struct Manifest {
    /// The word that requests and URLs use to name it.
    pub key: &'static str,
    /// The word that stored integrations carry. It differs from the key where one provider creates rows of another.
    pub integration_key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Whether it is listed in the catalog.
    pub is_visible: bool,
    /// Whether only organizations have it for which its switch is on: `integrations-` and the key, with hyphens.
    pub is_switched: bool,
    /// Whether an installation starts here; otherwise it starts on the other side.
    pub can_add: bool,
    /// Width and height of the window in which it is installed, pixels.
    pub dialog: (u16, u16),
    /// What one installation is called.
    pub noun: &'static str,
    /// What it is for; Markdown.
    pub description: &'static str,
    /// What people read of its features, in order.
    pub described: &'static [Described],
    /// What it can do.
    pub features: &'static [Feature],
    /// What its pages show besides.
    pub aspects: Aspects,
    /// What it is called in the title of a report about it.
    pub report_name: &'static str,
}

/// A feature in words; Markdown.
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// Which.
    pub feature: Feature,
    /// What it does.
    pub text: &'static str,
}

/// What pages of a provider show besides.
#[derive(Debug, Clone, Copy)]
pub struct Aspects {
    /// Notices: type, icon if any, text.
    pub alerts: &'static [(&'static str, Option<&'static str>, &'static str)],
    /// What is asked before it is disabled: text of the button, body.
    pub disable_dialog: Option<(&'static str, &'static str)>,
    /// What is asked before it is removed: text of the button, body.
    pub removal_dialog: Option<(&'static str, &'static str)>,
    /// Where it is installed from: URL, text of the button, notice.
    pub external_install: Option<(&'static str, &'static str, &'static str)>,
    /// The title above its settings.
    pub configure_title: Option<&'static str>,
}

impl Aspects {
    /// Nothing besides.
    pub const NONE: Aspects = Aspects {
        alerts: &[],
        disable_dialog: None,
        removal_dialog: None,
        external_install: None,
        configure_title: None,
    };

    /// As clients see them.
    pub fn to_json(&self) -> Value {
        let dialog = |(action, body): (&str, &str)| json!({ "actionText": action, "body": body });
        let mut map = Map::new();
        if !self.alerts.is_empty() {
            map.insert("alerts".to_owned(), self.alerts.iter().map(alert).collect());
        }
        if let Some(texts) = self.disable_dialog {
            map.insert("disable_dialog".to_owned(), dialog(texts));
        }
        if let Some(texts) = self.removal_dialog {
            map.insert("removal_dialog".to_owned(), dialog(texts));
        }
        if let Some((url, button, notice)) = self.external_install {
            let install = json!({ "url": url, "buttonText": button, "noticeText": notice });
            map.insert("externalInstall".to_owned(), install);
        }
        if let Some(title) = self.configure_title {
            map.insert("configure_integration".to_owned(), json!({ "title": title }));
        }
        Value::Object(map)
    }
}

fn alert((kind, icon, text): &(&str, Option<&str>, &str)) -> Value {
    match icon {
        Some(icon) => json!({ "type": kind, "icon": icon, "text": text }),
        None => json!({ "type": kind, "text": text }),
    }
}

impl Manifest {
    /// The name of the switch that an organization needs for it, if it needs one.
    pub fn switch(&self) -> Option<String> {
        self.is_switched.then(|| format!("integrations-{}", self.key.replace('_', "-")))
    }

    /// Whether it can do something.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether the other side must prove who it is, for an account of which the provider keeps `metadata`. Only servers that
    /// people run themselves may do without, where whoever installed the integration said so.
    pub fn verifies_tls(&self, metadata: &Metadata) -> bool {
        let is_nested = match self.integration_key {
            "bitbucket_server" | "gitlab" | "jira_server" => false,
            "github_enterprise" => true,
            _ => return true,
        };
        let Ok(kept) = metadata.open() else { return true };
        let kept = match is_nested {
            true => kept.get("installation").and_then(|it| it.get(VERIFY_TLS)),
            false => kept.get(VERIFY_TLS),
        };
        kept != Some(&Value::Bool(false))
    }

    /// Names of its features, sorted.
    pub fn feature_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.features.iter().map(|feature| feature.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// As it is shown beside an integration.
    pub fn to_wire(&self) -> wire::Provider {
        wire::Provider {
            key: self.key,
            slug: self.key,
            name: self.name,
            can_add: self.can_add,
            can_disable: false,
            features: self.feature_names(),
            aspects: self.aspects.to_json(),
        }
    }

    /// The title of a report about it.
    pub fn report_title(&self) -> String {
        match self.report_name {
            "" => "Integration Problem".to_owned(),
            name => format!("{name} Problem"),
        }
    }
}
