//! Apps on the issue page: linked items, dialogs that make or find one, and links from lines of a stack trace. The issue
//! page itself asks no app anything; a dialog does.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx, Error,
    access::{IdOrSlug, IssueAccess, Permission, class},
    apps::{
        self, InstallationAccess, Use,
        components::{self, InstalledComponent, IssueAction},
    },
    issues::{
        detail::{DetailQuery, get_issue, list_external_issues},
        events::issue_event,
        permalink,
    },
    wire::{fields::Body, issue::IssueDetail, page::PageRequest},
};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{
    access_to, app_pictures,
    component_form::{self, Shown},
    event_view, issue,
};
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Signed, Visit, go_saying, page_with},
    routes::{self as to, path},
    view::{
        Section, Tone,
        component::IssueAppPage,
        event::{EventView, OpenIn, StackPart},
        issue::{IssueApp, WorkItem},
    },
};

const ISSUE_LINK: &str = "issue-link";
const STACKTRACE_LINK: &str = "stacktrace-link";
/// Frames that a description quotes.
const QUOTED_FRAMES_MAX: usize = 20;

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::issue_app, get(dialog).post(act)).route(path::issue_unlink, post(unlink))
}

/// The components that are installed where the issue is.
pub(super) async fn of_issue(ctx: &Ctx, access: &IssueAccess) -> Outcome<Vec<InstalledComponent>> {
    Ok(components::installed_components(ctx, access.project.org.org.id, None).await?)
}

/// Those that make or find items.
pub(super) async fn with_dialogs(ctx: &Ctx, installed: &[InstalledComponent]) -> Outcome<Vec<IssueApp>> {
    let installed: Vec<_> = installed.iter().filter(|it| it.component.kind == ISSUE_LINK).collect();
    let ids: Vec<_> = installed.iter().map(|it| it.callee.app.id).collect();
    let pictures = apps::pictures(ctx, &ids).await?;
    let app = |it: &InstalledComponent| {
        let app = &it.callee.app;
        let pictures = pictures.get(&app.id).map(Vec::as_slice).unwrap_or_default();
        IssueApp {
            slug: app.slug.clone(),
            name: app.name.clone(),
            avatar: app_pictures::avatar(&app.name, &app.slug, pictures),
            installation: it.callee.installation.uuid.clone(),
        }
    };
    Ok(installed.into_iter().map(app).collect())
}

/// The items that are linked. Their service is the name of the app, where it is installed, or the host.
pub(super) async fn links(
    ctx: &Ctx,
    access: &IssueAccess,
    installed: &[InstalledComponent],
) -> Outcome<Vec<WorkItem>> {
    let linked = list_external_issues(ctx, access, PageRequest::default()).await?;
    let item = |link: &mortise_service::wire::sentry_app::ExternalIssue| {
        let url = url::Url::parse(&link.web_url).ok()?;
        let app = installed.iter().map(|it| &it.callee.app).find(|app| app.slug == link.service_type);
        matches!(url.scheme(), "http" | "https").then(|| WorkItem {
            id: link.id.clone(),
            app: link.service_type.clone(),
            service: app.map_or_else(|| url.host_str().unwrap_or_default(), |app| &app.name).to_owned(),
            name: unescaped(&link.display_name),
            href: link.web_url.clone(),
        })
    };
    Ok(linked.rows.iter().filter_map(item).collect())
}

/// The text of a name that stands in HTML.
pub(super) fn unescaped(html: &str) -> String {
    let text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'");
    text.replace("&amp;", "&")
}

