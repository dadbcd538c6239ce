//! Entries of the directory that are documentation only.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{ingest::count, rows::superuser};

const DOCS: &str = "/api/0/doc-integrations/";

/// An elevated session.
struct Writer(String, String);

impl Writer {
    async fn of(app: &TestApp, world: &World) -> Self {
        let (cookie, csrf) = superuser(app, world.stranger).await;
        Self(format!("{cookie}; sc={csrf}"), csrf)
    }

    async fn send(&self, app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
        let request = app.request(method.parse().unwrap(), path).header("cookie", &self.0);
        request.header("x-csrftoken", &self.1).json(body).send().await
    }

    async fn post(&self, app: &TestApp, body: &Value) -> Answer {
        self.send(app, "POST", DOCS, body).await
    }

    async fn put(&self, app: &TestApp, path: &str, body: &Value) -> Answer {
        self.send(app, "PUT", path, body).await
    }
}

fn entry(more: Value) -> Value {
    let mut body = json!({ "name": "Night Watch", "author": "Acme", "description": "Watches.",
        "url": "https://watch.test/docs", "popularity": 5 });
    let Value::Object(more) = more else { unreachable!("more is an object") };
    body.as_object_mut().unwrap().extend(more);
    body
}

fn photo(side: u32, format: ImageFormat) -> Vec<u8> {
    let image = DynamicImage::from(RgbImage::from_pixel(side, side, Rgb([200, 10, 10])));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn upload(bytes: &[u8]) -> Value {
    json!({ "avatar_photo": STANDARD.encode(bytes), "avatar_type": "upload" })
}

api_test!(a_draft_is_written_published_and_removed_by_superusers, |app| async move {
    let world = app.world().await;
    let writer = Writer::of(&app, &world).await;
    let resources = json!([{ "title": "More", "url": "no url at all" }]);
    let body = entry(json!({ "is_draft": "maybe", "features": [2, "4", 4], "resources": resources,
        "metadata": { "a": 1 } }));
    let made = writer.post(&app, &body).await.expect(201);
    let seen = made.json();
    let keys: Vec<_> = seen.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "name",
            "slug",
            "author",
            "description",
            "url",
            "popularity",
            "isDraft",
            "features",
            "avatar",
            "resources"
        ]
    );
    assert_eq!(
        (&seen["slug"], &seen["isDraft"], &seen["popularity"], &seen["avatar"], &seen["resources"]),
        (&json!("night-watch"), &json!(true), &json!(5), &Value::Null, &resources)
    );
    assert_eq!(seen["features"][0]["featureGate"], "integrations-stacktrace-link");
    assert_eq!(
        seen["features"][1],
        json!({ "featureId": 4, "featureGate": "integrations-project-management",
            "description": "Create or link work items in Night Watch." })
    );
    assert_eq!(seen["features"].as_array().unwrap().len(), 2);

    let item = format!("{DOCS}night-watch/");
    let published =
        entry(json!({ "name": "Day Watch", "is_draft": false, "features": [], "popularity": null }));
    let refused = writer.put(&app, &item, &published).await.expect(400);
    assert_eq!(refused.json(), json!({ "avatar": "A logo is required for publishing." }));
    let avatar = format!("{item}avatar/");
    writer.put(&app, &avatar, &upload(&photo(256, ImageFormat::Png))).await.expect(200);
    let seen = writer.put(&app, &item, &published).await.expect(200).json();
    assert_eq!(
        (&seen["name"], &seen["slug"], &seen["isDraft"], &seen["popularity"], seen.get("resources")),
        (&json!("Day Watch"), &json!("night-watch"), &json!(false), &Value::Null, None)
    );
    assert_eq!(seen["features"].as_array().unwrap().len(), 2);
    let again = entry(json!({ "features": [0], "resources": [] }));
    let seen = writer.put(&app, &item, &again).await.expect(200).json();
    assert_eq!((&seen["isDraft"], &seen["resources"]), (&json!(true), &json!([])));
    assert_eq!(seen["features"][0]["featureId"], 0);
    assert_eq!(seen["features"].as_array().unwrap().len(), 1);

    assert_eq!(writer.send(&app, "DELETE", &item, &json!({})).await.expect(204).text(), "");
    let gone = writer.send(&app, "DELETE", &item, &json!({})).await.expect(404);
    assert_eq!(gone.json(), json!({ "detail": "Not found." }));
    for table in ["doc_integration", "doc_integration_avatar", "doc_integration_photo"] {
        let sql: &'static str = format!("SELECT COUNT(*) FROM {table}").leak();
        assert_eq!(count(&app, sql).await, 0, "{table}");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM integration_feature WHERE target_type = 1").await, 0);
});

