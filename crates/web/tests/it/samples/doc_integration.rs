use mortise_web::view::{
    Avatar, Field, Section, State, Theme, Tone,
    doc_integration::{
        DocFormPage, DocIntegrationPage, DocIntegrationsPage, DocRow, FeatureChoice, StoredDoc,
    },
    integration::Resource,
};

use super::{
    integration::{feature, resources},
    page, shell,
};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let one = DocIntegrationPage {
        shell: shell("Night Watch", Section::Integrations, theme),
        slug: "night-watch".into(),
        name: "Night Watch".into(),
        author: "Northwind <Labs>".into(),
        avatar: Avatar::new("Night Watch"),
        description: "Watches **everything** by <night>.".into(),
        instructions: Resource::new("watch.example", "https://watch.example/docs"),
        features: vec![feature("Shows your data in Night Watch.", Some("Visualization"), true)],
        resources: resources(),
        is_draft: true,
        may_write: true,
    };
    let bare = DocIntegrationPage {
        features: vec![],
        resources: vec![],
        is_draft: false,
        may_write: false,
        ..one.clone()
    };
    let list = list(theme);
    let none = DocIntegrationsPage { rows: vec![], is_cut: false, ..list.clone() };
    let form = form(theme);
    let new = DocFormPage { stored: None, features_error: String::new(), ..form.clone() };
    vec![
        page("doc-integration", &one),
        page("doc-integration-bare", &bare),
        page("doc-integrations", &list),
        page("doc-integrations-none", &none),
        page("doc-integration-form", &form),
        page("doc-integration-new", &new),
    ]
}

fn list(theme: Theme) -> DocIntegrationsPage {
    let row = |name: &str, state, categories| DocRow {
        slug: name.to_lowercase(),
        name: name.into(),
        author: "Northwind".into(),
        avatar: Avatar::new(name),
        state,
        categories,
        host: "watch.example".into(),
    };
    DocIntegrationsPage {
        shell: shell("Documentation integrations", Section::Account, theme),
        rows: vec![
            row("Watch", State::new("Published", Tone::Good), vec!["Alerts", "Chat"]),
            row("Other <one>", State::new("Draft", Tone::Neutral), vec![]),
        ],
        is_cut: true,
    }
}

fn form(theme: Theme) -> DocFormPage {
    let choice =
        |id, text: &str, category| FeatureChoice { id, text: text.into(), category, chosen: id == 1 };
    DocFormPage {
        shell: shell("Night Watch", Section::Account, theme),
        action: "/operator/doc-integrations/night-watch/".into(),
        error: "Something <else> is wrong.".into(),
        name: Field { required: true, ..Field::text("name", "Name").value("Night Watch") },
        author: Field { error: "Too long.".into(), ..Field::text("author", "Author") },
        description: Field { hint: "What it is good for.", ..Field::area("description", "Description") },
        url: Field::text("url", "Address"),
        popularity: Field { kind: "number", ..Field::text("popularity", "Popularity").value("1") },
        features: vec![
            choice(0, "It can **read and change data through the API**.", Some("API")),
            choice(1, "Create issues.", None),
        ],
        features_error: "Choose at least one.".into(),
        resources: Field::area("resources", "Resources").value("More https://watch.example/more"),
        stored: Some(StoredDoc {
            slug: "night-watch".into(),
            name: "Night Watch".into(),
            avatar: Avatar::new("Night Watch"),
            state: State::new("Draft", Tone::Neutral),
            is_draft: true,
            picture: "/doc-integration-avatar/abc/?s=52".into(),
        }),
    }
}
