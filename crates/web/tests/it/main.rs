//! Tests of the pages: every page is rendered with sample data, and what holds for all of them is checked on the markup;
//! then whole journeys over a real context, as a visitor without scripts and in a real browser.

#![expect(clippy::panic, reason = "a helper that gives up fails its test")]

mod app_views;
mod apps;
mod auth;
mod code;
mod directory;
mod doc_integrations;
mod html;
mod install;
mod integrations;
mod issue_apps;
mod issues;
mod long_lists;
mod metric_rules;
mod oauth;
mod operator;
mod pages;
mod plugins;
mod rules;
mod samples;
mod settings;
mod site;
mod team;
mod without_mails;
