//! Who works on an issue.

use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{World, api_test};
use serde_json::{Value, json};

use super::desk::Desk;

api_test!(an_assignee_is_named_in_many_ways, |app| async move {
    let desk = Desk::new(&app).await;
    let (owner, member, team) = (desk.world.owner, desk.world.member, desk.world.team);
    let user = |id: String, name: &str| json!({"type": "user", "id": id, "name": name, "email": format!("{name}@acme.test")});
    let cases: [(Value, Value); 6] = [
        (json!(format!("user:{owner}")), user(owner.to_string(), "owner")),
        (json!(member.to_string()), user(member.to_string(), "member")),
        (json!("owner@acme.test"), user(owner.to_string(), "owner")),
        (json!(member.get()), user(member.to_string(), "member")),
        (json!(format!("team:{team}")), json!({"type": "team", "id": team.to_string(), "name": "core"})),
        (json!(""), json!(null)),
    ];
    for (text, expected) in cases {
        let issue = desk.change(json!({"assignedTo": text})).await;
        assert_eq!(issue["assignedTo"], expected, "{text}");
    }
    let history = desk.history().await;
    assert_eq!(history[0], ("unassigned".to_owned(), json!({})));
    let data = json!({"assignee": team.to_string(), "assigneeEmail": null, "assigneeType": "team"});
    assert_eq!(history[1], ("assigned".to_owned(), data));
    let data =
        json!({"assignee": member.to_string(), "assigneeEmail": "member@acme.test", "assigneeType": "user"});
    assert_eq!(history[2], ("assigned".to_owned(), data));
});

api_test!(only_another_assignee_is_told, |app| async move {
    let desk = Desk::new(&app).await;
    let body = json!({"assignedTo": format!("user:{}", desk.world.owner)});
    desk.change(body.clone()).await;
    desk.change(body).await;
    let told = desk.told().await;
    assert_eq!(told.len(), 1);
    let assignee =
        json!({"type": "user", "name": "owner", "id": desk.world.owner.get(), "email": "owner@acme.test"});
    assert_eq!((told[0].0.as_str(), &told[0].1["assignee"]), ("issue.assigned", &assignee));
    desk.change(json!({"assignedTo": null})).await;
    desk.change(json!({"assignedTo": null})).await;
    assert_eq!(desk.told_kinds().await, ["issue.assigned", "issue.unassigned"]);
    assert_eq!(desk.history().await.len(), 2);
    let subscribed = "SELECT COUNT(*) FROM issue_subscription WHERE reason = 'assigned' AND is_active = TRUE";
    assert_eq!(desk.count(subscribed).await, 1);
});

api_test!(whoever_has_nothing_to_do_with_the_project_is_refused, |app| async move {
    let desk = Desk::new(&app).await;
    let (outsider, _) = World::user(&app.ctx, "outsider", desk.world.org, OrgRole::Member).await;
    let query =
        Query::new("INSERT INTO team (organization_id, slug, name, date_added) VALUES ($1, 'ops', 'Ops', 1)");
    desk.execute(query.bind(desk.world.org)).await;
    let ops = desk.count("SELECT id FROM team WHERE slug = 'ops'").await;
    let cases = [
        (format!("user:{outsider}"), "Cannot assign to non-team member"),
        (format!("team:{ops}"), "Cannot assign to a team without access to the project"),
        (format!("user:{}", desk.world.stranger), "User is not a member of this organization"),
        ("user:999999".to_owned(), "User is not a member of this organization"),
        ("team:999999".to_owned(), "Team is not a member of this organization"),
        (
            "user:x".to_owned(),
            "Could not parse actor. Format should be `type:id` where type is `team` or `user`.",
        ),
        (
            "nobody".to_owned(),
            "Could not parse actor. Format should be `type:id` where type is `team` or `user`.",
        ),
        (
            "stranger@acme.test".to_owned(),
            "Could not parse actor. Format should be `type:id` where type is `team` or `user`.",
        ),
    ];
    for (text, expected) in cases {
        desk.refuse(json!({"assignedTo": text}), json!({"assignedTo": [expected]})).await;
    }
    assert!(desk.told().await.is_empty());
});

api_test!(the_status_comes_before_the_assignee, |app| async move {
    let desk = Desk::new(&app).await;
    let body = json!({"assignedTo": "owner@acme.test", "status": "resolved", "isBookmarked": true});
    desk.change(body).await;
    assert_eq!(desk.told_kinds().await, ["issue.resolved", "issue.assigned"]);
    let history: Vec<String> = desk.history().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(history, ["assigned", "set_resolved"]);
});
