//! Documentation integrations as superusers write them: all of them, the form of one, its picture, publishing, deleting. One
//! begins as a draft. The use cases say what is wrong with a form; here lines become what they read.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use mortise_domain::kind;
use mortise_service::{
    Ctx, access::IdOrSlug, apps, doc_integrations as docs, wire::doc_integration::DocIntegration,
};
use serde_json::{Map, Value, json};

use super::{app_pictures, input, integrations, operator::require_superuser, paging::Walk, sorry};
use crate::{
    edge::{
        Form, Outcome, Pairs, Refused, Signed, Upload, Visit, go_saying, page, page_with,
        upload::UPLOAD_BYTES_MAX,
    },
    routes::{self as to, path},
    view::{
        Field, State as Badge, Tone,
        doc_integration::{DocFormPage, DocIntegrationsPage, DocRow, FeatureChoice, StoredDoc},
    },
};

/// Rows that are listed at most.
const LISTED_MAX: usize = 1000;
/// The fields that show their own errors; what is wrong with resources is said of `metadata`.
const FIELDS: [&str; 7] = ["name", "author", "description", "url", "popularity", "features", "metadata"];
/// Characters of a name and of an author that are taken.
const NAME_CHARS_MAX: u32 = 64;
const AUTHOR_CHARS_MAX: u32 = 255;
/// How popular a new one is.
const POPULARITY: &str = "1";
const NO_FEATURE: &str = "Choose at least one.";
const NO_ADDRESS: &str = "Each line is a title and, after a blank, an address.";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::doc_integrations, get(list))
        .route(path::new_doc_integration, get(new).post(create))
        .route(path::doc_integration_form, get(edit).post(save))
        .route(path::doc_integration_picture, post(picture).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route(path::doc_integration_publish, post(publish))
        .route(path::doc_integration_delete, post(delete))
}

async fn find(visit: &Visit, slug: &str) -> Outcome<DocIntegration> {
    require_superuser(&visit.caller)?;
    Ok(docs::get_doc_integration(&visit.ctx, &visit.caller, &segment(slug)).await?)
}

fn segment(slug: &str) -> IdOrSlug<kind::DocIntegration> {
    IdOrSlug::parse(slug)
}

fn badge(doc: &DocIntegration) -> Badge {
    match doc.is_draft {
        true => Badge::new("Draft", Tone::Neutral),
        false => Badge::new("Published", Tone::Good),
    }
}

async fn list(visit: Signed, State(ctx): State<Ctx>) -> Outcome {
    require_superuser(&visit.caller)?;
    let mut walk = Walk::new(LISTED_MAX);
    while let Some(request) = walk.request() {
        walk.add(docs::list_doc_integrations(&ctx, &visit.caller, request).await?);
    }
    let row = |doc: &DocIntegration| DocRow {
        slug: doc.slug.clone(),
        name: doc.name.clone(),
        author: doc.author.clone(),
        avatar: app_pictures::of_doc(doc),
        state: badge(doc),
        categories: integrations::families(doc.features.iter().map(|it| it.feature_gate.as_str())),
        host: integrations::host(&doc.url),
    };
    page(&DocIntegrationsPage {
        shell: visit.account_shell("Documentation integrations").await?,
        is_cut: walk.is_cut,
        rows: walk.rows.iter().map(row).collect(),
    })
}

async fn new(visit: Signed) -> Outcome {
    require_superuser(&visit.caller)?;
    page(&form_page(&visit, None, None).await?)
}

