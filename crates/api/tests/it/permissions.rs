//! Who may do what: scopes of tokens and roles, tenants, options and team roles.

use mortise_domain::{OrgRole, Scope, ScopeSet};
use mortise_service::access::class;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::json;

use crate::rows;

const ORG: &str = "/api/0/organizations/acme/";
const MEMBERS: &str = "/api/0/organizations/acme/members/";

async fn access(app: &TestApp, token: &str) -> Vec<String> {
    let org = app.get(format!("{ORG}?detailed=0")).bearer(token).send().await.expect(200).json();
    org["access"].as_array().unwrap().iter().map(|scope| scope.as_str().unwrap().to_owned()).collect()
}

fn texts(scopes: ScopeSet) -> Vec<String> {
    scopes.sorted().into_iter().map(str::to_owned).collect()
}

api_test!(scopes_of_tokens_are_compared_literally, |app| async move {
    let world = app.world().await;
    // The classes list what implies what; nothing is implied beyond them.
    for (scopes, status) in [(&["member:admin"][..], 200), (&["org:admin"], 403), (&[], 403)] {
        let token = World::token(&app.ctx, world.owner, scopes).await;
        app.get(MEMBERS).bearer(&token).send().await.expect(status);
    }
    let token = World::token(&app.ctx, world.owner, &["org:admin"]).await;
    app.get("/api/0/organizations/acme/region/").bearer(&token).send().await.expect(403);
});

api_test!(a_token_never_does_more_than_its_user, |app| async move {
    let world = app.world().await;
    let token = World::token(&app.ctx, world.member, &["org:admin", "org:read"]).await;
    assert_eq!(access(&app, &token).await, ["org:read"]);
    app.put(ORG).bearer(&token).json(&json!({"name": "Mine"})).send().await.expect(403);
});

api_test!(
    roles_have_the_scopes_of_the_table_whatever_the_options_unless_they_are_plain_members,
    |app| async move {
        let world = app.world().await;
        let mut tokens = Vec::new();
        let names = ["one", "two", "three", "four"];
        for (role, name) in OrgRole::ALL.iter().copied().zip(names) {
            let (user, _) = World::user(&app.ctx, name, world.org, role).await;
            let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
            tokens.push((role, World::token(&app.ctx, user, &all).await));
        }
        for (role, token) in &tokens {
            assert_eq!(access(&app, token).await, texts(role.scopes()), "{role}");
        }
        let body = json!({"eventsMemberAdmin": false, "alertsMemberWrite": false});
        app.put(ORG).bearer(&world.owner_token).json(&body).send().await.expect(200);
        for (role, token) in &tokens {
            let removed = match role {
                OrgRole::Member => ScopeSet::of(&[Scope::EventAdmin, Scope::AlertsWrite]),
                _ => ScopeSet::EMPTY,
            };
            assert_eq!(access(&app, token).await, texts(role.scopes().difference(removed)), "{role}");
        }
    }
);

api_test!(an_app_has_exactly_its_scopes_and_only_where_it_is_installed, |app| async move {
    let world = app.world().await;
    let (_, token) =
        rows::app_token(&app, world.org, "kanban", &["org:read", "team:read", "event:read"]).await;
    assert_eq!(access(&app, &token).await, ["event:read", "org:read", "team:read"]);
    app.get(MEMBERS).bearer(&token).send().await.expect(403);
    app.get("/api/0/organizations/globex/").bearer(&token).send().await.expect(403);
    let body = json!({"openMembership": false});
    app.put(ORG).bearer(&world.owner_token).json(&body).send().await.expect(200);
    // It is in no team and reaches all of them. A role it has none.
    let org = app.get(ORG).bearer(&token).send().await.expect(200).json();
    assert!(org.get("role").is_none() && org.get("orgRole").is_none());
    assert_eq!((&org["teams"][0]["hasAccess"], &org["projects"][0]["slug"]), (&json!(true), &json!("web")));
    app.get("/api/0/teams/acme/core/").bearer(&token).send().await.expect(200);
});

api_test!(the_token_of_an_installation_works_before_it_is_verified, |app| async move {
    let world = app.world().await;
    let (_, token) = rows::app_token(&app, world.org, "kanban", &["org:read"]).await;
    let read = async |token: &str| app.get("/api/0/organizations/acme/").bearer(token).send().await.status;
    let set = |sql: &'static str| mortise_store::Query::new(sql);
    rows::execute(&app, set("UPDATE sentry_app_installation SET status = 0")).await;
    assert_eq!(read(&token).await, 200);
    rows::execute(&app, set("UPDATE sentry_app_installation SET date_deleted = 1")).await;
    assert_eq!(read(&token).await, 403);
});

