//! Inviting people, and accepting.

use mortise_domain::{MemberId, OrgRole};
use mortise_service::{Caller, Client, authenticate, members};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::rows;

const MEMBERS: &str = "/api/0/organizations/acme/members/";

async fn invite(app: &TestApp, token: &str, body: Value) -> mortise_testkit::Answer {
    app.post(MEMBERS).bearer(token).json(&body).send().await
}

/// Invites an address; the id of the invitation and the token of its link.
async fn invited(app: &TestApp, world: &World, email: &str) -> (MemberId, String) {
    let made = invite(app, &world.owner_token, json!({"email": email})).await.expect(201).json();
    let id = made["id"].as_str().unwrap().to_owned();
    (id.parse().unwrap(), link_token(app, world, &id).await)
}

async fn link_token(app: &TestApp, world: &World, id: &str) -> String {
    let detail =
        app.get(format!("{MEMBERS}{id}/")).bearer(&world.owner_token).send().await.expect(200).json();
    let link = detail["invite_link"].as_str().unwrap().to_owned();
    let rest = link.strip_prefix(&format!("http://m.test:8000/accept/{id}/")).unwrap().to_owned();
    rest.trim_end_matches('/').to_owned()
}

async fn caller(app: &TestApp, session: &(String, String)) -> Caller {
    authenticate::session(&app.ctx, &session.0, None, Client::default()).await.unwrap()
}

api_test!(an_invitation_is_a_member_without_user, |app| async move {
    let world = app.world().await;
    let body = json!({"email": "new@acme.test", "orgRole": "manager", "teamRoles": [{"teamSlug": "core", "role": "admin"}]});
    let made = invite(&app, &world.owner_token, body).await.expect(201).json();
    assert_eq!((&made["email"], &made["name"]), (&json!("new@acme.test"), &json!("new@acme.test")));
    assert_eq!((&made["user"], &made["pending"]), (&Value::Null, &json!(true)));
    assert_eq!((&made["orgRole"], &made["inviterName"]), (&json!("manager"), &json!("owner")));
    let path = format!("{MEMBERS}{}/", made["id"].as_str().unwrap());
    let detail = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(detail["teamRoles"], json!([{"teamSlug": "core", "role": "admin"}]));
    // The link is a secret of those who manage members.
    let detail = app.get(&path).bearer(&world.member_token).send().await.expect(200).json();
    assert!(detail.get("invite_link").is_none());
    let (event, data) = rows::audit(&app, world.org).await.pop().unwrap();
    assert_eq!((event, &data["email"]), (1, &json!("new@acme.test")));
});

api_test!(what_cannot_be_invited_is_refused_with_a_reason, |app| async move {
    let world = app.world().await;
    invited(&app, &world, "new@acme.test").await;
    for (body, errors) in [
        (
            json!({"email": "member@acme.test"}),
            json!({"email": ["The user member@acme.test is already a member"]}),
        ),
        (json!({"email": "NEW@acme.test"}), json!({"email": ["The user NEW@acme.test is already a member"]})),
        (json!({}), json!({"email": ["This field is required."]})),
        (json!({"email": "x"}), json!({"email": ["Enter a valid email address."]})),
        (
            json!({"email": "a@acme.test", "orgRole": "admin"}),
            json!({"orgRole": ["The role 'admin' is deprecated and may no longer be assigned."]}),
        ),
        (
            json!({"email": "a@acme.test", "role": "billing"}),
            json!({"role": ["\"billing\" is not a valid choice."]}),
        ),
        (json!({"email": "a@acme.test", "teams": ["x"]}), json!({"teams": ["Invalid teams"]})),
        (
            json!({"email": "a@acme.test", "teamRoles": [{"teamSlug": "core", "role": "x"}]}),
            json!({"teamRoles": ["Invalid team-role"]}),
        ),
    ] {
        assert_eq!(invite(&app, &world.owner_token, body).await.expect(400).json(), errors);
    }
    let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let manager = World::token(&app.ctx, manager, &["member:write"]).await;
    let body = json!({"email": "a@acme.test", "orgRole": "owner"});
    let refused = invite(&app, &manager, body.clone()).await.expect(400).json();
    assert_eq!(refused, json!({"orgRole": ["You do not have permission to set that org-level role"]}));
    invite(&app, &world.member_token, body).await.expect(403);
});

api_test!(apps_invite_members_only, |app| async move {
    let world = app.world().await;
    let (_, token) =
        rows::app_token(&app, world.org, "kanban", &["member:read", "member:write", "member:admin"]).await;
    for role in ["manager", "owner", "admin"] {
        let body = json!({"email": "a@acme.test", "orgRole": role});
        let refused = invite(&app, &token, body).await.expect(400).json();
        assert_eq!(
            refused,
            json!(["Integration tokens are restricted to inviting new members with the member role only."])
        );
    }
    invite(&app, &token, json!({"email": "a@acme.test", "orgRole": "member"})).await.expect(201);
    invite(&app, &token, json!({"email": "b@acme.test"})).await.expect(201);
});

api_test!(an_existing_request_is_named, |app| async move {
    let world = app.world().await;
    let query = mortise_store::Query::new(
        "INSERT INTO organization_member (organization_id, email, role, flags, invite_status, date_added) \
         VALUES ($1, 'ask@acme.test', 'member', 0, 1, 0)",
    );
    rows::execute(&app, query.bind(world.org)).await;
    let refused =
        invite(&app, &world.owner_token, json!({"email": "ask@acme.test"})).await.expect(400).json();
    assert_eq!(refused, json!({"email": ["There is an existing invite request for ask@acme.test"]}));
});

