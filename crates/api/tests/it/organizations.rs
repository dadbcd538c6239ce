//! Organizations.

use mortise_domain::{OrgRole, status::OrgStatus};
use mortise_service::organizations;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::rows;

async fn slugs(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let list = app.get(format!("/api/0/organizations/{query}")).bearer(token).send().await.expect(200).json();
    list.as_array().unwrap().iter().map(|org| org["slug"].as_str().unwrap().to_owned()).collect()
}

api_test!(the_list_shows_the_callers_organizations_in_the_short_form, |app| async move {
    let world = app.world().await;
    let answer = app.get("/api/0/organizations/").bearer(&world.member_token).send().await.expect(200);
    assert!(answer.header("link").contains("rel=\"next\"; results=\"false\""));
    let list = answer.json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    let org = &list[0];
    assert_eq!(org["status"], json!({"id": "active", "name": "active"}));
    assert_eq!(
        org["links"],
        json!({"organizationUrl": "http://m.test:8000/organizations/acme", "regionUrl": "http://m.test:8000"})
    );
    assert_eq!(org["avatar"]["avatarType"], "letter_avatar");
    assert_eq!(org["requireEmailVerification"], false);
    assert!(org["features"].as_array().unwrap().contains(&json!("integrations-issue-sync")));
    assert_eq!(org["extraOptions"]["traces"]["checkSpanExtractionDate"], false);
});

api_test!(the_list_is_searched_by_tokens_and_text, |app| async move {
    let world = app.world().await;
    let token = &world.member_token;
    for (query, found) in [
        ("?query=slug:acme", true),
        ("?query=slug:globex", false),
        ("?query=acm", true),
        ("?query=nothing", false),
        ("?query=owner@acme.test", true),
        ("?query=email:owner@acme.test", true),
        ("?query=email:stranger@acme.test", false),
        ("?query=status:active", true),
        ("?query=status:pending_deletion", false),
        ("?query=platform:python", true),
        ("?query=platform:node", false),
        ("?query=id:abc", false),
        ("?query=unknown:x", false),
    ] {
        assert_eq!(slugs(&app, token, query).await == ["acme"], found, "{query}");
    }
    let by_id = format!("?query=id:{}", world.org);
    assert_eq!(slugs(&app, token, &by_id).await, ["acme"]);
    let by_member = format!("?query=member_id:{}", world.member_id);
    assert_eq!(slugs(&app, token, &by_member).await, ["acme"]);
});

