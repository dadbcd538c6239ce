//! A visit: who asks for a page, from where, and what the frame of the page needs to know.

use std::{net::SocketAddr, ops::Deref, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use http::{Extensions, HeaderMap, HeaderName, Method, StatusCode, header, request::Parts};
use mortise_domain::{Scope, ScopeSet, Time};
use mortise_service::{
    Caller, Client, Ctx,
    access::{self, IdOrSlug, OrgAccess},
    authenticate, places,
    sessions::{SESSION_COOKIE, SUPERUSER_COOKIE},
};

use super::{Outcome, Pairs, Problem, cookies, headers, problem};
use crate::view::{Avatar, Flash, OrgRef, Section, Shell, SignedIn, Theme};

/// What lets somebody see what only managers and owners see.
const MANAGES: ScopeSet = ScopeSet::of(&[Scope::OrgWrite]);

/// A visit. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Visit(Arc<Facts>);

/// What is known of a visit.
#[derive(Debug)]
pub struct Facts {
    /// The context.
    pub ctx: Ctx,
    /// Who asks.
    pub caller: Caller,
    /// The time of the request.
    pub now: Time,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub here: String,
    /// The query, decoded.
    pub query: Pairs,
    /// What forms of this visitor carry.
    pub csrf: String,
    /// The page that the request was started from, as the browser tells it; may be empty.
    pub referer: String,
    /// The host that the browser believes to talk to.
    pub host: String,
    /// The organization that was visited last.
    pub last_org: Option<String>,
    theme: Theme,
    flash: Option<Flash>,
    has_csrf_cookie: bool,
}

impl Deref for Visit {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl Visit {
    /// The visit that the layer left.
    pub fn of(extensions: &Extensions) -> Outcome<Self> {
        extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal(&"a page outside of the layer of visits"))
    }

    async fn begin(ctx: Ctx, parts: &Parts) -> Outcome<Self> {
        let jar = CookieJar::from_headers(&parts.headers);
        let caller = caller(&ctx, &jar, parts).await?;
        let visitor_csrf = cookies::read_visitor_csrf(&jar);
        let has_csrf_cookie = caller.session.is_some() || visitor_csrf.is_some();
        let csrf = match &caller.session {
            Some(session) => session.csrf_token.clone(),
            None => visitor_csrf.unwrap_or_else(|| cookies::new_visitor_csrf(&ctx)),
        };
        let here = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        Ok(Self(Arc::new(Facts {
            now: ctx.now(),
            ctx,
            caller,
            method: parts.method.clone(),
            here,
            query: Pairs::decode(parts.uri.query().unwrap_or_default().as_bytes()),
            csrf,
            referer: text(&parts.headers, &header::REFERER),
            host: text(&parts.headers, &header::HOST),
            last_org: cookies::read_last_org(&jar),
            theme: cookies::read_theme(&jar),
            flash: cookies::read_flash(&jar),
            has_csrf_cookie,
        })))
    }

    /// The frame without anything that has to be looked up: no navigation, no user.
    pub fn bare_shell(&self, title: &str, section: Section) -> Shell {
        Shell {
            title: title.to_owned(),
            csrf: self.csrf.clone(),
            theme: self.theme,
            user: None,
            org: None,
            orgs: Vec::new(),
            section,
            flashes: self.flash.iter().cloned().collect(),
            here: self.here.clone(),
            manages_org: false,
        }
    }

    /// The frame of a page that belongs to no organization.
    pub async fn shell(&self, title: &str, section: Section) -> Outcome<Shell> {
        let mut shell = self.bare_shell(title, section);
        if let Some(user) = &self.caller.user {
            let name = user.display_name();
            shell.user = Some(SignedIn {
                name: name.to_owned(),
                email: user.email.clone(),
                avatar: Avatar::new(name),
                may_elevate: user.is_superuser,
                is_elevated: self.caller.is_superuser(),
            });
            let places = places::of_caller(&self.ctx, &self.caller).await?;
            shell.orgs =
                places.into_iter().map(|place| OrgRef { slug: place.slug, name: place.name }).collect();
        }
        Ok(shell)
    }

    /// The frame of a page about the visitor's account: with the navigation of the organization they come from.
    pub async fn account_shell(&self, title: &str) -> Outcome<Shell> {
        let mut shell = self.shell(title, Section::Account).await?;
        let last = shell.orgs.iter().find(|org| Some(&org.slug) == self.last_org.as_ref());
        shell.org = last.or(shell.orgs.first()).cloned();
        if let Some(org) = &shell.org {
            let org = IdOrSlug::parse(&org.slug);
            let access = access::organization(&self.ctx, self.caller.clone(), &org, ScopeSet::all()).await?;
            shell.manages_org = access.has(MANAGES);
        }
        Ok(shell)
    }

    /// The frame of a page of an organization.
    pub async fn org_shell(&self, access: &OrgAccess, title: &str, section: Section) -> Outcome<Shell> {
        let mut shell = self.shell(title, section).await?;
        shell.org = Some(OrgRef { slug: access.org.slug.clone(), name: access.org.name.clone() });
        shell.manages_org = access.has(MANAGES);
        Ok(shell)
    }

    /// The frame of an error at this path, and whether the visitor is a member of the organization that the path names.
    pub(super) async fn shell_of_path(&self) -> Outcome<(Shell, bool)> {
        let mut shell = self.shell("Error", Section::None).await?;
        let Some(slug) = self.org_in_path() else { return Ok((shell, false)) };
        shell.org = shell.orgs.iter().find(|org| org.slug == slug).cloned();
        let is_member = shell.org.is_some();
        Ok((shell, is_member))
    }

    /// The slug behind `/organizations/` or `/settings/`.
    fn org_in_path(&self) -> Option<&str> {
        let path = self.here.split('?').next().unwrap_or_default();
        let rest = path.strip_prefix("/organizations/").or_else(|| path.strip_prefix("/settings/"))?;
        rest.split('/').next().filter(|slug| !slug.is_empty())
    }
}

/// Runs around every page.
pub async fn layer(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match Visit::begin(ctx, &parts).await {
        Ok(visit) => visit,
        Err(problem) => return axum::response::IntoResponse::into_response(problem),
    };
    parts.extensions.insert(visit.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem::show(&visit, problem).await;
    }
    remember(&visit, &mut response);
    headers::decorate(&mut response);
    response
}

/// Sets the cookies that follow from what was shown.
fn remember(visit: &Visit, response: &mut Response) {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut cookies = Vec::new();
    if is_page && visit.flash.is_some() {
        cookies.push(cookies::flash_shown());
    }
    if is_page && !visit.has_csrf_cookie {
        cookies.push(cookies::visitor_csrf(&visit.ctx, &visit.csrf));
    }
    if is_page && response.status() == StatusCode::OK {
        let slug = visit.org_in_path().filter(|slug| visit.last_org.as_deref() != Some(slug));
        let is_org_page = visit.here.starts_with("/organizations/");
        cookies.extend(slug.filter(|_| is_org_page).map(|slug| cookies::last_org(&visit.ctx, slug)));
    }
    response.headers_mut().extend(cookies.into_iter().map(|(name, value)| (Some(name), value)));
}

async fn caller(ctx: &Ctx, jar: &CookieJar, parts: &Parts) -> Outcome<Caller> {
    let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let user_agent = Some(text(&parts.headers, &header::USER_AGENT)).filter(|name| !name.is_empty());
    let client = Client { ip, user_agent };
    let Some(cookie) = jar.get(SESSION_COOKIE) else { return Ok(Caller::anonymous(client)) };
    let superuser = jar.get(SUPERUSER_COOKIE).map(axum_extra::extract::cookie::Cookie::value);
    Ok(authenticate::session(ctx, cookie.value(), superuser, client).await?)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Self> {
        Self::of(&parts.extensions)
    }
}

/// The visit of somebody who is signed in; everybody else is led to the sign-in form.
#[derive(Debug, Clone)]
pub struct Signed(pub Visit);

impl Deref for Signed {
    type Target = Visit;
    fn deref(&self) -> &Visit {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Outcome<Self> {
        let visit = Visit::of(&parts.extensions)?;
        if visit.caller.user.is_some() { Ok(Self(visit)) } else { Err(Problem::SignIn) }
    }
}