api_test!(too_many_invitations_are_refused, |app| async move {
    let world = app.world().await;
    for n in 0..100 {
        invite(&app, &world.owner_token, json!({"email": format!("u{n}@acme.test")})).await.expect(201);
    }
    let refused =
        invite(&app, &world.owner_token, json!({"email": "one@acme.test"})).await.expect(429).json();
    assert_eq!(refused, json!({"detail": "You are being rate limited for too many invitations."}));
    app.clock.advance(24 * 3600);
    invite(&app, &world.owner_token, json!({"email": "one@acme.test"})).await.expect(201);
});

api_test!(an_address_is_invited_ten_times_a_day_at_most, |app| async move {
    let world = app.world().await;
    let (id, _) = invited(&app, &world, "new@acme.test").await;
    let again = async || {
        let put = app.put(format!("{MEMBERS}{id}/")).bearer(&world.owner_token);
        put.json(&json!({"reinvite": true})).send().await
    };
    for _ in 0..9 {
        again().await.expect(200);
    }
    again().await.expect(429);
    invite(&app, &world.owner_token, json!({"email": "other@acme.test"})).await.expect(201);
});

api_test!(an_invitation_can_be_sent_again_and_renewed, |app| async move {
    let world = app.world().await;
    let (id, first) = invited(&app, &world, "new@acme.test").await;
    let put = async |token: &str, id: String, body: Value| {
        app.put(format!("{MEMBERS}{id}/")).bearer(token).json(&body).send().await
    };
    put(&world.owner_token, id.to_string(), json!({"reinvite": true})).await.expect(200);
    assert_eq!(link_token(&app, &world, &id.to_string()).await, first);
    let renew = json!({"reinvite": true, "regenerate": true});
    let writer = World::token(&app.ctx, world.owner, &["member:write"]).await;
    let refused = put(&writer, id.to_string(), renew.clone()).await.expect(400).json();
    assert_eq!(refused, json!({"detail": "You are missing the member:admin scope."}));
    app.clock.advance(31 * 24 * 3600);
    let list = app.get(format!("{MEMBERS}{id}/")).bearer(&world.owner_token).send().await.json();
    assert_eq!(list["expired"], true);
    let refused = put(&world.owner_token, id.to_string(), json!({"reinvite": true})).await.expect(400).json();
    assert_eq!(
        refused,
        json!({"detail": "You cannot resend an expired invitation without regenerating the token."})
    );
    put(&world.owner_token, id.to_string(), renew).await.expect(200);
    assert_ne!(link_token(&app, &world, &id.to_string()).await, first);
    assert!(members::find_invitation(&app.ctx, id, &first).await.unwrap().is_none());
    let refused = put(&world.owner_token, world.member_id.to_string(), json!({"reinvite": true})).await;
    assert_eq!(
        refused.expect(400).json(),
        json!({"detail": "You cannot send an invitation to a user who is already a full member."})
    );
});

api_test!(whoever_is_signed_in_accepts_with_the_link, |app| async move {
    let world = app.world().await;
    let (id, token) = invited(&app, &world, "somebody@acme.test").await;
    let session = World::session(&app.ctx, world.stranger).await;
    let stranger = caller(&app, &session).await;
    assert!(members::accept_invitation(&app.ctx, &stranger, id, "wrong").await.is_err());
    let seen = members::find_invitation(&app.ctx, id, &token).await.unwrap().unwrap();
    assert_eq!((seen.email.as_str(), seen.has_account), ("somebody@acme.test", false));
    let org = members::accept_invitation(&app.ctx, &stranger, id, &token).await.unwrap();
    assert_eq!(org.slug, "acme");
    let me = app.get(format!("{MEMBERS}me/")).bearer(&world.stranger_token).send().await.expect(200).json();
    assert_eq!((&me["id"], &me["pending"]), (&json!(id.to_string()), &json!(false)));
    assert_eq!(rows::audit(&app, world.org).await.pop().unwrap().0, 3);
    // A link works once.
    let again = caller(&app, &world.member_session).await;
    assert!(members::accept_invitation(&app.ctx, &again, id, &token).await.is_err());
});

api_test!(members_do_not_use_up_the_invitations_of_others, |app| async move {
    let world = app.world().await;
    let (id, token) = invited(&app, &world, "somebody@acme.test").await;
    let member = caller(&app, &world.member_session).await;
    let refused = members::accept_invitation(&app.ctx, &member, id, &token).await;
    assert!(matches!(refused, Err(mortise_service::Error::Conflict(_))));
    assert!(members::find_invitation(&app.ctx, id, &token).await.unwrap().is_some());
});

api_test!(an_expired_invitation_is_worth_nothing, |app| async move {
    let world = app.world().await;
    let (id, token) = invited(&app, &world, "late@acme.test").await;
    app.clock.advance(30 * 24 * 3600 + 1);
    assert!(members::find_invitation(&app.ctx, id, &token).await.unwrap().is_none());
});

api_test!(somebody_new_accepts_with_a_new_account, |app| async move {
    let world = app.world().await;
    let (id, token) = invited(&app, &world, "fresh@acme.test").await;
    let account = members::NewAccount { name: "Fresh".to_owned(), password: "correct horse".into() };
    let client = Client::default();
    let (user, _) =
        members::accept_as_new_user(&app.ctx, &client, id, &token, account.clone()).await.unwrap();
    assert_eq!((user.email.as_str(), user.name.as_str()), ("fresh@acme.test", "Fresh"));
    let body = json!({"username": "fresh@acme.test", "password": "correct horse"});
    app.post("/api/0/auth/login/").json(&body).send().await.expect(200);
    assert!(members::accept_as_new_user(&app.ctx, &client, id, &token, account).await.is_err());
});
