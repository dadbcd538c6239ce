//! Comments.

use mortise_testkit::{Answer, World, api_test};
use serde_json::{Value, json};

use super::desk::Desk;

async fn post(desk: &Desk<'_>, token: &str, body: Value) -> Answer {
    desk.app.post(format!("{}comments/", desk.path())).bearer(token).json(&body).send().await
}

api_test!(a_comment_is_written_changed_and_deleted, |app| async move {
    let desk = Desk::new(&app).await;
    let token = desk.world.member_token.clone();
    let note = post(&desk, &token, json!({"text": "on it", "external_id": "x1"})).await.expect(201).json();
    assert_eq!(
        (&note["type"], &note["data"]),
        (&json!("note"), &json!({"text": "on it", "external_id": "x1"}))
    );
    assert_eq!(note["user"]["email"], "member@acme.test");
    let id = note["id"].as_str().unwrap();
    let path = format!("/api/0/organizations/acme/issues/WEB-1/notes/{id}/");
    let changed =
        app.put(&*path).bearer(&token).json(&json!({"text": "done"})).send().await.expect(200).json();
    assert_eq!((&changed["data"]["text"], &changed["data"]["external_id"]), (&json!("done"), &json!("x1")));
    let listed = app.get(format!("{}notes/", desk.path())).bearer(&token).send().await.expect(200);
    assert_eq!(listed.json(), json!([changed]));
    assert!(listed.header("link").contains("rel=\"next\""));
    let issue = app.get(desk.path()).bearer(&token).send().await.expect(200).json();
    assert_eq!(
        (&issue["numComments"], &issue["subscriptionDetails"]["reason"]),
        (&json!(1), &json!("comment"))
    );
    app.delete(&*path).bearer(&token).send().await.expect(204);
    app.delete(&*path).bearer(&token).send().await.expect(404);
    assert_eq!(desk.count("SELECT num_comments FROM issue").await, 0);
    let told = desk.told().await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["comment.created", "comment.updated", "comment.deleted"]);
    let texts: Vec<&Value> = told.iter().map(|(_, facts)| &facts["comment"]["text"]).collect();
    assert_eq!(texts, ["on it", "done", "done"]);
    assert_eq!(told[0].1["comment"]["written_at"], told[2].1["comment"]["written_at"]);
});

api_test!(the_same_text_within_an_hour_is_refused, |app| async move {
    let desk = Desk::new(&app).await;
    let (member, owner) = (desk.world.member_token.clone(), desk.world.owner_token.clone());
    post(&desk, &member, json!({"text": "same"})).await.expect(201);
    let answer = post(&desk, &member, json!({"text": "same"})).await.expect(400);
    assert_eq!(answer.json(), json!({"detail": "You have already posted that comment."}));
    post(&desk, &owner, json!({"text": "same"})).await.expect(201);
    app.clock.advance(3601);
    post(&desk, &member, json!({"text": "same"})).await.expect(201);
    assert_eq!(desk.count("SELECT num_comments FROM issue").await, 3);
});

api_test!(comments_of_others_are_not_there, |app| async move {
    let desk = Desk::new(&app).await;
    let (member, owner) = (desk.world.member_token.clone(), desk.world.owner_token.clone());
    let note = post(&desk, &member, json!({"text": "mine"})).await.expect(201).json();
    let path = format!("{}comments/{}/", desk.path(), note["id"].as_str().unwrap());
    let answer = app.put(&*path).bearer(&owner).json(&json!({"text": "yours"})).send().await.expect(404);
    assert_eq!(answer.json(), json!({"detail": "The requested resource does not exist"}));
    app.delete(&*path).bearer(&owner).send().await.expect(404);
    app.delete(format!("{}comments/x/", desk.path())).bearer(&owner).send().await.expect(404);
    let reader = World::token(&app.ctx, desk.world.member, &["event:read"]).await;
    post(&desk, &reader, json!({"text": "no"})).await.expect(403);
});

api_test!(whoever_is_mentioned_is_told, |app| async move {
    let desk = Desk::new(&app).await;
    let token = desk.world.member_token.clone();
    let (owner, team, stranger) = (desk.world.owner, desk.world.team, desk.world.stranger);
    let cases = [
        (json!({}), json!({"text": ["This field is required."]})),
        (json!({"text": " "}), json!({"text": ["This field may not be blank."]})),
        (
            json!({"text": "a", "mentions": [format!("user:{stranger}")]}),
            json!({"mentions": ["Cannot mention a non team member"]}),
        ),
        (
            json!({"text": "a", "mentions": ["team:999999"]}),
            json!({"mentions": ["Mentioned team not found or not associated with project"]}),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(post(&desk, &token, body).await.expect(400).json(), expected);
    }
    let mentions = json!([format!("user:{owner}"), format!("team:{team}")]);
    let note = post(&desk, &token, json!({"text": "look", "mentions": mentions})).await.expect(201).json();
    assert_eq!(note["data"]["mentions"], mentions);
    for reason in [
        "SELECT COUNT(*) FROM issue_subscription WHERE reason = 'mentioned'",
        "SELECT COUNT(*) FROM issue_subscription WHERE reason = 'team_mentioned'",
    ] {
        assert_eq!(desk.count(reason).await, 1, "{reason}");
    }
});

api_test!(a_walk_through_comments_shows_each_once, |app| async move {
    let desk = Desk::new(&app).await;
    let token = desk.world.member_token.clone();
    for text in ["one", "two", "three"] {
        post(&desk, &token, json!({"text": text})).await.expect(201);
    }
    let path = format!("{}comments/?per_page=2", desk.path());
    let first = app.get(&*path).bearer(&token).send().await.expect(200);
    let next = first.next_cursor().unwrap();
    let second = app.get(format!("{path}&cursor={next}")).bearer(&token).send().await.expect(200);
    let texts: Vec<Value> = [first, second]
        .iter()
        .flat_map(|page| page.json().as_array().unwrap().clone())
        .map(|note| note["data"]["text"].clone())
        .collect();
    assert_eq!(texts, ["three", "two", "one"]);
    assert!(app.get(path).bearer(&token).send().await.next_cursor().is_some());
});
