//! The list of everything, searched and narrowed. Its order depends on all of it, so all of it is looked at for each
//! request, in narrow entries; only a page of it becomes words.

use std::borrow::Cow;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use mortise_domain::status::AppStatus;
use mortise_service::{
    Ctx,
    access::OrgAccess,
    directory::{self, Entry, Kind, Standing},
};

use super::{
    CLASS,
    families::{self, INTERNAL, UNPUBLISHED},
};
use crate::{
    edge::{Outcome, Pairs, Signed, Visit, go, page},
    markup,
    pages::{access_to, app_pictures},
    routes::{self as to, path},
    view::{
        Avatar, Choice, Pager, Section, Select, State as Badge, Tone,
        integration::{IntegrationsPage, Line},
    },
};

/// Characters of a search that count.
const SEARCH_CHARS_MAX: usize = 200;
/// Entries on a page.
const PAGE_ROWS: usize = 100;
/// Characters shown of what is said of an entry.
const OVERVIEW_CHARS_MAX: usize = 200;
/// What is not installed, as a value in an address.
const AVAILABLE: &str = "available";
/// The other states to choose from: value, text, and what a badge looks like.
const STATES: [(&str, Standing, &str, Tone); 4] = [
    ("installed", Standing::Installed, "Installed", Tone::Good),
    ("pending", Standing::Pending, "Pending", Tone::Warn),
    ("disabled", Standing::Disabled, "Disabled", Tone::Neutral),
    ("broken", Standing::Broken, "Broken", Tone::Bad),
];

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::integrations, get(list)).route(path::apps, get(moved))
}

async fn moved(Path(org): Path<String>) -> Response {
    go(&to::integrations(&org))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let all = directory::list_directory(&ctx, &access).await?;
    let wanted = Wanted::of(&visit.query);
    let found = wanted.find(&all.entries);
    let mut offered: Vec<_> = all.entries.iter().flat_map(categories).collect();
    offered.sort_unstable();
    offered.dedup();
    let choice = |value: &str, text: &str, chosen: &str| Choice::new(value, text, value == chosen);
    let category = std::iter::once(choice("", "Any category", &wanted.category))
        .chain(offered.into_iter().map(|it| choice(&families::value(it), it, &wanted.category)));
    let any = [("", "Any state"), (AVAILABLE, "Not installed")];
    let states = any.into_iter().chain(STATES.iter().map(|(value, _, text, _)| (*value, *text)));
    let states = states.map(|(value, text)| choice(value, text, &wanted.state));
    let (first, pager) = pages(&visit, found.len());
    let shown = found.iter().skip(first).take(PAGE_ROWS);
    page(&IntegrationsPage {
        shell: visit.org_shell(&access, "Integrations", Section::Integrations).await?,
        category: Select::new("category", "Category", category.collect()).quiet(),
        state: Select::new("state", "State", states.collect()).quiet(),
        summary: match found.len() == all.entries.len() {
            true => format!("{} integrations", found.len()),
            false => format!("{} of {} integrations", found.len(), all.entries.len()),
        },
        lines: shown.map(|entry| line(&access, entry)).collect(),
        pager,
        search: wanted.search,
        is_cut: all.is_cut,
    })
}

/// The first of this many rows on the page that the address asks for, and the links below it. One behind the last leads
/// to the last.
fn pages(visit: &Visit, rows: usize) -> (usize, Pager) {
    let count = rows.div_ceil(PAGE_ROWS).max(1);
    let current = visit.query.get("page").parse().unwrap_or(1).clamp(1, count);
    let path = visit.here.split('?').next().unwrap_or_default();
    let to = |page: usize| visit.query.with("page", Some(&page.to_string())).behind(path);
    let pager = Pager {
        prev: (current > 1).then(|| to(current - 1)),
        next: (current < count).then(|| to(current + 1)),
        summary: if count > 1 { format!("Page {current} of {count}") } else { String::new() },
    };
    ((current - 1) * PAGE_ROWS, pager)
}

/// What the address asks for.
struct Wanted {
    search: String,
    category: String,
    state: String,
}

impl Wanted {
    fn of(query: &Pairs) -> Self {
        Self {
            search: query.get("search").trim().chars().take(SEARCH_CHARS_MAX).collect(),
            category: query.get("category").to_owned(),
            state: query.get("state").to_owned(),
        }
    }

