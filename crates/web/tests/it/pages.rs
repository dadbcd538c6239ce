use std::collections::BTreeSet;

use mortise_web::view::Theme;

use crate::{
    html::{Tag, tags},
    samples,
};

fn every_page(check: impl Fn(&str, &[Tag])) {
    for (name, markup) in samples::all(Theme::System) {
        check(name, &tags(&markup));
    }
}

fn inside<'a>(tag: &'a Tag, name: &'a str, all: &'a [Tag]) -> impl Iterator<Item = &'a Tag> {
    tag.around.iter().map(|&i| &all[i]).filter(move |t| t.name == name)
}

#[test]
fn every_page_renders_with_sample_data() {
    let pages = samples::all(Theme::Dark);
    assert!(pages.len() > 30);
    for (name, markup) in pages {
        assert!(markup.starts_with("<!doctype html>"), "{name}");
        assert!(markup.contains("data-theme=\"dark\""), "{name}");
        assert_eq!(markup.matches("<h1").count(), 1, "{name} has one main heading");
    }
}

#[test]
fn no_page_has_an_inline_script_style_or_handler() {
    every_page(|name, tags| {
        for tag in tags {
            assert_ne!(tag.name, "style", "{name}");
            assert!(tag.name != "script" || tag.get("src").is_some(), "{name}: inline script");
            for attribute in tag.attributes.keys() {
                assert!(
                    attribute != "style" && !attribute.starts_with("on") || attribute == "on",
                    "{name}: {attribute}"
                );
            }
            let href = tag.get("href").unwrap_or_default();
            assert!(!href.starts_with("javascript:"), "{name}: {href}");
        }
    });
}

#[test]
fn every_form_that_changes_something_carries_the_csrf_token() {
    every_page(|name, tags| {
        for (i, form) in
            tags.iter().enumerate().filter(|(_, t)| t.name == "form" && t.get("method") == Some("post"))
        {
            let action = form.get("action").unwrap_or_default();
            let has_token = tags.iter().any(|t| {
                t.around.contains(&i)
                    && t.get("name") == Some("csrfmiddlewaretoken")
                    && t.get("value").is_some_and(|v| !v.is_empty())
            });
            assert!(has_token && !action.is_empty(), "{name}: form to {action:?}");
        }
    });
}

#[test]
fn no_form_stands_inside_another() {
    every_page(|name, tags| {
        for form in tags.iter().filter(|t| t.name == "form") {
            assert_eq!(inside(form, "form", tags).count(), 0, "{name}: {:?}", form.attributes);
        }
    });
}

#[test]
fn every_control_has_a_label() {
    every_page(|name, tags| {
        let labelled: BTreeSet<_> =
            tags.iter().filter(|t| t.name == "label").filter_map(|t| t.get("for")).collect();
        for control in tags.iter().filter(|t| ["input", "select", "textarea"].contains(&t.name.as_str())) {
            if control.get("type") == Some("hidden") {
                continue;
            }
            let by_id = control.get("id").is_some_and(|id| labelled.contains(id));
            assert!(by_id || control.get("aria-label").is_some(), "{name}: {:?}", control.attributes);
        }
    });
}

#[test]
fn ids_are_unique_and_every_reference_to_one_leads_somewhere() {
    every_page(|name, tags| {
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|t| t.get("id")) {
            assert!(ids.insert(id), "{name}: id {id} twice");
        }
        for tag in tags {
            let anchor = tag.get("href").and_then(|h| h.strip_prefix('#')).filter(|h| !h.is_empty());
            let references = ["for", "aria-describedby", "aria-labelledby", "target"]
                .into_iter()
                .filter_map(|a| tag.get(a))
                .flat_map(str::split_whitespace)
                .filter(|id| *id != "_blank");
            for id in references.chain(anchor) {
                assert!(ids.contains(id), "{name}: <{}> refers to {id}", tag.name);
            }
        }
    });
}

#[test]
fn every_icon_that_is_used_is_in_the_icon_sheet() {
    let sheet = include_str!("../../assets/icons.svg");
    every_page(|name, tags| {
        for used in tags.iter().filter(|t| t.name == "use") {
            let id = used.get("href").and_then(|h| h.split_once('#')).map(|(_, id)| id).unwrap_or_default();
            assert!(sheet.contains(&format!("id=\"{id}\"")), "{name}: icon {id:?}");
        }
    });
}

#[test]
fn text_from_outside_is_escaped() {
    let pages = samples::all(Theme::System);
    let markup = &pages.iter().find(|(name, _)| *name == "issue").expect("the issue page").1;
    assert!(markup.contains("51 &#60;insufficient funds&#62;"));
    assert!(!markup.contains("<insufficient"));
    assert!(!markup.contains("<the log>"));
}
