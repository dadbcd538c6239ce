//! Pictures of apps.

use mortise_domain::{AppId, Time, UserId, status::AppStatus};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A picture of an app. `avatar_type` is 0 for the default, 1 for the uploaded photo.
    pub struct Avatar {
        pub id: i64,
        pub sentry_app_id: AppId,
        pub ident: String,
        pub avatar_type: i64,
        pub color: bool,
    }
}

/// The pictures of these apps.
pub async fn avatars(conn: &mut Conn, apps: &[AppId]) -> Result<Vec<Avatar>> {
    let mut query = Query::new("SELECT * FROM sentry_app_avatar WHERE sentry_app_id IN ");
    query.list(apps.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// Whether an app shows an uploaded photo of this kind.
pub async fn has_photo(conn: &mut Conn, app: AppId, color: bool) -> Result<bool> {
    let query = Query::new(
        "SELECT id FROM sentry_app_avatar WHERE sentry_app_id = $1 AND color = $2 AND avatar_type = 1",
    );
    Ok(conn.optional::<i64>(query.bind(app).bind(color)).await?.is_some())
}

/// Creates or changes the picture of an app. With photos, as pairs of side and PNG, these take the place of the earlier
/// ones under the new `ident`; without, what was uploaded stays.
pub async fn put_avatar(
    tx: &mut Tx,
    app: AppId,
    color: bool,
    avatar_type: i64,
    ident: &str,
    photos: &[(i64, Vec<u8>)],
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO sentry_app_avatar (sentry_app_id, ident, avatar_type, color) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (sentry_app_id, color) DO UPDATE SET avatar_type = excluded.avatar_type RETURNING id",
    );
    let id: i64 = tx.one(query.bind(app).bind(ident).bind(avatar_type).bind(color)).await?;
    if photos.is_empty() {
        return Ok(());
    }
    let query = Query::new("UPDATE sentry_app_avatar SET ident = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(ident)).await?;
    tx.execute(Query::new("DELETE FROM sentry_app_photo WHERE avatar_id = $1").bind(id)).await?;
    let mut query = Query::new("INSERT INTO sentry_app_photo (avatar_id, side, png) VALUES ");
    for (position, (side, png)) in photos.iter().enumerate() {
        query.push(if position == 0 { "(" } else { ", (" });
        query.arg(id).push(", ").arg(*side).push(", ").arg(png.as_slice()).push(")");
    }
    tx.execute(query).await?;
    Ok(())
}

/// Removes the pictures of an app.
pub async fn delete_avatars(tx: &mut Tx, app: AppId) -> Result<()> {
    tx.execute(Query::new("DELETE FROM sentry_app_avatar WHERE sentry_app_id = $1").bind(app)).await?;
    Ok(())
}

/// The photo with this side of the picture with this ident.
pub async fn photo(conn: &mut Conn, ident: &str, side: i64) -> Result<Option<Vec<u8>>> {
    let query = Query::new(
        "SELECT p.png FROM sentry_app_photo p JOIN sentry_app_avatar a ON a.id = p.avatar_id \
         WHERE a.ident = $1 AND p.side = $2",
    );
    Ok(conn.optional::<(Vec<u8>,)>(query.bind(ident).bind(side)).await?.map(|(png,)| png))
}

row! {
    /// An app that waits to be published, and the newest request for it, if there was one.
    pub struct PublishRequest {
        pub slug: String,
        pub name: String,
        pub organization_slug: String,
        pub organization_name: String,
        pub user_name: Option<String>,
        pub user_email: Option<String>,
        pub questionnaire: Option<Json>,
        pub date_added: Option<Time>,
    }
}

/// The apps that wait to be published, oldest first.
pub async fn publish_requests(conn: &mut Conn, limit: i64) -> Result<Vec<PublishRequest>> {
    let query = Query::new(
        "SELECT a.slug, a.name, o.slug AS organization_slug, o.name AS organization_name, u.name AS user_name, \
         u.email AS user_email, r.questionnaire, r.date_added FROM sentry_app a \
         JOIN organization o ON o.id = a.owner_id LEFT JOIN sentry_app_publish_request r ON r.id = \
         (SELECT MAX(n.id) FROM sentry_app_publish_request n WHERE n.sentry_app_id = a.id) \
         LEFT JOIN user_account u ON u.id = r.user_id \
         WHERE a.status = $1 AND a.date_deleted IS NULL ORDER BY a.id LIMIT $2",
    );
    conn.all(query.bind(AppStatus::PublishRequestInProgress.number()).bind(limit)).await
}

/// Notes that somebody asked for an app to be published.
pub async fn insert_publish_request(
    tx: &mut Tx,
    app: AppId,
    user: Option<UserId>,
    questionnaire: &Json,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO sentry_app_publish_request (sentry_app_id, user_id, questionnaire, date_added) \
         VALUES ($1, $2, $3, $4)",
    );
    tx.execute_one(query.bind(app).bind(user).bind(questionnaire).bind(now)).await
}
