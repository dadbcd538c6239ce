//! The API, called as clients call it, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that meets None or an error has failed")]

mod analytics;
mod app_avatars;
mod app_breaker;
mod app_changes;
mod app_creation;
mod app_directory;
mod app_endings;
mod app_fields;
mod app_matrix;
mod app_requests;
mod applications;
mod audit_log;
mod auth;
mod components;
mod conventions;
mod environments;
mod facade;
mod ingest;
mod installations;
mod installing;
mod integrations;
mod invitations;
mod issue_links;
mod issues;
mod keys;
mod manifests;
mod matrix;
mod members;
mod metric_rules;
mod oauth;
mod organizations;
mod permissions;
mod projects;
mod refreshes;
mod rows;
mod rules;
mod schemas;
mod sentry_apps;
mod service_hooks;
mod team_membership;
mod teams;
mod tokens;
mod users;
mod webhooks;
