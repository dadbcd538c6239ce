//! Superusers write documentation integrations: from a draft to a published one, and back.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mortise_testkit::{TestApp, World};
use mortise_web::routes;
use serde_json::{Value, json};

use crate::{
    site::{PASSWORD, Visitor},
    site_test,
};

const ALL: &str = "/operator/doc-integrations/";
const NEW: &str = "/operator/new-doc-integration/";
const ONE: &str = "/operator/doc-integrations/night-watch/";
const FIELDS: [(&str, &str); 8] = [
    ("name", "Night Watch"),
    ("author", "Dora"),
    ("description", "Watches **all**.\r\nAt night."),
    ("url", "https://watch.test/docs"),
    ("popularity", "7"),
    ("features", "1"),
    ("features", "11"),
    ("resources", "How it works https://watch.test/how\r\n\r\nPrices\thttps://watch.test/prices"),
];

/// Somebody who is a superuser now.
pub(crate) async fn superuser(app: &TestApp, world: &World) -> Visitor {
    World::make_superuser(&app.ctx, world.owner).await;
    let mut visitor = Visitor::signed_in(&app.ctx, world.owner).await;
    visitor.get("/auth/superuser/").await.expect(200);
    visitor.post("/auth/superuser/", &[("password", PASSWORD), ("next", ALL)]).await.expect(303);
    visitor.get(ALL).await.expect(200);
    visitor
}

/// The fields of a form with some of them replaced.
fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = FIELDS.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied().filter(|(_, value)| *value != "-")).collect()
}

fn picture(side: u32) -> Vec<u8> {
    let image = DynamicImage::from(RgbImage::from_pixel(side, side, Rgb([200, 10, 10])));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).expect("a picture");
    bytes.into_inner()
}

/// What clients of the API see of it.
async fn shown(app: &TestApp, world: &World) -> Value {
    let path = "/api/0/doc-integrations/night-watch/";
    app.get(path).bearer(&world.member_token).send().await.expect(200).json()
}

site_test!(a_draft_is_made_pictured_published_taken_back_and_deleted, |app, world| async {
    let mut visitor = superuser(&app, &world).await;
    visitor.get(ALL).await.expect(200).says("None yet").says("Documentation integrations</a>");
    visitor.get(NEW).await.expect(200).says("begins as a draft").says("Create draft").says_not("Unpublish");
    let made = visitor.submit(NEW, &FIELDS).await.expect(200);
    let page =
        made.says("Night Watch is made, as a draft.").says("badge neutral\">Draft").says(">night-watch<");
    let page = page.says("How it works https://watch.test/how\nPrices https://watch.test/prices\n");
    let page =
        page.says("id=\"feature-11\" value=\"11\" checked").says_not("id=\"feature-0\" value=\"0\" checked");
    page.says("It needs a picture first.").says("value=\"7\"");
    app.get("/api/0/doc-integrations/night-watch/").bearer(&world.member_token).send().await.expect(403);

    let refused = visitor.submit(&format!("{ONE}publish/"), &[("draft", "off")]).await.expect(200);
    refused.says("A logo is required for publishing.").says("badge neutral\">Draft");
    let upload = format!("{ONE}picture/");
    for (file, text) in [
        (picture(255), "Invalid image dimensions."),
        (b"hello".to_vec(), "Invalid image format."),
        (Vec::new(), "A logo is required."),
    ] {
        visitor.upload(&upload, &[], &file).await.expect(303).leads_to(ONE);
        visitor.get(ONE).await.expect(200).says(text).says("It needs a picture first.");
    }
    visitor.upload(&upload, &[], &vec![0; 5_000_001]).await.expect(303);
    visitor.get(ONE).await.expect(200).says("It is larger than this server takes.");
    assert_eq!(visitor.upload(&upload, &[], &vec![0; 6_000_000]).await.status, 413);
    visitor.get(ONE).await.expect(200);
    visitor.upload(&upload, &[], &picture(256)).await.expect(303);
    visitor.get(ONE).await.expect(200).says("The picture is saved.").says("/doc-integration-avatar/");

    let page = visitor.submit(&format!("{ONE}publish/"), &[("draft", "off")]).await.expect(200);
    page.says("Night Watch is published.").says("badge good\">Published").says("Unpublish");
    let seen = shown(&app, &world).await;
    assert_eq!(
        (&seen["description"], &seen["popularity"], seen["features"].as_array().unwrap().len()),
        (&json!("Watches **all**.\nAt night."), &json!(7), 2)
    );
    assert_eq!(
        seen["resources"],
        json!([{ "title": "How it works", "url": "https://watch.test/how" },
            { "title": "Prices", "url": "https://watch.test/prices" }])
    );
    visitor.get(ALL).await.expect(200).says("badge good\">Published").says("watch.test").says(">Chat<");
    let list = visitor.get("/settings/acme/integrations/?search=night").await.expect(200);
    list.says("/settings/acme/document-integrations/night-watch/").says("/doc-integration-avatar/");

    let change = with(&[("name", "Day Watch"), ("popularity", ""), ("features", "0"), ("resources", "")]);
    visitor.get(ONE).await.expect(200);
    visitor.submit(ONE, &change).await.expect(200).says("Day Watch is saved.").says("badge good\">Published");
    let seen = shown(&app, &world).await;
    assert_eq!(
        (&seen["name"], &seen["slug"], &seen["popularity"], &seen["isDraft"], seen.get("resources")),
        (&json!("Day Watch"), &json!("night-watch"), &Value::Null, &json!(false), None)
    );
    assert_eq!(seen["features"][0]["featureId"], 0);
    let page = visitor.submit(&format!("{ONE}publish/"), &[("draft", "on")]).await.expect(200);
    page.says("Day Watch is a draft again").says("badge neutral\">Draft");
    let kept = visitor.submit(&format!("{ONE}delete/"), &[("confirm", "watch")]).await.expect(200);
    kept.says("Nothing was deleted");
    let gone = visitor.submit(&format!("{ONE}delete/"), &[("confirm", "night-watch")]).await.expect(200);
    gone.says("Day Watch is deleted.").says("None yet");
    visitor.get(ONE).await.expect(404);
});

