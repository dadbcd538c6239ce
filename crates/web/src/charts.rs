//! Charts as SVG text, drawn on the server. Pure functions of numbers: no clock, no colours (the style sheet paints by
//! class), so they are easy to test and follow the theme. Each chart carries its meaning as text for those who do not
//! see it: a `role="img"` with a label, and a `<title>` on each bar of the large one.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;

/// Finished SVG markup; printed by templates without escaping, so it is only ever made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Svg {}

/// What most charts count.
const EVENTS: [&str; 2] = ["event", "events"];
const SPARK_HEIGHT: u32 = 24;
const SPARK_BAR: u32 = 4;
const SPARK_GAP: u32 = 1;
const CHART_HEIGHT: u32 = 72;
const CHART_WIDTH: u32 = 288;
/// A bar for a count above zero is never drawn lower than this, so that one event in a sea of thousands is seen.
const BAR_MIN: u32 = 2;

/// Height of a bar for `count` when the highest bar has `max`.
fn bar_height(count: u64, max: u64, full: u32) -> u32 {
    if count == 0 || max == 0 {
        return 0;
    }
    let scaled = u128::from(count) * u128::from(full) / u128::from(max);
    u32::try_from(scaled).unwrap_or(full).clamp(BAR_MIN, full)
}

/// The small chart in a row of the issue list: one bar per count, oldest first. `span` words the whole, as in
/// "last 24 hours".
pub fn sparkline(counts: &[u64], span: &str) -> Svg {
    let max = counts.iter().copied().max().unwrap_or(0);
    let total: u64 = counts.iter().copied().fold(0, u64::saturating_add);
    let width = u32::try_from(counts.len()).unwrap_or(u32::MAX / 8) * (SPARK_BAR + SPARK_GAP);
    let label = format!("{} in the {span}, at most {max} at a time", counted(total, EVENTS));
    let mut svg = open("spark", width.max(1), SPARK_HEIGHT, &label);
    let mut x = 0;
    for &count in counts {
        let height = bar_height(count, max, SPARK_HEIGHT).max(1);
        let class = if count == 0 { "none" } else { "bar" };
        rect(&mut svg, class, (x, SPARK_HEIGHT - height), (SPARK_BAR, height));
        svg.push_str("/>");
        x += SPARK_BAR + SPARK_GAP;
    }
    svg.push_str("</svg>");
    Svg(svg)
}

/// One bar of [`bars`]: its count and the words of its time slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub label: String,
    pub count: u64,
}

/// The chart beside an issue: bars of events with a title each, and the highest count as a reference line.
pub fn bars(slots: &[Slot], span: &str) -> Svg {
    bars_of(EVENTS, slots, span)
}

/// [`bars`] of something else: its name for one and for several.
pub fn bars_of(noun: [&str; 2], slots: &[Slot], span: &str) -> Svg {
    let max = slots.iter().map(|s| s.count).max().unwrap_or(0);
    let total = slots.iter().fold(0u64, |sum, s| sum.saturating_add(s.count));
    let label = format!("{} in the {span}, at most {max} at a time", counted(total, noun));
    let count = u32::try_from(slots.len().max(1)).unwrap_or(CHART_WIDTH).min(CHART_WIDTH);
    let step = CHART_WIDTH / count;
    let bar = step.saturating_sub(2).max(1);
    // Whole steps, so that the newest bar stands at the end.
    let mut svg = open("bars", step * count, CHART_HEIGHT, &label);
    for (slot, i) in slots.iter().zip(0u32..) {
        let height = bar_height(slot.count, max, CHART_HEIGHT).max(1);
        let class = if slot.count == 0 { "none" } else { "bar" };
        rect(&mut svg, class, (i * step, CHART_HEIGHT - height), (bar, height));
        let _ = write!(svg, "><title>{}: {}</title></rect>", escape(&slot.label), slot.count);
    }
    svg.push_str("</svg>");
    Svg(svg)
}

/// A horizontal bar filled to `percent` (0 to 100), for shares of a tag. Hidden from screen readers: the number stands
/// beside it as text.
pub fn share(percent: u8) -> Svg {
    let percent = percent.min(100);
    Svg(format!(
        "<svg class=\"share\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"none\" width=\"100\" height=\"4\"/><rect class=\"bar\" width=\"{percent}\" height=\"4\"/></svg>"
    ))
}

fn open(class: &str, width: u32, height: u32, label: &str) -> String {
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        escape(label)
    )
}

fn counted(count: u64, [one, many]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Starts a `<rect`; the caller closes it, with or without a title inside.
fn rect(svg: &mut String, class: &str, (x, y): (u32, u32), (width, height): (u32, u32)) {
    let _ = write!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_count_fills_the_chart_and_others_keep_their_share() {
        assert_eq!(bar_height(10, 10, 24), 24);
        assert_eq!(bar_height(5, 10, 24), 12);
        assert_eq!(bar_height(0, 10, 24), 0);
    }

    #[test]
    fn a_single_event_beside_millions_is_still_visible() {
        assert_eq!(bar_height(1, 9_000_000, 24), BAR_MIN);
    }

    #[test]
    fn counts_near_the_end_of_their_range_do_not_overflow() {
        assert_eq!(bar_height(u64::MAX, u64::MAX, 24), 24);
        assert!(sparkline(&[u64::MAX, u64::MAX], "day").to_string().contains("at most 18446744073709551615"));
    }

    #[test]
    fn a_sparkline_has_one_bar_per_count_and_says_its_total() {
        let svg = sparkline(&[0, 3, 1], "last 24 hours").to_string();
        assert_eq!(svg.matches("<rect").count(), 3);
        assert_eq!(svg.matches("class=\"none\"").count(), 1);
        assert!(svg.contains("aria-label=\"4 events in the last 24 hours, at most 3 at a time\""));
    }

    #[test]
    fn an_empty_chart_is_drawn_without_bars() {
        assert_eq!(sparkline(&[], "last 24 hours").to_string().matches("<rect").count(), 0);
        assert_eq!(bars(&[], "last 30 days").to_string().matches("<rect").count(), 0);
    }

    #[test]
    fn the_newest_bar_stands_at_the_end_of_the_chart() {
        let days = vec![Slot { label: "day".into(), count: 1 }; 30];
        let svg = bars(&days, "last 30 days").to_string();
        assert!(svg.contains("viewBox=\"0 0 270 72\"") && svg.contains("x=\"261\""), "{svg}");
    }

    #[test]
    fn labels_of_slots_are_escaped() {
        let svg = bars(&[Slot { label: "<b>\"&".into(), count: 1 }], "hour").to_string();
        assert!(svg.contains("<title>&lt;b&gt;&quot;&amp;: 1</title>"));
    }

    #[test]
    fn a_share_above_the_whole_is_cut_to_the_whole() {
        assert!(share(250).to_string().contains("width=\"100\" height=\"4\"/></svg>"));
    }
}
