//! Journeys of those who make apps: creating, changing, credentials and tokens, publishing, deleting.

use mortise_domain::OrgRole;
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

use crate::{
    site::{Answer, Visitor},
    site_test,
};

pub(crate) const LIST: &str = "/settings/acme/developer-settings/";
const NEW_INTERNAL: &str = "/settings/acme/new-internal-app/";
const NEW_PUBLIC: &str = "/settings/acme/new-public-app/";

/// What the API says of an app.
pub(crate) async fn app_json(app: &TestApp, world: &World, slug: &str) -> Value {
    let path = format!("/api/0/sentry-apps/{slug}/");
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

/// The short name in the address that an answer leads to.
fn slug_of(led: &Answer) -> String {
    led.location()
        .trim_end_matches("credentials/")
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .expect("a short name")
        .to_owned()
}

/// The owner with a public app; its short name.
pub(crate) async fn public_app(owner: &mut Visitor, name: &str) -> String {
    public_app_at(owner, name, "https://hooks.acme.test/in").await
}

/// The same with this webhook URL.
pub(crate) async fn public_app_at(owner: &mut Visitor, name: &str, url: &str) -> String {
    owner.get(NEW_PUBLIC).await.expect(200);
    let fields = [
        ("name", name),
        ("author", "Acme"),
        ("webhookUrl", url),
        ("event", "event:read"),
        ("verifyInstall", "off"),
    ];
    slug_of(&owner.post(NEW_PUBLIC, &fields).await.expect(303))
}

/// A picture that is a logo and an icon.
pub(crate) fn png() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbaImage::new(256, 256).write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    png.into_inner()
}

site_test!(an_internal_app_is_made_with_the_fields_of_its_form, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(LIST).await.expect(200).says("No apps yet").says(NEW_INTERNAL);
    owner
        .get(NEW_INTERNAL)
        .await
        .expect(200)
        .says("New internal app")
        .says("Empty stands for the organization.");
    let fields = [
        ("name", " Night Job "),
        ("author", ""),
        ("overview", "Reads **everything**.\r\nTwice."),
        ("webhookUrl", "https://hooks.acme.test/in"),
        ("redirectUrl", ""),
        ("isAlertable", "off"),
        ("isAlertable", "on"),
        ("event", "event:write"),
        ("org", "org:integrations"),
        ("release", ""),
        ("events", "issue.created"),
        ("events", "comment.deleted"),
        ("webhookHeaders", "X-One: 1\r\n\r\nX-Two: 2\r\n"),
        ("schema", "  "),
        ("allowedOrigins", "one.acme.test\ntwo.acme.test"),
    ];
    let led = owner.post(NEW_INTERNAL, &fields).await.expect(303);
    let slug = slug_of(&led);
    let credentials = owner.get(led.location()).await.expect(200);
    let credentials = credentials.says("Night Job is made.").says("No tokens");
    let made = app_json(&app, &world, &slug).await;
    assert_eq!(made["name"], "Night Job");
    assert_eq!(made["author"], "Acme");
    assert_eq!(made["overview"], "Reads **everything**.\nTwice.");
    assert_eq!(made["status"], "internal");
    assert_eq!(made["isAlertable"], true);
    let scopes = json!(["event:read", "event:write", "org:integrations", "org:read", "org:write"]);
    assert_eq!(made["scopes"], scopes);
    assert_eq!(made["webhookEvents"], json!(["comment.deleted", "issue.created"]));
    assert_eq!(made["webhookHeaders"], json!(["X-One: 1", "X-Two: 2"]));
    assert_eq!(made["allowedOrigins"], json!(["one.acme.test", "two.acme.test"]));
    assert_eq!(made["schema"], json!({}));
    credentials.says(made["clientSecret"].as_str().unwrap()).says(made["clientId"].as_str().unwrap());
    let list = owner.get(LIST).await.expect(200).says("Night Job").says("https://hooks.acme.test/in");
    list.says("<span class=\"chip\">issue</span>");
});