/// Adds to the lines of our own code where they can be opened.
pub(super) async fn open_in(
    ctx: &Ctx,
    access: &IssueAccess,
    installed: &[InstalledComponent],
    event: &mut EventView,
) -> Outcome<()> {
    let mut targets = Vec::new();
    for it in installed.iter().filter(|it| it.component.kind == STACKTRACE_LINK) {
        let prepared = components::prepare(ctx, it, Some(&access.project.project.slug), &[]).await?;
        // It has a query already: the installation.
        let url = prepared.schema.get("url").and_then(Value::as_str).filter(|url| url.starts_with("http"));
        let app = &it.callee.app;
        targets.extend(url.map(|url| OpenIn {
            app: app.slug.clone(),
            name: app.name.clone(),
            href: url.to_owned(),
        }));
    }
    for exception in &mut event.exceptions {
        for part in &mut exception.stack {
            let StackPart::Frame(frame) = part else { continue };
            let Some(line) = frame.line.filter(|_| frame.in_app) else { continue };
            let place = form_urlencoded::Serializer::new(String::new())
                .append_pair("filename", &frame.file)
                .append_pair("lineNo", &line.to_string())
                .finish();
            let link =
                |target: &OpenIn| OpenIn { href: format!("{}&{place}", target.href), ..target.clone() };
            frame.links = targets.iter().map(link).collect();
        }
    }
    Ok(())
}

/// A dialog: the issue, the component, and what is done with it.
struct Dialog {
    issue: IssueAccess,
    installed: InstalledComponent,
    access: InstallationAccess,
    action: &'static str,
    detail: IssueDetail,
}

impl Dialog {
    async fn find(visit: &Visit, (org, id, installation, action): &Ids) -> Outcome<Self> {
        let issue = access_to::issue(visit, org, id, class::Group::CLASS, "POST").await?;
        let action = ["create", "link"].into_iter().find(|known| known == action).ok_or(Problem::NotFound)?;
        let all =
            components::installed_components(&visit.ctx, issue.project.org.org.id, Some(ISSUE_LINK)).await?;
        let installed = all.into_iter().find(|it| it.callee.installation.uuid == *installation);
        let installed = installed.ok_or(Problem::NotFound)?;
        let access = apps::installation_for(&visit.ctx, visit.caller.clone(), installation, Use::Act).await?;
        let detail = get_issue(&visit.ctx, &issue, &DetailQuery::default()).await?;
        Ok(Self { issue, installed, access, action, detail })
    }

    fn part(&self) -> &Value {
        self.installed.component.schema.get(self.action).unwrap_or(&Value::Null)
    }

    fn app_name(&self) -> &str {
        &self.installed.callee.app.name
    }

    fn app_slug(&self) -> &str {
        &self.installed.callee.app.slug
    }

    /// The page, with choices that are asked of the app now.
    async fn page(
        &self,
        visit: &Visit,
        sent: Option<&Pairs>,
        errors: &Map<String, Value>,
        error: &str,
    ) -> Outcome<IssueAppPage> {
        let values = sent.map(|form| component_form::values(self.part(), form));
        let project = &self.issue.project.project;
        let (part, failure) = component_form::with_choices(
            &visit.ctx,
            &self.access,
            &self.installed,
            &format!("/{}", self.action),
            (&project.id.to_string(), &project.slug),
            sent.zip(values.as_deref()),
        )
        .await?;
        let (title, description) = match values {
            Some(_) => Default::default(),
            None => (self.detail.issue.title.clone(), self.description(visit).await?),
        };
        let nothing = Pairs::default();
        let shown = Shown {
            prefix: "field",
            values: values.as_deref(),
            found: sent.unwrap_or(&nothing),
            errors,
            is_preview: false,
            default: &|name| match name {
                "issue.title" => title.clone(),
                "issue.description" => description.clone(),
                _ => String::new(),
            },
        };
        let pictures = apps::pictures(&visit.ctx, &[self.installed.callee.app.id]).await?;
        let pictures = pictures.into_values().next().unwrap_or_default();
        let failed = || format!("{} could not be asked: {failure}", self.app_name());
        Ok(IssueAppPage {
            shell: visit.org_shell(&self.issue.project.org, self.app_name(), Section::Issues).await?,
            issue: self.detail.issue.id.clone(),
            short_id: self.detail.issue.short_id.clone(),
            app: self.app_name().to_owned(),
            avatar: app_pictures::avatar(self.app_name(), self.app_slug(), &pictures),
            installation: self.installed.callee.installation.uuid.clone(),
            action: self.action,
            fields: component_form::show(&part, &shown),
            asks: component_form::asks(self.part()),
            error: if failure.is_empty() { error.to_owned() } else { failed() },
        })
    }

