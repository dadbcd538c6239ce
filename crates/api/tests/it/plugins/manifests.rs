//! What the plugins are, row by row.

use mortise_testkit::api_test;
use serde_json::{Value, json};

use super::{OF_PROJECT, get};

/// Slug, name, type, the gates of what they describe, titles of links beside the two that most have.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const PLUGINS: [Row; 26] = [
    ("amazon-sqs", "Amazon SQS", "data-forwarding", &["data-forwarding"], &["R"]),
    ("asana", "Asana", "issue-tracking", &["issue-basic", "issue-basic"], &["R"]),
    ("browsers", "Auto Tag: Browsers", "default", &[], &["-"]),
    ("device", "Auto Tag: Device", "default", &[], &["-"]),
    ("interface_types", "Auto Tag: Interface Types", "default", &[], &["-"]),
    ("os", "Auto Tag: Operating Systems", "default", &[], &["-"]),
    ("urls", "Auto Tag: URLs", "default", &[], &["-"]),
    ("bitbucket", "Bitbucket", "issue-tracking", &["commits", "issue-basic", "issue-basic"], &["R"]),
    ("github", "GitHub", "issue-tracking", &["commits", "issue-basic"], &["R"]),
    ("gitlab", "GitLab", "issue-tracking", &["issue-basic", "issue-basic"], &["R"]),
    ("heroku", "Heroku", "release-tracking", &["deployment"], &["R"]),
    ("jira", "JIRA", "issue-tracking", &["issue-basic"], &["R"]),
    ("opsgenie", "Opsgenie", "notification", &["incident-management", "alert-rule"], &["R"]),
    ("pagerduty", "PagerDuty", "notification", &["incident-management", "alert-rule"], &["R"]),
    ("phabricator", "Phabricator", "issue-tracking", &["issue-basic", "issue-basic"], &["R"]),
    ("pivotal", "Pivotal Tracker", "issue-tracking", &["issue-basic", "issue-basic"], &["R"]),
    ("pushover", "Pushover", "notification", &["mobile", "alert-rule"], &["R"]),
    ("redmine", "Redmine", "issue-tracking", &["issue-basic", "issue-basic"], &["R"]),
    ("segment", "Segment", "data-forwarding", &["data-forwarding"], &["R"]),
    ("sessionstack", "SessionStack", "default", &["session-replay"], &["R"]),
    ("slack", "Slack", "notification", &["alert-rule"], &["R"]),
    ("splunk", "Splunk", "data-forwarding", &["data-forwarding"], &["Splunk Setup Instructions", "R"]),
    (
        "trello",
        "Trello",
        "issue-tracking",
        &["issue-basic", "issue-basic"],
        &["Trello Setup Instructions", "R"],
    ),
    ("twilio", "Twilio (SMS)", "notification", &["mobile", "alert-rule"], &["Documentation", "R", "Twilio"]),
    ("victorops", "VictorOps", "notification", &["incident-management", "alert-rule"], &["R"]),
    ("webhooks", "WebHooks", "notification", &["alert-rule"], &["R", "Internal Integrations"]),
];