api_test!(drafts_are_for_superusers_and_writing_is_for_nobody_else, |app| async move {
    let world = app.world().await;
    let writer = Writer::of(&app, &world).await;
    writer.post(&app, &entry(json!({ "name": "Draft" }))).await.expect(201);
    writer.post(&app, &entry(json!({ "name": "Open" }))).await.expect(201);
    let open = format!("{DOCS}open/");
    writer.put(&app, &format!("{open}avatar/"), &upload(&photo(256, ImageFormat::Png))).await.expect(200);
    let body = entry(json!({ "name": "Open", "is_draft": false }));
    writer.put(&app, &open, &body).await.expect(200);

    let list = app.get(DOCS).bearer(&world.member_token).send().await.expect(200);
    assert!(list.header("link").contains("rel=\"next\""), "{}", list.header("link"));
    let slugs = |answer: &Answer| -> Vec<Value> {
        answer.json().as_array().unwrap().iter().map(|it| it["slug"].clone()).collect()
    };
    assert_eq!(slugs(&list), ["open"]);
    let all = writer.send(&app, "GET", DOCS, &json!({})).await.expect(200);
    assert_eq!(slugs(&all), ["draft", "open"]);
    let page = app.get(format!("{DOCS}?per_page=1")).header("cookie", &writer.0).send().await.expect(200);
    assert_eq!(slugs(&page), ["draft"]);
    let next = page.next_cursor().unwrap();
    let path = format!("{DOCS}?per_page=1&cursor={next}");
    assert_eq!(slugs(&app.get(path).header("cookie", &writer.0).send().await.expect(200)), ["open"]);

    app.get(DOCS).send().await.expect(401);
    let narrow = World::token(&app.ctx, world.member, &["alerts:read"]).await;
    app.get(DOCS).bearer(&narrow).send().await.expect(403);
    // The token of a superuser is that of anybody.
    let detail = json!({ "detail": "You do not have permission to perform this action." });
    for path in [format!("{DOCS}draft/"), format!("{DOCS}draft/avatar/")] {
        for token in [&world.stranger_token, &world.member_token] {
            assert_eq!(app.get(&path).bearer(token).send().await.expect(403).json(), detail);
        }
        writer.send(&app, "GET", &path, &json!({})).await.expect(200);
    }
    let unknown = app.get(format!("{DOCS}nothing/")).bearer(&world.member_token).send().await.expect(404);
    assert_eq!(unknown.json(), json!({ "detail": "Not found." }));
    app.get(&open).bearer(&world.member_token).send().await.expect(200);
    for (method, path) in
        [("POST", DOCS), ("PUT", &open), ("DELETE", &open), ("PUT", &format!("{open}avatar/"))]
    {
        let request = || app.request(method.parse().unwrap(), path);
        let by_token = request().bearer(&world.stranger_token).body("{").send().await.expect(403);
        assert_eq!(by_token.json(), detail, "{method} {path}");
        let by_session = request().session(&world.owner_session).json(&json!({})).send().await.expect(403);
        assert_eq!(by_session.json(), detail, "{method} {path}");
    }
    let gone = writer.put(&app, &format!("{DOCS}nothing/"), &json!({})).await.expect(404);
    assert_eq!(gone.json(), json!({ "detail": "Not found." }));
});

