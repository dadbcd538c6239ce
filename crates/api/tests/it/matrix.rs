//! Authorization over the whole table of routes: every route, method and scope, and callers of another organization.
//! The table is the one that the router is built from, so a new route is tested without being named here.

use http::Method;
use mortise_api::edge::{Gate, RouteFacts};
use mortise_domain::Scope;
use mortise_service::access::Class;
use mortise_testkit::{TestApp, World};
use serde_json::json;

use crate::issues::sample::Sample;

/// The path of a route with the things of the world in place of its parameters.
fn path(route: &RouteFacts, org: &str, project: &str) -> String {
    let value = |name: &str| match name {
        "org" => org.to_owned(),
        "proj" => project.to_owned(),
        "team" => "core".to_owned(),
        "user" | "member" => "me".to_owned(),
        _ => "1".to_owned(),
    };
    let segments = route.path.split('/').map(|segment| {
        let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        name.map_or_else(|| segment.to_owned(), value)
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The permission class that a route is behind.
fn class_of(route: &RouteFacts) -> Option<Class> {
    match route.gate {
        Some(Gate::Class(class) | Gate::List(class) | Gate::AppPuts(class)) => Some(class),
        _ => None,
    }
}

/// Routes behind a permission class.
fn classed(app: &TestApp) -> Vec<RouteFacts> {
    let facts = mortise_api::api(&app.ctx).facts;
    facts.into_iter().filter(|route| class_of(route).is_some()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_passes_exactly_the_routes_whose_class_lists_one_of_its_scopes() {
    let app = TestApp::sqlite().await;
    let world = app.world().await;
    let mut tokens = Vec::new();
    for scope in Scope::ALL {
        tokens.push((*scope, World::token(&app.ctx, world.owner, &[scope.as_str()]).await));
    }
    let mut checked = 0;
    for route in classed(&app) {
        let Some(class) = class_of(&route) else { continue };
        // An organization that nobody has: those who pass the first stage meet a 404, the others never get so far.
        let path = path(&route, "nowhere", "nowhere");
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            for (scope, token) in &tokens {
                let request = app.request(method.clone(), &path).bearer(token).json(&json!({}));
                let answer = request.send().await;
                let listed = class.scopes(method.as_str()).is_some_and(|scopes| scopes.contains(*scope));
                let implemented = route.methods.contains(&method);
                let what = format!("{method} {path} with {scope}: {}", answer.text());
                match (listed, implemented) {
                    (false, _) => assert_eq!(answer.status, 403, "{what}"),
                    (true, false) => assert_eq!(answer.status, 405, "{what}"),
                    (true, true) => assert!(![401, 405, 500].contains(&answer.status), "{what}"),
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_passes_a_route_behind_a_class() {
    let app = TestApp::sqlite().await;
    for route in classed(&app) {
        for method in &route.methods {
            let answer = app.request(method.clone(), path(&route, "acme", "web")).send().await;
            assert_eq!(answer.status, 401, "{method} {}", route.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_with_every_scope_gets_nothing_of_an_organization() {
    let app = TestApp::sqlite().await;
    let world = app.world().await;
    let issue = Sample::new(&app, &world, 1).insert(&app).await;
    assert_eq!(issue.get(), 1, "the issue that the paths name");
    for route in classed(&app) {
        if !route.path.contains("{org}") && !route.path.contains("{issue}") {
            continue;
        }
        for method in &route.methods {
            let request =
                app.request(method.clone(), path(&route, "acme", "web")).bearer(&world.stranger_token);
            let answer = request.json(&json!({})).send().await;
            let what = format!("{method} {}: {}", route.path, answer.text());
            assert!([403, 404].contains(&answer.status), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_path_segments_and_queries_are_never_our_fault() {
    let app = TestApp::sqlite().await;
    let world = app.world().await;
    let strange =
        ["99999999999999999999999999", "%00", "%ff", "a%2Fb", "..", "-1", "%F0%9F%92%A9", "'", "%25"];
    for route in classed(&app) {
        for segment in strange {
            let path = path(&route, "acme", "web");
            for end in
                [path.replace("/1/", &format!("/{segment}/")), path.replace("/web/", &format!("/{segment}/"))]
            {
                let uri = format!(
                    "{end}?cursor=9223372036854775807:9223372036854775807:1&per_page=1&query={segment}"
                );
                let answer = app.get(uri.clone()).bearer(&world.owner_token).send().await;
                assert!(answer.status < 500, "{uri}: {}", answer.text());
            }
        }
    }
}