api_test!(every_plugin_is_what_it_always_was, |app| async move {
    let world = app.world().await;
    let all = get(&app, &world, OF_PROJECT).await;
    for (shown, (slug, name, kind, gates, links)) in all.as_array().unwrap().iter().zip(PLUGINS) {
        assert_eq!((&shown["id"], &shown["slug"]), (&json!(slug), &json!(slug)));
        assert_eq!((&shown["name"], &shown["shortName"]), (&json!(name), &json!(name)));
        assert_eq!(shown["type"], kind, "{slug}");
        let described: Vec<_> = shown["featureDescriptions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["featureGate"].clone())
            .collect();
        assert_eq!(json!(described), json!(gates), "{slug}");
        let mut distinct = gates.to_vec();
        distinct.dedup();
        assert_eq!(shown["features"], json!(distinct), "{slug}");
        let titles: Option<Vec<_>> = shown
            .get("resourceLinks")
            .map(|all| all.as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect());
        let common = ["Report Issue", "View Source"];
        let expected = links.iter().flat_map(|it| if *it == "R" { common.to_vec() } else { vec![*it] });
        assert_eq!(titles, (links != ["-"]).then(|| expected.collect()), "{slug}");
        for (key, value) in [
            ("canDisable", json!(true)),
            ("metadata", json!({})),
            ("status", json!("unknown")),
            ("assets", json!([])),
            ("doc", json!("")),
            ("firstPartyAlternative", Value::Null),
            ("deprecationDate", Value::Null),
            ("altIsSentryApp", Value::Null),
            ("isDeprecated", json!(false)),
            ("version", json!("0.0.0-test")),
        ] {
            assert_eq!(shown[key], value, "{slug}: {key}");
        }
        let author: Vec<_> = shown["author"].as_object().unwrap().keys().collect();
        assert_eq!(author, ["name", "url"]);
    }
});

/// Field, label, type, whether it is required, placeholder, what it holds at first.
type FieldRow = (&'static str, &'static str, &'static str, bool, Option<&'static str>, Option<&'static str>);

const FIELDS: [(&str, &[FieldRow]); 6] = [
    (
        "webhooks",
        &[("urls", "Callback URLs", "textarea", false, Some("https://sentry.io/callback/url"), None)],
    ),
    (
        "opsgenie",
        &[
            ("api_key", "Api Key", "text", true, None, None),
            ("recipients", "Recipients", "text", false, None, None),
            (
                "alert_url",
                "Opsgenie Alert URL",
                "url",
                true,
                Some("e.g. https://api.opsgenie.com/v2/alerts"),
                None,
            ),
        ],
    ),
    (
        "pagerduty",
        &[
            ("service_key", "Service Key", "secret", true, None, None),
            (
                "routes",
                "Tag routing",
                "textarea",
                false,
                Some("environment,production,KEY1\ndevice,Other,KEY2"),
                None,
            ),
        ],
    ),
    (
        "victorops",
        &[
            ("api_key", "API Key", "secret", true, None, None),
            ("routing_key", "Routing Key", "string", false, None, Some("everyone")),
        ],
    ),
    (
        "trello",
        &[
            ("key", "Trello API Key", "text", true, None, None),
            ("token", "Trello API Token", "secret", true, None, None),
        ],
    ),
    (
        "amazon-sqs",
        &[
            (
                "queue_url",
                "Queue URL",
                "url",
                true,
                Some("https://sqs.us-east-1.amazonaws.com/12345678/myqueue"),
                None,
            ),
            ("region", "Region", "select", true, None, None),
            ("access_key", "Access Key", "text", true, Some("Access Key"), None),
            ("secret_key", "Secret Key", "secret", true, None, None),
            (
                "message_group_id",
                "Message Group ID",
                "text",
                false,
                Some("Required for FIFO queues, exclude for standard queues"),
                None,
            ),
            ("s3_bucket", "S3 Bucket", "text", false, Some("s3-bucket"), None),
        ],
    ),
];

api_test!(fields_are_what_they_always_were, |app| async move {
    let world = app.world().await;
    for (slug, fields) in FIELDS {
        let shown = get(&app, &world, &format!("{OF_PROJECT}{slug}/")).await;
        let shown = shown["config"].as_array().unwrap().clone();
        assert_eq!(shown.len(), fields.len(), "{slug}");
        for (shown, (name, label, kind, required, placeholder, default)) in shown.iter().zip(fields) {
            let expected = json!([name, label, kind, required, placeholder, default, null, false]);
            let of = |key: &str| shown[key].clone();
            let found =
                ["name", "label", "type", "required", "placeholder", "defaultValue", "value", "readonly"];
            assert_eq!(json!(found.map(of)), expected, "{slug}");
            assert_eq!(shown.get("hasSavedValue").is_some(), *kind == "secret", "{slug}.{name}");
        }
    }
    let sqs = get(&app, &world, &format!("{OF_PROJECT}amazon-sqs/")).await;
    let regions = sqs["config"][1]["choices"].as_array().unwrap();
    assert_eq!(regions.len(), 31);
    assert_eq!(
        (&regions[0], &regions[30]),
        (&json!(["af-south-1", "af-south-1"]), &json!(["us-west-2", "us-west-2"]))
    );
});