site_test!(what_is_wrong_stands_beside_its_field_and_what_was_typed_stays, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(NEW_PUBLIC).await.expect(200);
    let fields = [("name", ""), ("author", "Ada"), ("webhookUrl", "ftp://x"), ("schema", "{")];
    let page = owner.post(NEW_PUBLIC, &fields).await.expect(400);
    page.says("This is not JSON").says("value=\"Ada\"");
    let fields = [
        ("name", ""),
        ("author", "Ada"),
        ("webhookUrl", "ftp://x"),
        ("schema", "{\"a\": 1}"),
        ("allowedOrigins", "*"),
        ("webhookHeaders", "no header"),
    ];
    let page = owner.post(NEW_PUBLIC, &fields).await.expect(400);
    let page = page.says("This field may not be blank.").says("URL must start with http[s]://");
    let page =
        page.says("&#39;elements&#39; is a required property").says("&#39;*&#39; not allowed in origin");
    page.says("Each header must be written as").says_not("role=\"alert\"");
    let fields = [
        ("name", "Pager"),
        ("webhookUrl", "https://a.test/"),
        ("events", "issue.created"),
        ("org", "org:read"),
    ];
    let page = owner.post(NEW_PUBLIC, &fields).await.expect(400);
    let page = page.says("issue webhooks require the event:read permission.");
    page.says("id=\"event-issue.created\" value=\"issue.created\" checked")
        .says("value=\"org:read\" selected");
    let apps = app.get("/api/0/organizations/acme/sentry-apps/").bearer(&world.owner_token).send().await;
    assert_eq!(apps.expect(200).json(), json!([]));
});

site_test!(an_app_is_changed_and_what_the_form_does_not_offer_stays, |app, world| async {
    let body = json!({
        "organization": "acme", "name": "Pager", "author": "Acme", "isInternal": false, "isAlertable": false,
        "verifyInstall": true, "scopes": ["event:read", "project:read"], "overview": "Old",
        "events": ["issue.created", "preprod_artifact"], "webhookUrl": "https://a.test/",
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(&format!("{LIST}pager/")).await.expect(200);
    let page = page
        .says("value=\"event:read\" selected")
        .says("id=\"event-issue.created\" value=\"issue.created\" checked");
    page.says("name=\"verifyInstall\" value=\"on\" checked");
    let fields = [
        ("name", "Pager Two"),
        ("author", "Acme"),
        ("overview", "New"),
        ("webhookUrl", "https://b.test/"),
        ("redirectUrl", "https://b.test/setup"),
        ("verifyInstall", "off"),
        ("event", "event:admin"),
        ("events", "issue.resolved"),
    ];
    owner
        .submit(&format!("{LIST}pager/"), &fields)
        .await
        .expect(200)
        .says("The app is saved.")
        .says("Pager Two");
    let changed = app_json(&app, &world, "pager").await;
    assert_eq!(changed["scopes"], json!(["event:admin", "event:read", "event:write", "project:read"]));
    let events = &changed["webhookEvents"];
    assert!(events.as_array().unwrap().contains(&json!("issue.resolved")));
    assert!(!events.as_array().unwrap().contains(&json!("issue.created")));
    assert_eq!(events.as_array().unwrap().len(), 3, "{events}");
    assert_eq!((&changed["overview"], &changed["verifyInstall"]), (&json!("New"), &json!(false)));
    let cleared =
        [("name", "Pager"), ("author", "Acme"), ("overview", ""), ("webhookUrl", "https://b.test/")];
    let page = owner.post(&format!("{LIST}pager/"), &cleared).await.expect(400);
    page.says("This field may not be blank.");
});

site_test!(tokens_are_shown_once_used_and_deleted, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(NEW_INTERNAL).await.expect(200);
    let led = owner.post(NEW_INTERNAL, &[("name", "Job"), ("org", "org:read")]).await.expect(303);
    let slug = slug_of(&led);
    let page = owner.post(&format!("{LIST}{slug}/tokens/"), &[]).await.expect(200).says("Your new token");
    let token = page.between("<code>", "</code>");
    app.get("/api/0/organizations/acme/").bearer(&token).send().await.expect(200);
    let page = owner.get(led.location()).await.expect(200).says_not(&token).says(&token[token.len() - 4..]);
    let id = page.between("href=\"#delete-", "\"");
    let path = format!("{LIST}{slug}/tokens/{id}/delete/");
    owner.submit(&path, &[]).await.expect(200).says("The token is deleted.").says("No tokens");
    app.get("/api/0/organizations/acme/").bearer(&token).send().await.expect(401);
    owner.post(&path, &[]).await.expect(404);
    owner.post(&format!("{LIST}{slug}/tokens/x/delete/"), &[]).await.expect(404);
});

site_test!(the_secret_is_shown_for_a_day_and_a_new_one_once, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let page = format!("{LIST}{slug}/credentials/");
    let secret = app_json(&app, &world, &slug).await["clientSecret"].as_str().unwrap().to_owned();
    owner.get(&page).await.expect(200).says(&secret).says_not("New token");
    app.clock.advance(24 * 3600 + 1);
    owner.get(&page).await.expect(200).says_not(&secret).says("make another");
    let rotated = owner.post(&format!("{LIST}{slug}/rotate-secret/"), &[]).await.expect(200);
    let rotated = rotated.says("This is the new secret.").between("Copy it now", "</m-copy>");
    let new = rotated.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0.to_owned();
    assert_eq!(new.len(), 64);
    assert_ne!(new, secret);
    owner.get(&page).await.expect(200).says_not(&new);
});

