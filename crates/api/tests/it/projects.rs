//! Projects over HTTP: making, finding, changing and removing them; their teams.

use mortise_domain::OrgRole;
use mortise_store::{Query, team};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::to_store;

const NEW: &str = "/api/0/teams/acme/core/projects/";
const WEB: &str = "/api/0/projects/acme/web/";

async fn rules(app: &TestApp, slug: &str) -> Vec<Value> {
    let mut conn = app.ctx.store.read().await.unwrap();
    let sql = "SELECT r.data FROM rule r JOIN project p ON p.id = r.project_id WHERE p.slug = $1 AND r.label = \
               'Send a notification for new issues'";
    let texts: Vec<String> = conn.all(Query::new(sql).bind(slug)).await.unwrap();
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

api_test!(a_new_project_has_a_key_and_a_rule, |app| async move {
    let world = app.world().await;
    let body = json!({"name": "Back Office", "platform": "python-django"});
    let made = app.post(NEW).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    assert_eq!(
        (&made["slug"], &made["name"], &made["platform"]),
        (&json!("back-office"), &json!("Back Office"), &json!("python-django"))
    );
    assert_eq!(
        (&made["isMember"], &made["hasAccess"], &made["status"]),
        (&json!(true), &json!(true), &json!("active"))
    );
    let keys =
        app.get("/api/0/projects/acme/back-office/keys/").bearer(&world.owner_token).send().await.expect(200);
    let keys = keys.json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
    assert_eq!((&keys[0]["label"], &keys[0]["isActive"]), (&json!("Default"), &json!(true)));
    let rules = rules(&app, "back-office").await;
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["frequency"], 30);
    assert_eq!(rules[0]["actions"][0]["fallthroughType"], "ActiveMembers");
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let entry = log.json()["rows"][0].clone();
    assert_eq!(
        (&entry["event"], &entry["note"]),
        (&json!("project.create"), &json!("created project back-office"))
    );
});

api_test!(rules_of_a_new_project_can_be_declined, |app| async move {
    let world = app.world().await;
    let body = json!({"name": "Quiet", "default_rules": false});
    app.post(NEW).bearer(&world.owner_token).json(&body).send().await.expect(201);
    assert_eq!(rules(&app, "quiet").await, Vec::<Value>::new());
});

api_test!(a_body_that_makes_no_project_says_why, |app| async move {
    let world = app.world().await;
    let cases = [
        (json!({}), 400, json!({"name": ["This field is required."]})),
        (
            json!({"name": "x".repeat(51)}),
            400,
            json!({"name": ["Ensure this field has no more than 50 characters."]}),
        ),
        (json!({"name": "a", "platform": "abacus"}), 400, json!({"platform": ["Invalid platform"]})),
        (
            json!({"name": "a", "slug": "12"}),
            400,
            json!({"slug": ["Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric."]}),
        ),
        (
            json!({"name": "a", "slug": "settings"}),
            400,
            json!({"slug": ["The slug \"settings\" is reserved and not allowed."]}),
        ),
        (
            json!({"name": "a", "slug": "web"}),
            409,
            json!({"detail": "A project with this slug already exists."}),
        ),
    ];
    for (body, status, answer) in cases {
        let got = app.post(NEW).bearer(&world.owner_token).json(&body).send().await.expect(status);
        assert_eq!(got.json(), answer, "{body}");
    }
});

api_test!(a_name_that_is_taken_gets_another_slug, |app| async move {
    let world = app.world().await;
    let made =
        app.post(NEW).bearer(&world.owner_token).json(&json!({"name": "Web"})).send().await.expect(201);
    let slug = made.json()["slug"].as_str().unwrap().to_owned();
    assert!(slug.starts_with("web-") && slug.len() > 4, "{slug}");
});

