//! The list of everything, searched and narrowed. It is put together whole for each request, because its order depends
//! on all of it; a few hundred items take milliseconds.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use mortise_service::Ctx;

use super::{
    CLASS, families,
    items::{self, Item, Standing},
};
use crate::{
    edge::{Outcome, Pairs, Signed, go, page},
    pages::access_to,
    routes::{self as to, path},
    view::{
        Choice, Section, Select, State as Badge, Tone,
        integration::{Entry, IntegrationsPage},
    },
};

/// Characters of a search that count.
const SEARCH_CHARS_MAX: usize = 200;
/// States to choose from: value and text.
const STATES: [(&str, &str); 4] =
    [("installed", "Installed"), ("pending", "Pending"), ("disabled", "Disabled"), ("broken", "Broken")];

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::integrations, get(list)).route(path::apps, get(moved))
}

async fn moved(Path(org): Path<String>) -> Response {
    go(&to::integrations(&org))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "GET").await?;
    let items = items::all(&ctx, &access).await?;
    let wanted = Wanted::of(&visit.query);
    let found = wanted.find(&items.list);
    let mut categories: Vec<_> = items.list.iter().flat_map(|item| item.categories.iter().copied()).collect();
    categories.sort_unstable();
    categories.dedup();
    let choice = |value: &str, text: &str, chosen: &str| Choice::new(value, text, value == chosen);
    let category = std::iter::once(choice("", "Any category", &wanted.category))
        .chain(categories.into_iter().map(|it| choice(&families::value(it), it, &wanted.category)));
    let state = std::iter::once(choice("", "Any state", &wanted.state))
        .chain(STATES.iter().map(|(value, text)| choice(value, text, &wanted.state)));
    page(&IntegrationsPage {
        shell: visit.org_shell(&access, "Integrations", Section::Integrations).await?,
        category: Select::new("category", "Category", category.collect()).quiet(),
        state: Select::new("state", "State", state.collect()).quiet(),
        summary: match found.len() == items.list.len() {
            true => format!("{} integrations", found.len()),
            false => format!("{} of {} integrations", found.len(), items.list.len()),
        },
        entries: found.into_iter().map(entry).collect(),
        search: wanted.search,
        is_cut: items.is_cut,
    })
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

    /// The items that fit, in their order; those whose name has all words of the search before the others.
    fn find<'a>(&self, items: &'a [Item]) -> Vec<&'a Item> {
        let search = self.search.to_lowercase();
        let words: Vec<_> = search.split_whitespace().collect();
        let fits = |item: &&Item| self.has_category(item) && self.has_state(item);
        let mut found: Vec<_> =
            items.iter().filter(fits).filter_map(|it| Some((rank(it, &words)?, it))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, item)| item).collect()
    }

    fn has_category(&self, item: &Item) -> bool {
        self.category.is_empty() || item.categories.iter().any(|it| families::value(it) == self.category)
    }

    fn has_state(&self, item: &Item) -> bool {
        let wanted = match self.state.as_str() {
            "installed" => Standing::Installed,
            "pending" => Standing::Pending,
            "disabled" => Standing::Disabled,
            "broken" => Standing::Broken,
            _ => return true,
        };
        item.standings.contains(&wanted)
    }
}

/// How well an item fits, 0 is best; `None` when a word of the search is nowhere.
fn rank(item: &Item, words: &[&str]) -> Option<u8> {
    let name = format!("{} {}", item.name, item.slug).to_lowercase();
    if words.iter().all(|word| name.contains(word)) {
        return Some(0);
    }
    let rest =
        format!("{name} {} {} {}", item.maker, item.categories.join(" "), item.overview).to_lowercase();
    words.iter().all(|word| rest.contains(word)).then_some(1)
}

fn entry(item: &Item) -> Entry {
    Entry {
        href: item.href.clone(),
        name: item.name.clone(),
        maker: item.maker.clone(),
        avatar: item.avatar.clone(),
        overview: item.short_overview(),
        categories: item.categories.clone(),
        states: badges(&item.standings),
    }
}

/// A badge for each way in which an item stands, with the number of installations where there are several.
fn badges(standings: &[Standing]) -> Vec<Badge> {
    let badge = |(standing, text, tone): (Standing, &str, Tone)| {
        let count = standings.iter().filter(|it| **it == standing).count();
        match count {
            0 => None,
            1 => Some(Badge::new(text, tone)),
            _ => Some(Badge::new(&format!("{count} {}", text.to_lowercase()), tone)),
        }
    };
    [
        (Standing::Broken, "Broken", Tone::Bad),
        (Standing::Pending, "Pending", Tone::Warn),
        (Standing::Disabled, "Disabled", Tone::Neutral),
        (Standing::Installed, "Installed", Tone::Good),
    ]
    .into_iter()
    .filter_map(badge)
    .collect()
}
