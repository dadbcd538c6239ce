use mortise_wire::errors::{ErrorBody, FieldErrors, field, method_not_allowed};
use serde_json::json;

fn body(error: impl Into<ErrorBody>) -> String {
    serde_json::to_string(&error.into()).unwrap()
}

#[test]
fn each_shape_is_written_as_clients_know_it() {
    assert_eq!(body(ErrorBody::detail("Not found.")), r#"{"detail":"Not found."}"#);
    assert_eq!(body(ErrorBody::Text("Invalid origin: x".into())), r#""Invalid origin: x""#);
    assert_eq!(body(ErrorBody::Error("invalid_grant".into())), r#"{"error":"invalid_grant"}"#);
    assert_eq!(
        body(ErrorBody::Internal { error_id: "00ff".into() }),
        r#"{"detail":"Internal Error","errorId":"00ff"}"#
    );
    assert_eq!(
        body(ErrorBody::sudo_required("ann")),
        r#"{"detail":{"code":"sudo-required","message":"Account verification required.","extra":{"username":"ann"}}}"#
    );
    assert_eq!(
        body(ErrorBody::resource_moved("/api/0/projects/acme/new/", "new")),
        r#"{"slug":"new","detail":{"code":"resource-moved","message":"Resource has been moved","extra":{"url":"/api/0/projects/acme/new/","slug":"new"}}}"#
    );
    assert_eq!(method_not_allowed("PATCH"), "Method \"PATCH\" not allowed.");
}

#[test]
fn field_errors_keep_their_order_and_nest() {
    let mut errors = FieldErrors::new();
    errors.add("name", field::REQUIRED);
    errors.add("name", field::max_length(64));
    errors.nest("empty", FieldErrors::new());
    errors.nest("rateLimit", FieldErrors::one("window", field::INTEGER));
    errors.nest_list("teams", vec![FieldErrors::new(), FieldErrors::one("role", field::choice("x"))]);
    errors.add_non_field("Pick one.");
    let expected = json!({
        "name": ["This field is required.", "Ensure this field has no more than 64 characters."],
        "rateLimit": {"window": ["A valid integer is required."]},
        "teams": [{}, {"role": ["\"x\" is not a valid choice."]}],
        "non_field_errors": ["Pick one."],
    });
    assert_eq!(body(errors), expected.to_string());
}
