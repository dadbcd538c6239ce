//! Users and `me`.

use mortise_store::Query;
use mortise_testkit::{World, api_test};
use serde_json::json;

use crate::rows;

api_test!(me_is_the_caller_with_everything_only_they_see, |app| async move {
    let world = app.world().await;
    let me = app.get("/api/0/users/me/").bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(me["id"], world.member.to_string());
    assert_eq!(me["name"], "member");
    assert_eq!(me["emails"][0]["email"], "member@acme.test");
    assert_eq!(me["avatar"], json!({"avatarType": "letter_avatar", "avatarUuid": null, "avatarUrl": null}));
    assert_eq!(
        me["options"],
        json!({
            "theme": "light", "language": "en", "stacktraceOrder": -1, "defaultIssueEvent": "recommended",
            "timezone": "UTC", "clock24Hours": false, "issueDetailsNewExperienceQ42023": false
        })
    );
    for key in ["flags", "identities", "permissions", "authenticators", "canReset2fa"] {
        assert!(!me[key].is_null(), "{key}");
    }
    let picture = "https://gravatar.com/avatar/ed83fe6e3879a0c9b885a7a489b70f6d?s=32&d=mm";
    assert_eq!(me["avatarUrl"], picture);
    let own = app.get(format!("/api/0/users/{}/", world.member)).bearer(&world.member_token).send().await;
    assert_eq!(own.expect(200).json(), me);
});

api_test!(other_users_are_for_superusers, |app| async move {
    let world = app.world().await;
    let path = format!("/api/0/users/{}/", world.member);
    app.get(&path).bearer(&world.owner_token).send().await.expect(403);
    app.get("/api/0/users/987654/").bearer(&world.owner_token).send().await.expect(404);
    app.get("/api/0/users/x/").bearer(&world.owner_token).send().await.expect(404);
    app.get(&path).send().await.expect(401);
    let (cookie, _) = rows::superuser(&app, world.stranger).await;
    let seen = app.get(&path).header("cookie", &cookie).send().await.expect(200).json();
    assert_eq!(seen["emails"][0]["email"], "member@acme.test");
    assert!(seen.get("options").is_none());
});

api_test!(only_an_elevated_session_lists_users, |app| async move {
    let world = app.world().await;
    app.get("/api/0/users/").bearer(&world.owner_token).send().await.expect(403);
    let (cookie, _) = rows::superuser(&app, world.owner).await;
    // The same person's token is no superuser.
    app.get("/api/0/users/").bearer(&world.owner_token).send().await.expect(403);
    let all = app.get("/api/0/users/").header("cookie", &cookie).send().await.expect(200);
    assert_eq!(all.json().as_array().unwrap().len(), 3);
    assert!(!all.header("link").is_empty());
    let found = app.get("/api/0/users/?query=strang").header("cookie", &cookie).send().await.json();
    assert_eq!(found[0]["id"], world.stranger.to_string());
    let none = app.get("/api/0/users/?query=nonsense:1").header("cookie", &cookie).send().await.json();
    assert_eq!(none, json!([]));
});

api_test!(a_superuser_who_has_not_elevated_is_told_to, |app| async move {
    let world = app.world().await;
    let query = Query::new("UPDATE user_account SET is_superuser = TRUE WHERE id = $1").bind(world.owner);
    rows::execute(&app, query).await;
    let refused = app.get("/api/0/users/").session(&world.owner_session).send().await.expect(403).json();
    assert_eq!(refused["detail"]["code"], "superuser-required");
});

api_test!(keys_and_tokens_of_organizations_are_no_users, |app| async move {
    let world = app.world().await;
    let token = rows::org_token(&app, world.org, "acme").await;
    for path in ["/api/0/users/me/", "/api/0/users/1/", "/api/0/users/", "/api/0/users/me/regions/"] {
        let refused = app.get(path).bearer(&token).send().await.expect(403).json();
        assert_eq!(
            refused,
            json!({"detail": "You do not have permission to perform this action."}),
            "{path}"
        );
    }
    let seen = app.get("/api/0/organizations/?owner=1").bearer(&token).send().await.expect(200).json();
    assert_eq!((&seen[0]["slug"], seen.as_array().unwrap().len()), (&json!("acme"), 1));
});

