use mortise_wire::{
    Cursor, Page, PageError, PageRequest,
    page::{KeyEnd, KeyOrder, KeyRange, LinkUrl, PageLink, link_header},
};
use proptest::prelude::*;

fn request(cursor: &str, per_page: i64) -> PageRequest {
    PageRequest { cursor: (!cursor.is_empty()).then(|| cursor.parse().unwrap()), per_page }
}

fn show(link: PageLink) -> String {
    format!("{} {}", link.cursor, link.has_results)
}

fn offset_page(request: PageRequest, rows: &[i64]) -> Page<i64> {
    let window = request.offset_window().unwrap();
    window.page(rows.iter().copied().skip(window.skip as usize).take(window.fetch as usize).collect())
}

#[test]
fn query_parameters_have_their_error_texts() {
    let error = |cursor, per_page| PageRequest::parse(cursor, per_page).unwrap_err().to_string();
    for text in ["abc", "1.5", "", "-2"] {
        assert_eq!(error(None, Some(text)), "Invalid per_page parameter.");
    }
    assert_eq!(error(None, Some("101")), "Invalid per_page value. Cannot exceed 100.");
    assert_eq!(error(Some("junk"), None), "Invalid cursor parameter.");
    assert_eq!(PageRequest::parse(Some(""), None), Ok(PageRequest::default()));
    assert_eq!(PageRequest::parse_with_max(None, Some("500"), 1000).unwrap().per_page, 500);
    assert_eq!(PageRequest::default().with_limit(Some("10000")).unwrap().per_page, 100);
    assert_eq!(PageRequest::default().with_limit(Some("x")).unwrap_err().to_string(), "invalid limit");
}

#[test]
fn offset_pages_follow_the_published_table() {
    let rows = [1, 2, 3, 4];
    for (cursor, limit, page, previous, next) in [
        ("", 2, vec![1, 2], "2:-1:1 false", "2:1:0 true"),
        ("2:1:0", 2, vec![3, 4], "2:0:1 true", "2:2:0 false"),
        ("2:0:1", 2, vec![1, 2], "2:-1:1 false", "2:1:0 true"),
        ("0:0:1", 2, vec![1, 2], "2:-1:1 false", "2:1:0 true"),
        ("0:2:0", 2, vec![1, 2], "2:1:1 true", "2:3:0 true"),
        ("0:100:0", 2, vec![1, 2], "2:99:1 true", "2:101:0 true"),
        ("0:-1:0", 100, vec![1, 2, 3, 4], "100:-2:1 false", "100:0:0 false"),
        ("", 0, vec![], "0:-1:1 false", "0:1:0 true"),
        ("", -1, vec![], "-1:-1:1 false", "-1:1:0 true"),
        ("3:0:0", 2, vec![2, 3], "2:-1:1 false", "2:1:0 true"),
    ] {
        let found = offset_page(request(cursor, limit), &rows);
        assert_eq!(found.rows, page, "{cursor}");
        assert_eq!((show(found.previous), show(found.next)), (previous.into(), next.into()), "{cursor}");
    }
}

#[test]
fn offsets_out_of_bounds_are_refused() {
    let error = |cursor| request(cursor, 100).offset_window().unwrap_err();
    assert_eq!(error("100:-1:0"), PageError::OffsetNegative);
    assert_eq!(error("100:9223372036854775807:0"), PageError::OffsetTooLarge);
    assert_eq!(error("9223372036854775807:1:0"), PageError::Cursor);
}