site_test!(an_app_is_deleted_when_its_short_name_is_typed, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let path = format!("{LIST}{slug}/delete/");
    owner.submit(&path, &[("confirm", "no")]).await.expect(200).says("Nothing was deleted");
    owner
        .submit(&path, &[("confirm", &slug)])
        .await
        .expect(200)
        .says("Pager is deleted.")
        .says("No apps yet");
    owner.get(&format!("{LIST}{slug}/")).await.expect(404);
});

site_test!(an_app_is_exported_as_a_file_without_secrets, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let file = format!("{LIST}{slug}/manifest.toml");
    owner.get(&format!("{LIST}{slug}/")).await.expect(200).says(&file);
    let answer = owner.get(&file).await.expect(200);
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{slug}.toml\""));
    answer.says("name = \"Pager\"").says_not("secret");
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(&file).await.expect(404);
});

site_test!(members_look_managers_change_and_strangers_see_nothing, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let page = format!("{LIST}{slug}/");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(LIST).await.expect(200).says("Pager").says_not(NEW_INTERNAL);
    member.get(&page).await.expect(200).says("but not change it").says_not("Delete app");
    member
        .get(&format!("{page}credentials/"))
        .await
        .expect(200)
        .says("Only those see it")
        .says_not("New secret");
    member.get(NEW_INTERNAL).await.expect(403);
    for target in ["", "rotate-secret/", "tokens/", "tokens/1/delete/", "delete/", "publish/"] {
        member.post(&format!("{page}{target}"), &[("confirm", &slug)]).await.expect(403);
    }
    let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let mut manager = Visitor::signed_in(&app.ctx, manager).await;
    manager.get(&page).await.expect(200).says("Save changes").says_not("Delete app").says_not("Publish");
    manager.post(&format!("{page}delete/"), &[("confirm", &slug)]).await.expect(403);
    manager.post(&format!("{page}publish/"), &[]).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(LIST).await.expect(404);
    stranger.get(&page).await.expect(404);
    stranger.post(&format!("{page}delete/"), &[("confirm", &slug)]).await.expect(404);
    owner.post_with_token(&page, &[("name", "X")], "wrong").await.expect(403).says("This form has expired");
    let mut visitor = Visitor::new(&app.ctx);
    visitor.get(&page).await.expect(303);
});

