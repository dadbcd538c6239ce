use mortise_wire::Cursor;

#[test]
fn three_numbers_are_a_cursor_and_print_as_they_came() {
    for text in ["0:0:0", "100:-1:1", "1723452345123:2:0"] {
        assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
    }
    assert_eq!("12.75:1:0".parse::<Cursor>().unwrap(), Cursor::next(12, 1));
}

#[test]
fn anything_else_is_refused() {
    for text in ["junk", "0:0", "0:0:0:0", "a:0:0", "0:1.5:0", "0:0:x", "nan:0:0", "1e400:0:0", "::", ""] {
        let error = text.parse::<Cursor>().unwrap_err();
        assert_eq!(error.to_string(), "Invalid cursor parameter.", "{text}");
    }
}
