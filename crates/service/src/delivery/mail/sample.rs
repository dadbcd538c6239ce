//! Every kind of mail with made-up facts, for people who want to see what mails look like.

use serde_json::json;

use super::{
    alert::{self, Alert, Issue},
    letter::Written,
    metric,
    text::{self, Wish},
};
use crate::events::{ProviderFacts, ReleaseFacts};

/// Every kind of mail, by the name of its kind. Links begin with `site`.
pub fn sample_mails(site: &str) -> Vec<(&'static str, Written)> {
    let provider = |kind: &str, slug: &str, name: &str| ProviderFacts {
        kind: kind.to_owned(),
        slug: slug.to_owned(),
        name: name.to_owned(),
    };
    let azure = provider("first_party", "vsts", "Azure DevOps");
    let wish = Wish {
        site,
        org_slug: "acme",
        org_name: "Acme & Sons",
        requester: "Mona Member",
        provider: &azure,
        message: Some("We could link work items.\nIt takes <5 minutes."),
    };
    let issue = format!("{site}/organizations/acme/issues/17/");
    let alert = |issue_shown| Alert {
        rule: "New errors in production",
        project: "web",
        short_id: "WEB-1",
        issue: issue_shown,
        level: "error",
        times_seen: 3,
        first_seen: "2024-08-12 14:55:09 UTC".to_owned(),
        links: vec![
            ("The issue", issue.clone()),
            ("The event", format!("{issue}events/{}/", "a".repeat(32))),
            ("The rule, to change or mute it", format!("{site}/organizations/acme/alerts/rules/web/4/")),
        ],
    };
    let seen = Issue { title: "TypeError: undefined is not a <function>", culprit: "app.views.checkout" };
    let page = format!("{site}/settings/acme/developer-settings/night-watch");
    let answers = "\n\n>What does it do?\nIt watches.\n\n>Who asks for it?\nEverybody.";
    let incident = json!({
        "metric_alert": {
            "projects": ["web", "shop"],
            "alert_rule": {"name": "Too many errors", "aggregate": "count()", "query": "level:error"},
        },
        "description_text": "42 events in the last 10 minutes",
        "web_url": format!("{site}/organizations/acme/alerts/rules/details/4/?alert=7"),
    });
    let release = ReleaseFacts { version: "web@1.2.0".to_owned(), repository: "checkout-api".to_owned() };
    let metric = |kind| metric::crossed(kind, &incident);
    let mut mails = vec![
        ("alert", alert::fired(alert(Some(seen)))),
        ("alert-with-privacy", alert::fired(alert(None))),
        ("app-disabled", text::disabled(&page, "night watch", "https://watch.example.com/hook")),
        ("integration-disabled", text::broken(site, "acme", &azure)),
        ("installation-requested", text::requested(&wish)),
        (
            "publication-requested",
            text::publication("acme", "owner@example.com", "night-watch", Some(answers)),
        ),
        ("code-owners-not-fetched", text::no_owners(site, "acme", "web", "The repository has no such file.")),
        (
            "commits-not-fetched",
            text::no_commits(&release, "Error Communicating with Azure DevOps (HTTP 403): forbidden"),
        ),
        (
            "repository-hook-left",
            text::hook_left("Error Communicating with Azure DevOps (HTTP 403): forbidden"),
        ),
    ];
    mails.extend(metric("metric_alert.critical").map(|mail| ("metric-alert", mail)));
    mails.extend(metric("metric_alert.resolved").map(|mail| ("metric-alert-resolved", mail)));
    mails
}