async fn create(visit: Signed, State(ctx): State<Ctx>, form: Form) -> Outcome {
    require_superuser(&visit.caller)?;
    let made = match body(&form) {
        Ok(body) => docs::create_doc_integration(&ctx, &visit.caller, Some(&Value::Object(body)))
            .await
            .map_err(Refused::of),
        Err(refused) => Err(Ok(refused)),
    };
    match made {
        Ok(doc) => {
            let text = format!("{} is made, as a draft. It needs a picture to be published.", doc.name);
            Ok(go_saying(&to::doc_integration_form(&doc.slug), Tone::Good, &text))
        }
        Err(refused) => {
            let again = form_page(&visit, None, Some((&form, &refused?))).await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn edit(visit: Signed, Path(slug): Path<String>) -> Outcome {
    let doc = find(&visit, &slug).await?;
    page(&form_page(&visit, Some(&doc), None).await?)
}

async fn save(visit: Signed, State(ctx): State<Ctx>, Path(slug): Path<String>, form: Form) -> Outcome {
    let doc = find(&visit, &slug).await?;
    let saved = match body(&form) {
        Ok(mut body) => {
            body.insert("is_draft".to_owned(), Value::Bool(doc.is_draft));
            let body = Value::Object(body);
            docs::update_doc_integration(&ctx, &visit.caller, &segment(&slug), Some(&body))
                .await
                .map_err(Refused::of)
        }
        Err(refused) => Err(Ok(refused)),
    };
    match saved {
        Ok(saved) => Ok(go_saying(
            &to::doc_integration_form(&saved.slug),
            Tone::Good,
            &format!("{} is saved.", saved.name),
        )),
        Err(refused) => {
            let again = form_page(&visit, Some(&doc), Some((&form, &refused?))).await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn picture(visit: Signed, State(ctx): State<Ctx>, Path(slug): Path<String>, upload: Upload) -> Outcome {
    let doc = find(&visit, &slug).await?;
    let back = to::doc_integration_form(&doc.slug);
    let body = json!({ "avatar_type": "upload", "avatar_photo": STANDARD.encode(&upload.file) });
    match docs::set_avatar(&ctx, &visit.caller, &segment(&slug), &input::body(body)).await {
        Ok(_) => Ok(go_saying(&back, Tone::Good, "The picture is saved.")),
        Err(error) => sorry(error, &back),
    }
}

async fn publish(visit: Signed, State(ctx): State<Ctx>, Path(slug): Path<String>, form: Form) -> Outcome {
    let doc = find(&visit, &slug).await?;
    let back = to::doc_integration_form(&doc.slug);
    let is_draft = form.is_on("draft");
    let mut body = json!({
        "name": doc.name, "author": doc.author, "description": doc.description, "url": doc.url,
        "popularity": doc.popularity, "is_draft": is_draft,
    });
    if let Some(resources) = doc.resources {
        body["resources"] = resources;
    }
    match docs::update_doc_integration(&ctx, &visit.caller, &segment(&slug), Some(&body)).await {
        Ok(doc) => {
            let now = if is_draft { "a draft again: only superusers see it" } else { "published" };
            Ok(go_saying(&back, Tone::Good, &format!("{} is {now}.", doc.name)))
        }
        Err(error) => sorry(error, &back),
    }
}

async fn delete(visit: Signed, State(ctx): State<Ctx>, Path(slug): Path<String>, form: Form) -> Outcome {
    let doc = find(&visit, &slug).await?;
    let back = to::doc_integration_form(&doc.slug);
    if form.get("confirm") != doc.slug {
        return Ok(go_saying(&back, Tone::Bad, "Nothing was deleted: what you typed is not its short name."));
    }
    match docs::remove_doc_integration(&ctx, &visit.caller, &segment(&slug)).await {
        Ok(()) => Ok(go_saying(&to::doc_integrations(), Tone::Good, &format!("{} is deleted.", doc.name))),
        Err(error) => sorry(error, &back),
    }
}

/// The body of a form. An empty popularity is none.
fn body(form: &Pairs) -> Result<Map<String, Value>, Refused> {
    let mut body = input::texts(form, &["name", "author", "url"]);
    let description = form.get("description").trim().replace("\r\n", "\n");
    body.insert("description".to_owned(), description.into());
    let popularity = form.get("popularity").trim();
    body.insert("popularity".to_owned(), if popularity.is_empty() { Value::Null } else { popularity.into() });
    let features = form.all("features");
    if features.is_empty() {
        return Err(Refused::field_error("features", NO_FEATURE));
    }
    body.insert("features".to_owned(), features.into());
    let lines = form.get("resources").lines().map(str::trim).filter(|line| !line.is_empty());
    let resource = |line: &str| {
        let (title, url) = line.rsplit_once(char::is_whitespace)?;
        Some(json!({ "title": title.trim(), "url": url }))
    };
    let resources: Option<Vec<Value>> = lines.map(resource).collect();
    let resources = resources.ok_or_else(|| Refused::field_error("metadata", NO_ADDRESS))?;
    if !resources.is_empty() {
        body.insert("resources".to_owned(), resources.into());
    }
    Ok(body)
}

async fn form_page(
    visit: &Visit,
    doc: Option<&DocIntegration>,
    sent: Option<(&Pairs, &Refused)>,
) -> Outcome<DocFormPage> {
    let title = doc.map_or("New documentation integration", |doc| doc.name.as_str());
    let error = |name: &str| sent.map(|(_, refused)| refused.field(name)).unwrap_or_default();
    let text = |name: &str, stored: &dyn Fn(&DocIntegration) -> String, new: &str| match (sent, doc) {
        (Some((form, _)), _) => form.get(name).to_owned(),
        (None, Some(doc)) => stored(doc),
        (None, None) => new.to_owned(),
    };
    let line = |name, label, stored: &dyn Fn(&DocIntegration) -> String| Field {
        error: error(name),
        required: true,
        ..Field::text(name, label).value(&text(name, stored, ""))
    };
    let popularity = |doc: &DocIntegration| doc.popularity.map(|it| it.to_string()).unwrap_or_default();
    Ok(DocFormPage {
        shell: visit.account_shell(title).await?,
        action: doc.map_or_else(to::new_doc_integration, |doc| to::doc_integration_form(&doc.slug)),
        error: sent.map(|(_, refused)| refused.beside(&FIELDS)).unwrap_or_default(),
        name: Field { max_chars: NAME_CHARS_MAX, ..line("name", "Name", &|doc| doc.name.clone()) },
        author: Field { max_chars: AUTHOR_CHARS_MAX, ..line("author", "Author", &|doc| doc.author.clone()) },
        description: Field {
            error: error("description"),
            required: true,
            hint: "What it is good for; Markdown works.",
            ..Field::area("description", "Description").value(&text(
                "description",
                &|doc| doc.description.clone(),
                "",
            ))
        },
        url: Field {
            kind: "url",
            hint: "Where the instructions are.",
            ..line("url", "Address", &|doc| doc.url.clone())
        },
        popularity: Field {
            kind: "number",
            error: error("popularity"),
            hint: "The directory lists what is more popular first.",
            ..Field::text("popularity", "Popularity").value(&text("popularity", &popularity, POPULARITY))
        },
        features: features(doc, sent.map(|(form, _)| form)),
        features_error: error("features"),
        resources: Field {
            error: error("metadata"),
            hint: "One further page a line: a title, a blank, an address.",
            ..Field::area("resources", "Resources").value(&text("resources", &resources_text, ""))
        },
        stored: doc.map(stored),
    })
}

fn stored(doc: &DocIntegration) -> StoredDoc {
    let avatar = app_pictures::of_doc(doc);
    StoredDoc {
        slug: doc.slug.clone(),
        name: doc.name.clone(),
        picture: avatar.photo.clone(),
        avatar,
        state: badge(doc),
        is_draft: doc.is_draft,
    }
}

fn resources_text(doc: &DocIntegration) -> String {
    let lines = integrations::resources(doc).into_iter().map(|(title, url)| format!("{title} {url}\n"));
    lines.collect()
}

fn features(doc: Option<&DocIntegration>, sent: Option<&Pairs>) -> Vec<FeatureChoice> {
    let sent = sent.map(|form| form.all("features"));
    let is_chosen = |id: i64| match (&sent, doc) {
        (Some(sent), _) => sent.contains(&id.to_string()),
        (None, Some(doc)) => doc.features.iter().any(|it| it.feature_id == id),
        (None, None) => false,
    };
    let choice = |it: mortise_service::wire::sentry_app::AppFeature| FeatureChoice {
        id: it.feature_id,
        category: integrations::family(&it.feature_gate),
        text: capitalized(&it.description),
        chosen: is_chosen(it.feature_id),
    };
    apps::described_features("it").map(choice).collect()
}

/// A sentence, whatever word it begins with.
fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