    /// The entries that fit, in their order; those whose name has all words of the search before the others.
    fn find<'a>(&self, entries: &'a [Entry]) -> Vec<&'a Entry> {
        let search = self.search.to_lowercase();
        let words: Vec<_> = search.split_whitespace().collect();
        let fits = |entry: &&Entry| self.has_category(entry) && self.has_state(entry);
        let mut found: Vec<_> =
            entries.iter().filter(fits).filter_map(|it| Some((rank(it, &words)?, it))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    fn has_category(&self, entry: &Entry) -> bool {
        self.category.is_empty() || categories(entry).iter().any(|it| families::value(it) == self.category)
    }

    fn has_state(&self, entry: &Entry) -> bool {
        if self.state == AVAILABLE {
            return entry.standings.is_empty();
        }
        let wanted = STATES.iter().find(|(value, ..)| *value == self.state);
        wanted.is_none_or(|(_, standing, ..)| entry.count(*standing) > 0)
    }
}

/// How well an entry fits, 0 is best; `None` when a word of the search is nowhere.
fn rank(entry: &Entry, words: &[&str]) -> Option<u8> {
    if words.is_empty() {
        return Some(0);
    }
    let name = format!("{} {}", entry.name, entry.slug).to_lowercase();
    if words.iter().all(|word| name.contains(word)) {
        return Some(0);
    }
    let rest = format!("{} {} {}", maker(entry), categories(entry).join(" "), entry.overview).to_lowercase();
    words.iter().all(|word| name.contains(word) || rest.contains(word)).then_some(1)
}

/// What an entry is good for, in a word each.
fn categories(entry: &Entry) -> Vec<&'static str> {
    match entry.kind {
        Kind::App { status: AppStatus::Internal, .. } => vec![INTERNAL],
        Kind::App { status: AppStatus::Unpublished | AppStatus::PublishRequestInProgress, .. } => {
            vec![UNPUBLISHED]
        }
        _ => families::families(entry.gates.iter().copied()),
    }
}

/// Who makes an entry, and what it is where that is not a matter of course.
fn maker(entry: &Entry) -> Cow<'static, str> {
    let by = |what: &str| match entry.author.as_str() {
        "" => what.to_owned(),
        author => format!("{what}by {author}"),
    };
    match entry.kind {
        Kind::Provider => "".into(),
        Kind::Plugin => "Legacy plugin".into(),
        Kind::App { is_own: true, .. } => "Made here".into(),
        Kind::App { .. } => by("").into(),
        Kind::Doc { .. } => by("Instructions ").into(),
    }
}

fn line(access: &OrgAccess, entry: &Entry) -> Line {
    let (org, slug) = (access.org.slug.as_str(), entry.slug.as_str());
    let photo = |folder| entry.picture.as_deref().map(|it| app_pictures::address(folder, it));
    let (href, photo) = match entry.kind {
        Kind::Provider => (to::integration(org, slug), None),
        Kind::App { .. } => (to::app(org, slug), photo(app_pictures::OF_APPS)),
        Kind::Doc { .. } => (to::doc_integration(org, slug), photo(app_pictures::OF_DOCS)),
        Kind::Plugin => (to::legacy_plugin(org, slug), None),
    };
    Line {
        href,
        name: entry.name.clone(),
        maker: maker(entry).into_owned(),
        avatar: Avatar { photo: photo.unwrap_or_default(), ..Avatar::of_thing(&entry.name, slug) },
        overview: short(&markup::plain(&entry.overview)),
        categories: categories(entry),
        states: badges(entry),
    }
}

/// The beginning of a text, in whole words where it has any.
fn short(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(OVERVIEW_CHARS_MAX) else { return text.to_owned() };
    let cut = text[..end].rfind(' ').unwrap_or(end);
    format!("{}…", text[..cut].trim_end_matches([',', ':', ';', '.', ' ']))
}

/// A badge for each way in which an entry stands, with the number of installations where there are several; what is wrong
/// comes first.
fn badges(entry: &Entry) -> Vec<Badge> {
    let draft = matches!(entry.kind, Kind::Doc { is_draft: true });
    let badge = |(_, standing, text, tone): &(&str, Standing, &str, Tone)| match entry.count(*standing) {
        0 => None,
        1 => Some(Badge::new(text, *tone)),
        count => Some(Badge::new(&format!("{count} {}", text.to_lowercase()), *tone)),
    };
    let draft = draft.then(|| Badge::new("Draft", Tone::Neutral));
    draft.into_iter().chain(STATES.iter().rev().filter_map(badge)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_behind_a_whole_word() {
        assert_eq!(short("Wakes people."), "Wakes people.");
        assert_eq!(short(&"wakes, ".repeat(30)), format!("{}wakes…", "wakes, ".repeat(27)));
        assert_eq!(short(&"é".repeat(300)), format!("{}…", "é".repeat(200)));
        assert_eq!(short(&"é".repeat(200)), "é".repeat(200));
    }
}