api_test!(members_make_projects_of_their_teams_where_they_may, |app| async move {
    let world = app.world().await;
    let post = |name: &str| app.post(NEW).bearer(&world.member_token).json(&json!({"name": name}));
    post("Mine").send().await.expect(201);
    let reader = World::token(&app.ctx, world.member, &["project:read"]).await;
    app.post(NEW).bearer(&reader).json(&json!({"name": "No"})).send().await.expect(403);
    let (outsider, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    let token = World::token(&app.ctx, outsider, &["project:read", "project:write"]).await;
    app.post(NEW).bearer(&token).json(&json!({"name": "No"})).send().await.expect(403);
    let org = world.org;
    let off = app.ctx.store.write::<u64, mortise_store::StoreError, _>(move |tx| {
        Box::pin(async move {
            tx.execute(Query::new("UPDATE organization SET flags = 257 WHERE id = $1").bind(org)).await
        })
    });
    off.await.unwrap();
    post("Not mine").send().await.expect(403);
    app.post(NEW).bearer(&world.owner_token).json(&json!({"name": "Still"})).send().await.expect(201);
});

api_test!(a_project_without_a_team_named_gets_one_of_its_own, |app| async move {
    const OWN: &str = "/api/0/organizations/acme/projects/";
    let world = app.world().await;
    let (loner, _) = World::user(&app.ctx, "loner", world.org, OrgRole::Member).await;
    let token = World::token(&app.ctx, loner, &["project:read", "project:write"]).await;
    let post = |token: &str, name: &str| app.post(OWN).bearer(token).json(&json!({"name": name}));
    let made = post(&token, "Alone").send().await.expect(201).json();
    assert_eq!(
        (&made["slug"], &made["team_slug"], &made["isMember"], &made["platforms"]),
        (&json!("alone"), &json!("team-loner"), &json!(true), &json!([]))
    );
    assert_eq!(made["teams"][0]["slug"], "team-loner");
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let rows = log.json()["rows"].clone();
    let events: Vec<_> = rows.as_array().unwrap().iter().take(3).map(|row| row["event"].clone()).collect();
    assert_eq!(events, ["team-and-project.created", "project.create", "team.create"]);
    let again = post(&token, "Alone again").send().await.expect(201).json();
    let second = again["team_slug"].as_str().unwrap();
    assert!(second.starts_with("team-loner-"), "{second}");

    let bad = post(&world.owner_token, "").send().await.expect(400).json();
    assert_eq!(bad, json!({"name": ["This field may not be blank."]}));
    post(&world.stranger_token, "No").send().await.expect(403);
    let org = world.org;
    let off = app.ctx.store.write::<u64, mortise_store::StoreError, _>(move |tx| {
        Box::pin(async move {
            tx.execute(Query::new("UPDATE organization SET flags = 257 WHERE id = $1").bind(org)).await
        })
    });
    off.await.unwrap();
    let refused = post(&token, "Not let").send().await.expect(403).json();
    assert_eq!(refused, json!({"detail": "Your organization has disabled this feature for members."}));
    post(&world.owner_token, "Still").send().await.expect(201);
});

api_test!(projects_are_listed_with_their_events_over_time, |app| async move {
    let world = app.world().await;
    for text in ["one", "one", "two"] {
        let body = json!({ "message": text }).to_string();
        to_store(&app, &world).body(body).send().await.expect(200);
    }
    let list = |query: &str| {
        app.get(format!("/api/0/organizations/acme/projects/?{query}")).bearer(&world.owner_token).send()
    };
    for (period, points, point_s) in
        [("1h", 60, 60), ("24h", 24, 3_600), ("7d", 28, 21_600), ("14d", 14, 86_400), ("90d", 90, 86_400)]
    {
        let row = list(&format!("statsPeriod={period}")).await.expect(200).json()[0].clone();
        let stats = row["stats"].as_array().unwrap();
        let sum: i64 = stats.iter().map(|point| point[1].as_i64().unwrap()).sum();
        assert_eq!((stats.len(), sum), (points, 3), "{period}");
        let now = app.ctx.now().as_second();
        assert_eq!(stats.last().unwrap(), &json!([now - now.rem_euclid(point_s), 3]), "{period}");
    }
    for query in ["", "statsPeriod=", "statsPeriod=24h&all_projects=1"] {
        assert_eq!(list(query).await.expect(200).json()[0].get("stats"), None, "{query}");
    }
    let text = "Invalid stats_period. Valid choices are '', '1h', '24h', '7d', '14d', '30d', and '90d'";
    let refused = list("statsPeriod=2h").await.expect(400).json();
    assert_eq!(refused, json!({"error": {"params": {"stats_period": {"message": text}}}}));
});

api_test!(ids_in_the_search_for_projects_are_numbers, |app| async move {
    let world = app.world().await;
    let list = |query: &str| {
        app.get(format!("/api/0/organizations/acme/projects/?query={query}"))
            .bearer(&world.owner_token)
            .send()
    };
    let refused = list("id:web").await.expect(400).json();
    let message = json!({"message": "All 'id' values must be integers."});
    assert_eq!(refused, json!({"error": {"params": {"stats_period": message}}}));
    let id = world.project.get();
    let found = list(&format!("id:{id}")).await.expect(200).json();
    assert_eq!(found.as_array().unwrap().len(), 1);
});

api_test!(the_callers_projects_come_with_their_organization, |app| async move {
    let world = app.world().await;
    let answer = app.get("/api/0/projects/").bearer(&world.owner_token).send().await.expect(200);
    let list = answer.json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!((&list[0]["slug"], &list[0]["organization"]["slug"]), (&json!("web"), &json!("acme")));
    assert!(
        list[0]["organization"]["features"].as_array().unwrap().contains(&json!("integrations-issue-sync"))
    );
    assert!(answer.header("link").contains("rel=\"previous\""));
    for (query, count) in [("slug:WEB", 1), ("platform:node", 0), ("we", 1), ("dsn:abc", 0), ("color:red", 0)]
    {
        let path = format!("/api/0/projects/?query={query}");
        let list = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(list.as_array().unwrap().len(), count, "{query}");
    }
    // The stranger owns an organization whose project has no team.
    let none = app.get("/api/0/projects/").bearer(&world.stranger_token).send().await.expect(200);
    assert_eq!(none.json(), json!([]));
});

api_test!(the_projects_of_an_organization_are_searched_and_paged, |app| async move {
    let world = app.world().await;
    for name in ["Alpha", "Beta", "Gamma"] {
        app.post(NEW).bearer(&world.owner_token).json(&json!({"name": name})).send().await.expect(201);
    }
    let list = "/api/0/organizations/acme/projects/";
    let slugs = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap().to_owned()).collect()
    };
    let first = app.get(format!("{list}?per_page=3")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!(slugs(&first.json()), ["alpha", "beta", "gamma"]);
    let next = first.next_cursor().unwrap();
    let second = app
        .get(format!("{list}?per_page=3&cursor={next}"))
        .bearer(&world.owner_token)
        .send()
        .await
        .expect(200);
    assert_eq!((slugs(&second.json()), second.next_cursor()), (vec!["web".to_owned()], None));
    let all = app
        .get(format!("{list}?all_projects=1&per_page=1"))
        .bearer(&world.owner_token)
        .send()
        .await
        .expect(200);
    assert_eq!((slugs(&all.json()).len(), all.header("link")), (4, ""));
    for (query, count) in
        [("slug:beta", 1), ("team:core", 4), ("!team:core", 0), ("is_member:1", 4), ("am", 1)]
    {
        let path = format!("{list}?query={query}");
        let found = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(found.as_array().unwrap().len(), count, "{query}");
    }
    let web = async || {
        let path = format!("{list}?query=slug:web");
        app.get(path).bearer(&world.owner_token).send().await.expect(200).json()[0].clone()
    };
    assert_eq!(
        (&web().await["hasUserReports"], &web().await["latestDeploys"]),
        (&json!(false), &json!(null))
    );
    let (project, now) = (world.project, app.ctx.now());
    let reported = app.ctx.store.write::<u64, mortise_store::StoreError, _>(move |tx| {
        Box::pin(async move {
            let query = Query::new(
                "INSERT INTO user_report (project_id, event_id, name, email, comments, date_added) \
                 VALUES ($1, 'e', '', '', '', $2)",
            );
            tx.execute(query.bind(project).bind(now)).await
        })
    });
    reported.await.unwrap();
    assert_eq!(web().await["hasUserReports"], true);
    let path = format!("{list}?query=slug:web&collapse=latestDeploys");
    let found = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(found[0].get("latestDeploys"), None);
    let path = format!("{list}?query=slug:web&options=sentry:reprocessing_active&options=none");
    let found = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(found[0]["options"], json!({"sentry:reprocessing_active": false}));
    assert_eq!((&found[0]["latestRelease"], &found[0]["team"]["slug"]), (&Value::Null, &json!("core")));
});

