//! Journeys through issues: from an event that an SDK sends to a resolved issue.

use mortise_domain::UserId;
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

use crate::{
    site::{Visitor, send_event},
    site_test,
};

fn zero_division() -> Value {
    json!({
        "event_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "platform": "python",
        "environment": "production",
        "release": "shop@2.4.1",
        "transaction": "checkout.total",
        "user": {"email": "ann@shop.test"},
        "tags": {"browser": "Firefox"},
        "request": {"method": "POST", "url": "https://shop.test/checkout", "data": {"cart": 8841}},
        "breadcrumbs": {"values": [{"category": "query", "message": "SELECT <cart>", "timestamp": 1_760_000_000}]},
        "exception": {"values": [{
            "type": "ZeroDivisionError",
            "value": "division by <zero>",
            "stacktrace": {"frames": [
                {"filename": "lib/http.py", "function": "handle", "lineno": 3, "in_app": false},
                {"filename": "shop/total.py", "function": "total", "lineno": 12, "in_app": true,
                 "context_line": "    return price / count", "vars": {"count": "0"}},
            ]},
        }]},
    })
}

/// The owner, and the id of an issue that there is then.
async fn with_issue(app: &TestApp, world: &World) -> (Visitor, String) {
    send_event(app, world, &zero_division()).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let list = owner.get("/organizations/acme/issues/").await.expect(200);
    let id = list.between("id=\"pick-", "\"");
    (owner, id)
}

async fn visitor(app: &TestApp, user: UserId) -> Visitor {
    Visitor::signed_in(&app.ctx, user).await
}

site_test!(an_event_of_an_sdk_shows_up_as_an_issue_in_the_list, |app, world| async {
    let (mut owner, _id) = with_issue(&app, &world).await;
    let list = owner.get("/organizations/acme/issues/").await.expect(200);
    list.says("ZeroDivisionError").says("division by &#60;zero&#62;").says("checkout.total").says("1 of 1");
    owner.get("/").await.expect(303).leads_to("/organizations/acme/issues/");
    owner
        .get("/organizations/acme/projects/")
        .await
        .expect(200)
        .says("<strong><span class=\"count\">1</span></strong> unresolved");
});

site_test!(the_list_is_searched_sorted_and_narrowed, |app, world| async {
    let (mut owner, id) = with_issue(&app, &world).await;
    let list = "/organizations/acme/issues/";
    for query in ["", "?query=browser:Firefox", "?sort=freq&span=14d", "?environment=production", "?tab=all"]
    {
        owner.get(&format!("{list}{query}")).await.expect(200).says("ZeroDivisionError");
    }
    owner.get(&format!("{list}?project={}", world.project)).await.expect(200).says("ZeroDivisionError");
    owner.get(&format!("{list}?query=browser:Chrome")).await.expect(200).says("No issue matches");
    owner.get(&format!("{list}?tab=resolved")).await.expect(200).says("No issue matches");
    owner.get(&format!("{list}?query=is%3Aresolved")).await.expect(200).says("No issue matches");
    owner.get(&format!("{list}?query=is%3Anonsense")).await.expect(400).says("aria-invalid");
    owner.get(&format!("{list}?cursor=nonsense")).await.expect(200).says("ZeroDivisionError");
    let event = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    let led = owner.get(&format!("{list}?query={event}")).await.expect(303);
    led.leads_to(&format!("/organizations/acme/issues/{id}/events/{event}/"));
    owner
        .get(&format!("{list}?query=WEB-1"))
        .await
        .expect(303)
        .leads_to(&format!("/organizations/acme/issues/{id}/"));
    let mut stranger = visitor(&app, world.stranger).await;
    stranger.get(list).await.expect(404).says("There is nothing here");
});

site_test!(the_issue_page_shows_everything_that_the_sdk_sent, |app, world| async {
    let (mut owner, id) = with_issue(&app, &world).await;
    let page = owner.get(&format!("/organizations/acme/issues/{id}/")).await.expect(200);
    let page =
        page.says("WEB-1").says("shop/total.py").says("return price / count").says("1 frame of libraries");
    let page = page.says("SELECT &#60;cart&#62;").says("https://shop.test/checkout").says("8841");
    page.says("ann@shop.test").says("Firefox").says("shop@2.4.1").says("first saw this issue");
    let raw = owner.get(&format!("/organizations/acme/issues/{id}/events/latest/json/")).await.expect(200);
    let raw: Value = serde_json::from_str(&raw.text).expect("JSON");
    assert_eq!(raw["exception"]["values"][0]["type"], "ZeroDivisionError");
    owner
        .get(&format!("/organizations/acme/issues/{id}/events/{}/", "f".repeat(32)))
        .await
        .expect(200)
        .says("No such event");
});

site_test!(an_issue_of_another_organization_is_not_found, |app, world| async {
    let (_owner, id) = with_issue(&app, &world).await;
    let mut stranger = visitor(&app, world.stranger).await;
    for path in [format!("/organizations/acme/issues/{id}/"), format!("/organizations/globex/issues/{id}/")] {
        stranger.get(&path).await.expect(404).says("There is nothing here").says_not("ZeroDivision");
    }
    stranger.get("/organizations/globex/projects/").await.expect(200);
    let status = format!("/organizations/globex/issues/{id}/status/");
    stranger.post(&status, &[("action", "resolve")]).await.expect(404);
});

