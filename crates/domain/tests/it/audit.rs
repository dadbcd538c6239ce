use mortise_domain::AuditEvent;

fn note(event: AuditEvent, facts: &[(&str, &str)]) -> String {
    event.note(&|name| facts.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn entries_read_as_sentences() {
    use AuditEvent::*;
    for (event, facts, sentence) in [
        (MemberInvite, &[("email", "a@m.test")][..], "invited member a@m.test"),
        (MemberAdd, &[("email", "a@m.test")], "add member a@m.test"),
        (MemberAdd, &[("email", "a@m.test"), ("member", "Ann")], "add member Ann"),
        (MemberAccept, &[], "accepted the membership invite"),
        (
            MemberEdit,
            &[("email", "a@m.test"), ("role", "owner"), ("teams", "core")],
            "edited member a@m.test (role: owner, teams: core)",
        ),
        (MemberEdit, &[("email", "a@m.test")], "edited member a@m.test"),
        (OrgEdit, &[("changes", "slug to x")], "edited the organization setting: slug to x"),
        (
            ProjectRemoveWithOrigin,
            &[("slug", "web"), ("origin", "settings")],
            "removed project web in settings",
        ),
        (RuleAdd, &[("label", "Boom {x}")], "added rule \"Boom {x}\""),
        (
            IntegrationAdd,
            &[("name", "Acme"), ("provider", "vsts")],
            "installed Acme for the vsts integration",
        ),
        (
            IntegrationRemove,
            &[("integration", "webhooks"), ("project", "web")],
            "disabled integration webhooks from project web",
        ),
        (
            IntegrationRotateClientSecret,
            &[("status", "internal"), ("sentry_app", "Kanban")],
            "rotated a client secret for internal integration Kanban",
        ),
        (NotificationActionAdd, &[("trigger", "spike")], "added an action with the 'spike' trigger"),
        (IssueDelete, &[("issue_id", "7"), ("project_slug", "web")], "Deleted issue 7 for project web"),
    ] {
        assert_eq!(note(event, facts), sentence);
    }
}

#[test]
fn the_url_of_a_service_hook_is_cut() {
    let url = format!("https://a.test/{}", "é".repeat(100));
    let cut: String = url.chars().take(64).collect();
    assert_eq!(
        note(AuditEvent::ServiceHookAdd, &[("url", &url)]),
        format!("added a service hook for \"{cut}\"")
    );
}

#[test]
fn every_event_has_a_sentence_even_without_facts() {
    for event in AuditEvent::ALL {
        let sentence = note(*event, &[]);
        assert!(!sentence.is_empty() && !sentence.contains(['{', '}']), "{event}: {sentence}");
    }
    assert_eq!(note(AuditEvent::TeamAdd, &[]), "created team (unknown)");
}

#[test]
fn numbers_and_names_are_those_that_clients_know() {
    for (number, name) in [
        (1, "member.invite"),
        (33, "project.remove-with-origin"),
        (53, "projectkey.change"),
        (102, "servicehook.remove"),
        (113, "sentry-app.add"),
        (118, "integration.rotate-client-secret"),
        (136, "internal-integration.remove-token"),
        (168, "alertrule.mute"),
        (177, "org-auth-token.remove"),
        (181, "project-team.add"),
        (186, "issue.delete"),
    ] {
        assert_eq!(AuditEvent::try_from(number).map(AuditEvent::as_str), Ok(name));
    }
}
