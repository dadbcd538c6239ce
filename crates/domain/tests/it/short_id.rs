use mortise_domain::{
    ShortId,
    short_id::{decode, encode},
};
use proptest::prelude::*;

#[test]
fn numbers_are_written_in_crockford_base32() {
    for (number, text) in
        [(0, "0"), (1, "1"), (9, "9"), (10, "A"), (18, "J"), (31, "Z"), (32, "10"), (1023, "ZZ")]
    {
        assert_eq!(encode(number), text);
        assert_eq!(decode(text), Some(number));
    }
}

#[test]
fn misread_letters_are_forgiven_and_others_refused() {
    assert_eq!(decode("o"), Some(0));
    assert_eq!(decode("iL"), decode("11"));
    assert_eq!(decode("z"), Some(31));
    for text in ["", "U", "1-2", "é", "7ZZZZZZZZZZZZZ", "ZZZZZZZZZZZZZZZZZZZZZZ"] {
        assert_eq!(decode(text), None, "{text}");
    }
}

#[test]
fn short_ids_are_read_as_people_type_them() {
    for (text, slug, number) in [
        ("WEB-1A", "web", 42),
        ("web-1a", "web", 42),
        ("my-web_2", "my-web", 2),
        ("my_web 2", "my_web", 2),
        ("issue:WEB-1", "web", 1),
        ("ISSUEe:WEB-1", "web", 1),
        ("-5", "", 5),
    ] {
        assert_eq!(text.parse(), Ok(ShortId::new(slug, number)), "{text}");
    }
    for text in ["", "WEB", "WEB-", "WEB-U", "WEB:1", "WEB-1!", "wéb", "web/1"] {
        assert!(text.parse::<ShortId>().is_err(), "{text}");
    }
}

#[test]
fn short_ids_are_written_in_capitals() {
    assert_eq!(ShortId::new("my-web_app", 42).to_string(), "MY-WEB_APP-1A");
}

proptest! {
    #[test]
    fn writing_and_reading_a_number_gives_it_back(number in 0..=i64::MAX as u64) {
        prop_assert_eq!(decode(&encode(number)), Some(number));
        prop_assert_eq!(decode(&encode(number).to_lowercase()), Some(number));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,40}") {
        let _ = text.parse::<ShortId>();
    }
}
