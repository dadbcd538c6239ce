//! Pictures of apps, asking for an app to be published, and asking for something to be installed.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageFormat, Luma, Rgba, RgbaImage};
use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, text};

const APPS: &str = "/api/0/sentry-apps/";

fn png(image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn square(side: u32, colour: [u8; 4]) -> Vec<u8> {
    png(&RgbaImage::from_pixel(side, side, Rgba(colour)).into())
}

fn photo(color: bool, bytes: &[u8]) -> Value {
    json!({ "color": color, "avatar_type": "upload", "avatar_photo": STANDARD.encode(bytes) })
}

/// A public app of `acme`; its path.
async fn public_app(app: &TestApp, world: &World, more: Value) -> String {
    let mut body = json!({
        "organization": "acme", "name": "Board", "author": "Acme", "isInternal": false, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "webhookUrl": "https://b.acme.test/hook",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    format!("{APPS}{}/", made["slug"].as_str().unwrap())
}

api_test!(a_picture_is_uploaded_shown_and_replaced, |app| async move {
    let world = app.world().await;
    let path = public_app(&app, &world, json!({})).await;
    let put = async |body: Value| {
        app.put(format!("{path}avatar/"))
            .bearer(&world.owner_token)
            .json(&body)
            .send()
            .await
            .expect(200)
            .json()
    };
    let logo = square(256, [200, 10, 10, 255]);
    let seen = put(photo(true, &logo)).await;
    let uuid = seen["avatars"][0]["avatarUuid"].as_str().unwrap().to_owned();
    let url = format!("/sentry-app-avatar/{uuid}/");
    assert_eq!(
        seen["avatars"],
        json!([{ "avatarType": "upload", "avatarUuid": uuid, "avatarUrl": format!("http://m.test:8000{url}"), "color": true,
            "photoType": "logo" }])
    );
    assert_eq!(uuid.len(), 32);
    let get = app.get(format!("{path}avatar/")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(get.json()["avatars"], seen["avatars"]);

    let shown = app.get(&url).header("origin", "https://x.test").send().await.expect(200);
    assert_eq!(shown.body, logo);
    let headers = ["content-type", "cache-control", "access-control-allow-origin", "x-content-type-options"];
    let headers = headers.map(|name| shown.header(name));
    assert_eq!(headers, ["image/png", "max-age=315360000", "https://x.test", "nosniff"]);
    for (asked, side) in [("1", 20), ("50", 48), ("51", 52), ("9999", 120), ("-5", 20), ("96", 96)] {
        let small = app.get(format!("{url}?s={asked}")).send().await.expect(200);
        let image = image::load_from_memory(&small.body).unwrap();
        assert_eq!((image.width(), image.height()), (side, side), "{asked}");
        assert_eq!(image.to_rgba8().get_pixel(9, 9), &Rgba([200, 10, 10, 255]));
    }
    assert_eq!(app.get(format!("{url}?s=")).send().await.expect(200).body, logo);
    assert_eq!(app.get(format!("{url}?s=big")).send().await.expect(400).text(), "");
    assert_eq!(app.get("/sentry-app-avatar/nothing/?s=big").send().await.expect(404).text(), "");

    // The icon is another picture; a new logo takes the place of the old one under another name.
    let icon = put(photo(false, &square(256, [0, 0, 0, 128]))).await;
    assert_eq!(icon["avatars"][1]["photoType"], "icon");
    let other = put(photo(true, &square(1024, [1, 2, 3, 255]))).await["avatars"][0].clone();
    assert_ne!(other["avatarUuid"], uuid);
    app.get(&url).send().await.expect(404);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_photo").await, 20);
    let default = put(json!({ "color": true, "avatar_type": "default" })).await["avatars"][0].clone();
    assert_eq!((&default["avatarType"], &default["avatarUuid"]), (&json!("default"), &other["avatarUuid"]));
    let kept = format!("/sentry-app-avatar/{}/", other["avatarUuid"].as_str().unwrap());
    app.get(&kept).send().await.expect(200);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    app.get(&kept).send().await.expect(404);
});

api_test!(what_is_no_picture_of_an_app_is_refused, |app| async move {
    let world = app.world().await;
    let path = format!("{}avatar/", public_app(&app, &world, json!({})).await);
    let refused = async |body: Value| {
        app.put(&path).bearer(&world.owner_token).json(&body).send().await.expect(400).json()
    };
    let of_photo = |text: &str| json!({ "avatar_photo": [text] });
    let required = ["This field is required."];
    assert_eq!(refused(json!({})).await, json!({ "color": required, "avatar_type": required }));
    let wrong = refused(json!({ "color": "?", "avatar_type": "gravatar", "avatar_photo": "%" })).await;
    assert_eq!(
        wrong,
        json!({ "color": ["Must be a valid boolean."], "avatar_type": ["\"gravatar\" is not a valid choice."],
            "avatar_photo": ["Invalid image format."] })
    );
    let keys: Vec<_> = wrong.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["avatar_photo", "avatar_type", "color"]);
    for body in [json!(null), json!([])] {
        assert!(refused(body).await["non_field_errors"].is_array());
    }
    for photo_text in
        [json!("%%%"), json!("aGVsbG8"), json!(7), json!(["x"]), json!(STANDARD.encode("hello"))]
    {
        let body = json!({ "color": true, "avatar_type": "upload", "avatar_photo": photo_text });
        assert_eq!(refused(body).await, of_photo("Invalid image format."));
    }
    let mut broken = square(256, [9, 9, 9, 255]);
    broken.truncate(60);
    assert_eq!(refused(photo(true, &broken)).await, of_photo("Invalid image format."));
    let gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";
    let text = "Invalid image format. App icons should be i, m, a, g, e, /, p, n, g.";
    assert_eq!(refused(photo(true, gif)).await, of_photo(text));
    for (width, height) in [(255, 255), (1025, 1025), (256, 300), (60_000, 60_000)] {
        // Only the header says so much: nothing of that size is ever decoded.
        let mut bytes = square(256, [1, 1, 1, 255]);
        bytes[16..20].copy_from_slice(&u32::to_be_bytes(width));
        bytes[20..24].copy_from_slice(&u32::to_be_bytes(height));
        let sum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(
            refused(photo(true, &bytes)).await,
            of_photo("Invalid image dimensions."),
            "{width}x{height}"
        );
    }
    for body in [
        json!({ "color": true, "avatar_type": "upload" }),
        json!({ "color": false, "avatar_type": "upload", "avatar_photo": "" }),
        json!({ "color": true, "avatar_type": "upload", "avatar_photo": 0 }),
        json!({ "color": true, "avatar_type": "upload", "avatar_photo": false }),
    ] {
        assert_eq!(refused(body).await, of_photo("A logo is required."));
    }
    let grey = DynamicImage::ImageLuma8(image::ImageBuffer::from_pixel(256, 256, Luma([0])));
    for bytes in [square(256, [0, 0, 1, 255]), png(&grey)] {
        let text = "The icon must only use black and should contain an alpha channel.";
        assert_eq!(refused(photo(false, &bytes)).await, of_photo(text));
    }
    let large = app
        .put(&path)
        .bearer(&world.owner_token)
        .json(&photo(true, &vec![0; 5_000_001]))
        .send()
        .await
        .expect(413);
    assert_eq!(large.json(), json!({ "detail": { "code": "", "message": "", "extra": {} } }));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_avatar").await, 0);
    let body = photo(true, &square(256, [1, 1, 1, 255]));
    app.put(&path).bearer(&world.stranger_token).json(&body).send().await.expect(404);
    app.put(&path).bearer(&world.member_token).json(&body).send().await.expect(403);
    app.put(&path).json(&body).send().await.expect(401);
});

/// The check sum of a PNG's chunk.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(!0_u32, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

api_test!(publishing_is_asked_for_once_with_a_logo_and_an_icon, |app| async move {
    let world = app.world().await;
    let schema = json!({ "elements": [{ "type": "issue-link",
        "link": { "uri": "/link", "required_fields": [{ "type": "text", "label": "T", "name": "t" }] },
        "create": { "uri": "/create", "required_fields": [{ "type": "text", "label": "T", "name": "t" }] } }] });
    let path = public_app(&app, &world, json!({ "schema": schema })).await;
    let ask = async |body: Value| {
        app.post(format!("{path}publish-request/")).bearer(&world.owner_token).json(&body).send().await
    };
    let refused =
        async |text: &str| assert_eq!(ask(json!({})).await.expect(400).json(), json!({ "detail": text }));
    let upload = async |body: Value| {
        app.put(format!("{path}avatar/")).bearer(&world.owner_token).json(&body).send().await.expect(200);
    };
    refused("Must upload a logo for the integration.").await;
    upload(photo(true, &square(256, [1, 1, 1, 255]))).await;
    refused("Must upload an icon for issue and stack trace linking integrations.").await;
    upload(photo(false, &square(256, [0, 0, 0, 255]))).await;
    assert_eq!(
        ask(json!({ "questionnaire": "why" })).await.expect(400).json(),
        json!({ "questionnaire": ["Expected a list of items but got type \"str\"."] })
    );
    let many = vec![json!({ "question": "?", "answer": "!" }); 101];
    ask(json!({ "questionnaire": many })).await.expect(400);
    let answers =
        json!([{ "question": "What?", "answer": "Boards" }, { "question": "Why?", "answer": null }]);
    assert_eq!(ask(json!({ "questionnaire": answers })).await.expect(201).text(), "");

    let seen = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["status"], "publish_request_inprogress");
    let kept = text(&app, "SELECT questionnaire FROM sentry_app_publish_request").await;
    assert_eq!(kept, r#"[{"question":"What?","answer":"Boards"},{"question":"Why?","answer":""}]"#);
    let told = text(&app, "SELECT payload FROM event WHERE kind = 'app.publication_requested'").await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["text"], "\n\n>What?\nBoards\n\n>Why?\n");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE event = 1002").await, 1);
    refused("Publish request in progress.").await;
});

api_test!(who_may_ask_for_publishing_and_for_what, |app| async move {
    let world = app.world().await;
    let path = public_app(&app, &world, json!({})).await;
    let ask = format!("{path}publish-request/");
    let (user, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let manager = World::token(&app.ctx, user, &["org:read", "org:write", "org:admin"]).await;
    app.post(&ask).bearer(&manager).send().await.expect(403);
    app.post(&ask).bearer(&world.stranger_token).send().await.expect(404);
    let status = async |number: i64| {
        let set = Query::new("UPDATE sentry_app SET status = $1").bind(number);
        let done = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(set).await })).await;
        done.map_err(|error: mortise_store::StoreError| error.to_string()).unwrap();
        app.post(&ask).bearer(&world.owner_token).send().await.expect(400).json()
    };
    assert_eq!(status(1).await, json!({ "detail": "Cannot publish already published integration." }));
    assert_eq!(status(2).await, json!({ "detail": "Cannot publish internal integration." }));
});