#[test]
fn the_link_header_names_both_pages_and_holds_no_comma_in_its_urls() {
    let params = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let page = offset_page(request("", 2), &[1, 2, 3]);
    let base = "https://m.test/api/0/organizations/acme/members/";
    assert_eq!(
        link_header(LinkUrl { base, params: &params(&[("cursor", "")]) }, &page),
        "<https://m.test/api/0/organizations/acme/members/?&cursor=2:-1:1>; rel=\"previous\"; results=\"false\"; cursor=\"2:-1:1\", \
         <https://m.test/api/0/organizations/acme/members/?&cursor=2:1:0>; rel=\"next\"; results=\"true\"; cursor=\"2:1:0\""
    );
    let header = link_header(
        LinkUrl {
            base,
            params: &params(&[("query", "a,b c/d"), ("project", "1"), ("cursor", "x"), ("project", "2")]),
        },
        &page,
    );
    assert!(
        header.starts_with(&format!("<{base}?query=a%2Cb+c%2Fd&project=1&project=2&cursor=2:-1:1>; rel"))
    );
    assert_eq!(header.split(',').count(), 2);
}

/// Runs a range over rows of (key, id) in list order, as a database would.
fn run(rows: &[(i64, i64)], list: KeyOrder, range: KeyRange) -> Vec<(i64, i64)> {
    let mut rows = rows.to_vec();
    if range.order != list {
        rows.reverse();
    }
    let ascending = range.order == KeyOrder::Ascending;
    let starts = |key: i64| match range.start {
        KeyEnd::Open => true,
        KeyEnd::At(bound) => {
            if ascending {
                key >= bound
            } else {
                key <= bound
            }
        }
        KeyEnd::Beyond(bound) => {
            if ascending {
                key > bound
            } else {
                key < bound
            }
        }
    };
    let hit = rows.into_iter().filter(|(key, _)| starts(*key));
    hit.skip(range.skip as usize).take(range.take as usize).collect()
}

fn key_page(
    rows: &[(i64, i64)],
    order: KeyOrder,
    unit: i64,
    cursor: Option<Cursor>,
    limit: i64,
) -> Page<(i64, i64)> {
    let window = PageRequest { cursor, per_page: limit }.key_window(order, unit);
    let fetched = window.ranges().into_iter().map(|range| run(rows, order, range)).collect();
    window.page(fetched, |row| row.0)
}

#[test]
fn key_pages_start_and_end_as_published() {
    let rows = [(5_000, 3), (4_000, 2), (3_500, 1)];
    let first = key_page(&rows, KeyOrder::Descending, 1_000, None, 2);
    assert_eq!((show(first.previous), show(first.next)), ("5:0:1 false".into(), "4:1:0 true".into()));
    let last = key_page(&rows, KeyOrder::Descending, 1_000, Some(first.next.cursor), 2);
    assert_eq!(last.rows, [(3_500, 1)]);
    let one = key_page(&rows[2..], KeyOrder::Descending, 1_000, None, 2);
    assert_eq!((show(one.previous), show(one.next)), ("4:0:1 false".into(), "4:2:0 false".into()));
    let empty = key_page(&[], KeyOrder::Descending, 1_000, None, 2);
    assert_eq!((show(empty.previous), show(empty.next)), ("0:0:1 false".into(), "0:0:0 false".into()));
}

#[test]
fn a_list_without_ties_turns_round_with_plain_cursors() {
    let rows = [(50, 5), (40, 4), (30, 3), (20, 2), (10, 1)];
    let page = |cursor: &str| key_page(&rows, KeyOrder::Descending, 1, Some(cursor.parse().unwrap()), 2);
    let second = page("30:0:0");
    assert_eq!((show(second.previous), show(second.next)), ("30:0:1 true".into(), "10:0:0 true".into()));
    let back = page("30:0:1");
    assert_eq!(back.rows, [(50, 5), (40, 4)]);
    assert_eq!((show(back.previous), show(back.next)), ("50:1:1 false".into(), "30:0:0 true".into()));
    let third = page("10:0:0");
    let back = page(&third.previous.cursor.to_string());
    assert_eq!((show(back.previous), show(back.next)), ("30:1:1 true".into(), "10:0:0 true".into()));
}

#[test]
fn a_hundred_and_fifty_equal_times_are_walked_without_gap() {
    let rows: Vec<_> = (0..150).map(|id| (1_723_474_509_123_456, 150 - id)).collect();
    walk(&rows, KeyOrder::Descending, 1_000, 100);
    walk(&rows, KeyOrder::Descending, 1_000, 10);
}

