//! People and their tokens.

use mortise_crypto::SecretString;
use mortise_domain::ScopeSet;
use mortise_store::Tx;
use serde_json::{Map, Value, json};

use super::{Maker, WorldError, at};
use crate::{
    Ctx,
    accounts::{self, NewUser, PreparedUser},
    tokens,
    world::document::{Scopes, World},
};

/// Letters of a generated password: more than 90 bits.
const PASSWORD_LETTERS: usize = 20;

/// A person whose password is hashed, which is slow and so happens before the transaction.
pub(super) struct Prepared {
    email: String,
    password: String,
    user: PreparedUser,
}

/// Prepares everybody.
pub(super) async fn prepare(ctx: &Ctx, world: &World) -> Result<Vec<Prepared>, WorldError> {
    let mut people = Vec::new();
    for (index, person) in world.users.iter().enumerate() {
        let password = person.password.clone().unwrap_or_else(|| ctx.ids.letters(PASSWORD_LETTERS));
        let new = NewUser {
            username: None,
            email: person.email.clone(),
            name: person.name.clone(),
            password: Some(SecretString::from(password.as_str())),
            is_superuser: person.superuser,
        };
        let user = accounts::prepare(ctx, new).await.map_err(at(format!("users[{index}]")))?;
        people.push(Prepared { email: person.email.clone(), password, user });
    }
    Ok(people)
}

impl Maker {
    pub(super) async fn people(&mut self, tx: &mut Tx, people: Vec<Prepared>) -> Result<Value, WorldError> {
        let mut made = Map::new();
        for (index, person) in people.into_iter().enumerate() {
            let user = accounts::insert_user(tx, &person.user, self.now).await;
            let user = user.map_err(at(format!("users[{index}]")))?;
            made.insert(
                person.email.clone(),
                json!({"id": user.id.to_string(), "password": person.password}),
            );
            self.users.insert(person.email.to_lowercase(), user);
        }
        Ok(Value::Object(made))
    }

    pub(super) async fn tokens(&mut self, tx: &mut Tx, world: &World) -> Result<Value, WorldError> {
        let mut made = Map::new();
        for (index, token) in world.tokens.iter().enumerate() {
            let scopes = token.scopes.unwrap_or(Scopes::All).of(ScopeSet::all());
            let user = self.user_id(&token.user)?;
            let text = tokens::create_user_token_in(tx, &self.ctx, user, Some(&token.key), scopes).await;
            made.insert(token.key.clone(), text.map_err(at(format!("tokens[{index}]")))?.token.into());
        }
        Ok(Value::Object(made))
    }
}