api_test!(strangers_are_refused_and_unknown_organizations_are_not_there, |app| async move {
    let world = app.world().await;
    let refused = app.get(ORG).bearer(&world.stranger_token).send().await.expect(403).json();
    assert_eq!(refused, json!({"detail": "You do not have permission to perform this action."}));
    let missing =
        app.get("/api/0/organizations/nope/").bearer(&world.stranger_token).send().await.expect(404);
    assert_eq!(missing.json(), json!({"detail": "The requested resource does not exist"}));
    let by_id = format!("/api/0/organizations/{}/", world.org);
    app.get(&by_id).bearer(&world.member_token).send().await.expect(200);
    app.get(&by_id).bearer(&world.stranger_token).send().await.expect(403);
    let token = rows::org_token(&app, world.stranger_org, "globex").await;
    app.get(ORG).bearer(&token).send().await.expect(403);
});

api_test!(a_closed_organization_shows_projects_to_their_teams_only, |app| async move {
    let world = app.world().await;
    let (outsider, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    let outsider = World::token(&app.ctx, outsider, &["org:read", "team:read"]).await;
    let projects = async |token: &str| {
        let org = app.get(ORG).bearer(token).send().await.expect(200).json();
        org["projects"].as_array().unwrap().len()
    };
    assert_eq!(projects(&outsider).await, 1);
    let body = json!({"openMembership": false});
    app.put(ORG).bearer(&world.owner_token).json(&body).send().await.expect(200);
    assert_eq!(projects(&outsider).await, 0);
    assert_eq!(projects(&world.member_token).await, 1);
    app.get("/api/0/teams/acme/core/").bearer(&outsider).send().await.expect(403);
});

api_test!(a_superusers_token_is_an_ordinary_token, |app| async move {
    let world = app.world().await;
    let (cookie, _) = rows::superuser(&app, world.stranger).await;
    app.get(ORG).bearer(&world.stranger_token).send().await.expect(403);
    let org = app.get(ORG).header("cookie", &cookie).send().await.expect(200).json();
    let listed = org["access"].as_array().unwrap();
    assert_eq!(listed.len(), Scope::ALL.len() + 1);
    assert!(
        listed.contains(&serde_json::json!("org:superuser"))
            && listed.is_sorted_by_key(|scope| scope.as_str())
    );
    // After a quarter of an hour without use the elevation is over.
    app.clock.advance(15 * 60 + 5);
    app.get(ORG).header("cookie", &cookie).send().await.expect(403);
});

/// Classes with the scopes of GET, POST, PUT and DELETE.
const MAP: &[(&str, [&str; 4])] = &[
    (
        "Organization",
        ["org:read org:write org:admin", "org:write org:admin", "org:write org:admin", "org:admin"],
    ),
    ("OrganizationAudit", ["org:write", "", "", ""]),
    (
        "OrganizationEvent",
        [
            "event:read event:write event:admin",
            "event:write event:admin",
            "event:write event:admin",
            "event:admin",
        ],
    ),
    (
        "OrganizationIntegrations",
        [
            "org:read org:write org:admin org:integrations",
            "org:write org:admin org:integrations",
            "org:write org:admin org:integrations",
            "org:admin org:integrations",
        ],
    ),
    (
        "OrgAuthToken",
        [
            "org:read org:write org:admin",
            "org:read org:write org:admin",
            "org:read org:write org:admin",
            "org:write org:admin",
        ],
    ),
    (
        "Member",
        [
            "member:read member:write member:admin",
            "member:write member:admin",
            "member:write member:admin",
            "member:admin",
        ],
    ),
    (
        "OrganizationTeams",
        [
            "org:read org:write org:admin",
            "org:write org:admin team:write",
            "org:write org:admin team:write",
            "org:admin team:write",
        ],
    ),
    (
        "OrganizationProjects",
        ["org:read org:write org:admin", "project:read project:write project:admin", "", ""],
    ),
    (
        "Project",
        [
            "project:read project:write project:admin",
            "project:write project:admin",
            "project:write project:admin",
            "project:admin",
        ],
    ),
    (
        "Team",
        ["team:read team:write team:admin", "team:write team:admin", "team:write team:admin", "team:admin"],
    ),
];

/// Every class against every scope, as the edge's first stage decides it.
#[test]
fn classes_take_the_scopes_of_the_permission_map() {
    for (name, methods) in MAP {
        let class = class::ALL.iter().find(|class| class.name == *name).unwrap();
        for (method, expected) in ["GET", "POST", "PUT", "DELETE"].iter().zip(methods) {
            let allowed = class.scopes(method).unwrap_or(ScopeSet::EMPTY);
            let expected = ScopeSet::from_texts(expected.split_whitespace());
            assert_eq!(allowed, expected, "{name} {method}");
        }
    }
}