/// Walks to the end, from every page back to the start, and from there to the next page.
fn walk(rows: &[(i64, i64)], order: KeyOrder, unit: i64, limit: i64) {
    let page = |cursor| key_page(rows, order, unit, cursor, limit);
    let mut pages = vec![page(None)];
    while let Some(last) = pages.last().filter(|page| page.next.has_results) {
        assert!(pages.len() <= rows.len(), "the walk does not end");
        pages.push(page(Some(last.next.cursor)));
    }
    let seen: Vec<_> = pages.iter().flat_map(|page| page.rows.clone()).collect();
    assert_eq!(seen, rows);
    for start in (1..pages.len()).rev() {
        let mut at = start;
        let mut link = pages[start].previous;
        while link.has_results && at > 0 {
            at -= 1;
            let back = page(Some(link.cursor));
            assert_eq!(back.rows, pages[at].rows, "back to page {at} from {start} by {}", link.cursor);
            assert_eq!(
                page(Some(back.next.cursor)).rows,
                pages[at + 1].rows,
                "and on by {}",
                back.next.cursor
            );
            link = back.previous;
        }
        assert_eq!(at, 0);
        assert!(!link.has_results || page(Some(link.cursor)).rows.is_empty());
    }
}

proptest! {
    #[test]
    fn walking_a_key_paged_list_shows_every_row_once(
        keys in prop::collection::vec(1_i64..40, 0..60),
        unit in prop::sample::select(vec![1_i64, 3, 10]),
        limit in 1_i64..12,
        descending in any::<bool>(),
    ) {
        let mut rows: Vec<_> = keys.into_iter().map(|key| key + 20).zip(1..).collect();
        rows.sort_unstable();
        let order = if descending { rows.reverse(); KeyOrder::Descending } else { KeyOrder::Ascending };
        walk(&rows, order, unit, limit);
    }

    #[test]
    fn walking_an_offset_paged_list_shows_every_row_once(count in 0_i64..260, limit in 1_i64..101) {
        let rows: Vec<i64> = (0..count).collect();
        let mut page = offset_page(request("", limit), &rows);
        let mut forward = page.rows.clone();
        while page.next.has_results {
            page = offset_page(PageRequest { cursor: Some(page.next.cursor), per_page: limit }, &rows);
            forward.extend(&page.rows);
        }
        let mut backward = vec![page.rows.clone()];
        while page.previous.has_results {
            page = offset_page(PageRequest { cursor: Some(page.previous.cursor), per_page: limit }, &rows);
            backward.push(page.rows.clone());
        }
        backward.reverse();
        prop_assert_eq!(&forward, &rows);
        prop_assert_eq!(backward.concat(), rows);
    }

    #[test]
    fn walking_a_sequence_shows_every_item_once(count in 0_i64..50, limit in 1_i64..12) {
        let rows: Vec<i64> = (0..count).collect();
        let page_at = |cursor| PageRequest { cursor, per_page: limit }.sequence(rows.clone());
        let mut page = page_at(None);
        let mut seen = page.rows.clone();
        while page.next.has_results {
            page = page_at(Some(page.next.cursor));
            seen.extend(&page.rows);
        }
        prop_assert_eq!(&seen, &rows);
        let mut back = page.rows.clone();
        while page.previous.has_results {
            page = page_at(Some(page.previous.cursor));
            back.splice(0..0, page.rows.clone());
        }
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn no_cursor_makes_a_paginator_panic(value: i64, offset: i64, is_prev: bool, limit in -1_i64..101) {
        let cursor = Some(Cursor { value, offset, is_prev });
        let request = PageRequest { cursor, per_page: limit };
        let _ = request.offset_window().map(|window| window.page(vec![1, 2, 3]));
        let _ = request.sequence(vec![1, 2, 3]);
        let rows = [(5, 1), (7, 2), (7, 3)];
        key_page(&rows, KeyOrder::Ascending, 1_000, cursor, limit);
    }
}
