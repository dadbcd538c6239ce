//! What mails say: a subject and a text. Pure.

use mortise_store::{organization::Organization, user::User};

use crate::{apps::facade::AppInfo, events::ProviderFacts};

/// What a mail says.
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

impl From<(String, String)> for Words {
    fn from((subject, text): (String, String)) -> Self {
        Self { subject, text, html: None }
    }
}

/// Somebody asks for an app to be published. `answers` begin with line ends of their own.
pub(super) fn publication(org: &str, email: &str, app: &str, answers: Option<&str>) -> (String, String) {
    let subject = format!("Sentry Integration Publication Request from {org}");
    let text =
        format!("User {email} of organization {org} wants to publish {app}\n{}", answers.unwrap_or_default());
    (subject, text)
}

/// An internal app was switched off.
pub(super) fn disabled(site: &str, org: &str, app: &AppInfo) -> (String, String) {
    let subject = format!("Action required: Fix your {} integration", title(&app.name));
    let page = format!("{site}/settings/{org}/developer-settings/{}", app.slug);
    let url = app.webhook_url.as_deref().unwrap_or_default();
    let text = format!(
        "The webhook of {name} has been failing for a while, so nothing more is sent to it:\n\n  {url}\n\n\
         What it answered: {page}/dashboard/?referrer=disabled-sentry-app\n\
         Once it works again, subscribe to events anew: {page}/?referrer=disabled-sentry-app\n",
        name = app.name,
    );
    (subject, text)
}

/// Somebody wants a provider installed.
pub(super) fn requested(
    site: &str,
    org: &Organization,
    actor: &User,
    provider: &ProviderFacts,
    message: Option<&str>,
) -> (String, String) {
    let subject = format!("Your team member requested the {} integration on Sentry", provider.name);
    let place = match provider.kind.as_str() {
        "sentry_app" => "sentry-apps",
        _ => "integrations",
    };
    let said = message.map(|message| format!("\n\n{} wrote:\n\n{message}", actor.display_name()));
    let text = format!(
        "{who} is asking for {what} to be installed in {org}.{said}\n\n\
         Check it out: {site}/settings/{slug}/{place}/{provider}/?referrer=request_email\n",
        who = actor.display_name(),
        what = provider.name,
        org = org.name,
        said = said.unwrap_or_default(),
        slug = org.slug,
        provider = provider.slug,
    );
    (subject, text)
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
        let (subject, text) = publication("acme", "a@b.test", "board", Some("\n\n>Why?\nFun"));
        assert_eq!(subject, "Sentry Integration Publication Request from acme");
        assert_eq!(text, "User a@b.test of organization acme wants to publish board\n\n\n>Why?\nFun");
    }
}