api_test!(a_member_asks_the_owners_to_install_something, |app| async move {
    let world = app.world().await;
    let path = "/api/0/organizations/acme/integration-requests/";
    public_app(&app, &world, json!({})).await;
    let ask = async |token: &str, body: Value| app.post(path).bearer(token).json(&body).send().await;
    let owner = ask(&world.owner_token, json!({})).await.expect(200);
    assert_eq!(owner.json(), json!({ "detail": "User can install integration" }));
    for (body, text) in [
        (json!({}), "Provider None not found"),
        (json!({ "providerType": "sentry_app", "providerSlug": null }), "Provider None not found"),
        (json!({ "providerType": "sentry_app", "providerSlug": "" }), "Provider  not found"),
        (json!({ "providerType": "sentry_app", "providerSlug": "nothing" }), "Provider nothing not found"),
        (json!({ "providerType": "plugin", "providerSlug": "vsts" }), "Provider vsts not found"),
        (json!({ "providerType": "first_party", "providerSlug": "webhooks" }), "Provider webhooks not found"),
        (json!({ "providerSlug": "board" }), "Provider board not found"),
        (json!({ "providerSlug": ["a", true] }), "Provider ['a', True] not found"),
    ] {
        let answer = ask(&world.member_token, body).await.expect(400);
        assert_eq!(answer.json(), json!({ "detail": text }));
    }
    let body = json!({ "providerType": "sentry_app", "providerSlug": "board", "message": " please \n" });
    assert_eq!(ask(&world.member_token, body.clone()).await.expect(201).text(), "");
    let told = text(&app, "SELECT payload FROM event WHERE kind = 'integration.requested'").await;
    let provider = json!({ "type": "sentry_app", "slug": "board", "name": "Board" });
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told, json!({ "actor": world.member.get(), "provider": provider, "text": "please" }));
    let plugin = json!({ "providerType": "plugin", "providerSlug": "webhooks" });
    ask(&world.member_token, plugin).await.expect(201);
    // Also one that is not listed.
    for slug in ["vsts", "vsts-extension"] {
        let vsts = json!({ "providerType": "first_party", "providerSlug": slug, "message": null });
        ask(&world.member_token, vsts).await.expect(201);
    }

    app.get(path).bearer(&world.member_token).send().await.expect(403);
    // An app of others that is not published is not there.
    let (user, _) = World::user(&app.ctx, "guest", world.stranger_org, OrgRole::Member).await;
    let guest = World::token(&app.ctx, user, &["org:read"]).await;
    let there = path.replace("acme", "globex");
    let answer = app.post(&there).bearer(&guest).json(&body).send().await.expect(400);
    assert_eq!(answer.json(), json!({ "detail": "Provider board not found" }));
    app.post(path).bearer(&guest).json(&body).send().await.expect(403);
});