site_test!(what_is_wrong_with_a_form_is_said_beside_its_fields, |app, world| async {
    let mut visitor = superuser(&app, &world).await;
    visitor.get(NEW).await.expect(200);
    visitor.submit(NEW, &FIELDS).await.expect(200);
    for (change, id, text) in [
        (
            vec![("name", "night  watch")],
            "name",
            "Name &#39;night  watch&#39; is already taken, please use another.",
        ),
        (vec![("name", " ")], "name", "This field may not be blank."),
        (vec![("author", "")], "author", "This field may not be blank."),
        (vec![("description", " ")], "description", "This field may not be blank."),
        (vec![("url", "httpx")], "url", "Enter a valid URL."),
        (vec![("url", "ftp://x.test")], "url", "URL must start with http[s]://"),
        (vec![("popularity", "40000")], "popularity", "Ensure this value is less than or equal to 32767."),
        (vec![("features", "-")], "features", "Choose at least one."),
        (vec![("features", "999")], "features", "&#34;999&#34; is not a valid choice."),
        (
            vec![("resources", "https://watch.test/alone")],
            "resources",
            "Each line is a title and, after a blank, an address.",
        ),
    ] {
        let sent = with(&[vec![("name", "Other")], change.clone()].concat());
        let sent: Vec<_> = if change[0].0 == "name" { with(&change) } else { sent };
        let page = visitor.post(NEW, &sent).await.expect(400);
        assert!(
            page.between(&format!("id=\"{id}-error\">"), "</p>").ends_with(text),
            "{change:?}: {}",
            page.text
        );
    }
    // What was typed is still there.
    let page = visitor.post(NEW, &with(&[("name", "Other"), ("url", "httpx"), ("features", "11")])).await;
    page.expect(400)
        .says("value=\"httpx\"")
        .says("id=\"feature-11\" value=\"11\" checked")
        .says("How it works https");
    let page = visitor.post(ONE, &with(&[("url", "httpx")])).await.expect(400);
    page.says("Enter a valid URL.").says("<h1>Night Watch</h1>");
});

site_test!(nobody_else_learns_of_these_pages, |app, world| async {
    let mut visitor = superuser(&app, &world).await;
    visitor.get(NEW).await.expect(200);
    visitor.submit(NEW, &FIELDS).await.expect(200);
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    for path in [ALL, NEW, ONE] {
        member.get(path).await.expect(404);
        Visitor::new(&app.ctx).get(path).await.expect(303);
    }
    member.get("/settings/acme/integrations/").await.expect(200);
    // Whose elevation ended while a form was written is asked for the password.
    app.clock.advance(16 * 60);
    visitor.referer(&format!("http://m.test:8000{NEW}"));
    let asked = visitor.post(NEW, &FIELDS).await.expect(303);
    asked.leads_to(&format!("/auth/superuser/?next={}", routes::encode(NEW)));
    visitor.submit("/auth/superuser/", &[("password", PASSWORD), ("next", NEW)]).await.expect(200);
    let targets = [NEW.to_owned(), ONE.to_owned(), format!("{ONE}publish/"), format!("{ONE}delete/")];
    for path in &targets {
        member.post(path, &FIELDS).await.expect(404);
        visitor.get(ALL).await.expect(200);
        visitor.post_with_token(path, &FIELDS, "forged").await.expect(403);
    }
    member.get("/settings/acme/integrations/").await.expect(200);
    member.upload(&format!("{ONE}picture/"), &[], &picture(256)).await.expect(404);
    for unknown in ["nothing", "999"] {
        visitor.get(&format!("{ALL}{unknown}/")).await.expect(404);
        visitor.post(&format!("{ALL}{unknown}/publish/"), &[("draft", "off")]).await.expect(404);
        visitor.get(ALL).await.expect(200);
    }
});
