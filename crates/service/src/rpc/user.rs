//! People on the wire.

use mortise_store::user::{User, UserEmail};
use mortise_wire::rpc::user as wire;

/// A person with addresses.
pub(super) fn user(it: User, emails: Vec<UserEmail>) -> wire::User {
    wire::User {
        id: it.id.get(),
        pk: it.id.get(),
        label: if it.email.is_empty() { it.username.clone() } else { it.email.clone() },
        display_name: it.display_name().to_owned(),
        name: it.name,
        email: it.email,
        username: it.username,
        actor_id: None,
        is_superuser: it.is_superuser,
        is_authenticated: true,
        is_anonymous: false,
        is_active: it.is_active,
        is_staff: it.is_staff,
        is_unclaimed: false,
        last_active: it.last_active.map(Into::into),
        is_sentry_app: it.is_sentry_app,
        password_usable: it.password_hash.is_some(),
        is_password_expired: false,
        is_suspended: false,
        session_nonce: None,
        roles: Vec::new(),
        permissions: Vec::new(),
        avatar: None,
        emails: emails.iter().filter(|it| it.is_verified).map(|it| it.email.clone()).collect(),
        useremails: emails
            .into_iter()
            .map(|it| wire::UserEmail { id: it.id.get(), email: it.email, is_verified: it.is_verified })
            .collect(),
        authenticators: Vec::new(),
    }
}