site_test!(the_dashboard_tells_how_an_app_is_used, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let page = format!("{LIST}{slug}/dashboard/");
    let empty = owner.get(&page).await.expect(200).says("No requests yet");
    empty.says("aria-label=\"0 installs in the last 24 hours, at most 0 at a time\"");
    owner.post(&format!("/settings/acme/sentry-apps/{slug}/install/"), &[]).await.expect(303);
    owner.get(&format!("/settings/acme/sentry-apps/{slug}/")).await.expect(200);
    let used = owner.get(&page).await.expect(200);
    let used = used.says("1 install in the last 24 hours").says("1 view in the last 24 hours");
    assert_eq!(used.text.matches("<title>").count(), 3 * 24 + 1, "24 hours in three charts");
    let month =
        owner.get(&format!("{page}?period=30d")).await.expect(200).says("1 install in the last 30 days");
    assert_eq!(month.text.matches("<title>").count(), 3 * 30 + 1);
    owner.get(&format!("{page}?period=x&event=nonsense&failed=on")).await.expect(200).says("Nothing matches");
    let wrong = owner.get(&format!("{page}?from=soon&to=2026-11-22T03:00")).await.expect(400);
    wrong
        .says("This is no date with a time.")
        .says("aria-describedby=\"from-error\"")
        .says("Nothing matches");
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(&page).await.expect(404);
});

site_test!(a_schema_is_previewed_while_it_is_written_and_on_the_form, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let page = format!("{LIST}{slug}/");
    let schema = json!({ "elements": [
        { "type": "issue-link",
          "link": { "uri": "/link", "required_fields": [{ "type": "select", "name": "t", "label": "Ticket", "uri": "/t" }] },
          "create": { "uri": "/new", "required_fields": [{ "type": "text", "name": "n", "label": "Heading <1>", "default": "issue.title" }] } },
        { "type": "stacktrace-link", "uri": "/frame" },
    ]})
    .to_string();
    let target = "/settings/acme/schema-preview/";
    owner.get(&page).await.expect(200).says(target).says("<div id=\"preview\"");
    let seen = owner.post(target, &[("schema", &schema)]).await.expect(200);
    let seen = seen.says("Heading &#60;1&#62;").says("value=\"The title of the issue\"");
    seen.says("Choices come from /t.")
        .says("Open in the app")
        .says("<fieldset class=\"preview-form stack\" disabled>");
    owner.get(&page).await.expect(200);
    let seen = owner.post(target, &[("schema", "{\"elements\": []}")]).await.expect(200);
    seen.says("[] is too short");
    owner.get(&page).await.expect(200);
    owner.post(target, &[("schema", "[")]).await.expect(200).says("This is not JSON");
    owner.get(&page).await.expect(200);
    let fields =
        [("name", "Pager"), ("author", "Acme"), ("webhookUrl", "https://a.test/"), ("schema", &schema)];
    owner.submit(&page, &fields).await.expect(200).says("The app is saved.").says("Choices come from /t.");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(LIST).await.expect(200);
    member.post(target, &[("schema", "{}")]).await.expect(403);
});

site_test!(an_app_with_its_pictures_asks_to_be_published, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let page = format!("{LIST}{slug}/");
    let picture = format!("{page}picture/");
    let ask = format!("{page}publish-request/");
    owner.get(&page).await.expect(200).says("Publishing").says_not("Ask to publish").says_not("an icon for");
    owner.submit(&ask, &[("answer", "x")]).await.expect(200).says("Must upload a logo for the integration.");
    owner.upload(&picture, &[("color", "on")], b"no picture").await.expect(303);
    owner.get(&page).await.expect(200).says("Invalid image format.");
    let png = png();
    owner.upload(&picture, &[("color", "on")], &png).await.expect(303);
    owner
        .get(&page)
        .await
        .expect(200)
        .says("The picture is saved.")
        .says("alt=\"The logo\"")
        .says("Ask to publish");
    owner.upload(&picture, &[("color", "on")], &vec![0; 6_000_000]).await.expect(413);
    owner.get(&page).await.expect(200);
    let asked = owner.submit(&ask, &[("answer", "Everybody.")]).await.expect(200);
    asked
        .says("An operator of this server is asked")
        .says("Waiting to be published")
        .says_not("Delete this app");
    owner.submit(&ask, &[("answer", "x")]).await.expect(200).says("Publish request in progress.");
    assert_eq!(app_json(&app, &world, &slug).await["status"], "publish_request_inprogress");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(&page).await.expect(200).says_not("Publish</button>");
    member.post(&ask, &[("answer", "x")]).await.expect(403);
    member.get(&page).await.expect(200);
    member.upload(&picture, &[("color", "on")], &png).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.upload(&picture, &[("color", "on")], &png).await.expect(404);
});
