//! Counts by time: a fixed number of points, the last of which is the running hour or day (UTC).

use std::collections::HashMap;

use mortise_domain::{IssueId, Time};
use mortise_store::{
    Conn,
    error_event::{self, EventFilter},
    issue,
};
use mortise_wire::issue::Series;

use crate::Result;

/// Hours of a day.
const DAY_HOURS: i64 = 24;
/// Hours of a quarter of a day.
const QUARTER_HOURS: i64 = 6;
/// The longest window that is shown hour by hour.
const HOURLY_HOURS_MAX: i64 = 72;
/// The most points of a window.
const POINTS_MAX: i64 = 90;

/// Which points are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its name on the wire.
    pub key: &'static str,
    first_hour: i64,
    points: i64,
    point_hours: i64,
}

/// The hour of a time, as epoch seconds / 3600.
pub fn hour(time: Time) -> i64 {
    time.as_second().div_euclid(3_600)
}

impl Window {
    /// The last 24 hours by hour.
    pub fn day(now: Time) -> Self {
        Self { key: "24h", first_hour: hour(now) - (DAY_HOURS - 1), points: DAY_HOURS, point_hours: 1 }
    }

    /// The last 14 days by day.
    pub fn fortnight(now: Time) -> Self {
        Self::days("14d", now, 14)
    }

    /// The last 30 days by day.
    pub fn month(now: Time) -> Self {
        Self::days("30d", now, 30)
    }

    /// The last 7 days by six hours.
    pub fn week(now: Time) -> Self {
        let running = hour(now).div_euclid(QUARTER_HOURS);
        let points = 7 * DAY_HOURS / QUARTER_HOURS;
        let first_hour = (running - (points - 1)) * QUARTER_HOURS;
        Self { key: "7d", first_hour, points, point_hours: QUARTER_HOURS }
    }

    /// The last 90 days by day.
    pub fn quarter(now: Time) -> Self {
        Self::days("90d", now, 90)
    }

    /// From `since` to `until`: by hour when that is short, else by day. Without `since` the last 14 days.
    pub fn fitting(now: Time, since: Option<Time>, until: Option<Time>) -> Self {
        let end = until.unwrap_or(now).min(now);
        let Some(since) = since else { return Self { key: "auto", ..Self::fortnight(end) } };
        let hours = (hour(end) - hour(since) + 1).max(1);
        if hours <= HOURLY_HOURS_MAX {
            return Self { key: "auto", first_hour: hour(end) - (hours - 1), points: hours, point_hours: 1 };
        }
        Self::days("auto", end, (hours + DAY_HOURS - 1).div_euclid(DAY_HOURS).min(POINTS_MAX))
    }

    fn days(key: &'static str, now: Time, points: i64) -> Self {
        let today = hour(now).div_euclid(DAY_HOURS);
        Self { key, first_hour: (today - (points - 1)) * DAY_HOURS, points, point_hours: DAY_HOURS }
    }

    /// The first hour that counts.
    pub fn first_hour(&self) -> i64 {
        self.first_hour
    }

    /// The points of these counts by hour.
    pub fn series(&self, counts: &[(i64, i64)]) -> Series {
        let start = |point: i64| (self.first_hour + point * self.point_hours) * 3_600;
        let mut series: Series = (0..self.points).map(|point| (start(point), 0)).collect();
        for (hour, count) in counts {
            let point = (hour - self.first_hour).div_euclid(self.point_hours);
            if let Some(slot) = usize::try_from(point).ok().and_then(|point| series.get_mut(point)) {
                slot.1 += count;
            }
        }
        series
    }
}

/// Counts by hour of many issues.
#[derive(Debug, Default)]
pub struct Counts(HashMap<IssueId, Vec<(i64, i64)>>);

impl Counts {
    /// Loads what a window shows, of the events that the filter means.
    pub async fn load(
        conn: &mut Conn,
        issues: &[IssueId],
        filter: &EventFilter,
        first_hour: i64,
    ) -> Result<Self> {
        let rows = if filter.is_open() {
            issue::stat::since(conn, issues, first_hour).await?
        } else {
            error_event::hourly(conn, issues, filter, first_hour).await?
        };
        let mut counts = HashMap::<_, Vec<_>>::new();
        for (issue, hour, count) in rows {
            counts.entry(issue).or_default().push((hour, count));
        }
        Ok(Self(counts))
    }

    /// The points of one issue.
    pub fn series(&self, issue: IssueId, window: &Window) -> Series {
        window.series(self.0.get(&issue).map_or(&[], Vec::as_slice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_24_hours_and_the_last_is_the_running_one() {
        let now: Time = "2026-01-02T12:34:56Z".parse().unwrap();
        let window = Window::day(now);
        let series = window.series(&[(hour(now), 3), (hour(now) - 23, 1), (hour(now) - 24, 9)]);
        assert_eq!(series.len(), 24);
        assert_eq!(series.first(), Some(&((hour(now) - 23) * 3_600, 1)));
        assert_eq!(series.last(), Some(&(hour(now) * 3_600, 3)));
    }

    #[test]
    fn days_begin_at_midnight() {
        let now: Time = "2026-01-02T12:34:56Z".parse().unwrap();
        let series =
            Window::fortnight(now).series(&[(hour(now), 3), (hour(now) - 12, 4), (hour(now) - 13, 5)]);
        assert_eq!(series.len(), 14);
        assert_eq!(series[13], ("2026-01-02T00:00:00Z".parse::<Time>().unwrap().as_second(), 7));
        assert_eq!(series[12].1, 5);
    }
}
