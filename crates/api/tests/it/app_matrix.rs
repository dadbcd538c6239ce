//! Authorization over every route of Sentry Apps: roles, tokens with each scope, people of another organization, nobody.
//! The rules below are the contract, written a second time; a route that is not among them fails the first test.

use std::collections::BTreeSet;

use http::Method;
use mortise_domain::{OrgRole, Scope, ScopeSet, UserId};
use mortise_testkit::{Answer, RequestBuilder, TestApp, World, api_test};
use serde_json::{Value, json};

const APPS: &str = "/api/0/sentry-apps/";
const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";
const REFUSED: [u16; 4] = [401, 403, 404, 405];

/// Who may call a route.
struct Rule {
    method: &'static str,
    path: &'static str,
    /// Scopes of which a token needs one to pass at all; a session passes always.
    token: Pass,
    /// Scopes of which the caller needs one in the organization.
    needed: Needed,
    /// What people of another organization are answered.
    stranger: u16,
}

enum Pass {
    Scopes(&'static str),
    /// Sessions only.
    No,
}

enum Needed {
    Scopes(&'static str),
    /// Everybody who got here.
    Nothing,
    /// The app itself, superusers: none of those who are tried here.
    Other,
}

use Needed::{Nothing, Other};
use Pass::{No, Scopes as Token};

const fn rule(method: &'static str, path: &'static str, token: Pass, needed: Needed, stranger: u16) -> Rule {
    Rule { method, path, token, needed, stranger }
}

const ANY_READ: &str =
    "event:read event:write event:admin project:releases project:read org:read member:read team:read";
const READ: &str = "org:read org:integrations org:write org:admin";
const WRITE: &str = "org:write org:admin";
const INSTALL: &str = "org:integrations org:write org:admin";
const ACT: &str = "org:integrations event:write event:admin";
const EVENT: &str = "event:read event:write event:admin";
const EVERY: &str = "org:read org:write org:admin org:integrations org:ci member:read member:write member:admin \
    team:read team:write team:admin project:read project:write project:admin project:releases event:read event:write \
    event:admin alerts:read alerts:write openid profile email";

const RULES: &[Rule] = &[
    rule("GET", "/api/0/sentry-apps/", Token(ANY_READ), Nothing, 200),
    rule("POST", "/api/0/sentry-apps/", Token(WRITE), Needed::Scopes(WRITE), 403),
    rule("GET", "/api/0/sentry-apps/{app}/", Token(ANY_READ), Needed::Scopes(READ), 404),
    rule("PUT", "/api/0/sentry-apps/{app}/", Token(WRITE), Needed::Scopes(WRITE), 404),
    rule("DELETE", "/api/0/sentry-apps/{app}/", Token("org:admin"), Needed::Scopes("org:admin"), 404),
    rule("GET", "/api/0/sentry-apps/{app}/features/", Token(ANY_READ), Needed::Scopes(READ), 404),
    rule("GET", "/api/0/sentry-apps/{app}/components/", Token(ANY_READ), Needed::Scopes(READ), 404),
    rule("GET", "/api/0/sentry-apps/{app}/avatar/", Token(ANY_READ), Needed::Scopes(READ), 404),
    rule("PUT", "/api/0/sentry-apps/{app}/avatar/", Token(WRITE), Needed::Scopes(WRITE), 404),
    rule(
        "POST",
        "/api/0/sentry-apps/{app}/publish-request/",
        Token("org:admin"),
        Needed::Scopes("org:admin"),
        404,
    ),
    rule("GET", "/api/0/integration-features/", Token(ANY_READ), Nothing, 200),
    rule("GET", "/api/0/sentry-apps/{app}/api-tokens/", No, Needed::Scopes(WRITE), 403),
    rule("POST", "/api/0/sentry-apps/{app}/api-tokens/", No, Needed::Scopes(WRITE), 403),
    rule(
        "DELETE",
        "/api/0/sentry-apps/{app}/api-tokens/{token_id}/",
        Token(WRITE),
        Needed::Scopes(WRITE),
        403,
    ),
    rule("POST", "/api/0/sentry-apps/{app}/rotate-secret/", Token(WRITE), Needed::Scopes(WRITE), 404),
    rule("GET", "/api/0/sentry-apps/{app}/stats/", Token(READ), Needed::Scopes(READ), 403),
    rule("GET", "/api/0/sentry-apps/{app}/requests/", Token(READ), Needed::Scopes(READ), 403),
    rule("GET", "/api/0/sentry-apps/{app}/interaction/", Token(READ), Needed::Scopes(READ), 403),
    rule("POST", "/api/0/sentry-apps/{app}/interaction/", No, Nothing, 201),
    rule("GET", "/api/0/sentry-apps-stats/", Token(EVERY), Other, 403),
    rule(
        "GET",
        "/api/0/organizations/{org}/sentry-apps/",
        Token("org:read org:write org:admin"),
        Needed::Scopes("org:read org:write org:admin"),
        403,
    ),
    rule(
        "GET",
        "/api/0/organizations/{org}/sentry-app-installations/",
        Token(READ),
        Needed::Scopes(READ),
        404,
    ),
    rule(
        "POST",
        "/api/0/organizations/{org}/sentry-app-installations/",
        Token(INSTALL),
        Needed::Scopes(INSTALL),
        404,
    ),
    rule("GET", "/api/0/sentry-app-installations/{uuid}/", Token(READ), Needed::Scopes(READ), 404),
    rule("PUT", "/api/0/sentry-app-installations/{uuid}/", Token(EVERY), Other, 404),
    rule("DELETE", "/api/0/sentry-app-installations/{uuid}/", Token(INSTALL), Needed::Scopes(INSTALL), 404),
    rule(
        "GET",
        "/api/0/organizations/{org}/sentry-app-components/",
        Token("org:read org:write org:admin"),
        Needed::Scopes("org:read org:write org:admin"),
        403,
    ),
    rule(
        "GET",
        "/api/0/sentry-app-installations/{uuid}/external-requests/",
        Token(READ),
        Needed::Scopes(READ),
        404,
    ),
    rule(
        "POST",
        "/api/0/sentry-app-installations/{uuid}/external-issue-actions/",
        Token(ACT),
        Needed::Scopes(ACT),
        404,
    ),
    rule(
        "POST",
        "/api/0/sentry-app-installations/{uuid}/external-issues/",
        Token(EVENT),
        Needed::Scopes(EVENT),
        404,
    ),
    rule(
        "DELETE",
        "/api/0/sentry-app-installations/{uuid}/external-issues/{link}/",
        Token("event:admin"),
        Needed::Scopes("event:admin"),
        404,
    ),
    rule(
        "GET",
        "/api/0/sentry-app-installations/{uuid}/service-hook-projects/",
        Token(READ),
        Needed::Scopes(READ),
        404,
    ),
    rule(
        "POST",
        "/api/0/sentry-app-installations/{uuid}/service-hook-projects/",
        Token(ACT),
        Needed::Scopes(ACT),
        404,
    ),
    rule(
        "DELETE",
        "/api/0/sentry-app-installations/{uuid}/service-hook-projects/",
        Token(INSTALL),
        Needed::Scopes(INSTALL),
        404,
    ),
    // Its body says who asks.
    rule("POST", "/api/0/sentry-app-installations/{uuid}/authorizations/", Token(EVERY), Other, 401),
];

impl Rule {
    /// Whether a member gets past authorization: with a session, or with a token of one scope or none.
    fn admits(&self, role: OrgRole, credentials: &Credentials) -> bool {
        let held = match (credentials, &self.token) {
            (Credentials::Session, _) => role.scopes(),
            (Credentials::Token(_), No) => return false,
            (Credentials::Token(scope), Pass::Scopes(passing)) => {
                let token: ScopeSet = scope.iter().copied().collect();
                if !token.intersects(set(passing)) {
                    return false;
                }
                token.intersection(role.scopes())
            }
        };
        match self.needed {
            Needed::Scopes(needed) => held.intersects(set(needed)),
            Nothing => true,
            Other => false,
        }
    }

