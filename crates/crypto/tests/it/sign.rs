use mortise_crypto::{ExposeSecret, SecretString, sign::*};
use proptest::prelude::*;

const BODY: &str = r#"{"action":"created","installation":{"uuid":"4d803538-fd42-4278-b410-492f5ab677b5"},"data":{"x":"é"},"actor":{"type":"application","id":"sentry","name":"Sentry"}}"#;

fn secret() -> SecretString {
    "0123456789abcdef".repeat(4).into()
}

#[test]
fn hook_signatures_equal_the_known_ones() {
    assert_eq!(BODY.len(), 162);
    for (body, signature) in [
        ("", "081247dc68bb7fafbf13220013a0ab71db8b628d679161f87b5e5bd9e19b1494"),
        (BODY, "791ff40f95412dd1f5575cce199b4b865138952c28657cfec51c6bf25252546f"),
    ] {
        assert_eq!(hook_signature(&secret(), body.as_bytes()), signature);
    }
}

/// The expected value was computed with Python's `hmac`.
#[test]
fn webhook_signatures_equal_an_independent_implementation() {
    let message = WebhookMessage {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp_seconds: 1_614_265_330,
        body: br#"{"test": 2432232314}"#,
    };
    let secret: SecretString = STANDARD_SECRET.into();
    assert_eq!(webhook_signature(&[&secret], message), STANDARD_SIGNATURE);
    let shown = standard_webhooks_secret(&secret);
    assert!(shown.expose_secret().starts_with("whsec_"));
}
const STANDARD_SECRET: &str = "mortise standard webhooks secret";
const STANDARD_SIGNATURE: &str = "v1,DXqJzBQimHW4SFmp1ZtL38bteN95YnWOodIyCXFTCX8=";

#[test]
fn signatures_of_every_secret_are_listed_and_unknown_versions_skipped() {
    let (old, new): (SecretString, SecretString) = ("old".into(), "new".into());
    let message = WebhookMessage { id: "m", timestamp_seconds: 1, body: b"{}" };
    let header = webhook_signature(&[&new, &old], message);
    assert_eq!(header.split(' ').count(), 2);
    for known in [&old, &new] {
        assert!(verify_webhook_signature(&[known], message, &format!("v1a,xyz {header}")));
    }
    assert!(!verify_webhook_signature(&[&"other".into()], message, &header));
    assert!(!verify_webhook_signature(&[&old], message, ""));
    assert!(!verify_webhook_signature(&[], message, ""));
}

#[test]
fn id_time_and_body_are_all_covered() {
    let message = WebhookMessage { id: "m", timestamp_seconds: 1, body: b"{}" };
    let header = webhook_signature(&[&secret()], message);
    for changed in [
        WebhookMessage { id: "n", ..message },
        WebhookMessage { timestamp_seconds: 2, ..message },
        WebhookMessage { body: b"{} ", ..message },
    ] {
        assert!(!verify_webhook_signature(&[&secret()], changed, &header), "{changed:?}");
    }
}

proptest! {
    #[test]
    fn a_signature_fits_its_body_and_secret_only(
        key in "\\PC{0,80}", body in prop::collection::vec(any::<u8>(), 0..80), other in any::<u8>(),
    ) {
        let other_secret: SecretString = format!("{key}x").into();
        let secret: SecretString = key.into();
        let signature = hook_signature(&secret, &body);
        prop_assert!(verify_hook_signature(&secret, &body, &signature));
        prop_assert!(!verify_hook_signature(&secret, &[&body[..], &[other]].concat(), &signature));
        prop_assert!(!verify_hook_signature(&other_secret, &body, &signature));
    }
}

#[test]
fn signatures_of_the_rpc_equal_an_independent_implementation_and_any_secret_will_do() {
    let (path, body) = ("/api/0/internal/rpc/app/get_many/", br#"{"meta": {}, "args": {}}"#);
    let secret: SecretString = "a-long-value-that-is-hard-to-guess".into();
    let signature = rpc_signature(&secret, path, body);
    assert_eq!(signature, "rpc0:9a3081c7774b8652abfc5b16f9cc452ed85c4ab8db1fd6ce60eec081f2adaf7e");
    let other: SecretString = "another value that is hard to guess".into();
    assert!(verify_rpc_signature(&[other.clone(), secret.clone()], path, body, &signature));
    assert!(!verify_rpc_signature(&[other], path, body, &signature));
    assert!(!verify_rpc_signature(&[], path, body, &signature));
    assert!(!verify_rpc_signature(&[secret], path, b"{}", &signature));
}
