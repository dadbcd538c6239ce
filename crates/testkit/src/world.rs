//! A small world to test in: one organization `acme` with an owner and a member, both in team `core`, which has the
//! project `web`; and a second organization `globex` of somebody else.

use mortise_crypto::ExposeSecret;
use mortise_crypto::token;
use mortise_domain::{
    IntegrationId, MemberId, OrgId, OrgRole, ProjectId, ScopeSet, TeamId, UserId, org::OrgFlags,
};
use mortise_service::{
    Ctx,
    integrations::{self, NewIntegration},
};
use mortise_store::{
    Query, StoreError, Tx, member, organization, project, session, team,
    user::{self, NewUser},
};
use serde_json::Value;

/// Ids and tokens of the world. Every token holds all scopes that the API knows; session pairs are cookie and CSRF token.
#[derive(Debug, Clone)]
pub struct World {
    pub org: OrgId,
    pub team: TeamId,
    pub project: ProjectId,
    /// The public key of `project`.
    pub key: String,
    pub owner: UserId,
    pub owner_token: String,
    pub owner_session: (String, String),
    pub member: UserId,
    pub member_id: MemberId,
    pub member_token: String,
    pub member_session: (String, String),
    pub stranger: UserId,
    pub stranger_token: String,
    pub stranger_org: OrgId,
    pub stranger_project: ProjectId,
}

impl World {
    /// Creates the world.
    pub(crate) async fn create(ctx: &Ctx) -> World {
        let inner = ctx.clone();
        let made = ctx.store.write(move |tx| Box::pin(async move { create(tx, &inner).await })).await;
        made.expect("the world is created")
    }

    /// Another key of a project.
    pub async fn key(ctx: &Ctx, project: ProjectId) -> String {
        let inner = ctx.clone();
        let made = ctx.store.write(move |tx| Box::pin(async move { client_key(tx, &inner, project).await }));
        made.await.expect("a key is created")
    }

    /// A token of a user with these scopes.
    pub async fn token(ctx: &Ctx, user: UserId, scopes: &[&str]) -> String {
        let scopes = ScopeSet::from_texts(scopes.iter().copied());
        let inner = ctx.clone();
        let made = ctx
            .store
            .write(move |tx| Box::pin(async move { user_token(tx, &inner, user, scopes).await }))
            .await;
        made.expect("a token is created")
    }

    /// Another user, who is a member of the organization with this role.
    pub async fn user(ctx: &Ctx, name: &str, org: OrgId, role: OrgRole) -> (UserId, MemberId) {
        let (inner, name) = (ctx.clone(), name.to_owned());
        let made = ctx.store.write(move |tx| {
            Box::pin(async move {
                let user = person(tx, &inner, &name).await?;
                let member = member::insert_user(tx, org, user, role.as_str(), inner.now()).await?;
                Ok::<_, StoreError>((user, member.id))
            })
        });
        made.await.expect("a user is created")
    }

    /// Adds an integration to an organization: `provider`, `external_id`, `name`, `metadata`, `config`, `status`, where
    /// only the first has no default.
    pub async fn integrate(ctx: &Ctx, org: OrgId, new: &Value) -> IntegrationId {
        let text = |key: &str, or: &str| new[key].as_str().unwrap_or(or).to_owned();
        let map = |key: &str| new[key].as_object().cloned().unwrap_or_default();
        let provider = text("provider", "");
        let new = NewIntegration {
            org,
            external_id: text("external_id", &format!("{provider}-1")),
            name: text("name", &provider),
            metadata: map("metadata"),
            config: map("config"),
            status: text("status", "active").parse().expect("a status"),
            identity: None,
            provider,
        };
        let inner = ctx.clone();
        let made = ctx.store.write(move |tx| {
            Box::pin(async move { integrations::create_integration_in(tx, &inner, &new).await })
        });
        made.await.expect("an integration is created")
    }

    /// Lets a user become a superuser.
    pub async fn make_superuser(ctx: &Ctx, user: UserId) {
        let sql = "UPDATE user_account SET is_superuser = TRUE WHERE id = $1";
        let query = Query::new(sql).bind(user);
        ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("an update");
    }

    /// Gives a user a password.
    pub async fn set_password(ctx: &Ctx, user: UserId, password: &str) {
        let hash = ctx.passwords.hash(&password.to_owned().into(), &*ctx.ids).expect("a hash");
        let stored = ctx
            .store
            .write(move |tx| Box::pin(async move { user::set_password(tx, user, Some(&hash)).await }))
            .await;
        stored.expect("a password is stored");
    }