    fn request(&self, app: &TestApp, things: &Things) -> RequestBuilder {
        let path = self.path.replace("{app}", &things.slug).replace("{org}", "acme");
        let path = path
            .replace("{uuid}", &things.uuid)
            .replace("{token_id}", &things.token_id)
            .replace("{link}", "1");
        let body = json!({ "organization": "acme", "slug": things.slug, "tsdbField": "sentry_app_viewed" });
        app.request(self.method.parse::<Method>().unwrap(), path).json(&body)
    }
}

fn set(texts: &str) -> ScopeSet {
    texts.split_whitespace().map(|text| text.parse::<Scope>().unwrap()).collect()
}

/// What a member shows.
#[derive(Debug)]
enum Credentials {
    Session,
    Token(Option<Scope>),
}

/// An internal app of `acme` with its installation and a token.
struct Things {
    slug: String,
    uuid: String,
    token_id: String,
}

impl Things {
    async fn create(app: &TestApp, world: &World) -> Self {
        let body = json!({
            "organization": "acme", "name": "Night Watch", "isInternal": true, "isAlertable": false,
            "verifyInstall": false, "scopes": ["event:read"], "webhookUrl": "http://127.0.0.1:9/hook",
        });
        let made = app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
        let installed = app.get(INSTALLED).bearer(&world.owner_token).send().await.expect(200).json();
        let slug = text(&made["slug"]);
        let installation =
            installed.as_array().unwrap().iter().find(|row| row["app"]["slug"] == slug.as_str());
        let tokens = format!("{APPS}{slug}/api-tokens/");
        let token = app.post(tokens).session(&world.owner_session).send().await.expect(201).json();
        Self { slug, uuid: text(&installation.unwrap()["uuid"]), token_id: text(&token["id"]) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_of_apps_has_a_rule() {
    let app = TestApp::sqlite().await;
    let document: Value = serde_json::from_str(&mortise_api::document(&app.ctx)).unwrap();
    let is_of_apps = |path: &&String| {
        let is_of_api = path.starts_with("/api/0/");
        is_of_api && (path.contains("sentry-app") || path.contains("integration-features"))
    };
    let mut routes = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().keys().filter(is_of_apps) {
        for method in ["get", "post", "put", "patch", "delete"] {
            if document["paths"][path].get(method).is_some() {
                routes.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    let rules: BTreeSet<_> =
        RULES.iter().map(|rule| (rule.method.to_owned(), rule.path.to_owned())).collect();
    assert_eq!(rules, routes);
}

api_test!(members_do_what_role_and_token_allow_and_nothing_else, |app| async {
    let world = app.world().await;
    let mut things = Things::create(&app, &world).await;
    for (role, name) in OrgRole::ALL.iter().copied().zip(["one", "two", "three", "four"]) {
        let (user, _) = World::user(&app.ctx, name, world.org, role).await;
        for (credentials, show) in credentials(&app, user).await {
            for rule in RULES {
                let answer = show(rule.request(&app, &things)).send().await;
                let what = format!("{role}, {credentials:?}: {} {}", rule.method, rule.path);
                check(&answer, rule.admits(role, &credentials), &what);
                if rule.method == "DELETE" && answer.status == 204 {
                    things = Things::create(&app, &world).await;
                }
            }
        }
    }
});

type Show = Box<dyn Fn(RequestBuilder) -> RequestBuilder>;

/// A session, tokens of one scope each, a token of none.
async fn credentials(app: &TestApp, user: UserId) -> Vec<(Credentials, Show)> {
    let session = World::session(&app.ctx, user).await;
    let mut all: Vec<(Credentials, Show)> =
        vec![(Credentials::Session, Box::new(move |request| request.session(&session)))];
    for scope in Scope::ALL.iter().copied().map(Some).chain([None]) {
        let texts: Vec<_> = scope.iter().map(|scope| scope.as_str()).collect();
        let token = World::token(&app.ctx, user, &texts).await;
        all.push((Credentials::Token(scope), Box::new(move |request| request.bearer(&token))));
    }
    all
}

#[track_caller]
fn check(answer: &Answer, is_admitted: bool, what: &str) {
    let status = answer.status;
    assert!(status < 500, "{what}: {}", answer.text());
    // Who gets in and names something that is not there gets an empty body.
    let got_in = !REFUSED.contains(&status) || (status == 404 && answer.text().is_empty());
    assert_eq!(got_in, is_admitted, "{what}: {status} {}", answer.text());
    if !is_admitted {
        assert!([401, 403].contains(&status), "{what}: {status} {}", answer.text());
    }
}

api_test!(people_of_another_organization_learn_nothing_of_apps, |app| async {
    let world = app.world().await;
    let things = Things::create(&app, &world).await;
    let session = World::session(&app.ctx, world.stranger).await;
    for rule in RULES {
        let answer = rule.request(&app, &things).session(&session).send().await;
        let what = format!("{} {}: {}", rule.method, rule.path, answer.text());
        assert_eq!(answer.status, rule.stranger, "{what}");
        let told = answer.text();
        assert!(!told.contains(&things.slug) && !told.contains(&things.uuid), "{what}");
        // A token with every scope gets no further, and what only sessions may do is refused.
        let answer = rule.request(&app, &things).bearer(&world.stranger_token).send().await;
        let is_less = answer.status == rule.stranger || [401, 403].contains(&answer.status);
        assert!(is_less && !answer.text().contains(&things.slug), "{what}, with a token: {}", answer.text());
    }
    let owner = app.get(format!("{APPS}{}/", things.slug)).bearer(&world.owner_token).send().await;
    assert_eq!(owner.expect(200).json()["name"], "Night Watch", "it is as it was");
});

api_test!(nobody_gets_401, |app| async {
    let world = app.world().await;
    let things = Things::create(&app, &world).await;
    for rule in RULES {
        let answer = rule.request(&app, &things).send().await;
        let expected = if matches!(rule.token, No) { [401, 403] } else { [401, 401] };
        let what = format!("{} {}: {}", rule.method, rule.path, answer.text());
        assert!(expected.contains(&answer.status), "{what}");
    }
});
