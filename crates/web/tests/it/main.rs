//! Tests of the pages: every page is rendered with sample data, and what holds for all of them is checked on the markup.

mod html;
mod pages;
mod samples;
