//! Journeys through the list of everything that an organization can connect to, and through documentation integrations and
//! legacy plugins on it.

use mortise_domain::{OrgRole, ProjectId};
use mortise_store::{
    Query, StoreError,
    integration::doc::{self, Text},
    plugin::{self, NewValue},
};
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

use crate::{
    doc_integrations::superuser,
    integrations::{change, publish},
    site::{Answer, Visitor},
    site_test,
};

const LIST: &str = "/settings/acme/integrations/";

/// The names on the list, in order.
fn names(page: &Answer) -> Vec<&str> {
    let rows = page.text.split("<li class=\"entry\">").skip(1);
    rows.map(|row| {
        let (_, link) = row.split_once("<h2><a").expect("a link");
        let (_, text) = link.split_once('>').expect("a text");
        text.split_once('<').expect("an end").0
    })
    .collect()
}

/// The line of one entry.
#[track_caller]
fn line(page: &Answer, name: &str) -> String {
    page.between(&format!(">{name}</a></h2>"), "</li>")
}

/// Writes documentation integrations: name, popularity, whether it is a draft.
async fn write(app: &TestApp, docs: Vec<(String, Option<i64>, bool)>) {
    let now = app.ctx.now();
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            for (name, popularity, is_draft) in docs {
                let text = Text {
                    author: "Dora".to_owned(),
                    description: "How to **wire** it by hand.".to_owned(),
                    url: "https://docs.test/start".to_owned(),
                    metadata: json!({ "resources": [
                        { "title": "More", "url": "https://docs.test/more" },
                        { "title": "Bad", "url": "javascript:alert(1)" },
                    ] }),
                    name,
                    popularity,
                    is_draft,
                };
                doc::insert(tx, &text.name.to_lowercase().replace(' ', "-"), &text, now).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    made.await.expect("documentation integrations are written");
}

/// Sets a field of a plugin in a project.
async fn set(app: &TestApp, project: ProjectId, name: &'static str, field: &'static str, value: Value) {
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move { plugin::set(tx, project, name, field, &NewValue::Plain(value)).await })
    });
    made.await.expect("a field is set");
}

site_test!(the_list_has_everything_with_what_is_installed_first_and_then_by_popularity, |app, world| async {
    publish(&app, &world, "Zeppelin", 30).await;
    publish(&app, &world, "Barge", 1).await;
    write(&app, vec![("Canal".to_owned(), Some(25), false), ("Delta".to_owned(), None, false)]).await;
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    let list = "/settings/globex/integrations/";
    let page = stranger.get(list).await.expect(200);
    let by_weight =
        ["Slack", "Zeppelin", "Canal", "GitHub", "AWS Lambda", "Bitbucket", "Bitbucket Server", "Discord"];
    assert_eq!(names(&page)[..8], by_weight);
    let rest = [
        "GitHub Enterprise",
        "GitLab",
        "Jira",
        "Jira Server",
        "Microsoft Teams",
        "PagerDuty",
        "Vercel",
        "Azure DevOps",
        "WebHooks",
        "Asana",
        "Heroku",
        "Pivotal Tracker",
        "Trello",
        "Twilio (SMS)",
        "Opsgenie",
        "Phabricator",
        "Pushover",
        "Redmine",
        "SessionStack",
        "VictorOps",
        "Amazon SQS",
        "Segment",
        "Splunk",
        "Barge",
        "Delta",
        "Example",
    ];
    assert_eq!(names(&page)[8..], rest);
    assert!(line(&page, "Zeppelin").contains("by Acme Labs"));
    assert!(line(&page, "Zeppelin").contains("Wakes people."));
    assert!(line(&page, "Canal").contains("Instructions by Dora"));
    assert!(line(&page, "Canal").contains("How to wire it by hand."));
    assert!(line(&page, "WebHooks").contains("Legacy plugin"));
    page.says("href=\"/settings/globex/document-integrations/canal/\"")
        .says("href=\"/settings/globex/plugins/webhooks/\"");
    World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "vsts", "name": "board" })).await;
    set(&app, world.stranger_project, "slack", "webhook", json!("https://hooks.test/")).await;
    set(&app, world.stranger_project, "slack", "enabled", json!(true)).await;
    stranger.get(list).await.expect(200);
    stranger.post("/settings/globex/sentry-apps/barge/install/", &[]).await.expect(303);
    let page = stranger.get(list).await.expect(200);
    assert_eq!(names(&page)[..5], ["Slack", "Azure DevOps", "Barge", "Slack", "Zeppelin"]);
    assert!(line(&page, "Barge").contains("badge good\">Installed"));
    assert!(line(&page, "Slack").contains("Legacy plugin"));
    // What others have installed shows nowhere.
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(LIST).await.expect(200);
    assert!(!page.text.contains("badge good"), "{}", page.text);
    assert_eq!(names(&page).iter().filter(|name| **name == "Slack").count(), 1, "the plugin is hidden");
    assert!(line(&page, "Barge").contains("Made here"));
    stranger.get(LIST).await.expect(404);
    Visitor::new(&app.ctx).get(LIST).await.expect(303);
});

