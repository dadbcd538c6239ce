//! Members of organizations.

use mortise_domain::OrgRole;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::rows;

const MEMBERS: &str = "/api/0/organizations/acme/members/";

async fn emails(app: &TestApp, token: &str, query: &str) -> Vec<String> {
    let list = app.get(format!("{MEMBERS}{query}")).bearer(token).send().await.expect(200).json();
    list.as_array().unwrap().iter().map(|member| member["email"].as_str().unwrap().to_owned()).collect()
}

api_test!(the_list_is_ordered_by_address_and_shows_users, |app| async move {
    let world = app.world().await;
    let list = app.get(MEMBERS).bearer(&world.member_token).send().await.expect(200).json();
    let member = &list[0];
    assert_eq!(member["id"], world.member_id.to_string());
    assert_eq!(member["user"]["id"], world.member.to_string());
    assert_eq!(
        (&member["role"], &member["roleName"], &member["orgRole"], &member["pending"], &member["expired"]),
        (&json!("member"), &json!("Member"), &json!("member"), &json!(false), &json!(false))
    );
    assert_eq!(
        member["flags"],
        json!({"idp:provisioned": false, "idp:role-restricted": false, "sso:linked": false, "sso:invalid": false,
               "member-limit:restricted": false, "partnership:restricted": false})
    );
    assert_eq!((&member["inviteStatus"], &member["inviterName"]), (&json!("approved"), &Value::Null));
    assert!(member.get("externalUsers").is_none());
    assert_eq!(list[1]["email"], "owner@acme.test");
    let path = format!("{MEMBERS}?expand=externalUsers");
    let list = app.get(path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(list[0]["externalUsers"], json!([]));
});

api_test!(the_list_is_searched_by_tokens_and_text, |app| async move {
    let world = app.world().await;
    let body = json!({"email": "new@acme.test"});
    app.post(MEMBERS).bearer(&world.owner_token).json(&body).send().await.expect(201);
    let by_id = format!("?query=id:{}", world.member_id);
    let by_user = format!("?query=user.id:{}", world.owner);
    for (query, found) in [
        ("", &["member@acme.test", "new@acme.test", "owner@acme.test"][..]),
        ("?query=email:owner@acme.test", &["owner@acme.test"]),
        ("?query=email:NEW@acme.test", &["new@acme.test"]),
        ("?query=role:owner", &["owner@acme.test"]),
        ("?query=role:owner+role:member", &["member@acme.test", "new@acme.test", "owner@acme.test"]),
        ("?query=scope:org:admin", &["owner@acme.test"]),
        (&by_id, &["member@acme.test"]),
        (&by_user, &["owner@acme.test"]),
        ("?query=isInvited:true", &["new@acme.test"]),
        ("?query=isInvited:false", &["member@acme.test", "owner@acme.test"]),
        ("?query=has2fa:true", &[]),
        ("?query=ssoLinked:false+own", &["owner@acme.test"]),
        ("?query=isInvited:perhaps", &["member@acme.test", "owner@acme.test"]),
        ("?query=hasExternalUsers:true", &[]),
        ("?query=memb", &["member@acme.test"]),
        ("?query=id:x", &[]),
        ("?query=other:x", &[]),
        ("?query=%25", &[]),
    ] {
        assert_eq!(emails(&app, &world.member_token, query).await, found, "{query}");
    }
});

api_test!(lists_take_the_same_number_of_statements_whatever_their_length, |app| async move {
    let world = app.world().await;
    let count = async || {
        let before = app.ctx.store.statements();
        app.get(MEMBERS).bearer(&world.owner_token).send().await.expect(200);
        app.ctx.store.statements() - before
    };
    count().await;
    let few = count().await;
    for name in ["a1", "a2", "a3", "a4"] {
        World::user(&app.ctx, name, world.org, OrgRole::Member).await;
    }
    assert_eq!(count().await, few);
});

api_test!(me_is_the_callers_membership, |app| async move {
    let world = app.world().await;
    let path = format!("{MEMBERS}me/");
    let me = app.get(&path).bearer(&world.member_token).send().await.expect(200).json();
    assert_eq!(me["id"], world.member_id.to_string());
    assert_eq!((&me["teams"], &me["isOnlyOwner"]), (&json!(["core"]), &json!(false)));
    assert_eq!(me["teamRoles"], json!([{"teamSlug": "core", "role": null}]));
    assert_eq!(me["roles"].as_array().unwrap().len(), 4);
    assert!(me.get("invite_link").is_none());
    let owner = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(owner["isOnlyOwner"], true);
    let (_, token) = rows::app_token(&app, world.org, "kanban", &["member:read"]).await;
    app.get(&path).bearer(&token).send().await.expect(404);
});

api_test!(members_of_other_organizations_are_not_there, |app| async move {
    let world = app.world().await;
    let path = format!("/api/0/organizations/globex/members/{}/", world.member_id);
    for request in [app.get(&path), app.put(&path).json(&json!({})), app.delete(&path)] {
        request.bearer(&world.stranger_token).send().await.expect(404);
    }
    app.get(MEMBERS).bearer(&world.stranger_token).send().await.expect(403);
    app.get(format!("{MEMBERS}99999999999999999999/")).bearer(&world.owner_token).send().await.expect(404);
});

api_test!(managers_change_roles_up_to_their_own, |app| async move {
    let world = app.world().await;
    let (manager, manager_id) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let manager = World::token(&app.ctx, manager, &["member:admin"]).await;
    let put = async |token: &str, id: String, body: Value| {
        app.put(format!("{MEMBERS}{id}/")).bearer(token).json(&body).send().await
    };
    let id = world.member_id.to_string();
    let changed = put(&manager, id.clone(), json!({"orgRole": "manager"})).await.expect(200).json();
    assert_eq!((&changed["orgRole"], &changed["teams"]), (&json!("manager"), &json!(["core"])));
    let (event, data) = rows::audit(&app, world.org).await.pop().unwrap();
    assert_eq!((event, &data["role"], &data["teams_slugs"]), (4, &json!("manager"), &json!(["core"])));
    let refused = put(&manager, id.clone(), json!({"orgRole": "owner"})).await.expect(400).json();
    assert_eq!(refused, json!({"orgRole": ["You do not have permission to set that org-level role"]}));
    let refused = put(&world.owner_token, id.clone(), json!({"role": "admin"})).await.expect(400).json();
    assert_eq!(refused, json!({"role": ["The role 'admin' is deprecated and may no longer be assigned."]}));
    let refused = put(&world.owner_token, id, json!({"orgRole": "boss"})).await.expect(400).json();
    assert_eq!(refused, json!({"orgRole": ["\"boss\" is not a valid choice."]}));
    let own = put(&manager, "me".into(), json!({"orgRole": "member"})).await.expect(400).json();
    assert_eq!(own, json!({"detail": "You cannot make changes to your own role."}));
    let owner = app.get(format!("{MEMBERS}?query=role:owner")).bearer(&manager).send().await.json();
    let owner = owner[0]["id"].as_str().unwrap().to_owned();
    let refused = put(&manager, owner, json!({"orgRole": "member"})).await.expect(403).json();
    assert_eq!(refused, json!({"detail": "You do not have permission to edit that user's membership."}));
    put(&world.owner_token, manager_id.to_string(), json!({"orgRole": "manager"})).await.expect(200);
    // Who may only read members changes nothing, not even about themselves.
    let reader = World::token(&app.ctx, world.owner, &["member:read"]).await;
    let refused = put(&reader, "me".into(), json!({"orgRole": "member"})).await.expect(403).json();
    assert_eq!(refused, json!({"detail": "You do not have permission to perform this action."}));
    let (plain, _) = World::user(&app.ctx, "plain", world.org, OrgRole::Member).await;
    let plain = World::token(&app.ctx, plain, &["member:write"]).await;
    put(&plain, "me".into(), json!({})).await.expect(403);
});

api_test!(holders_of_the_retired_role_keep_it, |app| async move {
    let world = app.world().await;
    let (_, id) = World::user(&app.ctx, "old", world.org, OrgRole::Admin).await;
    let body = json!({"orgRole": "admin", "teams": ["core"]});
    let path = format!("{MEMBERS}{id}/");
    let kept = app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    assert_eq!((&kept["orgRole"], &kept["teams"]), (&json!("admin"), &json!(["core"])));
});

api_test!(teams_and_roles_in_them_are_replaced_as_a_whole, |app| async move {
    let world = app.world().await;
    let body = json!({"slug": "other"});
    let path = "/api/0/organizations/acme/teams/";
    app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(201);
    let put = async |token: &str, body: Value| {
        app.put(format!("{MEMBERS}{}/", world.member_id)).bearer(token).json(&body).send().await
    };
    let body = json!({"teamRoles": [{"teamSlug": "other", "role": "admin"}]});
    let changed = put(&world.owner_token, body).await.expect(200).json();
    assert_eq!(changed["teamRoles"], json!([{"teamSlug": "other", "role": "admin"}]));
    let body = json!({"teams": ["core", "other"]});
    assert_eq!(put(&world.owner_token, body).await.expect(200).json()["teams"], json!(["core", "other"]));
    for (body, errors) in [
        (json!({"teams": ["nope"]}), json!({"teams": ["Invalid teams"]})),
        (json!({"teamRoles": [{"teamSlug": "nope", "role": null}]}), json!({"teamRoles": ["Invalid teams"]})),
        (
            json!({"teamRoles": [{"teamSlug": "core", "role": "king"}]}),
            json!({"teamRoles": ["Invalid team-role"]}),
        ),
        (json!({"teams": "core"}), json!({"teams": ["Expected a list of items but got type \"str\"."]})),
    ] {
        assert_eq!(put(&world.owner_token, body).await.expect(400).json(), errors);
    }
    // Nobody without the right to manage members changes anything, not even of their own.
    put(&world.member_token, json!({"teams": ["core"]})).await.expect(403);
});

api_test!(removing_follows_the_rules, |app| async move {
    let world = app.world().await;
    let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let (_, other) = World::user(&app.ctx, "other", world.org, OrgRole::Member).await;
    let owner = app.get(format!("{MEMBERS}me/")).bearer(&world.owner_token).send().await.json();
    let owner = owner["id"].as_str().unwrap().to_owned();
    let delete =
        async |token: &str, id: &str| app.delete(format!("{MEMBERS}{id}/")).bearer(token).send().await;
    let weak = delete(&world.member_token, &other.to_string()).await.expect(400).json();
    assert_eq!(weak, json!({"detail": "You are missing the member:admin scope."}));
    let manager = World::token(&app.ctx, manager, &["member:admin"]).await;
    let above = delete(&manager, &owner).await.expect(400).json();
    assert_eq!(above, json!({"detail": "You cannot remove a member who has more access than you."}));
    let last = delete(&world.owner_token, "me").await.expect(403).json();
    assert_eq!(last, json!({"detail": "You cannot remove the only remaining owner of the organization."}));
    delete(&manager, &other.to_string()).await.expect(204);
    delete(&manager, &other.to_string()).await.expect(404);
    assert_eq!(rows::audit(&app, world.org).await.pop().unwrap().0, 5);
    // Leaving needs no right.
    delete(&world.member_token, "me").await.expect(204);
    app.get(MEMBERS).bearer(&world.member_token).send().await.expect(403);
});

api_test!(the_last_owner_cannot_be_demoted, |app| async move {
    let world = app.world().await;
    let (cookie, csrf) = rows::superuser(&app, world.stranger).await;
    let owner = app.get(format!("{MEMBERS}me/")).bearer(&world.owner_token).send().await.json();
    let path = format!("{MEMBERS}{}/", owner["id"].as_str().unwrap());
    let request =
        app.put(path).header("cookie", &format!("{cookie}; sc={csrf}")).header("x-csrftoken", &csrf);
    let refused = request.json(&json!({"orgRole": "member"})).send().await.expect(403).json();
    assert_eq!(refused, json!({"detail": "You cannot remove the only remaining owner of the organization."}));
});

api_test!(users_of_an_organization_are_listed_with_the_selected_projects, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "teamless", world.org, OrgRole::Member).await;
    let get = async |token: &str, query: &str| {
        app.get(format!("/api/0/organizations/acme/users/{query}")).bearer(token).send().await
    };
    let selected = format!("?project={}", world.project);
    for query in ["", "?project=-1", &selected] {
        let list = get(&world.member_token, query).await.expect(200).json();
        let seen: Vec<_> = list.as_array().unwrap().iter().map(|m| (&m["email"], &m["projects"])).collect();
        assert_eq!(
            seen,
            [(&json!("member@acme.test"), &json!(["web"])), (&json!("owner@acme.test"), &json!(["web"]))],
            "{query}"
        );
    }
    let foreign = format!("?project={}", world.stranger_project);
    get(&world.member_token, &foreign).await.expect(403);
    get(&world.member_token, "?project=abc").await.expect(400);
});
