//! Making a world. Order matters: what is referred to comes first; organizations are made before any app is installed,
//! since apps are installed in organizations that come later in the document.

mod apps;
mod organization;
mod people;

use std::collections::HashMap;

use mortise_domain::{OrgId, Time, UserId};
use mortise_store::{Tx, user};
use serde_json::{Map, Value, json};

use super::{WorldError, check, check::Problem, document::World};
use crate::{Ctx, Error, audit::Actor};

/// What may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Nothing.
    Refused,
    /// Anything that does not clash.
    Allowed,
}

/// Makes the world; what was assigned and generated, by the names that the document gives.
pub async fn load(ctx: &Ctx, mut world: World, existing: Existing) -> Result<Value, WorldError> {
    check::complete(&mut world, &*ctx.ids, ctx.providers()).map_err(WorldError::Document)?;
    let people = people::prepare(ctx, &world).await?;
    let inner = ctx.clone();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                if existing == Existing::Refused && !user::none_exist(tx).await? {
                    return Err(WorldError::NotEmpty);
                }
                let mut maker = Maker::new(inner);
                maker.world(tx, &world, people).await
            })
        })
        .await
}

/// What was made so far.
struct Maker {
    ctx: Ctx,
    now: Time,
    /// Nobody did it: there is no caller.
    actor: Actor,
    users: HashMap<String, user::User>,
    /// With their owners.
    orgs: HashMap<String, (OrgId, UserId)>,
}

impl Maker {
    fn new(ctx: Ctx) -> Self {
        let now = ctx.now();
        Self { ctx, now, actor: Actor::operator(), users: HashMap::new(), orgs: HashMap::new() }
    }

    async fn world(
        &mut self,
        tx: &mut Tx,
        world: &World,
        people: Vec<people::Prepared>,
    ) -> Result<Value, WorldError> {
        let users = self.people(tx, people).await?;
        let mut organizations = Map::new();
        for (index, org) in world.organizations.iter().enumerate() {
            let made = self.organization(tx, &format!("organizations[{index}]"), org).await?;
            organizations.insert(org.slug.clone(), made);
        }
        for (index, org) in world.organizations.iter().enumerate() {
            let made = self.apps(tx, &format!("organizations[{index}]"), org).await?;
            organizations[&org.slug]["apps"] = made;
        }
        let tokens = self.tokens(tx, world).await?;
        Ok(json!({"users": users, "organizations": organizations, "tokens": tokens}))
    }

    fn user(&self, email: &str) -> Result<&user::User, WorldError> {
        self.users.get(&email.to_lowercase()).ok_or_else(lost)
    }

    fn user_id(&self, email: &str) -> Result<UserId, WorldError> {
        Ok(self.user(email)?.id)
    }
}

/// A reference that was checked and leads nowhere.
fn lost() -> WorldError {
    Error::Internal("a checked reference leads nowhere".to_owned()).into()
}

/// A refusal of a use case is a complaint about the document, at `path`.
fn at(path: impl Into<String>) -> impl FnOnce(Error) -> WorldError {
    let path = path.into();
    move |error| match error.is_refusal() {
        true => WorldError::Document(vec![Problem { path, text: error.in_words() }]),
        false => WorldError::Failed(error),
    }
}
