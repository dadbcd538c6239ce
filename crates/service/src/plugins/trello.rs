//! What Trello offers to choose from, once the key and the token of a project work there.

use std::time::Duration;

use mortise_crypto::ExposeSecret as _;
use mortise_egress::{Answer, Method, Request};
use serde::Deserialize;

use super::options::Options;
use crate::{Ctx, Result};

/// The plugin.
pub(super) const TRELLO: &str = "trello";
const URL: &str = "https://api.trello.com/1/members/me/organizations";
/// How long Trello may take, milliseconds.
const TIMEOUT_MS: u64 = 5_000;
/// Organizations that are offered, at most.
const ORGANIZATIONS_MAX: usize = 500;

#[derive(Deserialize)]
struct Organization {
    id: String,
    name: String,
}

/// The organizations of whoever the token is of: id and name. `None` where key or token are missing or do not work.
pub(super) async fn organizations(ctx: &Ctx, options: &Options) -> Result<Option<Vec<[String; 2]>>> {
    let key = options.text(TRELLO, "key");
    let Some(token) = options.secret(ctx, TRELLO, "token")?.filter(|_| !key.is_empty()) else {
        return Ok(None);
    };
    let answer = ctx.egress.call(request(&key, token.expose_secret())).await;
    Ok(answer.ok().filter(Answer::is_success).and_then(|answer| offered(&answer.body)))
}

fn request(key: &str, token: &str) -> Request {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([("fields", "name"), ("token", token), ("key", key)]);
    let request = Request::new(Method::GET, format!("{URL}?{}", query.finish()));
    request.hide(token).timeout(Duration::from_millis(TIMEOUT_MS))
}

fn offered(body: &[u8]) -> Option<Vec<[String; 2]>> {
    let found: Vec<Organization> = serde_json::from_slice(body).ok()?;
    Some(found.into_iter().take(ORGANIZATIONS_MAX).map(|it| [it.id, it.name]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trello_is_asked_with_key_and_token_which_no_record_shows() {
        let request = request("the key", "to/ken");
        assert_eq!(request.url(), format!("{URL}?fields=name&token=to%2Fken&key=the+key"));
        assert_eq!(request.time_limit(), Some(Duration::from_secs(5)));
        assert!(!format!("{request:?}").contains("ken&"), "{request:?}");
    }

    #[test]
    fn organizations_are_offered_by_id_and_name() {
        let body = br#"[{"id": "5f", "name": "acme", "url": "x"}, {"id": "60", "name": "globex"}]"#;
        let pair = |id: &str, name: &str| [id.to_owned(), name.to_owned()];
        assert_eq!(offered(body), Some(vec![pair("5f", "acme"), pair("60", "globex")]));
        assert_eq!(offered(b"[]"), Some(vec![]));
        assert_eq!(offered(b"invalid token"), None);
    }
}
