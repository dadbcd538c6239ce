//! What is shown of apps: the log of their requests, their pictures, their addresses.

use jiff::SignedDuration;
use mortise_testkit::{Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use crate::{
    apps::{LIST, app_json, png, public_app, public_app_at},
    site::{PASSWORD, Visitor, send_event},
    site_test,
};

/// Installs an app in an organization; the uuid of the installation.
async fn installed_by(app: &TestApp, org: &str, token: &str, slug: &str) -> String {
    let path = format!("/api/0/organizations/{org}/sentry-app-installations/");
    let made = app.post(path).bearer(token).json(&json!({ "slug": slug })).send().await.expect(200).json();
    made["uuid"].as_str().expect("a uuid").to_owned()
}

site_test!(the_log_of_requests_is_narrowed_as_the_api_does_it, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let receiver = Receiver::start().await;
    let slug = public_app_at(&mut owner, "Pager", &receiver.url()).await;
    World::make_superuser(&app.ctx, world.owner).await;
    owner.get("/auth/superuser/").await.expect(200);
    owner.post("/auth/superuser/", &[("password", PASSWORD)]).await.expect(303);
    owner.get(LIST).await.expect(200);
    owner.submit(&format!("{LIST}{slug}/publish/"), &[]).await.expect(200).says("Pager is published.");
    let here = installed_by(&app, "acme", &world.owner_token, &slug).await;
    let there = installed_by(&app, "globex", &world.stranger_token, &slug).await;
    let ask = async |uuid: &str, token: &str, reply: Reply| {
        receiver.reply([reply]);
        let path = format!("/api/0/sentry-app-installations/{uuid}/external-requests/?uri=/options");
        app.get(path).bearer(token).send().await
    };
    ask(&here, &world.owner_token, Reply::json(&json!([]))).await.expect(200);
    app.clock.advance(3600);
    ask(&there, &world.stranger_token, Reply::status(500)).await;

    let page = format!("{LIST}{slug}/dashboard/");
    let rows = async |owner: &mut Visitor, query: &str| {
        let shown = owner.get(&format!("{page}?{query}")).await.expect(200);
        (shown.text.matches("call-line").count(), shown)
    };
    let (count, all) = rows(&mut owner, "").await;
    assert_eq!(count, 2, "{}", all.text);
    let all = all.says("<option value=\"acme\">Acme</option>").says("<option value=\"globex\">");
    all.says("select_options.requested").says("<details>");
    let at = |seconds_ago: i64| {
        let time = app.ctx.now().checked_sub(SignedDuration::from_secs(seconds_ago)).unwrap();
        time.strftime("%Y-%m-%dT%H:%M").to_string()
    };
    for (query, expected) in [
        ("org=acme".to_owned(), 1),
        ("org=globex".to_owned(), 1),
        ("org=globex&failed=on".to_owned(), 1),
        ("org=acme&failed=on".to_owned(), 0),
        ("org=nowhere".to_owned(), 0),
        ("event=select_options.requested".to_owned(), 2),
        ("event=installation.created".to_owned(), 0),
        (format!("from={}", at(1800)), 1),
        (format!("to={}", at(1800)), 1),
        (format!("from={}&to={}", at(7200), at(-60)), 2),
    ] {
        let (count, shown) = rows(&mut owner, &query).await;
        assert_eq!(count, expected, "{query}: {}", shown.text);
    }
    let (_, kept) = rows(&mut owner, "org=globex&period=7d").await;
    kept.says("<option value=\"globex\" selected>")
        .says("<option value=\"acme\">")
        .says("org=globex&#38;period=30d");
});

site_test!(no_short_name_of_an_app_is_hidden_by_a_form, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    for name in ["new public", "new public app", "new"] {
        let slug = public_app(&mut owner, name).await;
        let shown = owner.get(&format!("{LIST}{slug}/")).await.expect(200);
        shown.says(&format!("<h1>{name}</h1>")).says("Save changes");
    }
});

site_test!(the_logo_of_an_app_stands_wherever_the_app_does, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let slug = public_app(&mut owner, "Pager").await;
    let page = format!("{LIST}{slug}/");
    let schema = json!({ "elements": [{ "type": "issue-link",
        "link": { "uri": "/link", "required_fields": [{ "type": "text", "name": "t", "label": "Ticket" }] },
        "create": { "uri": "/new", "required_fields": [{ "type": "text", "name": "n", "label": "Name" }] } }] });
    let path = format!("/api/0/sentry-apps/{slug}/");
    app.put(path).bearer(&world.owner_token).json(&json!({ "schema": schema })).send().await.expect(200);
    owner.post(&format!("/settings/acme/sentry-apps/{slug}/install/"), &[]).await.expect(303);
    send_event(&app, &world, &json!({ "message": "Boom" })).await;
    let issue = "/organizations/acme/issues/1/";
    owner.get(&page).await.expect(200).says(">PG</span>").says_not("<img class=\"avatar");
    for color in ["off", "on"] {
        owner.get(&page).await.expect(200);
        owner.upload(&format!("{page}picture/"), &[("color", color)], &png()).await.expect(303);
        let seen = app_json(&app, &world, &slug).await;
        let of_kind = |it: &&Value| it["color"] == json!(color == "on");
        let uuid = seen["avatars"].as_array().unwrap().iter().find(of_kind).unwrap()["avatarUuid"].clone();
        let src = format!(
            "<img class=\"avatar photo\" src=\"/sentry-app-avatar/{}/?s=52\"",
            uuid.as_str().unwrap()
        );
        for shown in [
            LIST,
            &page,
            &format!("{page}dashboard/"),
            "/settings/acme/integrations/",
            issue,
            &format!("/settings/acme/sentry-apps/{slug}/"),
            &format!("/sentry-apps/{slug}/external-install/"),
        ] {
            owner.get(shown).await.expect(200).says(&src);
        }
        let dialog =
            owner.get(issue).await.expect(200).between("href=\"/organizations/acme/issues/1/apps/", "\"");
        owner.get(&format!("{issue}apps/{dialog}")).await.expect(200).says(&src);
    }
});