    /// Where the issue is, and the newest stack trace.
    async fn description(&self, visit: &Visit) -> Outcome<String> {
        let org = &self.issue.project.org.org.slug;
        let link = permalink(&visit.ctx, org, self.issue.issue.id);
        let mut text = format!("Issue: [{}]({link})", self.detail.issue.short_id);
        let event = match issue_event(&visit.ctx, &self.issue, issue::LATEST, &[]).await {
            Ok(event) => event_view::view(&event, visit.now),
            // Its events may be gone.
            Err(Error::Missing(_) | Error::NotFound | Error::NoSuchResource) => return Ok(text),
            Err(error) => return Err(error.into()),
        };
        if let Some(exception) = event.exceptions.first() {
            let frames = exception.stack.iter().flat_map(|part| match part {
                StackPart::Frame(frame) => std::slice::from_ref(frame),
                StackPart::System(frames) => frames.as_slice(),
            });
            let mut lines = vec![format!("{}: {}", exception.kind, exception.value)];
            lines.extend(frames.take(QUOTED_FRAMES_MAX).map(|frame| {
                let line = frame.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("  at {} ({}{line})", frame.function, frame.file)
            }));
            text.push_str(&format!("\n\n```\n{}\n```", lines.join("\n")));
        }
        Ok(text)
    }
}

/// Organization, issue, installation, action.
type Ids = (String, String, String, String);

async fn dialog(visit: Signed, State(ctx): State<Ctx>, Path(ids): Path<Ids>) -> Outcome {
    let dialog = Dialog::find(&visit, &ids).await?;
    let page = dialog.page(&visit, None, &Map::new(), "").await?;
    let slug = IdOrSlug::parse(&dialog.installed.callee.app.slug);
    let counted = apps::app_for_counting(&ctx, visit.caller.clone(), &slug).await?;
    let used = json!({ "tsdbField": "sentry_app_component_interacted", "componentType": ISSUE_LINK });
    apps::count_interaction(&ctx, &counted, &Body::Json(used)).await?;
    page_with(StatusCode::OK, &page)
}

async fn act(visit: Signed, State(ctx): State<Ctx>, Path(ids): Path<Ids>, form: Form) -> Outcome {
    let dialog = Dialog::find(&visit, &ids).await?;
    if form.find("reload").is_some() {
        return page_with(StatusCode::OK, &dialog.page(&visit, Some(&form), &Map::new(), "").await?);
    }
    let values = component_form::values(dialog.part(), &form);
    let missing = component_form::missing(dialog.part(), &values);
    if !missing.is_empty() {
        let page = dialog.page(&visit, Some(&form), &missing, "").await?;
        return page_with(StatusCode::BAD_REQUEST, &page);
    }
    let action = IssueAction {
        issue: dialog.issue.issue.id.to_string(),
        action: dialog.action.to_owned(),
        uri: dialog.part().get("uri").and_then(Value::as_str).unwrap_or_default().to_owned(),
        fields: values.into_iter().collect(),
    };
    match components::act_on_issue(&ctx, &dialog.access, action).await {
        Ok(Some(link)) => {
            let text = format!("This issue is linked to {}.", unescaped(&link.display_name));
            Ok(go_saying(&to::issue(&ids.0, &dialog.detail.issue.id), Tone::Good, &text))
        }
        Ok(None) => Err(Problem::NotFound),
        Err(error) => {
            let refused = Refused::of(error)?;
            let page = dialog.page(&visit, Some(&form), &Map::new(), &refused.text()).await?;
            page_with(StatusCode::BAD_REQUEST, &page)
        }
    }
}

async fn unlink(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id, link)): Path<(String, String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::Group::CLASS, "DELETE").await?;
    match components::remove_link(&ctx, &access, &link).await? {
        true => Ok(go_saying(&to::issue(&org, &id), Tone::Good, "The link is removed.")),
        false => Err(Problem::NotFound),
    }
}
