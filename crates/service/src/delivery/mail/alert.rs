//! What the mail of an alert rule says, as text and as HTML. What SDKs sent is told on one line and means nothing in HTML. In
//! organizations that want privacy it tells only where to look.

use mortise_domain::{
    issue::Level,
    org::{OrgFlag, OrgFlags},
};
use mortise_store::{issue::Issue, organization::Organization, project::Project};

use super::text::Words;
use crate::{
    Ctx,
    events::Facts,
    html::escaped,
    issues::{permalink, short_id},
};

/// Longest subject, characters.
const SUBJECT_CHARS_MAX: usize = 200;

/// What it is about.
pub(super) struct Alert<'a> {
    pub(super) org: &'a Organization,
    pub(super) project: &'a Project,
    pub(super) issue: &'a Issue,
    pub(super) facts: &'a Facts,
}

impl Alert<'_> {
    /// The mail; nothing for events that are no alerts.
    pub(super) fn words(&self, ctx: &Ctx) -> Option<Words> {
        let alert = self.facts.alert.as_ref()?;
        let issue = self.issue;
        let short_id = short_id(&self.project.slug, issue.short_id);
        let is_private = OrgFlags::from_bits(self.org.flags).is_on(OrgFlag::EnhancedPrivacy);
        let rule = one_line(&alert.title);
        let (title, culprit) = match is_private {
            true => (String::new(), String::new()),
            false => (one_line(&issue.title), one_line(&issue.culprit)),
        };
        let subject = match is_private {
            true => format!("{short_id} An alert rule fired"),
            false => format!("{short_id} {title}"),
        };
        let level = Level::try_from(issue.level).unwrap_or(Level::Error);
        let times =
            if issue.times_seen == 1 { "once".to_owned() } else { format!("{} times", issue.times_seen) };
        let seen = format!("Level {level}, seen {times} since {}.", issue.first_seen.strftime("%F %T UTC"));
        let links = self.links(ctx, alert.rule);
        let project = &self.project.slug;

        let mut text = format!("The rule \"{rule}\" of the project {project} fired for {short_id}.\n\n");
        let mut html = format!(
            "<p>The rule <strong>{}</strong> of the project <strong>{}</strong> fired for {}.</p>\n",
            escaped(&rule),
            escaped(project),
            escaped(&short_id)
        );
        for (line, tag) in [(&title, "h2"), (&culprit, "p"), (&seen, "p")] {
            if !line.is_empty() {
                text.push_str(&format!("{line}\n"));
                html.push_str(&format!("<{tag}>{}</{tag}>\n", escaped(line)));
            }
        }
        text.push('\n');
        html.push_str("<ul>\n");
        for (what, url) in &links {
            text.push_str(&format!("{what}: {url}\n"));
            html.push_str(&format!("<li><a href=\"{}\">{what}</a></li>\n", escaped(url)));
        }
        html.push_str("</ul>\n");
        let html = format!("<!doctype html>\n<html lang=\"en\"><body>\n{html}</body></html>\n");
        Some(Words { subject: subject.chars().take(SUBJECT_CHARS_MAX).collect(), text, html: Some(html) })
    }

    fn links(&self, ctx: &Ctx, rule: i64) -> Vec<(&'static str, String)> {
        let issue = permalink(ctx, &self.org.slug, self.issue.id);
        let mut links = Vec::new();
        if let Some(event) = &self.facts.error_event {
            links.push(("The event", format!("{issue}events/{event}/")));
        }
        links.insert(0, ("The issue", issue));
        // Trying out actions has no rule.
        if rule > 0 {
            let path = format!("/organizations/{}/alerts/rules/{}/{rule}/", self.org.slug, self.project.slug);
            links.push(("The rule, to change or mute it", ctx.link(&path)));
        }
        links
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