api_test!(lists_take_the_same_number_of_statements_whatever_their_length, |app| async move {
    let world = app.world().await;
    let count = async |path: &str| {
        let before = app.ctx.store.statements();
        app.get(path).bearer(&world.owner_token).send().await.expect(200);
        app.ctx.store.statements() - before
    };
    let paths =
        ["/api/0/projects/", "/api/0/organizations/acme/projects/", "/api/0/organizations/acme/audit-logs/"];
    app.post(NEW).bearer(&world.owner_token).json(&json!({"name": "First"})).send().await.expect(201);
    let mut few = Vec::new();
    for path in paths {
        count(path).await;
        few.push(count(path).await);
    }
    for number in 0..8 {
        let body = json!({"name": format!("Project {number}")});
        app.post(NEW).bearer(&world.owner_token).json(&body).send().await.expect(201);
    }
    for (path, few) in paths.into_iter().zip(few) {
        assert_eq!(count(path).await, few, "{path}");
    }
});

api_test!(a_project_in_full_has_no_null_where_clients_want_a_value, |app| async move {
    let world = app.world().await;
    app.post(NEW).bearer(&world.owner_token).json(&json!({"name": "Full"})).send().await.expect(201);
    let full =
        app.get("/api/0/projects/acme/full/").bearer(&world.owner_token).send().await.expect(200).json();
    let nulls: Vec<&String> =
        full.as_object().unwrap().iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key).collect();
    assert_eq!(nulls, ["platform", "firstEvent", "latestRelease", "securityTokenHeader"]);
    let token = full["securityToken"].as_str().unwrap();
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    assert_eq!(full["organization"]["slug"], "acme");
    assert_eq!((&full["digestsMinDelay"], &full["resolveAge"]), (&json!(300), &json!(0)));
    let bare = app.get("/api/0/projects/acme/full/?collapse=organization").bearer(&world.owner_token);
    assert!(bare.send().await.expect(200).json().get("organization").is_none());
});

