//! Windows of time on pages with charts: which one is chosen, the links to the others, and counts as the bars of a chart.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    charts::{self, Slot, Svg},
    edge::Pairs,
    view::{Count, Link},
};

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 24 * HOUR_S;

/// A window of time that ends now.
#[derive(Debug)]
pub struct Period {
    /// The word in the address; also what lists call `statsPeriod`.
    pub word: &'static str,
    text: &'static str,
    /// The words of a chart, as in "last 24 hours".
    pub span: &'static str,
    /// Its length, seconds.
    pub length_s: i64,
}

const fn period(word: &'static str, text: &'static str, span: &'static str, length_s: i64) -> Period {
    Period { word, text, span, length_s }
}

const PERIODS: [Period; 4] = [
    period("24h", "24 hours", "last 24 hours", DAY_S),
    period("7d", "7 days", "last 7 days", 7 * DAY_S),
    period("30d", "30 days", "last 30 days", 30 * DAY_S),
    period("90d", "90 days", "last 90 days", 90 * DAY_S),
];

impl Period {
    /// The one that the address names; the shortest otherwise.
    pub fn of(query: &Pairs) -> &'static Self {
        let asked = query.get("period");
        PERIODS.iter().find(|period| period.word == asked).unwrap_or(&PERIODS[0])
    }

    /// The links to all of them; what else the address says stays, but for the place in a list.
    pub fn links(&self, query: &Pairs, here: &str) -> Vec<Link> {
        let query = query.with("cursor", None);
        let link = |period: &Self| Link {
            text: period.text.to_owned(),
            href: query.with("period", Some(period.word)).behind(here),
            current: period.word == self.word,
        };
        PERIODS.iter().map(link).collect()
    }
}

/// Counts by time as a chart, with their sum. Points are epoch seconds and a count, oldest first.
pub fn chart(noun: [&str; 2], points: &[(i64, i64)], span: &str) -> (Count, Svg) {
    let step_s = points.windows(2).next().map_or(DAY_S, |pair| pair[1].0 - pair[0].0);
    let format = if step_s < DAY_S { "%-d %b, %H:%M UTC" } else { "%-d %b (UTC)" };
    let slot = |(second, number): &(i64, i64)| {
        let time = Timestamp::from_second(*second).unwrap_or_default().to_zoned(TimeZone::UTC);
        Slot { label: time.strftime(format).to_string(), count: count(*number).0 }
    };
    let slots: Vec<_> = points.iter().map(slot).collect();
    let total = slots.iter().fold(0u64, |sum, slot| sum.saturating_add(slot.count));
    (Count(total), charts::bars_of(noun, &slots, span))
}

/// Counts by hour as counts by day of UTC.
pub fn by_day(hours: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut days: Vec<(i64, i64)> = Vec::new();
    for (second, count) in hours {
        let day = second.div_euclid(DAY_S) * DAY_S;
        match days.last_mut().filter(|last| last.0 == day) {
            Some(last) => last.1 = last.1.saturating_add(*count),
            None => days.push((day, *count)),
        }
    }
    days
}

/// A count that is never below zero.
pub fn count(number: i64) -> Count {
    Count(u64::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_add_up_to_days() {
        let hours = [(0, 1), (HOUR_S, 2), (DAY_S - HOUR_S, 3), (DAY_S, 4), (3 * DAY_S + HOUR_S, 5)];
        assert_eq!(by_day(&hours), [(0, 6), (DAY_S, 4), (3 * DAY_S, 5)]);
    }

    #[test]
    fn a_chosen_period_keeps_the_rest_of_the_address_but_for_the_place_in_the_list() {
        let query = Pairs::decode(b"event=issue.created&cursor=0%3A25%3A0&period=7d");
        let links = Period::of(&query).links(&query, "/x/");
        assert_eq!(links[2].href, "/x/?event=issue.created&period=30d");
        assert_eq!(links.iter().map(|link| link.current).collect::<Vec<_>>(), [false, true, false, false]);
        assert_eq!(Period::of(&Pairs::default()).word, "24h");
    }
}
