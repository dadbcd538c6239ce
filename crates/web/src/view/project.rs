//! Projects: the list, the form for a new one, and the guide to its first event.

use askama::Template;

use super::{Choice, Count, Field, Pager, Search, Select, Shell, Svg, When};

/// All projects the user can see.
#[derive(Debug, Clone, Template)]
#[template(path = "project_list.html")]
pub struct ProjectListPage {
    pub shell: Shell,
    pub search: Option<Search>,
    pub projects: Vec<ProjectCard>,
    pub pager: Pager,
    pub may_create: bool,
}

/// One project in the list.
#[derive(Debug, Clone)]
pub struct ProjectCard {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub platform: String,
    pub teams: Vec<String>,
    pub unresolved: Count,
    /// Events of the last 24 hours.
    pub events: Count,
    pub trend: Svg,
    /// None while the project waits for its first event.
    pub first_event: Option<When>,
}

/// The form for a new project.
#[derive(Debug, Clone, Template)]
#[template(path = "new_project.html")]
pub struct NewProjectPage {
    pub shell: Shell,
    pub name: Field,
    pub slug: Field,
    pub team: Select,
    /// Platforms to choose from, the common ones first.
    pub platforms: Vec<Choice>,
    pub error: String,
}

/// From nothing to the first event.
#[derive(Debug, Clone, Template)]
#[template(path = "getting_started.html")]
pub struct GettingStartedPage {
    pub shell: Shell,
    pub project: String,
    pub project_name: String,
    /// Public DSN of the project's first active key; None when all keys are disabled.
    pub dsn: Option<String>,
    pub snippets: Vec<Snippet>,
    pub first: FirstEvent,
}

/// Whether the first event is there.
#[derive(Debug, Clone)]
pub enum FirstEvent {
    Waiting,
    Arrived { issue_id: String, title: String, when: When },
}

impl FirstEvent {
    pub fn is_here(&self) -> bool {
        matches!(self, Self::Arrived { .. })
    }
}

/// How to send an event from one platform.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// Id of its section, as in `python`.
    pub id: &'static str,
    pub title: &'static str,
    /// Shown first (the project's platform).
    pub open: bool,
    pub steps: Vec<SnippetStep>,
}

/// One step: a sentence and what to copy.
#[derive(Debug, Clone)]
pub struct SnippetStep {
    pub say: &'static str,
    pub code: String,
}

/// The guide's snippets with the project's DSN filled in; the one for `platform` is open.
pub fn snippets(dsn: &str, platform: &str) -> Vec<Snippet> {
    let chosen = match platform {
        p if p.starts_with("python") => "python",
        p if p.starts_with("node") => "node",
        p if p.starts_with("javascript") => "browser",
        _ => "shell",
    };
    let make = |id, title, steps: Vec<(&'static str, String)>| Snippet {
        id,
        title,
        open: id == chosen,
        steps: steps.into_iter().map(|(say, code)| SnippetStep { say, code }).collect(),
    };
    vec![
        make("python", "Python", python(dsn)),
        make("node", "Node.js", node(dsn)),
        make("browser", "Browser", browser(dsn)),
        make("shell", "Command line", shell(dsn)),
    ]
}

fn python(dsn: &str) -> Vec<(&'static str, String)> {
    let code = format!(
        "import sentry_sdk\n\nsentry_sdk.init(\n    dsn=\"{dsn}\",\n    environment=\"production\",\n)\n\n1 / 0  # the first event"
    );
    vec![
        ("Install the SDK.", "pip install sentry-sdk".to_owned()),
        ("Start it as early as possible, then let something fail.", code),
    ]
}

fn node(dsn: &str) -> Vec<(&'static str, String)> {
    let code = format!(
        "import * as Sentry from \"@sentry/node\";\n\nSentry.init({{\n  dsn: \"{dsn}\",\n  environment: \"production\",\n}});\n\n\
         Sentry.captureException(new Error(\"the first event\"));"
    );
    vec![
        ("Install the SDK.", "npm install @sentry/node".to_owned()),
        ("Put this in instrument.mjs and start with node --import ./instrument.mjs app.mjs.", code),
    ]
}

fn browser(dsn: &str) -> Vec<(&'static str, String)> {
    let code = format!(
        "import * as Sentry from \"@sentry/browser\";\n\nSentry.init({{ dsn: \"{dsn}\" }});\n\n\
         setTimeout(() => {{ throw new Error(\"the first event\"); }});"
    );
    vec![
        ("Install the SDK.", "npm install @sentry/browser".to_owned()),
        ("Start it before the rest of your code.", code),
    ]
}

fn shell(dsn: &str) -> Vec<(&'static str, String)> {
    let cli = format!("SENTRY_DSN=\"{dsn}\" sentry-cli send-event -m \"the first event\"");
    vec![("With nothing but curl:", curl(dsn)), ("Or with sentry-cli:", cli)]
}

/// A `curl` call that stores one event. A text that is no DSN gives a call to a visibly incomplete address.
fn curl(dsn: &str) -> String {
    let url = url::Url::parse(dsn).ok();
    let key = url.as_ref().map_or("", |u| u.username()).to_owned();
    let endpoint = url.map_or_else(String::new, |mut u| {
        let path = u.path().to_owned();
        let (prefix, project) = path.rsplit_once('/').unwrap_or(("", &path));
        u.set_path(&format!("{prefix}/api/{project}/store/"));
        // Both fail only for addresses that cannot have a user, which a DSN is not.
        let _ = u.set_username("");
        let _ = u.set_password(None);
        u.to_string()
    });
    format!(
        "curl {endpoint} \\\n  -H 'Content-Type: application/json' \\\n  -H 'X-Sentry-Auth: Sentry sentry_version=7, sentry_key={key}' \\\n  \
         -d '{{\"message\": \"the first event\", \"level\": \"error\"}}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curl_call_takes_key_and_project_from_the_dsn() {
        let call = curl("http://abc123@m.test:8000/sub/7");
        assert!(call.starts_with("curl http://m.test:8000/sub/api/7/store/ "));
        assert!(call.contains("sentry_key=abc123'"));
    }

    #[test]
    fn the_snippet_of_the_projects_platform_is_open() {
        let open = |platform| {
            let all = snippets("http://k@m.test/1", platform);
            all.iter().filter(|s| s.open).map(|s| s.id).collect::<Vec<_>>()
        };
        assert_eq!(open("python-django"), ["python"]);
        assert_eq!(open("javascript-react"), ["browser"]);
        assert_eq!(open("rust"), ["shell"]);
    }
}