api_test!(everything_that_can_change_changes, |app| async move {
    let world = app.world().await;
    let body = json!({
        "name": "Site", "platform": "javascript", "isBookmarked": true, "subjectPrefix": "[web] ",
        "subjectTemplate": "$title", "digestsMinDelay": 60, "digestsMaxDelay": 3600, "resolveAge": 720,
        "allowedDomains": ["example.com", ""], "dataScrubber": true, "sensitiveFields": ["card"], "storeCrashReports": 5,
        "securityToken": "abc", "securityTokenHeader": "X-Token", "verifySSL": true, "scrubIPAddresses": true,
        "scrapeJavaScript": false, "groupingEnhancements": "x", "fingerprintingRules": "y", "defaultEnvironment": "prod",
        "highlightTags": ["url"], "options": {"filters:releases": ["1.*", "2.*"], "feedback:branding": false, "no:such": 1},
    });
    let got = app.put(WEB).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    for (key, value) in body.as_object().unwrap() {
        match key.as_str() {
            "allowedDomains" => assert_eq!(got[key], json!(["example.com"])),
            "subjectPrefix" => assert_eq!(got[key], "[web]"),
            "options" => {}
            _ => assert_eq!(&got[key], value, "{key}"),
        }
    }
    assert_eq!(got["options"]["filters:releases"], "1.*\n2.*");
    assert_eq!((&got["options"]["feedback:branding"], got["options"].get("no:such")), (&json!(false), None));
    let again = app.get(WEB).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(got, again);
    let log = app.get("/api/0/organizations/acme/audit-logs/?event=project.edit").bearer(&world.owner_token);
    let entry = log.send().await.expect(200).json()["rows"][0].clone();
    let note = entry["note"].as_str().unwrap();
    assert!(
        note.starts_with("edited project web: name from Web to Site, platform from python to javascript"),
        "{note}"
    );
    assert!(!entry.to_string().contains("abc"), "the log tells the security token: {entry}");
});