api_test!(there_is_one_region, |app| async move {
    let world = app.world().await;
    let expected = json!({"regions": [{"name": "--monolith--", "url": "http://m.test:8000"}]});
    for user in ["me".to_owned(), world.member.to_string()] {
        let path = format!("/api/0/users/{user}/regions/");
        let regions = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
        assert_eq!(regions, expected);
    }
    let path = format!("/api/0/users/{}/regions/", world.owner);
    app.get(path).bearer(&world.member_token).send().await.expect(403);
});

api_test!(people_change_their_name_and_preferences, |app| async move {
    let world = app.world().await;
    let body = json!({"name": " Ann Lee ", "options": {"theme": "dark", "stacktraceOrder": "2", "timezone": "Europe/Vienna"}});
    let me = app.put("/api/0/users/me/").session(&world.member_session).json(&body).send().await.expect(200);
    assert_eq!(me.json()["name"], "Ann Lee");
    assert_eq!(me.json()["options"]["stacktraceOrder"], 2);
    let again = app.get("/api/0/users/me/").bearer(&world.member_token).send().await.json();
    assert_eq!(again["options"], me.json()["options"]);
    let bad = json!({"username": "owner@acme.test"});
    let answer = app.put("/api/0/users/me/").bearer(&world.member_token).json(&bad).send().await.expect(400);
    assert_eq!(answer.json(), json!({"username": ["That username is already in use."]}));
    let bad = json!({"options": {"theme": "pink", "stacktraceOrder": 7}});
    let answer = app.put("/api/0/users/me/").bearer(&world.member_token).json(&bad).send().await.expect(400);
    assert_eq!(
        answer.json(),
        json!({"options": {"theme": ["\"pink\" is not a valid choice."], "stacktraceOrder": ["\"7\" is not a valid choice."]}})
    );
});

api_test!(people_choose_what_is_done_for_them, |app| async move {
    let world = app.world().await;
    let path = "/api/0/users/me/notifications/";
    let off = json!({"personalActivityNotifications": false, "selfAssignOnResolve": false});
    assert_eq!(app.get(path).session(&world.member_session).send().await.expect(200).json(), off);
    let on = json!({"personalActivityNotifications": false, "selfAssignOnResolve": true});
    let body = json!({"selfAssignOnResolve": true, "weeklyReports": false});
    let answer = app.put(path).session(&world.member_session).json(&body).send().await.expect(200);
    assert_eq!(answer.json(), on);
    let own = format!("/api/0/users/{}/notifications/", world.member);
    assert_eq!(app.get(&own).session(&world.member_session).send().await.expect(200).json(), on);
    app.get(&own).session(&world.owner_session).send().await.expect(403);
    let bad = json!({"selfAssignOnResolve": "perhaps"});
    let answer = app.put(path).session(&world.member_session).json(&bad).send().await.expect(400);
    assert_eq!(answer.json(), json!({"selfAssignOnResolve": ["Must be a valid boolean."]}));
    // The other preferences stay.
    let body = json!({"options": {"theme": "dark"}});
    app.put("/api/0/users/me/").session(&world.member_session).json(&body).send().await.expect(200);
    assert_eq!(app.get(path).session(&world.member_session).send().await.expect(200).json(), on);
});

api_test!(closing_an_account_takes_a_recent_password_and_names_organizations, |app| async move {
    let world = app.world().await;
    let body = json!({"organizations": ["acme"]});
    app.delete("/api/0/users/me/").bearer(&world.owner_token).json(&body).send().await.expect(403);
    let missing = app.delete("/api/0/users/me/").session(&world.owner_session).json(&json!({})).send().await;
    assert_eq!(missing.expect(400).json(), json!({"organizations": ["This field is required."]}));
    app.clock.advance(2 * 3600);
    let late =
        app.delete("/api/0/users/me/").session(&world.owner_session).json(&body).send().await.expect(401);
    assert_eq!(late.json()["detail"]["code"], "sudo-required");
    assert_eq!(late.json()["detail"]["extra"], json!({"username": "owner@acme.test"}));
    let session = World::session(&app.ctx, world.owner).await;
    app.delete("/api/0/users/me/").session(&session).json(&body).send().await.expect(204);
    app.get("/api/0/users/me/").session(&session).send().await.expect(401);
    app.get("/api/0/users/me/").bearer(&world.owner_token).send().await.expect(401);
    // Its only owner is gone, and the organization with them.
    app.get("/api/0/organizations/acme/members/").bearer(&world.member_token).send().await.expect(404);
});
