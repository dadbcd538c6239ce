//! Rows that have no use case in this crate's tests: apps with their tokens, tokens of organizations.

use mortise_crypto::{
    ExposeSecret,
    token::{self, OrgTokenPayload},
};
use mortise_domain::{InstallationId, OrgId, ScopeSet, UserId};
use mortise_store::{Query, StoreError};
use mortise_testkit::TestApp;

/// An app owned by and installed in an organization, with a token of the installation: its proxy user and the token.
pub(crate) async fn app_token(
    app: &TestApp,
    org: OrgId,
    slug: &'static str,
    scopes: &[&str],
) -> (UserId, String) {
    let (ctx, scopes) = (app.ctx.clone(), ScopeSet::from_texts(scopes.iter().copied()));
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let (now, new) = (ctx.now(), token::app_token(&*ctx.ids));
            let proxy: UserId = tx
                .one(
                    Query::new(
                        "INSERT INTO user_account (username, email, name, is_active, is_superuser, is_staff, is_managed, \
                         is_sentry_app, options, date_joined) \
                         VALUES ($1, '', $1, TRUE, FALSE, FALSE, FALSE, TRUE, '{}', $2) RETURNING id",
                    )
                    .bind(format!("{slug}-proxy"))
                    .bind(now),
                )
                .await?;
            let id: i64 = tx
                .one(
                    Query::new(
                        "INSERT INTO sentry_app (uuid, slug, name, owner_id, proxy_user_id, status, scopes, events, \
                         webhook_headers, is_disabled, is_alertable, verify_install, schema, metadata, popularity, date_added, date_updated) \
                         VALUES ($1, $1, $1, $2, $3, 2, $4, '', '[]', FALSE, FALSE, FALSE, '{}', '{}', 1, $5, $5) RETURNING id",
                    )
                    .bind(slug)
                    .bind(org)
                    .bind(proxy)
                    .bind(scopes)
                    .bind(now),
                )
                .await?;
            let token_id: i64 = tx
                .one(
                    Query::new(
                        "INSERT INTO api_token (user_id, token_hash, token_last_characters, scopes, date_added) \
                         VALUES ($1, $2, $3, $4, $5) RETURNING id",
                    )
                    .bind(proxy)
                    .bind(&new.hash)
                    .bind(&new.last_characters)
                    .bind(scopes)
                    .bind(now),
                )
                .await?;
            let _: InstallationId = tx
                .one(
                    Query::new(
                        "INSERT INTO sentry_app_installation (uuid, sentry_app_id, organization_id, api_token_id, status, \
                         date_added, date_updated) VALUES ($1, $2, $3, $4, 1, $5, $5) RETURNING id",
                    )
                    .bind(format!("{slug}-installation"))
                    .bind(id)
                    .bind(org)
                    .bind(token_id)
                    .bind(now),
                )
                .await?;
            Ok::<_, StoreError>((proxy, new.text.expose_secret().to_owned()))
        })
    });
    made.await.unwrap()
}

/// A token of an organization.
pub(crate) async fn org_token(app: &TestApp, org: OrgId, slug: &str) -> String {
    let ctx = app.ctx.clone();
    let payload = OrgTokenPayload::new(ctx.now(), &ctx.settings.public_url, slug);
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let new = token::org_token(&*ctx.ids, &payload);
            let query = Query::new(
                "INSERT INTO org_auth_token (organization_id, name, token_hash, token_last_characters, scopes, date_added) \
                 VALUES ($1, 'ci', $2, $3, 'org:ci', $4)",
            );
            let query = query.bind(org).bind(&new.hash).bind(&new.last_characters).bind(ctx.now());
            tx.execute_one(query).await?;
            Ok::<_, StoreError>(new.text.expose_secret().to_owned())
        })
    });
    made.await.unwrap()
}

/// Runs one statement.
pub(crate) async fn execute(app: &TestApp, query: Query) {
    let done: Result<(), StoreError> =
        app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await.map(|_| ()) })).await;
    done.unwrap();
}

/// Makes a user a superuser and their session an elevated one: the value of the `Cookie` header and the CSRF token.
pub(crate) async fn superuser(app: &TestApp, user: UserId) -> (String, String) {
    let query = Query::new("UPDATE user_account SET is_superuser = TRUE WHERE id = $1").bind(user);
    execute(app, query).await;
    let (cookie, csrf) = mortise_testkit::World::session(&app.ctx, user).await;
    let client = mortise_service::Client::default();
    let caller = mortise_service::authenticate::session(&app.ctx, &cookie, None, client).await.unwrap();
    let elevated = mortise_service::sessions::elevate_superuser(&app.ctx, &caller).await.unwrap();
    (format!("sentrysid={cookie}; su={}", elevated.value.expose_secret()), csrf)
}

/// The audit entries of an organization, oldest first: number and data.
pub(crate) async fn audit(app: &TestApp, org: OrgId) -> Vec<(i64, serde_json::Value)> {
    let query =
        Query::new("SELECT event, data FROM audit_log WHERE organization_id = $1 ORDER BY id").bind(org);
    app.ctx.store.read().await.unwrap().all(query).await.unwrap()
}
