//! The list of everybody, for superusers.

use mortise_store::user::{self, Filter};
use mortise_wire::{
    page::{Page, PageRequest},
    user as wire,
};

use super::user_json;
use crate::{Caller, Ctx, Result, paging, search};

/// Everybody who fits the search, newest first. `query` knows `id:`, `email:`, `is:active`, `is:inactive`,
/// `is:superuser` and free text.
pub async fn list_users(
    ctx: &Ctx,
    caller: &Caller,
    query: &str,
    page: &PageRequest,
) -> Result<Page<wire::User>> {
    caller.require_superuser()?;
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let users = user::list(&mut conn, &filter(query), paging::slice(&window)).await?;
    let page = window.page(users);
    let ids: Vec<_> = page.rows.iter().map(|user| user.id).collect();
    let emails = user::emails(&mut conn, &ids).await?;
    Ok(page.map(|user| user_json(ctx, &user, Some(&emails))))
}

fn filter(query: &str) -> Filter {
    let mut filter = Filter::default();
    let terms = search::parse(query);
    for (key, values) in &terms.keys {
        match key.as_str() {
            "id" => filter.ids = Some(search::ids(values)),
            "email" => filter.emails = Some(values.clone()),
            "is" => {
                for value in values {
                    match value.as_str() {
                        "active" => filter.active = Some(true),
                        "inactive" => filter.active = Some(false),
                        "superuser" => filter.superuser = Some(true),
                        _ => filter.nothing = true,
                    }
                }
            }
            _ => filter.nothing = true,
        }
    }
    filter.text = terms.text;
    filter
}