api_test!(the_list_is_newest_first_or_by_size_and_pages, |app| async move {
    let world = app.world().await;
    for name in ["Two", "Three"] {
        let body = json!({"name": name});
        app.post("/api/0/organizations/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    }
    assert_eq!(slugs(&app, &world.owner_token, "").await, ["three", "two", "acme"]);
    assert_eq!(slugs(&app, &world.owner_token, "?sortBy=members").await[0], "acme");
    assert_eq!(slugs(&app, &world.owner_token, "?sortBy=projects").await[0], "acme");
    assert_eq!(slugs(&app, &world.owner_token, "?sortBy=events").await.len(), 3);
    let mut walked = Vec::new();
    let mut path = "/api/0/organizations/?per_page=1".to_owned();
    loop {
        let page = app.get(&path).bearer(&world.owner_token).send().await.expect(200);
        walked.push(page.json()[0]["slug"].as_str().unwrap().to_owned());
        let Some(cursor) = page.next_cursor() else { break };
        path = format!("/api/0/organizations/?per_page=1&cursor={cursor}");
    }
    assert_eq!(walked, ["three", "two", "acme"]);
});

api_test!(owners_ask_what_they_own_alone, |app| async move {
    let world = app.world().await;
    let path = "/api/0/organizations/?owner=1";
    let owned = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(owned[0]["organization"]["slug"], "acme");
    assert_eq!(owned[0]["singleOwner"], true);
    World::user(&app.ctx, "second", world.org, OrgRole::Owner).await;
    let owned = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(owned[0]["singleOwner"], false);
    let owned = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(owned, json!([]));
});

api_test!(apps_and_organization_tokens_see_their_own_organization, |app| async move {
    let world = app.world().await;
    let (_, token) = rows::app_token(&app, world.org, "kanban", &["org:read"]).await;
    assert_eq!(slugs(&app, &token, "").await, ["acme"]);
    let token = rows::org_token(&app, world.stranger_org, "globex").await;
    assert_eq!(slugs(&app, &token, "").await, ["globex"]);
});

api_test!(people_create_organizations_and_own_them, |app| async move {
    let world = app.world().await;
    let body = json!({"name": "Fresh & Co", "defaultTeam": true, "agreeTerms": true});
    let org = app.post("/api/0/organizations/").bearer(&world.member_token).json(&body).send().await;
    let org = org.expect(201).json();
    assert_eq!((&org["slug"], &org["name"]), (&json!("fresh-co"), &json!("Fresh & Co")));
    assert_eq!((&org["role"], &org["orgRole"]), (&json!("owner"), &json!("owner")));
    assert_eq!(org["teams"][0]["name"], "Fresh & Co");
    assert_eq!(org["teams"][0]["isMember"], true);
    assert_eq!(org["projects"], json!([]));
    let id = org["id"].as_str().unwrap().parse().unwrap();
    let events: Vec<i64> = rows::audit(&app, id).await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, [10, 20]);
    // The same name again gets another slug.
    let again = app.post("/api/0/organizations/").bearer(&world.member_token).json(&body).send().await;
    assert_ne!(again.expect(201).json()["slug"], "fresh-co");
});

api_test!(creating_refuses_what_is_wrong, |app| async move {
    let world = app.world().await;
    let post = async |token: &str, body: Value| {
        app.post("/api/0/organizations/").bearer(token).json(&body).send().await
    };
    let token = rows::org_token(&app, world.org, "acme").await;
    let refused = post(&token, json!({"name": "X"})).await.expect(401).json();
    assert_eq!(refused, json!({"detail": "This endpoint requires user info"}));
    let taken = post(&world.owner_token, json!({"name": "X", "slug": "globex"})).await.expect(409).json();
    assert_eq!(taken, json!({"detail": "An organization with this slug already exists."}));
    let long = "x".repeat(65);
    for (body, errors) in [
        (json!({}), json!({"name": ["This field is required."]})),
        (json!({"name": long}), json!({"name": ["Ensure this field has no more than 64 characters."]})),
        (
            json!({"name": "X", "slug": "api"}),
            json!({"slug": ["This slug \"api\" is reserved and not allowed."]}),
        ),
        (
            json!({"name": "X", "defaultTeam": "perhaps"}),
            json!({"defaultTeam": ["Must be a valid boolean."]}),
        ),
        (json!([]), json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})),
    ] {
        assert_eq!(post(&world.owner_token, body).await.expect(400).json(), errors);
    }
    let reader = World::token(&app.ctx, world.owner, &["org:read"]).await;
    post(&reader, json!({"name": "X"})).await.expect(403);
});

api_test!(the_detail_has_every_group_of_keys, |app| async move {
    let world = app.world().await;
    let org =
        app.get("/api/0/organizations/acme/").bearer(&world.member_token).send().await.expect(200).json();
    for key in [
        "access",
        "role",
        "orgRole",
        "requiresSso",
        "pendingAccessRequests",
        "defaultRole",
        "availableRoles",
        "orgRoleList",
        "teamRoleList",
        "quota",
        "openMembership",
        "allowJoinRequests",
        "allowMemberProjectCreation",
        "enhancedPrivacy",
        "allowSharedIssues",
        "dataScrubber",
        "dataScrubberDefaults",
        "sensitiveFields",
        "safeFields",
        "scrubIPAddresses",
        "storeCrashReports",
        "attachmentsRole",
        "debugFilesRole",
        "scrapeJavaScript",
        "relayPiiConfig",
        "trustedRelays",
        "eventsMemberAdmin",
        "alertsMemberWrite",
        "codecovAccess",
        "aiSuggestedSolution",
        "githubPRBot",
        "githubOpenPRBot",
        "githubNudgeInvite",
        "genAIConsent",
        "aggregatedDataConsent",
        "issueAlertsThreadFlag",
        "metricAlertsThreadFlag",
        "metricsActivatePercentiles",
        "metricsActivateLastForGauges",
        "isDynamicallySampled",
        "isDefault",
        "experiments",
        "onboardingTasks",
        "teams",
        "projects",
    ] {
        assert!(org.get(key).is_some(), "{key}");
    }
    assert!(org.get("features").is_none());
    assert_eq!(org["role"], "member");
    assert_eq!(
        org["quota"],
        json!({"maxRate": null, "maxRateInterval": 60, "accountLimit": 0, "projectLimit": 100})
    );
    assert_eq!(org["access"].as_array().unwrap()[0], "alerts:read");
    assert_eq!(org["teams"][0]["slug"], "core");
    assert!(org["teams"][0].get("projects").is_none() && org["teams"][0].get("externalTeams").is_none());
    assert_eq!(org["projects"][0]["slug"], "web");
    let path = "/api/0/organizations/acme/?detailed=0&include_feature_flags=1";
    let bare = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert!(bare.get("teams").is_none() && bare.get("projects").is_none());
    assert!(bare["features"].as_array().unwrap().len() > 10);
});

