//! Extractors that are the permission. `Org<class::Member>` finds the organization of the path, checks that the caller
//! holds a scope of the class for the method there, and derefs to the [`OrgAccess`] that use cases take. A handler
//! without one has no access value and cannot call them.

use std::{collections::HashMap, marker::PhantomData, ops::Deref};

use axum::extract::{FromRequestParts, Path};
use http::{Method, request::Parts};
use mortise_domain::{Id, ScopeSet};
use mortise_service::{
    Caller, Ctx, Error as Refusal,
    access::{self, IdOrSlug, IssueAccess, OrgAccess, Permission, ProjectAccess, TeamAccess},
};

use crate::{Error, Result, edge::Gate};

macro_rules! extractor {
    ($(#[$doc:meta])* $name:ident => $access:ty, |$ctx:ident, $caller:ident, $path:ident, $required:ident| $find:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<P>(pub $access, PhantomData<P>);

        impl<P> Deref for $name<P> {
            type Target = $access;
            fn deref(&self) -> &$access {
                &self.0
            }
        }

        impl<P: Permission> FromRequestParts<Ctx> for $name<P> {
            type Rejection = Error;
            async fn from_request_parts(parts: &mut Parts, $ctx: &Ctx) -> Result<Self> {
                let $path = segments(parts).await?;
                let ($caller, $required) = admitted::<P>(parts)?;
                let access: $access = $find.await?;
                Ok(Self(access, PhantomData))
            }
        }
    };
}

extractor! {
    /// The organization `{org}`.
    Org => OrgAccess, |ctx, caller, path, required| access::organization(ctx, caller, &path.get("org")?, required)
}

extractor! {
    /// The project `{proj}` of the organization `{org}`.
    ProjectOf => ProjectAccess,
    |ctx, caller, path, required| access::project(ctx, caller, &path.get("org")?, &path.get("proj")?, required)
}

extractor! {
    /// The team `{team}` of the organization `{org}`.
    TeamOf => TeamAccess,
    |ctx, caller, path, required| access::team(ctx, caller, &path.get("org")?, &path.get("team")?, required)
}

extractor! {
    /// The issue `{issue}`, by id; with an organization `{org}` in the path also by short id.
    IssueOf => IssueAccess,
    |ctx, caller, path, required| {
        let org = path.get("org").ok();
        let issue = path.text("issue")?.to_owned();
        async move { access::issue(ctx, caller, org.as_ref(), &issue, required).await }
    }
}

/// A caller with credentials whose token holds a scope of the class; no object is named.
#[derive(Debug)]
pub struct Anyone<P>(pub Caller, PhantomData<P>);

impl<P> Deref for Anyone<P> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P: Permission> FromRequestParts<Ctx> for Anyone<P> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self> {
        let (caller, _) = admitted::<P>(parts)?;
        refuse_head_of_object(parts)?;
        Ok(Self(caller, PhantomData))
    }
}

/// Whoever asks, on routes whose gate is no class. The gate has already refused those it refuses.
#[derive(Debug)]
pub struct Asker(pub Caller);

impl Deref for Asker {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequestParts<Ctx> for Asker {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self> {
        refuse_head_of_object(parts)?;
        parts.extensions.get::<Caller>().cloned().map(Self).ok_or_else(|| no_gate().into())
    }
}

/// Handlers that find their object themselves know only the scopes of GET: no class lists HEAD. They ask superusers for none.
fn refuse_head_of_object(parts: &Parts) -> Result<()> {
    let finds_object = matches!(parts.extensions.get(), Some(Gate::Class(_) | Gate::AppPuts(_)));
    let is_superuser = parts.extensions.get().is_some_and(Caller::is_superuser);
    match finds_object && parts.method == Method::HEAD && !is_superuser {
        true => Err(Refusal::Forbidden.into()),
        false => Ok(()),
    }
}

/// The caller that passed the gate, and the scopes of which an object asks for one.
fn admitted<P: Permission>(parts: &Parts) -> Result<(Caller, ScopeSet)> {
    debug_assert!(
        [Gate::Class(P::CLASS), Gate::List(P::CLASS)].iter().any(|gate| parts.extensions.get() == Some(gate)),
        "a handler names another class than its route: {}",
        parts.uri
    );
    let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(no_gate)?;
    let required = P::CLASS.scopes(parts.method.as_str()).unwrap_or(ScopeSet::EMPTY);
    Ok((caller, required))
}

fn no_gate() -> Refusal {
    Refusal::Internal("a handler was reached without its gate".to_owned())
}

/// The parameters of the path, for handlers that need more of them than the access value took.
#[derive(Debug)]
pub struct Segments(HashMap<String, String>);

impl Segments {
    /// A parameter as it came.
    pub fn text(&self, name: &str) -> Result<&str, Refusal> {
        self.0.get(name).map(String::as_str).ok_or(Refusal::NoSuchResource)
    }

    /// A parameter that is a slug or an id.
    pub fn get<T>(&self, name: &str) -> Result<IdOrSlug<T>, Refusal> {
        self.text(name).map(IdOrSlug::parse)
    }

    /// A parameter that is an id; what is no number names nothing.
    pub fn id<T>(&self, name: &str) -> Result<Id<T>, Refusal> {
        self.text(name)?.parse().map_err(|_| Refusal::NoSuchResource)
    }
}

impl FromRequestParts<Ctx> for Segments {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self> {
        segments(parts).await
    }
}

async fn segments(parts: &mut Parts) -> Result<Segments> {
    // Segments that are no UTF-8 name nothing.
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
    path.map(|Path(map)| Segments(map)).map_err(|_| Refusal::NoSuchResource.into())
}
