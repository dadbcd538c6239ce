//! Replaces what varies from one occurrence to the next, such as ids, addresses and times, by the name of its kind.
//!
//! One regular expression with one group per kind walks the text once; at each place the first kind that matches wins, so
//! the order of `KINDS` is part of the result.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

/// The kinds, in order of preference: what the text becomes, and the pattern (verbose).
const KINDS: [(&str, &str); 15] = [
    ("<email>", r"\b [A-Za-z0-9._%+-]+ @ [A-Za-z0-9-]+ (?: \.[A-Za-z0-9-]+ )+ \b"),
    ("<url>", r#"\b (?: https? | wss? | ftp ) :// [^\s"'<>]+"#),
    (
        "<hostname>",
        r"\b (?: [A-Za-z0-9] [A-Za-z0-9-]{0,62} \. )+
          (?: com | net | org | edu | gov | mil | info | biz | io | dev | app | cloud | eu | uk | de | fr | jp | cn
            | br | ru | nl | ca | au | ch | se | local | internal ) \b",
    ),
    (
        "<ip>",
        r"\b (?: (?: 25[0-5] | 2[0-4][0-9] | 1?[0-9]?[0-9] ) \. ){3} (?: 25[0-5] | 2[0-4][0-9] | 1?[0-9]?[0-9] ) \b
          | \b (?: [0-9A-Fa-f]{1,4} : ){7} [0-9A-Fa-f]{1,4} \b
          | \b (?: [0-9A-Fa-f]{1,4} : ){1,6} (?: : [0-9A-Fa-f]{1,4} ){1,6} \b
          | \b{start-half} :: (?: [0-9A-Fa-f]{1,4} : ){0,6} [0-9A-Fa-f]{1,4} \b",
    ),
    ("<uuid>", r"\b [0-9A-Fa-f]{8} - [0-9A-Fa-f]{4} - [0-9A-Fa-f]{4} - [0-9A-Fa-f]{4} - [0-9A-Fa-f]{12} \b"),
    ("<sha1>", r"\b [0-9A-Fa-f]{40} \b"),
    ("<md5>", r"\b [0-9A-Fa-f]{32} \b"),
    (
        "<date>",
        r"\b [0-9]{4} - [0-9]{2} - [0-9]{2}
             (?: [T\ ] [0-9]{2} : [0-9]{2} (?: : [0-9]{2} (?: [.,] [0-9]+ )? )? (?: Z | [+-][0-9]{2} :? [0-9]{2} )? )? \b
          | \b (?: (?: Mon | Tue | Wed | Thu | Fri | Sat | Sun ) [a-z]* ,? \  )?
               [0-9]{1,2} [\ -] (?: Jan | Feb | Mar | Apr | May | Jun | Jul | Aug | Sep | Oct | Nov | Dec ) [a-z]*
               [\ -] [0-9]{2,4} (?: \  [0-9]{2} : [0-9]{2} (?: : [0-9]{2} )?
                                    (?: \  (?: [A-Z]{1,4} | [+-][0-9]{4} ) )? )? \b
          | \b (?: (?: Mon | Tue | Wed | Thu | Fri | Sat | Sun ) [a-z]* ,? \  )?
               (?: Jan | Feb | Mar | Apr | May | Jun | Jul | Aug | Sep | Oct | Nov | Dec ) [a-z]*
               \ {1,2} [0-9]{1,2} ,? (?: \  [0-9]{4} \b )?
               (?: \  [0-9]{2} : [0-9]{2} : [0-9]{2} (?: (?: \  [A-Z]{1,4} )? \  [0-9]{4} )? )? \b
          | \b [0-9]{1,2} / [0-9]{1,2} / [0-9]{2,4} \b
          | \b [0-9]{1,2} : [0-9]{2} : [0-9]{2} (?: [.,] [0-9]+ )? Z? \b",
    ),
    ("<duration>", r"-? \b [0-9]+ (?: \. [0-9]+ )? (?: ns | us | µs | ms | s | min | m | h | d ) \b"),
    ("<hex>", r"\b 0[xX] [0-9A-Fa-f]+ \b"),
    ("<float>", r"-? \b [0-9]+ \. [0-9]+ \b"),
    ("<int>", r"-? \b [0-9]+ \b"),
    ("=<quoted_str>", r"= ' [^']* '"),
    ("=<quoted_str>", r#"= " [^"]* ""#),
    ("=<bool>", r"= (?: true | True | false | False ) \b"),
];

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let groups: Vec<String> = KINDS.iter().map(|(_, pattern)| format!("( {pattern} )")).collect();
    Regex::new(
        &format!("(?x) {}", groups.join(" | ")).replace(r"\b", r"(?-u:\b)").replace(r"(?-u:\b){", r"\b{"),
    )
    .expect("the patterns of the kinds are valid")
});

/// `text` with ids, numbers, addresses, times and the like replaced. Borrowed when nothing varies.
pub fn parameterize(text: &str) -> Cow<'_, str> {
    PATTERN.replace_all(text, |found: &Captures<'_>| {
        let kind = (1..).zip(KINDS).find(|(group, _)| found.get(*group).is_some());
        kind.map_or("", |(_, (name, _))| name)
    })
}