api_test!(roles_tell_what_the_caller_may_give, |app| async move {
    let world = app.world().await;
    let path = "/api/0/organizations/acme/?detailed=0";
    let org = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let allowed = |list: &Value| -> Vec<(String, bool)> {
        let list = list.as_array().unwrap().iter();
        list.map(|role| (role["id"].as_str().unwrap().to_owned(), role["allowed"].as_bool().unwrap()))
            .collect()
    };
    let expected = [("member", true), ("admin", false), ("manager", true), ("owner", true)];
    assert_eq!(allowed(&org["orgRoleList"]), expected.map(|(id, may)| (id.to_owned(), may)));
    assert_eq!(org["orgRoleList"][1]["isRetired"], true);
    assert_eq!(org["orgRoleList"][3]["is_global"], true);
    assert_eq!(org["orgRoleList"][2]["minimumTeamRole"], "admin");
    assert_eq!(org["teamRoleList"][1]["isMinimumRoleFor"], "admin");
    assert_eq!(org["teamRoleList"][0]["isMinimumRoleFor"], Value::Null);
    let org = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert!(allowed(&org["orgRoleList"]).iter().all(|(_, may)| !may));
});

api_test!(owners_change_what_the_body_names, |app| async move {
    let world = app.world().await;
    let body = json!({
        "name": "Acme Inc", "slug": "acme-inc", "openMembership": false, "allowSharedIssues": false,
        "isEarlyAdopter": true, "allowMemberProjectCreation": false, "eventsMemberAdmin": false,
        "sensitiveFields": ["ssn"], "storeCrashReports": 5, "relayPiiConfig": "{}", "defaultRole": "manager",
        "debugFilesRole": "owner",
    });
    let put =
        async |path: &str, token: &str, body: &Value| app.put(path).bearer(token).json(body).send().await;
    let org = put("/api/0/organizations/acme/", &world.owner_token, &body).await.expect(200).json();
    for (key, value) in body.as_object().unwrap() {
        assert_eq!(&org[key], value, "{key}");
    }
    let (event, data) = rows::audit(&app, world.org).await.pop().unwrap();
    assert_eq!(event, 11);
    assert_eq!(data["slug"], "from acme to acme-inc");
    assert_eq!(data["openMembership"], "from true to false");
    // Nothing differs, so nothing is written down.
    put("/api/0/organizations/acme-inc/", &world.owner_token, &body).await.expect(200);
    assert_eq!(rows::audit(&app, world.org).await.len(), 1);
});

api_test!(changes_are_checked, |app| async move {
    let world = app.world().await;
    let put = async |token: &str, body: Value| {
        app.put("/api/0/organizations/acme/").bearer(token).json(&body).send().await
    };
    for (body, errors) in [
        (
            json!({"storeCrashReports": 21}),
            json!({"storeCrashReports": ["Ensure this value is less than or equal to 20."]}),
        ),
        (json!({"defaultRole": "admin"}), json!({"defaultRole": ["\"admin\" is not a valid choice."]})),
        (json!({"relayPiiConfig": "{"}), json!({"relayPiiConfig": ["Invalid JSON."]})),
        (json!({"openMembership": null}), json!({"openMembership": ["This field may not be null."]})),
        (json!({"name": ""}), json!({"name": ["This field may not be blank."]})),
        (
            json!({"require2FA": true}),
            json!({"require2FA": ["Cannot require two-factor authentication without personal two-factor enabled."]}),
        ),
    ] {
        assert_eq!(put(&world.owner_token, body).await.expect(400).json(), errors);
    }
    let taken = put(&world.owner_token, json!({"slug": "globex"})).await.expect(409).json();
    assert_eq!(taken, json!({"detail": "An organization with this slug already exists."}));
    put(&world.member_token, json!({"name": "Mine"})).await.expect(403);
    put(&world.stranger_token, json!({"name": "Mine"})).await.expect(403);
    // A manager has no org:admin; the key is not theirs and is passed over.
    let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let token = World::token(&app.ctx, manager, &["org:write"]).await;
    assert_eq!(
        put(&token, json!({"defaultRole": "owner"})).await.expect(200).json()["defaultRole"],
        "member"
    );
});