site_test!(an_issue_is_resolved_reopened_archived_and_deleted, |app, world| async {
    let (mut owner, id) = with_issue(&app, &world).await;
    let page = format!("/organizations/acme/issues/{id}/");
    let status = format!("{page}status/");
    owner.get(&page).await.expect(200);
    let resolved = owner.submit(&status, &[("action", "resolve")]).await.expect(200);
    resolved.says("The issue is resolved.").says("badge good\">Resolved").says("resolved this issue");
    owner.get(&page).await.expect(200).says_not("The issue is resolved.");
    owner.submit(&status, &[("action", "unresolve")]).await.says("reopened this issue");
    owner.submit(&status, &[("action", "resolve_next_release")]).await.says("in the next release");
    owner.submit(&status, &[("action", "unresolve")]).await.expect(200);
    let in_release = |version| [("action", "resolve_release"), ("release", version)];
    owner.submit(&status, &in_release("shop@2.4.1")).await.says("resolved this issue in release shop@2.4.1");
    owner.submit(&status, &[("action", "unresolve")]).await.expect(200);
    owner.submit(&status, &in_release("never made")).await.says("note bad").says_not("Reopen");
    let until = [("action", "archive_until"), ("until", "events:10")];
    owner.submit(&status, &until).await.says("Archived").says("until it happens 10 more times");
    owner.submit(&status, &[("action", "unresolve")]).await.expect(200);
    owner.submit(&status, &[("action", "archive_forever")]).await.says("Archived").says("forever");
    owner.post(&format!("{page}delete/"), &[]).await.expect(303).leads_to("/organizations/acme/issues/");
    owner.get(&page).await.expect(404);
});

site_test!(an_issue_is_assigned_marked_and_given_a_priority, |app, world| async {
    let (mut owner, id) = with_issue(&app, &world).await;
    let page = format!("/organizations/acme/issues/{id}/");
    owner.get(&page).await.expect(200).says("#core");
    let member = format!("user:{}", world.member);
    let assigned = owner.submit(&format!("{page}assign/"), &[("assignee", &member)]).await.expect(200);
    assigned.says("assigned this issue to member");
    owner.submit(&format!("{page}assign/"), &[("assignee", "")]).await.says("removed the assignee");
    owner.submit(&format!("{page}assign/"), &[("assignee", "user:999999")]).await.says("note bad");
    owner.submit(&format!("{page}priority/"), &[("priority", "low")]).await.says("set the priority to low");
    owner.submit(&format!("{page}bookmark/"), &[("on", "true")]).await.says("Remove the bookmark");
    owner.submit(&format!("{page}bookmark/"), &[("on", "false")]).await.says("title=\"Bookmark\"");
    owner.submit(&format!("{page}subscribe/"), &[("on", "true")]).await.says("Unsubscribe");
});

site_test!(several_issues_are_resolved_from_the_list, |app, world| async {
    let (mut owner, first) = with_issue(&app, &world).await;
    let mut other = zero_division();
    other["event_id"] = json!("1".repeat(32));
    other["exception"]["values"][0]["type"] = json!("KeyError");
    send_event(&app, &world, &other).await;
    let list = owner.get("/organizations/acme/issues/").await.expect(200).says("2 of 2");
    let second = list.between("id=\"pick-", "\"");
    assert_ne!(first, second);
    let next = ("next", "/organizations/acme/issues/?tab=resolved");
    let fields = [("id", first.as_str()), ("id", second.as_str()), ("action", "resolve"), next];
    let page = owner.submit("/organizations/acme/issues/bulk/", &fields).await.expect(200);
    page.says("2 issues resolved.").says("2 of 2");
    let none = owner.submit("/organizations/acme/issues/bulk/", &[("action", "unresolve")]).await;
    none.says("Tick the issues first.");
});

site_test!(a_comment_is_written_changed_and_deleted_by_its_author_alone, |app, world| async {
    let (mut owner, id) = with_issue(&app, &world).await;
    let page = format!("/organizations/acme/issues/{id}/");
    owner.get(&page).await.expect(200);
    let commented = owner.submit(&format!("{page}comments/"), &[("text", "Seen <twice>\non staging")]).await;
    let commented = commented.expect(200).says("Seen &lt;twice&gt;<br />\non staging");
    let comment = commented.between("id=\"comment-", "\"");
    owner.post(&format!("{page}comments/"), &[("text", " ")]).await.expect(400).says("comment-error");
    let mut member = visitor(&app, world.member).await;
    member.get(&page).await.expect(200).says("Seen").says_not("feed-tools");
    member.post(&format!("{page}comments/{comment}/delete/"), &[]).await;
    owner.get(&page).await.says("Seen");
    owner
        .submit(&format!("{page}comments/{comment}/"), &[("text", "Fixed")])
        .await
        .says("Fixed")
        .says_not("twice");
    owner.submit(&format!("{page}comments/{comment}/delete/"), &[]).await.says("The comment is deleted.");
});
