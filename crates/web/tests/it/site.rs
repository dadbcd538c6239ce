//! A visitor with a browser's habits: keeps cookies, repeats the CSRF token of the last page, follows where it is led.

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use mortise_domain::UserId;
use mortise_service::Ctx;
use mortise_testkit::{TestApp, World};
use serde_json::Value;
use tower::ServiceExt;

use crate::html::tags;

/// The password of everybody who has one.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// Checks the status and hands the answer on.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Where the answer leads.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The text between two marks, from the first place where both are.
    #[track_caller]
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let found = self.text.split_once(before).and_then(|(_, rest)| rest.split_once(after));
        found.unwrap_or_else(|| panic!("{before:?} is not on this page:\n{}", self.text)).0.to_owned()
    }

    /// Checks where the answer leads.
    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) {
        assert_eq!(self.location(), path);
    }

    /// Checks that the page says this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "{text:?} is not on this page:\n{}", self.text);
        self
    }

    /// Checks that the page does not say this.
    #[track_caller]
    pub(crate) fn says_not(self, text: &str) -> Self {
        assert!(!self.text.contains(text), "{text:?} is on this page:\n{}", self.text);
        self
    }
}

/// A visitor.
pub(crate) struct Visitor {
    router: Router,
    cookies: BTreeMap<String, String>,
    csrf: String,
    referer: String,
}

impl Visitor {
    /// Somebody who has never been here.
    pub(crate) fn new(ctx: &Ctx) -> Self {
        Self {
            router: mortise_web::router(ctx.clone()),
            cookies: BTreeMap::new(),
            csrf: String::new(),
            referer: String::new(),
        }
    }

    /// Somebody who is signed in.
    pub(crate) async fn signed_in(ctx: &Ctx, user: UserId) -> Self {
        let (cookie, csrf) = World::session(ctx, user).await;
        let mut visitor = Self::new(ctx);
        visitor.cookies.insert("sentrysid".to_owned(), cookie);
        visitor.csrf = csrf;
        visitor
    }

    /// Asks for a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form with the token of the last page.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        self.post_with_token(path, fields, &csrf).await
    }

    /// Sends a form with this token.
    pub(crate) async fn post_with_token(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        token: &str,
    ) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrfmiddlewaretoken", token).extend_pairs(fields);
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form.finish()).await
    }

    /// Sends a form with a file, with the token of the last page.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let mut body = Vec::new();
        let csrf = self.csrf.clone();
        for (name, value) in [("csrfmiddlewaretoken", csrf.as_str())].iter().chain(fields) {
            let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(
            b"--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n",
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request, body).await
    }

    /// Sends a form and asks for the page that it leads to.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let led = self.post(path, fields).await.expect(303);
        let location = led.location().split('#').next().unwrap_or_default().to_owned();
        self.get(&location).await
    }

    /// Sends this as the page that requests are started from.
    pub(crate) fn referer(&mut self, page: &str) {
        page.clone_into(&mut self.referer);
    }

    /// Whether the browser holds this cookie.
    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    async fn send(&mut self, request: http::request::Builder, body: impl Into<Body>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).header(header::HOST, "m.test:8000");
        let request = request.header(header::REFERER, &self.referer);
        let request = request.body(body.into()).expect("a request");
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8(body.to_vec()).expect("text");
        self.keep(&parts.headers);
        if text.starts_with("<!doctype html>") {
            let token = tags(&text).into_iter().find(|tag| tag.get("name") == Some("csrfmiddlewaretoken"));
            self.csrf = token.and_then(|tag| tag.get("value").map(str::to_owned)).unwrap_or_default();
        }
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a name");
            let value = rest.split(';').next().unwrap_or_default();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The world of an application; the owner and the member have a password.
pub(crate) async fn site(app: &TestApp) -> World {
    let world = app.world().await;
    World::set_password(&app.ctx, world.owner, PASSWORD).await;
    World::set_password(&app.ctx, world.member, PASSWORD).await;
    world
}

/// A journey through an application and its world, on each database.
#[macro_export]
macro_rules! site_test {
    ($name:ident, |$app:ident, $world:ident| async $body:block) => {
        mortise_testkit::api_test!($name, |$app| async {
            let $world = $crate::site::site(&$app).await;
            $body
        });
    };
}

/// Sends an event as an SDK does, with the key of the world's project.
pub(crate) async fn send_event(app: &TestApp, world: &World, event: &Value) {
    let auth = format!("Sentry sentry_version=7, sentry_key={}", world.key);
    let sent = app.post(format!("/api/{}/store/", world.project)).header("x-sentry-auth", &auth).json(event);
    sent.send().await.expect(200);
}
