//! Documentation integrations: entries of the directory that lead to a page with instructions.

use mortise_domain::{DocIntegrationId, Time};
use serde_json::Value as Json;

use super::feature::{self, Target};
use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// An entry. `metadata` is a JSON object or nothing.
    pub struct DocIntegration {
        pub id: DocIntegrationId,
        pub slug: String,
        pub name: String,
        pub author: String,
        pub description: String,
        pub url: String,
        pub popularity: Option<i64>,
        pub is_draft: bool,
        pub metadata: Option<Json>,
    }
}

/// What can be said about an entry.
#[derive(Debug, Clone)]
pub struct Text {
    /// What people read.
    pub name: String,
    /// Who wrote it.
    pub author: String,
    /// What it is about.
    pub description: String,
    /// Where the instructions are.
    pub url: String,
    /// Rank in lists.
    pub popularity: Option<i64>,
    /// Not shown to everybody yet.
    pub is_draft: bool,
    /// Further facts, an object.
    pub metadata: Json,
}

/// The entries in the order of their ids; drafts only if asked for.
pub async fn list(conn: &mut Conn, with_drafts: bool, slice: Slice) -> Result<Vec<DocIntegration>> {
    let mut query = Query::new("SELECT * FROM doc_integration");
    if !with_drafts {
        query.push(" WHERE is_draft = FALSE");
    }
    query.push(" ORDER BY id").slice(slice);
    conn.all(query).await
}

/// The entry with this id.
pub async fn by_id(conn: &mut Conn, id: DocIntegrationId) -> Result<Option<DocIntegration>> {
    conn.optional(Query::new("SELECT * FROM doc_integration WHERE id = $1").bind(id)).await
}

/// The entry with this slug.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<DocIntegration>> {
    conn.optional(Query::new("SELECT * FROM doc_integration WHERE slug = $1").bind(slug)).await
}

/// Adds an entry. A taken slug is a conflict.
pub async fn insert(tx: &mut Tx, slug: &str, text: &Text, now: Time) -> Result<DocIntegration> {
    let query = Query::new(
        "INSERT INTO doc_integration (slug, name, author, description, url, popularity, is_draft, metadata, date_added, \
         date_updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING *",
    );
    let query = query.bind(slug).bind(&text.name).bind(&text.author).bind(&text.description).bind(&text.url);
    tx.one(query.bind(text.popularity).bind(text.is_draft).bind(&text.metadata).bind(now)).await
}

/// Changes everything but the slug.
pub async fn update(tx: &mut Tx, id: DocIntegrationId, text: &Text, now: Time) -> Result<DocIntegration> {
    let query = Query::new(
        "UPDATE doc_integration SET name = $2, author = $3, description = $4, url = $5, popularity = $6, is_draft = $7, \
         metadata = $8, date_updated = $9 WHERE id = $1 RETURNING *",
    );
    let query = query.bind(id).bind(&text.name).bind(&text.author).bind(&text.description).bind(&text.url);
    tx.one(query.bind(text.popularity).bind(text.is_draft).bind(&text.metadata).bind(now)).await
}

/// Removes an entry with its picture and features; whether it was there.
pub async fn delete(tx: &mut Tx, id: DocIntegrationId, now: Time) -> Result<bool> {
    feature::set(tx, Target::DocIntegration, id.get(), &[], now).await?;
    let query = Query::new("DELETE FROM doc_integration WHERE id = $1");
    Ok(tx.execute(query.bind(id)).await? == 1)
}

/// What the pictures of these entries are called.
pub async fn avatars(conn: &mut Conn, of: &[DocIntegrationId]) -> Result<Vec<(DocIntegrationId, String)>> {
    let mut query = Query::new(
        "SELECT doc_integration_id, ident FROM doc_integration_avatar WHERE doc_integration_id IN ",
    );
    query.list(of.iter().copied());
    conn.all(query).await
}

/// Gives an entry a picture under a new name, as pairs of side and PNG; an earlier one is gone.
pub async fn put_avatar(
    tx: &mut Tx,
    of: DocIntegrationId,
    ident: &str,
    photos: &[(i64, Vec<u8>)],
    now: Time,
) -> Result<()> {
    let old = Query::new("DELETE FROM doc_integration_avatar WHERE doc_integration_id = $1").bind(of);
    tx.execute(old).await?;
    let query = Query::new(
        "INSERT INTO doc_integration_avatar (doc_integration_id, ident, date_added) VALUES ($1, $2, $3)",
    );
    tx.execute_one(query.bind(of).bind(ident).bind(now)).await?;
    let mut query = Query::new("INSERT INTO doc_integration_photo (doc_integration_id, side, png) VALUES ");
    for (position, (side, png)) in photos.iter().enumerate() {
        query.push(if position == 0 { "(" } else { ", (" });
        query.arg(of).push(", ").arg(*side).push(", ").arg(png.as_slice()).push(")");
    }
    tx.execute(query).await?;
    Ok(())
}

/// The picture with this side under this name.
pub async fn photo(conn: &mut Conn, ident: &str, side: i64) -> Result<Option<Vec<u8>>> {
    let query = Query::new(
        "SELECT p.png FROM doc_integration_photo p \
         JOIN doc_integration_avatar a ON a.doc_integration_id = p.doc_integration_id \
         WHERE a.ident = $1 AND p.side = $2",
    );
    Ok(conn.optional::<(Vec<u8>,)>(query.bind(ident).bind(side)).await?.map(|(png,)| png))
}