site_test!(the_list_is_searched_and_narrowed_by_category_and_state, |app, world| async {
    publish(&app, &world, "Zeppelin", 1).await;
    write(&app, vec![("Canal".to_owned(), Some(1), false)]).await;
    World::integrate(&app.ctx, world.org, &json!({ "provider": "jira", "name": "board" })).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let mut found = async |query: &str| {
        let page = owner.get(&format!("{LIST}?{query}")).await.expect(200);
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(found("search=JIRA").await, "Jira, Jira Server");
    assert_eq!(found("search=vsts").await, "Azure DevOps");
    assert_eq!(found("search=labs").await, "", "its maker is the organization itself");
    assert_eq!(found("search=made+WAKES").await, "Zeppelin");
    assert_eq!(
        found("search=zeppelin+wakes").await,
        "Zeppelin",
        "a word in its name, one in what is said of it"
    );
    assert_eq!(found("search=dora").await, "Canal");
    assert_eq!(found("search=legacy+mobile").await, "Twilio (SMS), Pushover");
    assert_eq!(found("category=chat").await, "Slack, Discord, Microsoft Teams");
    assert_eq!(found("category=chat&search=teams").await, "Microsoft Teams");
    assert_eq!(found("category=unknown").await, "");
    assert_eq!(found("state=installed").await, "Jira");
    assert_eq!(found("state=available&search=jira").await, "Jira Server");
    let shown = owner.get(&format!("{LIST}?search=%3Cb%3E")).await.expect(200).says("Nothing matches");
    shown.says("value=\"&#60;b&#62;\"").says("<option value=\"issue-tracking\">Issue tracking</option>");
});

site_test!(every_state_of_an_installation_is_told_and_found, |app, world| async {
    let today = app.ctx.now().as_second() / 86_400;
    for (name, org_status, status) in [
        ("works", 0, 0),
        ("works-too", 0, 0),
        ("off", 1, 0),
        ("gone", 2, 0),
        ("lost", 0, 1),
        ("refused", 0, 0),
        ("fails", 0, 0),
        ("failed-once", 0, 0),
    ] {
        let new = json!({ "provider": "github", "external_id": name, "name": name });
        let id = World::integrate(&app.ctx, world.org, &new).await;
        let sql = "UPDATE organization_integration SET status = $2 WHERE integration_id = $1";
        change(&app, Query::new(sql).bind(id).bind(i64::from(org_status))).await;
        let sql = "UPDATE integration SET status = $2 WHERE id = $1";
        change(&app, Query::new(sql).bind(id).bind(i64::from(status))).await;
        let (days, fatals) = match name {
            "refused" => (1, 1),
            "fails" => (7, 0),
            "failed-once" => (1, 0),
            _ => (0, 0),
        };
        for day in 0..days {
            let sql = "INSERT INTO integration_health (integration_id, day, successes, errors, fatals) \
                 VALUES ($1, $2, 0, 1, $3)";
            change(&app, Query::new(sql).bind(id).bind(today - day).bind(i64::from(fatals))).await;
        }
    }
    set(&app, world.project, "webhooks", "urls", json!("https://hooks.test/")).await;
    set(&app, world.project, "webhooks", "enabled", json!(true)).await;
    set(&app, world.project, "trello", "key", json!("k")).await;
    set(&app, world.project, "redmine", "host", json!("")).await;
    set(&app, world.project, "redmine", "enabled", json!(true)).await;
    set(&app, world.stranger_project, "asana", "workspace", json!("w")).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    for state in ["installed", "pending", "disabled", "broken"] {
        let page = owner.get(&format!("{LIST}?state={state}")).await.expect(200);
        let plugin = match state {
            "installed" => vec!["WebHooks"],
            "disabled" => vec!["Trello"],
            _ => vec![],
        };
        assert_eq!(names(&page), [vec!["GitHub"], plugin].concat(), "{state}");
    }
    let page = owner.get(LIST).await.expect(200);
    let states = ["bad\">3 broken<", "warn\">Pending<", "neutral\">Disabled<", "good\">3 installed<"];
    let entry = line(&page, "GitHub");
    assert!(states.iter().all(|state| entry.contains(state)), "{entry}");
    let page = owner.get(&format!("{LIST}github/")).await.expect(200).says("8 installed");
    let of = |name: &str| page.between(&format!("<strong class=\"wrap-any\">{name}</strong>"), "</li>");
    assert!(of("works").contains("Installed") && of("works").contains("Configure works"));
    assert!(of("off").contains("Disabled") && of("off").contains("switched off for this organization"));
    assert!(of("lost").contains("Broken") && of("lost").contains("no longer answers"));
    assert!(of("refused").contains("Broken") && of("refused").contains("no longer answers"));
    assert!(of("fails").contains("Broken") && of("fails").contains("For a week every call"));
    assert!(of("failed-once").contains("Installed"));
    assert!(of("gone").contains("Being removed") && !of("gone").contains("Uninstall"));
});

site_test!(a_long_list_has_pages_and_takes_as_many_statements_as_a_short_one, |app, world| async {
    publish(&app, &world, "Zeppelin", 1).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let mut visit = async |path: &str| {
        let before = app.ctx.store.statements();
        let page = owner.get(path).await.expect(200);
        (page, app.ctx.store.statements() - before)
    };
    visit(LIST).await;
    let (page, few) = visit(LIST).await;
    let others = names(&page).len();
    assert!(!page.text.contains("<nav class=\"pager\""));
    let docs = (0..230).map(|number| (format!("Doc {number:03}"), Some(0), false));
    write(&app, docs.collect()).await;
    for name in ["Airship", "Balloon", "Glider"] {
        publish(&app, &world, name, 1).await;
    }
    let (page, many) = visit(LIST).await;
    assert_eq!(few, many);
    assert_eq!((names(&page).len(), names(&page)[0]), (100, "Slack"));
    let page = page.says("Page 1 of 3").says(&format!("{} integrations", others + 233));
    page.says("href=\"/settings/acme/integrations/?page=2\"").says_not("rel=\"prev\"");
    let (page, _) = visit(&format!("{LIST}?page=99")).await;
    assert_eq!(*names(&page).last().unwrap(), "Doc 229");
    assert_eq!(names(&page).len(), others + 233 - 200);
    page.says("Page 3 of 3").says_not("rel=\"next\"");
    for first in ["0", "-1", "x", "18446744073709551616"] {
        visit(&format!("{LIST}?page={first}")).await.0.says("Page 1 of 3");
    }
    let (page, searched) = visit(&format!("{LIST}?search=doc&state=available&category=")).await;
    assert_eq!((searched, names(&page).len()), (few, 100));
    page.says(
        "href=\"/settings/acme/integrations/?search=doc&#38;state=available&#38;category=&#38;page=2\"",
    );
    let (page, _) = visit(&format!("{LIST}?search=doc+007")).await;
    assert_eq!(names(&page), ["Doc 007"]);
});

site_test!(
    a_documentation_integration_says_what_it_is_for_and_leads_to_its_instructions,
    |app, world| async {
        write(&app, vec![("Canal".to_owned(), Some(1), false), ("Lock".to_owned(), Some(1), true)]).await;
        let now = app.ctx.now();
        let features = app.ctx.store.write(move |tx| {
            Box::pin(async move {
                use mortise_store::integration::feature::{self, Target};
                let row = doc::by_slug(tx, "canal").await?.expect("a row");
                feature::set(tx, Target::DocIntegration, row.id.get(), &[1, 9], now).await
            })
        });
        features.await.expect("features are set");
        let of = |slug: &str| format!("/settings/acme/document-integrations/{slug}/");
        let mut member = Visitor::signed_in(&app.ctx, world.member).await;
        let page = member.get(&of("canal")).await.expect(200).says("<h1>Canal</h1>").says("by Dora");
        let page = page.says("How to <strong>wire</strong> it by hand.").says("Show your data in Canal.");
        let page = page
            .says("href=\"https://docs.test/start\"")
            .says("<strong class=\"wrap-any\">docs.test</strong>");
        let page = page.says("href=\"https://docs.test/more\"").says(">Bad<").says_not("javascript:");
        page.says("<span class=\"chip\">Visualization</span>").says_not("Ask the owners").says_not(">Edit<");
        let list = member.get(&format!("{LIST}?category=visualization")).await.expect(200);
        assert_eq!(names(&list), ["Canal"]);
        // A draft is nobody's business.
        member.get(&of("lock")).await.expect(404);
        member.get(&of("nothing")).await.expect(404);
        assert!(!names(&member.get(LIST).await.expect(200)).contains(&"Lock"));
        let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
        stranger.get(&of("canal")).await.expect(404);
        let mut writer = superuser(&app, &world).await;
        writer
            .get(&of("lock"))
            .await
            .expect(200)
            .says("Only superusers see it")
            .says("doc-integrations/lock/");
        let list = writer.get(&format!("{LIST}?search=lock")).await.expect(200);
        assert!(line(&list, "Lock").contains("badge neutral\">Draft"));
    }
);

site_test!(a_plugin_says_what_it_does_and_which_projects_have_it, |app, world| async {
    set(&app, world.project, "webhooks", "urls", json!("https://hooks.test/")).await;
    set(&app, world.stranger_project, "webhooks", "urls", json!("https://theirs.test/")).await;
    let of = |slug: &str| format!("/settings/acme/plugins/{slug}/");
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(&of("webhooks")).await.expect(200).says("<h1>WebHooks</h1>").says("Legacy plugin");
    let page = page
        .says("/settings/acme/projects/web/plugins/webhooks/")
        .says("badge neutral\">Off")
        .says("Report Issue");
    page.says("Choose a project").says_not("Ask the owners").says_not("/projects/api/");
    set(&app, world.project, "webhooks", "enabled", json!(true)).await;
    owner.get(&of("webhooks")).await.expect(200).says("badge good\">On").says_not("hooks.test");
    owner.get(&of("browsers")).await.expect(200).says("There is nothing to set up");
    owner
        .get(&of("trello"))
        .await
        .expect(200)
        .says("No project has set it up.")
        .says("Nothing is done with it.")
        .says("Trello Setup Instructions");
    for unknown in ["nothing", "javaplugin", "_all"] {
        owner.get(&of(unknown)).await.expect(404);
    }
    let (contributor, _) = World::user(&app.ctx, "carl", world.org, OrgRole::Member).await;
    let mut member = Visitor::signed_in(&app.ctx, contributor).await;
    for idle in ["trello", "browsers"] {
        member.get(&of(idle)).await.expect(200).says_not("Ask the owners");
    }
    let page = member.get(&format!("{}?referrer=request_email", of("pushover"))).await.expect(200);
    page.says("Ask the owners for Pushover")
        .says_not("Choose a project")
        .says_not("Nothing is done with it.");
    let asked = member.submit(&format!("{}request/", of("pushover")), &[("message", "For cards.")]).await;
    asked.expect(200).says("The owners are asked by mail.").says("<h1>Pushover</h1>");
    let sql = "SELECT payload FROM event WHERE kind = 'integration.requested'";
    let rows: Vec<String> = app.ctx.store.read().await.unwrap().all(Query::new(sql)).await.unwrap();
    assert!(rows.len() == 1 && rows[0].contains("\"plugin\"") && rows[0].contains("For cards."), "{rows:?}");
    let led = member.post(&format!("{}request/", of("nothing")), &[]).await.expect(303);
    led.leads_to(&of("nothing"));
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(&of("webhooks")).await.expect(404);
    stranger.get("/settings/globex/integrations/").await.expect(200);
    stranger.post(&format!("{}request/", of("webhooks")), &[]).await.expect(404);
});