api_test!(what_is_out_of_bounds_is_refused, |app| async move {
    let world = app.world().await;
    let cases = [
        (
            json!({"digestsMinDelay": 59}),
            "digestsMinDelay",
            "Ensure this value is greater than or equal to 60.",
        ),
        (
            json!({"digestsMaxDelay": 3601}),
            "digestsMaxDelay",
            "Ensure this value is less than or equal to 3600.",
        ),
        (
            json!({"digestsMinDelay": 600, "digestsMaxDelay": 300}),
            "digestsMinDelay",
            "The minimum delay on digests must be lower than the maximum.",
        ),
        (
            json!({"allowedDomains": []}),
            "allowedDomains",
            "Empty value will block all requests, use * to accept from all domains",
        ),
        (json!({"resolveAge": "soon"}), "resolveAge", "A valid integer is required."),
        (json!({"verifySSL": "perhaps"}), "verifySSL", "Must be a valid boolean."),
        (json!({"platform": "abacus"}), "platform", "Invalid platform"),
        (json!({"options": []}), "options", "Invalid data. Expected a dictionary, but got list."),
    ];
    for (body, field, text) in cases {
        let got = app.put(WEB).bearer(&world.owner_token).json(&body).send().await.expect(400);
        assert_eq!(got.json(), json!({ field: [text] }), "{body}");
    }
});

api_test!(a_reader_may_only_bookmark, |app| async move {
    let world = app.world().await;
    let reader = World::token(&app.ctx, world.owner, &["project:read"]).await;
    let marked =
        app.put(WEB).bearer(&reader).json(&json!({"isBookmarked": true})).send().await.expect(200).json();
    assert_eq!(marked["isBookmarked"], true);
    let list = app.get("/api/0/projects/").bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(list[0]["isBookmarked"], false, "a bookmark is the user's own");
    for body in [json!({"name": "x"}), json!({"isBookmarked": false, "resolveAge": 1})] {
        let refused = app.put(WEB).bearer(&reader).json(&body).send().await.expect(403);
        assert_eq!(refused.json(), json!({"detail": "You do not have permission to perform this action."}));
    }
    let still = app.get(WEB).bearer(&reader).send().await.expect(200).json();
    assert_eq!((&still["isBookmarked"], &still["name"]), (&json!(true), &json!("Web")));
});

api_test!(a_renamed_project_is_found_under_its_old_slug, |app| async move {
    let world = app.world().await;
    app.put(WEB).bearer(&world.owner_token).json(&json!({"slug": "site"})).send().await.expect(200);
    let moved = app.get("/api/0/projects/acme/web/keys/").bearer(&world.owner_token).send().await.expect(302);
    assert_eq!(moved.header("location"), "/api/0/projects/acme/site/keys/");
    let url = "/api/0/projects/acme/site/keys/";
    assert_eq!(
        moved.json(),
        json!({"slug": "site", "detail": {"code": "resource-moved", "message": "Resource has been moved",
            "extra": {"url": url, "slug": "site"}}})
    );
    // Whoever takes the old slug has it.
    app.post(NEW)
        .bearer(&world.owner_token)
        .json(&json!({"name": "W", "slug": "web"}))
        .send()
        .await
        .expect(201);
    let new = app.get(WEB).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(new["name"], "W");
    let taken =
        app.put(WEB).bearer(&world.owner_token).json(&json!({"slug": "site"})).send().await.expect(400);
    assert_eq!(taken.json(), json!({"slug": ["Another project (Web) is currently using that slug"]}));
});

api_test!(a_deleted_project_is_gone_and_its_slug_free, |app| async move {
    let world = app.world().await;
    app.delete(WEB).bearer(&world.member_token).send().await.expect(403);
    app.clock.advance(2 * 3600);
    let sudo = app.delete(WEB).session(&world.owner_session).send().await.expect(401);
    assert_eq!(sudo.json()["detail"]["code"], "sudo-required");
    app.delete(WEB).bearer(&world.owner_token).send().await.expect(204);
    app.get(WEB).bearer(&world.owner_token).send().await.expect(404);
    app.post(NEW).bearer(&world.owner_token).json(&json!({"name": "Web"})).send().await.expect(201);
    assert_eq!(mortise_service::projects::remove_scheduled(&app.ctx).await.unwrap(), 1);
    let count: i64 =
        app.ctx.store.read().await.unwrap().one(Query::new("SELECT COUNT(*) FROM project")).await.unwrap();
    assert_eq!(count, 2, "the new project and the stranger's");
});

