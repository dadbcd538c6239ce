//! What mails say that are no alerts. Pure.

use super::letter::{Letter, Span, Written};
use crate::events::{ProviderFacts, ReleaseFacts};

/// Somebody asks for an app to be published. `answers` begin with line ends of their own.
pub(super) fn publication(org: &str, email: &str, app: &str, answers: Option<&str>) -> Written {
    let subject = format!("Sentry Integration Publication Request from {org}");
    let text =
        format!("User {email} of organization {org} wants to publish {app}\n{}", answers.unwrap_or_default());
    Letter::new(&subject).verbatim(&text).written()
}

/// An internal app was switched off. `page` is that of its settings, without a `/` at the end.
pub(super) fn disabled(page: &str, name: &str, webhook_url: &str) -> Written {
    let wanted = "Once it works again, subscribe to events anew";
    Letter::new(&format!("Action required: Fix your {} integration", title(name)))
        .paragraph(&[
            Span::Plain("The webhook of "),
            Span::Name(name),
            Span::Plain(" has been failing for a while, so nothing more is sent to it: "),
            Span::Said(webhook_url),
        ])
        .links(vec![
            ("What it answered", format!("{page}/dashboard/?referrer=disabled-sentry-app")),
            (wanted, format!("{page}/?referrer=disabled-sentry-app")),
        ])
        .written()
}

/// A first-party integration was switched off.
pub(super) fn broken(site: &str, org_slug: &str, provider: &ProviderFacts) -> Written {
    let subject = format!("Action required: re-authenticate or fix your {} integration", provider.name);
    let page = format!("{site}/settings/{org_slug}/integrations/{}/", provider.slug);
    Letter::new(&subject)
        .paragraph(&[
            Span::Plain("The "),
            Span::Name(&provider.name),
            Span::Plain(
                " integration does not work any more: its account has lost its rights, or every call of the last days has \
                 failed. So it was switched off, and nothing is sent to it. It works again once somebody installs it anew.",
            ),
        ])
        .button("Look at it", format!("{page}?referrer=disabled-integration"))
        .written()
}

/// Who wants what, and where.
pub(super) struct Wish<'a> {
    pub(super) site: &'a str,
    pub(super) org_slug: &'a str,
    pub(super) org_name: &'a str,
    pub(super) requester: &'a str,
    pub(super) provider: &'a ProviderFacts,
    pub(super) message: Option<&'a str>,
}

/// A repository was deleted, and its webhook on the other side was not.
pub(super) fn hook_left(error: &str) -> Written {
    Letter::new("Unable to Delete Repository Webhooks")
        .paragraph(&[
            Span::Plain(
                "A repository was deleted here, but its webhooks on the other side could not be removed: ",
            ),
            Span::Said(error),
        ])
        .paragraph(&[Span::Plain("Remove them there by hand.")])
        .written()
}

/// The commits of a release could not be fetched.
pub(super) fn no_commits(release: &ReleaseFacts, error: &str) -> Written {
    Letter::new("Unable to Fetch Commits")
        .paragraph(&[
            Span::Plain("The commits of the release "),
            Span::Name(&release.version),
            Span::Plain(" could not be fetched from the repository "),
            Span::Name(&release.repository),
            Span::Plain(": "),
            Span::Said(error),
        ])
        .written()
}

/// The file of owners of a project could not be fetched.
pub(super) fn no_owners(site: &str, org_slug: &str, project: &str, error: &str) -> Written {
    Letter::new("Unable to Auto-Sync CODEOWNERS file")
        .paragraph(&[
            Span::Plain("A commit changed the code owners of the project "),
            Span::Name(project),
            Span::Plain(", but the file could not be fetched: "),
            Span::Said(error),
        ])
        .paragraph(&[Span::Plain("Until somebody fetches or uploads it, the owners stay as they are.")])
        .button(
            "Code owners of the project",
            format!("{site}/settings/{org_slug}/projects/{project}/ownership/"),
        )
        .written()
}

/// Somebody wants a provider installed.
pub(super) fn requested(wish: &Wish<'_>) -> Written {
    let provider = wish.provider;
    let place = match provider.kind.as_str() {
        "sentry_app" => "sentry-apps",
        "plugin" => "plugins",
        _ => "integrations",
    };
    let mut sentence = vec![
        Span::Name(wish.requester),
        Span::Plain(" is requesting to install the "),
        Span::Name(&provider.name),
        Span::Plain(" integration into "),
        Span::Name(wish.org_name),
        Span::Plain("."),
    ];
    if let Some(message) = wish.message {
        sentence.extend([Span::Plain(" They've included this message "), Span::Said(message)]);
    }
    let page = format!("{}/settings/{}/{place}/{}/", wish.site, wish.org_slug, provider.slug);
    Letter::new(&format!("Your team member requested the {} integration on Sentry", provider.name))
        .paragraph(&sentence)
        .button("Check it out", format!("{page}?referrer=request_email"))
        .written()
}

/// Every word with a capital.
fn title(name: &str) -> String {
    let mut begins = true;
    let capital = |letter: char| {
        let shown: String = match (begins, letter.is_alphabetic()) {
            (true, true) => letter.to_uppercase().collect(),
            (false, true) => letter.to_lowercase().collect(),
            _ => letter.to_string(),
        };
        begins = !letter.is_alphabetic();
        shown
    };
    name.chars().map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_capitals() {
        assert_eq!(title("night watch 2go"), "Night Watch 2Go");
    }

    #[test]
    fn a_request_to_publish_repeats_the_answers() {
        let mail = publication("acme", "a@b.test", "board", Some("\n\n>Why?\nFun"));
        assert_eq!(mail.subject, "Sentry Integration Publication Request from acme");
        assert_eq!(mail.text, "User a@b.test of organization acme wants to publish board\n\n\n>Why?\nFun\n");
    }

    #[test]
    fn a_wish_leads_to_the_page_of_its_kind() {
        for (kind, place) in
            [("first_party", "integrations"), ("plugin", "plugins"), ("sentry_app", "sentry-apps")]
        {
            let provider =
                ProviderFacts { kind: kind.to_owned(), slug: "board".to_owned(), name: "Board".to_owned() };
            let wish = Wish {
                site: "https://m.test",
                org_slug: "acme",
                org_name: "Acme & Co",
                requester: "Mo",
                provider: &provider,
                message: None,
            };
            let url = format!("https://m.test/settings/acme/{place}/board/?referrer=request_email");
            let mail = requested(&wish);
            assert_eq!(
                mail.text,
                format!(
                    "Mo is requesting to install the Board integration into Acme & Co.\n\nCheck it out: {url}\n"
                )
            );
            assert!(mail.html.contains(&format!("<a href=\"{url}\"")), "{}", mail.html);
        }
    }
}