api_test!(a_deleted_organization_is_out_of_sight_until_it_is_brought_back, |app| async move {
    let world = app.world().await;
    let path = "/api/0/organizations/acme/";
    app.delete(path).bearer(&world.member_token).send().await.expect(403);
    let gone = app.delete(path).session(&world.owner_session).send().await.expect(202).json();
    assert_eq!(gone["status"], json!({"id": "pending_deletion", "name": "pending deletion"}));
    assert_eq!(slugs(&app, &world.owner_token, "").await, Vec::<String>::new());
    app.get("/api/0/organizations/acme/members/").bearer(&world.owner_token).send().await.expect(404);
    let seen = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["status"]["id"], "pending_deletion");
    let body = json!({"cancelDeletion": true});
    let back = app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    assert_eq!(back["status"]["id"], "active");
    assert_eq!(slugs(&app, &world.owner_token, "").await, ["acme"]);
    let events: Vec<i64> = rows::audit(&app, world.org).await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, [12, 13]);
});

api_test!(a_day_after_the_wish_everything_is_deleted, |app| async move {
    let world = app.world().await;
    app.delete("/api/0/organizations/acme/").bearer(&world.owner_token).send().await.expect(202);
    assert_eq!(organizations::purge_deleted(&app.ctx).await.unwrap(), 0);
    app.clock.advance(organizations::DELETION_DELAY_S + 1);
    assert_eq!(organizations::purge_deleted(&app.ctx).await.unwrap(), 1);
    app.get("/api/0/organizations/acme/").bearer(&world.owner_token).send().await.expect(404);
    let query = Query::new("SELECT COUNT(*) FROM project WHERE organization_id = $1").bind(world.org);
    assert_eq!(app.ctx.store.read().await.unwrap().one::<i64>(query).await.unwrap(), 0);
    assert_eq!(slugs(&app, &world.stranger_token, "").await, ["globex"]);
});

api_test!(deleting_takes_a_recent_password, |app| async move {
    let world = app.world().await;
    app.clock.advance(2 * 3600);
    let path = "/api/0/organizations/acme/";
    let late = app.delete(path).session(&world.owner_session).send().await.expect(401).json();
    assert_eq!(late["detail"]["code"], "sudo-required");
    let seen = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen["status"]["id"], OrgStatus::Active.as_str());
});

api_test!(the_default_organization_and_owners_of_published_apps_stay, |app| async move {
    let world = app.world().await;
    rows::app_token(&app, world.org, "kanban", &["org:read"]).await;
    rows::execute(&app, Query::new("UPDATE sentry_app SET status = 1")).await;
    let path = "/api/0/organizations/acme/";
    let refused = app.delete(path).bearer(&world.owner_token).send().await.expect(400).json();
    assert_eq!(
        refused,
        json!({"detail": "Cannot delete an organization that owns a published integration. Contact support if you need assistance."})
    );
    let query = Query::new("INSERT INTO setting (name, value) VALUES ('organization.default', $1)");
    rows::execute(&app, query.bind(world.org.to_string())).await;
    let refused = app.delete(path).bearer(&world.owner_token).send().await.expect(400).json();
    assert_eq!(refused, json!({"detail": "You cannot remove the default organization."}));
});

api_test!(region_and_own_teams_are_for_everybody_inside, |app| async move {
    let world = app.world().await;
    let path = "/api/0/organizations/acme/region/";
    let region = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(region, json!({"name": "--monolith--", "url": "http://m.test:8000"}));
    let path = "/api/0/organizations/acme/user-teams/";
    let teams = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(teams[0]["slug"], "core");
    assert_eq!(teams[0]["projects"][0]["slug"], "web");
    World::user(&app.ctx, "loner", world.org, OrgRole::Member).await;
    app.get(path).bearer(&world.stranger_token).send().await.expect(403);
});