api_test!(teams_get_and_lose_projects, |app| async move {
    let world = app.world().await;
    let (org, now) = (world.org, app.ctx.now());
    let ops = app.ctx.store.write::<_, mortise_store::StoreError, _>(move |tx| {
        Box::pin(async move { team::insert(tx, org, "ops", "Ops", now).await })
    });
    ops.await.unwrap();
    let path = "/api/0/projects/acme/web/teams/ops/";
    let with = app.post(path).bearer(&world.owner_token).send().await.expect(201).json();
    let slugs: Vec<&str> =
        with["teams"].as_array().unwrap().iter().map(|team| team["slug"].as_str().unwrap()).collect();
    assert_eq!((slugs, &with["team"]["slug"]), (vec!["core", "ops"], &json!("core")));
    let without = app.delete(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(without["teams"].as_array().unwrap().len(), 1);
    let unknown =
        app.post("/api/0/projects/acme/web/teams/none/").bearer(&world.owner_token).send().await.expect(404);
    assert_eq!(unknown.json(), json!({"detail": "Team does not exist."}));
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let notes: Vec<Value> =
        log.json()["rows"].as_array().unwrap().iter().map(|row| row["note"].clone()).collect();
    assert_eq!(notes, ["removed team ops from project web", "added team ops to project web"]);
    let listed = app.get(NEW).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["slug"]), (1, &json!("web")));
});

api_test!(a_team_admin_cannot_take_a_project_from_another_team, |app| async move {
    let world = app.world().await;
    let (org, core, member, now) = (world.org, world.team, world.member_id, app.ctx.now());
    let made = app.ctx.store.write::<_, mortise_store::StoreError, _>(move |tx| {
        Box::pin(async move {
            team::insert(tx, org, "ops", "Ops", now).await?;
            team::put_member(tx, core, member, Some("admin")).await
        })
    });
    made.await.unwrap();
    let ops = "/api/0/projects/acme/web/teams/ops/";
    app.post(ops).bearer(&world.member_token).send().await.expect(201);
    app.delete(ops).bearer(&world.member_token).send().await.expect(403);
    app.delete("/api/0/projects/acme/web/teams/core/").bearer(&world.member_token).send().await.expect(200);
});

api_test!(the_teams_and_members_of_a_project_are_listed, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    let teams = app.get(format!("{WEB}teams/")).bearer(&world.owner_token).send().await.expect(200);
    assert_eq!((&teams.json()[0]["slug"], &teams.json()[0]["memberCount"]), (&json!("core"), &json!(2)));
    assert!(teams.header("link").contains("rel=\"next\""));
    let members =
        app.get(format!("{WEB}members/")).bearer(&world.owner_token).send().await.expect(200).json();
    let found: Vec<(&Value, &Value)> =
        members.as_array().unwrap().iter().map(|row| (&row["email"], &row["projects"])).collect();
    let own = json!(["web"]);
    assert_eq!(found, [(&json!("member@acme.test"), &own), (&json!("owner@acme.test"), &own)]);
});

api_test!(projects_are_counted, |app| async move {
    let world = app.world().await;
    let (outsider, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    let token = World::token(&app.ctx, outsider, &["org:read"]).await;
    let path = "/api/0/organizations/acme/projects-count/";
    let counts = app.get(path).bearer(&token).send().await.expect(200).json();
    assert_eq!(counts, json!({"allProjects": 1, "myProjects": 0}));
    let counts = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(counts, json!({"allProjects": 1, "myProjects": 1}));
});

api_test!(a_strangers_project_is_out_of_reach, |app| async move {
    let world = app.world().await;
    app.get("/api/0/projects/globex/api/").bearer(&world.owner_token).send().await.expect(403);
    let foreign = format!("/api/0/projects/acme/{}/", world.stranger_project);
    app.get(foreign).bearer(&world.owner_token).send().await.expect(404);
});
