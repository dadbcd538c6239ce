//! Pages of a visitor who is not, or not surely, who they should be.

use askama::Template;

use super::{Field, Shell};

/// Sign-in.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub shell: Shell,
    pub username: Field,
    pub password: Field,
    /// What is wrong with the attempt as a whole; empty when nothing is.
    pub error: String,
    /// Path to go to after signing in.
    pub next: String,
}

/// Password confirmation before a dangerous action. After it the visitor is led to `next`, where the action is asked
/// for again.
#[derive(Debug, Clone, Template)]
#[template(path = "sudo.html")]
pub struct SudoPage {
    pub shell: Shell,
    pub password: Field,
    pub next: String,
    /// Target of the form.
    pub action: String,
    /// What the confirmation is for, as in "delete the project checkout".
    pub purpose: String,
    /// Where those go who would rather not.
    pub back: String,
}

/// An invited person joins an organization.
#[derive(Debug, Clone, Template)]
#[template(path = "accept_invite.html")]
pub struct AcceptInvitePage {
    pub shell: Shell,
    pub org_name: String,
    pub inviter: String,
    pub role: String,
    /// Target of the form.
    pub action: String,
    /// Empty when a signed-in user accepts; else name and password of the new account.
    pub fields: Vec<Field>,
}
