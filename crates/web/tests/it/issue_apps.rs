//! Journeys through apps on the issue page: dialogs, linked items, lines opened in an app.

use mortise_testkit::{Received, Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use crate::{
    site::{Visitor, send_event},
    site_test,
};

/// An internal app with dialogs and links in stack traces; the uuid of its installation.
async fn board(app: &TestApp, world: &World, webhook_url: &str) -> String {
    let select = |name: &str, label: &str| json!({ "type": "select", "name": name, "label": label, "uri": format!("/{name}") });
    let mut column = select("column", "Column");
    column["depends_on"] = json!(["board"]);
    column["skip_load_on_open"] = json!(true);
    let mut person = select("person", "Person");
    person["async"] = json!(true);
    person["skip_load_on_open"] = json!(true);
    let title = json!({ "type": "text", "name": "title", "label": "Title", "default": "issue.title" });
    let text = json!({ "type": "textarea", "name": "csrf", "label": "Text", "default": "issue.description" });
    let size =
        json!({ "type": "select", "name": "size", "label": "Size", "options": [["s", "Small"], ["l", 2]] });
    let schema = json!({ "elements": [
        { "type": "issue-link",
          "link": { "uri": "/link", "required_fields": [select("ticket", "Ticket")] },
          "create": { "uri": "/new?from=mortise", "required_fields": [title, select("board", "Board")],
                      "optional_fields": [text, column, person, size] } },
        { "type": "stacktrace-link", "uri": "/frame?a=b" },
    ]});
    let body = json!({
        "organization": "acme", "name": "Board", "isInternal": true, "isAlertable": false, "verifyInstall": false,
        "scopes": ["event:read"], "webhookUrl": webhook_url, "schema": schema,
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let installed = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    installed[0]["uuid"].as_str().expect("a uuid").to_owned()
}

async fn boom(app: &TestApp, world: &World) {
    let frame = |file: &str, line: u32, in_app: bool| json!({ "filename": file, "function": "run", "lineno": line, "in_app": in_app });
    let frames = [frame("lib/http.py", 3, false), frame("app/a b.py", 7, true)];
    let trace = json!({ "frames": frames });
    let event = json!({ "platform": "python", "exception": { "values": [
        { "type": "ValueError", "value": "out of range", "stacktrace": trace }] } });
    send_event(app, world, &event).await;
}

fn query(received: &Received) -> Vec<(String, String)> {
    let query = received.path.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn choices(values: &[(Value, &str)]) -> Reply {
    let choices: Vec<_> =
        values.iter().map(|(value, label)| json!({ "value": value, "label": label })).collect();
    Reply::json(&Value::Array(choices))
}

const ISSUE: &str = "/organizations/acme/issues/1/";

site_test!(an_item_is_made_in_an_app_and_the_link_removed, |app, world| async {
    let receiver = Receiver::start().await;
    let installation = board(&app, &world, &receiver.url()).await;
    boom(&app, &world).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let create = format!("{ISSUE}apps/{installation}/create/");
    member.get(ISSUE).await.expect(200).says(&create).says("Board");
    assert_eq!(receiver.received().len(), 0, "the issue page asks nobody");

    receiver.reply([choices(&[(json!(3), "Payments"), (json!("x"), "Checkout")])]);
    let page = member.get(&create).await.expect(200).says("Create an item in Board");
    let page = page.says("value=\"ValueError: out of range\"").says("<option value=\"3\">Payments</option>");
    let page = page.says("Issue: [WEB-1](").says("at run (app/a b.py:7)").says("Choose Board first.");
    page.says("data-feeds=\"field-3-field\"").says("<option value=\"&#34;l&#34;\">2</option>");
    assert_eq!(receiver.received().len(), 1, "only the form that is shown, and nothing that waits");

    let empty = member.post(&create, &[("field.title", ""), ("field.board", "3")]).await.expect(400);
    empty.says("This field is required.").says("<option value=\"3\" selected>");

    receiver.reply([Reply::json(
        &json!({ "webUrl": "https://board.test/9", "project": "R&D", "identifier": "9" }),
    )]);
    let sent = [
        ("field.title", "Boom"),
        ("field.board", "3"),
        ("field.csrf", "one\r\ntwo"),
        ("field.size", "\"l\""),
        ("field.person", ""),
        ("field.unknown", "x"),
    ];
    let shown = member.submit(&create, &sent).await.expect(200);
    let shown = shown.says("This issue is linked to R&#38;D#9.").says("href=\"https://board.test/9\"");
    let offer = format!("href=\"{create}\"");
    let shown = shown.says_not(&offer);
    // Another app of the same name is another app.
    board(&app, &world, "https://elsewhere.test/").await;
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    let installed = app.get(installed).bearer(&world.owner_token).send().await.expect(200).json();
    let uuids = installed.as_array().unwrap().iter().map(|it| it["uuid"].as_str().unwrap().to_owned());
    let other = uuids.into_iter().find(|it| !create.contains(it)).expect("the other app");
    member.get(ISSUE).await.expect(200).says_not(&offer).says(&format!("/{other}/"));
    let told = receiver.received().pop().unwrap();
    assert_eq!((told.method.as_str(), told.path.as_str()), ("POST", "/new?from=mortise"));
    let expected = json!({ "title": "Boom", "board": 3, "csrf": "one\ntwo", "size": "l" });
    assert_eq!(told.json()["fields"], expected);
    assert_eq!(told.json()["installationId"], json!(installation));

    let remove = shown.between(&format!("action=\"{ISSUE}links/"), "\"");
    let remove = format!("{ISSUE}links/{remove}");
    let gone = member.submit(&remove, &[]).await.expect(200).says("The link is removed.");
    gone.says_not("board.test/9").says(&offer);
    member.post(&remove, &[]).await.expect(404);
});

site_test!(choices_that_depend_or_are_searched_are_asked_for_again, |app, world| async {
    let receiver = Receiver::start().await;
    let installation = board(&app, &world, &receiver.url()).await;
    boom(&app, &world).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let create = format!("{ISSUE}apps/{installation}/create/");
    receiver.reply([choices(&[(json!("y"), "Column Y")])]);
    member.get(&create).await.expect(200);
    let base = [pair("installationId", &installation), pair("projectSlug", "web")];

    // Only what changed, as the script asks.
    let sent = [("reload", "1"), ("only", "field-3-field"), ("field.title", "kept"), ("field.board", "3")];
    let page =
        member.post(&create, &sent).await.expect(200).says("value=\"kept\"").says(">Column Y</option>");
    page.says_not("This field is required.");
    let asked = receiver.received();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].path.starts_with("/column?"), "{}", asked[1].path);
    let depends = pair("dependentData", "{\"board\":3}");
    assert_eq!(query(&asked[1]), [&base[..], std::slice::from_ref(&depends)].concat());

    let sent =
        [("reload", "1"), ("only", "field-4-field"), ("find.field.person", "ada"), ("field.person", "\"p\"")];
    member.post(&create, &sent).await.expect(200).says("value=\"ada\"");
    let asked = receiver.received();
    assert_eq!(asked.len(), 3);
    assert_eq!(query(&asked[2]), [&base[..], &[pair("query", "ada")]].concat());

    // Everything, as the button asks.
    let sent = [("reload", "1"), ("field.board", "3"), ("find.field.person", "ada")];
    member.post(&create, &sent).await.expect(200).says("Column Y");
    let mut paths: Vec<_> = receiver.received()[3..].iter().map(|it| it.path.clone()).collect();
    paths.sort_unstable();
    let begins: Vec<_> = paths.iter().map(|path| path.split('?').next().unwrap()).collect();
    assert_eq!(begins, ["/board", "/column", "/person", "/person"]);

    // Nothing to depend on: nobody is asked.
    let before = receiver.received().len();
    let sent = [("reload", "1"), ("only", "field-3-field"), ("field.board", "")];
    member.post(&create, &sent).await.expect(200).says("Nothing to choose");
    assert_eq!(receiver.received().len(), before);
});

site_test!(what_an_app_says_is_wrong_is_told_and_what_was_typed_stays, |app, world| async {
    let receiver = Receiver::start().await;
    let installation = board(&app, &world, &receiver.url()).await;
    boom(&app, &world).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let link = format!("{ISSUE}apps/{installation}/link/");
    receiver.reply([Reply::status(500)]);
    member.get(&link).await.expect(200).says("Board could not be asked:");
    receiver.reply([
        Reply::status(422).body(json!({ "message": "This <ticket> is closed." }).to_string()),
        choices(&[(json!("t"), "Ticket T")]),
    ]);
    let page = member.post(&link, &[("field.ticket", "\"t\"")]).await.expect(400);
    page.says("This &#60;ticket&#62; is closed.").says("<option value=\"&#34;t&#34;\" selected>Ticket T");
    assert!(!member.get(ISSUE).await.expect(200).text.contains("Remove the link"));
});

site_test!(lines_of_own_code_can_be_opened_in_an_app, |app, world| async {
    let installation = board(&app, &world, "https://board.test/hook").await;
    boom(&app, &world).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let page = member.get(ISSUE).await.expect(200).says("Open in Board");
    assert_eq!(page.text.matches("Open in Board").count(), 1, "not in code of libraries");
    let href = page.between("<m-used app=\"", "</m-used>");
    let href = href.split_once("href=\"").unwrap().1.split_once('"').unwrap().0.replace("&#38;", "&");
    let expected = format!(
        "https://board.test/frame?a=b&installationId={installation}&projectSlug=web&filename=app%2Fa+b.py&lineNo=7"
    );
    assert_eq!(href, expected);
});

site_test!(dialogs_are_for_members_and_for_apps_that_have_them, |app, world| async {
    let installation = board(&app, &world, "https://board.test/hook").await;
    boom(&app, &world).await;
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    let create = format!("{ISSUE}apps/{installation}/create/");
    stranger.get(&create).await.expect(404);
    stranger.post(&create, &[("field.title", "x")]).await.expect(404);
    stranger.post(&format!("{ISSUE}links/1/delete/"), &[]).await.expect(404);
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(ISSUE).await.expect(200);
    member.post_with_token(&create, &[("field.title", "x")], "wrong").await.expect(403);
    member.get(&format!("{ISSUE}apps/{installation}/destroy/")).await.expect(404);
    member.get(&format!("{ISSUE}apps/nothing/create/")).await.expect(404);
    member.post(&format!("{ISSUE}links/x/delete/"), &[]).await.expect(404);
});