api_test!(everything_that_is_wrong_with_an_entry_is_said_at_once, |app| async move {
    let world = app.world().await;
    let writer = Writer::of(&app, &world).await;
    let required = ["This field is required."];
    let nothing = json!({ "name": required, "author": required, "description": required, "url": required,
        "popularity": required });
    for body in [json!({}), json!([1]), json!("x"), Value::Null] {
        let answer = writer.post(&app, &body).await.expect(400);
        assert_eq!(answer.json(), nothing, "{body}");
        let keys: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["name", "author", "description", "url", "popularity"]);
    }
    let form = app.post(DOCS).header("cookie", &writer.0).header("x-csrftoken", &writer.1);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("name=A").send().await;
    assert_eq!(form.expect(400).json(), nothing);
    let broken = app.post(DOCS).header("cookie", &writer.0).header("x-csrftoken", &writer.1);
    let broken = broken.header("content-type", "application/json").body("{").send().await.expect(400).json();
    assert!(broken["detail"].as_str().unwrap().starts_with("JSON parse error - "), "{broken}");

    writer.post(&app, &entry(json!({}))).await.expect(201);
    let blank = "This field may not be blank.";
    let missing = |key: &str| json!({ "metadata": [format!("'{key}' is a required property")] });
    for (change, answer) in [
        (json!({ "name": " " }), json!({ "name": [blank] })),
        (json!({ "name": null }), json!({ "name": ["This field may not be null."] })),
        (
            json!({ "name": "x".repeat(256) }),
            json!({ "name": ["Ensure this field has no more than 255 characters."] }),
        ),
        (
            json!({ "name": "x".repeat(65) }),
            json!({ "name": [format!("Generated slug '{}' is too long, please use a shorter name.", "x".repeat(65))] }),
        ),
        (
            json!({ "name": format!("a{}", "!".repeat(64)) }),
            json!({ "name": ["Ensure this field has no more than 64 characters."] }),
        ),
        (
            json!({ "name": "night  watch" }),
            json!({ "name": ["Name 'night  watch' is already taken, please use another."] }),
        ),
        (json!({ "author": "" }), json!({ "author": [blank] })),
        (
            json!({ "author": "x".repeat(256) }),
            json!({ "author": ["Ensure this field has no more than 255 characters."] }),
        ),
        (json!({ "description": null }), json!({ "description": ["This field may not be null."] })),
        (json!({ "url": "" }), json!({ "url": [blank] })),
        (json!({ "url": "ftp://x.test" }), json!({ "url": ["URL must start with http[s]://"] })),
        (json!({ "url": "httpx" }), json!({ "url": ["Enter a valid URL."] })),
        (json!({ "popularity": "many" }), json!({ "popularity": ["A valid integer is required."] })),
        (
            json!({ "popularity": -1 }),
            json!({ "popularity": ["Ensure this value is greater than or equal to 0."] }),
        ),
        (
            json!({ "popularity": 32_768 }),
            json!({ "popularity": ["Ensure this value is less than or equal to 32767."] }),
        ),
        (json!({ "features": [1, 999] }), json!({ "features": ["\"999\" is not a valid choice."] })),
        (json!({ "features": [10] }), json!({ "features": ["\"10\" is not a valid choice."] })),
        (json!({ "features": [-1] }), json!({ "features": ["\"-1\" is not a valid choice."] })),
        (json!({ "features": [13] }), json!({ "features": ["\"13\" is not a valid choice."] })),
        (
            json!({ "features": "api" }),
            json!({ "features": ["Expected a list of items but got type \"str\"."] }),
        ),
        (json!({ "resources": "x" }), json!({ "metadata": ["'x' is not of type 'array'"] })),
        (json!({ "resources": [{ "title": "T" }] }), missing("url")),
        (json!({ "resources": [{ "url": "u" }] }), missing("title")),
        (
            json!({ "resources": [{ "title": "T", "url": "u", "z": 1 }] }),
            json!({ "metadata": ["Additional properties are not allowed ('z' was unexpected)"] }),
        ),
    ] {
        let told = writer.post(&app, &entry(change.clone())).await.expect(400).json();
        // The name of what else is wrong with an entry is taken.
        let mut told = told.as_object().unwrap().clone();
        if change.get("name").is_none() {
            assert!(told.remove("name").is_some(), "{change}");
        }
        assert_eq!(Value::Object(told), answer, "{change}");
    }
    let numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12];
    let every = entry(json!({ "name": "Every", "features": numbers.iter().rev().collect::<Vec<_>>() }));
    let every = writer.post(&app, &every).await.expect(201).json();
    let offered: Vec<_> =
        every["features"].as_array().unwrap().iter().map(|it| it["featureId"].clone()).collect();
    assert_eq!(Value::from(offered), json!(numbers));
    let digits =
        writer.post(&app, &entry(json!({ "name": "2024", "features": null }))).await.expect(201).json();
    let slug = digits["slug"].as_str().unwrap();
    assert!(slug.len() == 8 && slug.starts_with("2024-"), "{slug}");
});