    /// A session of a user: cookie and CSRF token.
    pub async fn session(ctx: &Ctx, user: UserId) -> (String, String) {
        let inner = ctx.clone();
        let made = ctx.store.write(move |tx| Box::pin(async move { sign_in(tx, &inner, user).await }));
        made.await.expect("a session is created")
    }
}

async fn create(tx: &mut Tx, ctx: &Ctx) -> Result<World, StoreError> {
    let now = ctx.now();
    let owner = person(tx, ctx, "owner").await?;
    let member_user = person(tx, ctx, "member").await?;
    let stranger = person(tx, ctx, "stranger").await?;
    let org = organization::insert(tx, "acme", "Acme", OrgFlags::default().bits(), now).await?.id;
    let owner_member = member::insert_user(tx, org, owner, OrgRole::Owner.as_str(), now).await?.id;
    let member_id = member::insert_user(tx, org, member_user, OrgRole::Member.as_str(), now).await?.id;
    let team = team::insert(tx, org, "core", "Core", now).await?.id;
    team::put_member(tx, team, owner_member, None).await?;
    team::put_member(tx, team, member_id, None).await?;
    let project = project::insert(tx, org, "web", "Web", Some("python"), now).await?.id;
    project::add_team(tx, project, team).await?;
    let stranger_org =
        organization::insert(tx, "globex", "Globex", OrgFlags::default().bits(), now).await?.id;
    member::insert_user(tx, stranger_org, stranger, OrgRole::Owner.as_str(), now).await?;
    let stranger_project = project::insert(tx, stranger_org, "api", "Api", Some("node"), now).await?.id;
    Ok(World {
        org,
        team,
        project,
        key: client_key(tx, ctx, project).await?,
        owner,
        owner_token: user_token(tx, ctx, owner, ScopeSet::all()).await?,
        owner_session: sign_in(tx, ctx, owner).await?,
        member: member_user,
        member_id,
        member_token: user_token(tx, ctx, member_user, ScopeSet::all()).await?,
        member_session: sign_in(tx, ctx, member_user).await?,
        stranger,
        stranger_token: user_token(tx, ctx, stranger, ScopeSet::all()).await?,
        stranger_org,
        stranger_project,
    })
}

/// An active client key without limits.
async fn client_key(tx: &mut Tx, ctx: &Ctx, project: ProjectId) -> Result<String, StoreError> {
    let public = ctx.ids.uuid().simple().to_string();
    let query = Query::new(
        "INSERT INTO project_key (project_id, public_key, secret_key, label, is_active, data, date_added) \
         VALUES ($1, $2, $3, 'Default', TRUE, '{}', $4)",
    );
    let secret = ctx.ids.uuid().simple().to_string();
    tx.execute_one(query.bind(project).bind(&public).bind(secret).bind(ctx.now())).await?;
    Ok(public)
}

async fn person(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<UserId, StoreError> {
    let email = format!("{name}@acme.test");
    let new = NewUser {
        username: email.clone(),
        email,
        name: name.to_owned(),
        password_hash: None,
        is_superuser: false,
        is_sentry_app: false,
    };
    Ok(user::insert(tx, &new, ctx.now()).await?.id)
}

async fn user_token(tx: &mut Tx, ctx: &Ctx, user: UserId, scopes: ScopeSet) -> Result<String, StoreError> {
    let new = token::user_token(ctx.ids.as_ref());
    let query = Query::new(
        "INSERT INTO api_token (user_id, token_type, token_hash, token_last_characters, scopes, date_added) \
         VALUES ($1, 'sntryu_', $2, $3, $4, $5)",
    );
    let query = query.bind(user).bind(&new.hash).bind(&new.last_characters).bind(scopes).bind(ctx.now());
    tx.execute_one(query).await?;
    Ok(new.text.expose_secret().to_owned())
}

async fn sign_in(tx: &mut Tx, ctx: &Ctx, user: UserId) -> Result<(String, String), StoreError> {
    let cookie = token::session_token(ctx.ids.as_ref());
    let csrf = token::csrf_token(ctx.ids.as_ref()).expose_secret().to_owned();
    let hours = |hours: i64| mortise_service::authenticate::after(ctx.now(), hours * 3600);
    let new = session::NewSession {
        id_hash: cookie.hash.clone(),
        user_id: user,
        csrf_token: csrf.clone(),
        expires_at: hours(24 * 14),
        sudo_until: Some(hours(1)),
        ip_address: None,
        user_agent: None,
    };
    session::insert(tx, &new, ctx.now()).await?;
    Ok((cookie.text.expose_secret().to_owned(), csrf))
}
