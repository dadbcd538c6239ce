//! The internal RPC: what other parts of a host may ask of this server, in the wire form of the original, whose parts call
//! each other so. `docs/rpc.md` lists services and methods with their types.
//!
//! It is the facades put on the wire ([`crate::apps::facade`], [`crate::apps::hooks`], [`crate::integrations::facade`],
//! [`crate::repositories::facade`]) and says nothing of its own: a method is a name, its arguments, a call of the facade and
//! its result. Like the facades it checks no authorization: the signature says that the caller is a part of the host. What
//! this server has no counterpart of, or lacks a setting for, is refused with a reason.

mod app;
mod component;
mod hook;
mod identity;
mod integration;
mod integration_change;
mod repository;
mod user;

use std::result::Result as StdResult;

use futures_util::future::BoxFuture;
use mortise_crypto::sign::verify_rpc_signature;
use mortise_store::StoreError;
use mortise_wire::{
    errors::ErrorBody,
    rpc::{Few, Object, Refusal, Reply},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Ctx, Error};

/// Why a call has no value.
#[derive(Debug)]
pub enum Failure {
    /// There is no such service or method.
    NoSuchMethod,
    /// The arguments are not those of the method; where, or what is wrong.
    Malformed(String),
    /// This server has no counterpart of it, or lacks a setting for it.
    Unsupported(Refusal),
    /// The call itself failed.
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            // The call names somebody who is not there, or who is there already.
            Error::Store(StoreError::Conflict(_) | StoreError::Reference(_)) => {
                Self::Failed(Error::Invalid(ErrorBody::Empty))
            }
            Error::Unconfigured(detail) => Self::Unsupported(Refusal { detail, code: "not_configured" }),
            error => Self::Failed(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}

type Result<T> = StdResult<T, Failure>;

/// A method of a service.
struct Method {
    name: &'static str,
    call: fn(Ctx, Value) -> BoxFuture<'static, Result<Value>>,
}

/// The table of a service: functions from a context and arguments to a result, by their names.
macro_rules! table {
    ($($name:ident),* $(,)?) => {
        &[$($crate::rpc::Method {
            name: stringify!($name),
            call: |ctx, args| Box::pin(async move {
                $crate::rpc::write($name(&ctx, $crate::rpc::read(args)?).await?)
            }),
        }),*]
    };
}
use table;

const SERVICES: &[(&str, &[Method])] = &[
    ("app", app::METHODS),
    ("hook", hook::METHODS),
    ("identity", identity::METHODS),
    ("integration", integration::METHODS),
    ("repository", repository::METHODS),
];

/// Whether a call comes from somebody who knows a secret. `signature` is what the header says.
pub fn is_signed(ctx: &Ctx, path: &str, body: &[u8], signature: &str) -> bool {
    verify_rpc_signature(&ctx.settings.rpc_secrets, path, body, signature)
}

/// Every method, as service and name.
pub fn methods() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVICES.iter().flat_map(|(service, methods)| methods.iter().map(move |method| (*service, method.name)))
}

/// Calls a method.
pub async fn call(ctx: &Ctx, service: &str, method: &str, args: Object) -> StdResult<Reply, Failure> {
    let of_service = SERVICES.iter().find(|(name, _)| *name == service).map(|(_, methods)| methods);
    let found = of_service.and_then(|methods| methods.iter().find(|it| it.name == method));
    let method = found.ok_or(Failure::NoSuchMethod)?;
    let value = (method.call)(ctx.clone(), Value::Object(args)).await?;
    Ok(Reply { meta: Object::new(), value })
}

fn read<T: DeserializeOwned>(args: Value) -> Result<T> {
    // Its text may quote what was sent, which is never logged; the place may not.
    serde_path_to_error::deserialize(args).map_err(|error| Failure::Malformed(error.path().to_string()))
}

fn write<T: Serialize>(value: T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.to_string()).into())
}

/// Ids among the arguments.
fn ids<T: From<i64>>(few: Option<Few<i64>>) -> Option<Vec<T>> {
    few.map(|few| few.0.into_iter().map(T::from).collect())
}

/// An argument of the right type that makes no sense.
fn malformed(text: &str) -> Failure {
    Failure::Malformed(text.to_owned())
}

/// What this server has no counterpart of.
fn unsupported<T>(detail: &'static str) -> Result<T> {
    Err(Failure::Unsupported(Refusal { detail, code: "not_supported" }))
}