api_test!(a_picture_is_uploaded_shown_and_gets_a_new_name_each_time, |app| async move {
    let world = app.world().await;
    let writer = Writer::of(&app, &world).await;
    writer.post(&app, &entry(json!({}))).await.expect(201);
    let path = format!("{DOCS}night-watch/avatar/");
    let logo = photo(300, ImageFormat::Png);
    let seen = writer.put(&app, &path, &upload(&logo)).await.expect(200).json();
    let ident = seen["avatar"]["avatarUuid"].as_str().unwrap().to_owned();
    let shown = format!("/doc-integration-avatar/{ident}/");
    assert_eq!(ident.len(), 32);
    assert_eq!(
        seen["avatar"],
        json!({ "avatarType": "upload", "avatarUuid": ident, "avatarUrl": format!("http://m.test:8000{shown}") })
    );
    let whole = app.get(&shown).send().await.expect(200);
    assert_eq!(whole.body, logo);
    let headers =
        ["content-type", "cache-control", "access-control-allow-origin"].map(|name| whole.header(name));
    assert_eq!(headers, ["image/png", "max-age=315360000", "*"]);
    for (origin, answer) in [("null", "*"), ("https://x.test", "https://x.test")] {
        let shown = app.get(&shown).header("origin", origin).send().await.expect(200);
        assert_eq!(shown.header("access-control-allow-origin"), answer);
    }
    for (asked, side) in [("1", 20), ("50", 48), ("9999", 120)] {
        let small = app.get(format!("{shown}?s={asked}")).send().await.expect(200);
        assert_eq!(image::load_from_memory(&small.body).unwrap().width(), side, "{asked}");
    }
    app.get(format!("{shown}?s=big")).send().await.expect(400);
    for format in [ImageFormat::Gif, ImageFormat::Jpeg] {
        let seen = writer.put(&app, &path, &upload(&photo(256, format))).await.expect(200).json();
        assert_ne!(seen["avatar"]["avatarUuid"], ident);
        let url = format!("/doc-integration-avatar/{}/", seen["avatar"]["avatarUuid"].as_str().unwrap());
        let body = app.get(&url).send().await.expect(200).body;
        assert_eq!(image::guess_format(&body).unwrap(), ImageFormat::Png);
    }
    assert_eq!(app.get(&shown).send().await.expect(404).text(), "");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM doc_integration_photo").await, 10);

    let refused = async |body: Value| writer.put(&app, &path, &body).await.expect(400).json();
    let required = ["This field is required."];
    assert_eq!(refused(json!({})).await, json!({ "avatar_photo": required, "avatar_type": required }));
    for (photo, text) in [
        (json!(""), "A logo is required."),
        (json!("%%%"), "Invalid image format."),
        (json!(STANDARD.encode("hello")), "Invalid image format."),
        (json!(STANDARD.encode(photo(255, ImageFormat::Png))), "Invalid image dimensions."),
        (json!(STANDARD.encode(photo(1025, ImageFormat::Jpeg))), "Invalid image dimensions."),
    ] {
        let body = json!({ "avatar_photo": photo, "avatar_type": "upload" });
        assert_eq!(refused(body).await, json!({ "avatar_photo": [text] }));
    }
    let mut other = upload(&logo);
    other["avatar_type"] = json!("gravatar");
    assert_eq!(refused(other).await, json!({ "avatar_type": ["\"gravatar\" is not a valid choice."] }));
    let large = writer.put(&app, &path, &upload(&vec![0; 5_000_001])).await.expect(413);
    assert_eq!(large.json(), json!({ "detail": { "code": "", "message": "", "extra": {} } }));
});
