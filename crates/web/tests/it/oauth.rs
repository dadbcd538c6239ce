//! The page on which a user lets an application act for them.

use mortise_testkit::{TestApp, World};
use serde_json::json;

use crate::{site::Visitor, site_test};

/// An application that may lead back to `https://a.test/cb`: its client id.
async fn application(app: &TestApp, world: &World) -> String {
    let path = "/api/0/api-applications/";
    let made = app.post(path).session(&world.member_session).send().await.expect(201).json();
    let id = made["clientID"].as_str().expect("a client id").to_owned();
    let change = json!({ "name": "Hook & Eye", "redirectUris": ["https://a.test/cb", "sentry-mobile-agent://back"],
        "homepageUrl": "https://a.test/", "termsUrl": "ftp://a.test/terms" });
    app.put(format!("{path}{id}/")).session(&world.member_session).json(&change).send().await.expect(200);
    id
}

fn address(id: &str, more: &str) -> String {
    format!("/oauth/authorize/?client_id={id}&response_type=code&scope=org%3Aread&state=s1{more}")
}

site_test!(a_user_signs_in_is_asked_and_goes_on_with_a_code, |app, world| async {
    let id = application(&app, &world).await;
    let led = Visitor::new(&app.ctx).get(&address(&id, "")).await.expect(303);
    assert!(
        led.location().starts_with("/auth/login/?next=%2Foauth%2Fauthorize%2F%3Fclient_id%3D"),
        "{}",
        led.location()
    );

    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let asked = owner.get(&address(&id, "")).await.expect(200);
    assert!(asked.header("content-security-policy").contains("form-action 'self' https:;"));
    asked
        .says("Allow Hook &#38; Eye?")
        .says("<strong>Organization</strong>")
        .says("<span class=\"badge accent\">Read</span>")
        .says("a.test")
        .says("https://a.test/")
        .says_not("ftp://");
    let led = owner.post(&address(&id, ""), &[("op", "deny")]).await.expect(303);
    led.leads_to("https://a.test/cb?error=access_denied&state=s1");
    let led = owner.post(&address(&id, ""), &[("op", "approve")]).await.expect(303);
    let code =
        led.location().strip_prefix("https://a.test/cb?code=").unwrap().strip_suffix("&state=s1").unwrap();
    assert_eq!(code.len(), 64);
    owner.post(&address(&id, ""), &[]).await.expect(404);
    owner.post_with_token(&address(&id, ""), &[("op", "approve")], "forged").await.expect(403);

    // Who agreed is not asked again, unless the application wants more or wants it so.
    let led = owner.get(&address(&id, "")).await.expect(303);
    assert!(led.location().starts_with("https://a.test/cb?code="));
    owner.get(&address(&id, "&force_prompt=1")).await.expect(200).says("Allow");
    owner
        .get(&address(&id, "").replace("org%3Aread", "org%3Awrite"))
        .await
        .expect(200)
        .says("Read and write");
    let native = owner
        .get(&address(&id, "&force_prompt=1&redirect_uri=sentry-mobile-agent%3A%2F%2Fback"))
        .await
        .expect(200);
    assert!(native.header("content-security-policy").contains("form-action 'self' sentry-mobile-agent:;"));
});

site_test!(nobody_is_led_where_no_application_registered_to_lead, |app, world| async {
    let id = application(&app, &world).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    for more in [
        "&redirect_uri=https%3A%2F%2Fevil.test%2Fcb",
        "&redirect_uri=https%3A%2F%2Fa.test%2Fcb%2F..%2Fx",
        "&redirect_uri=x",
    ] {
        let page = owner.get(&address(&id, more)).await.expect(400).says("did not register the address");
        assert_eq!(page.location(), "");
        let mut another = Visitor::signed_in(&app.ctx, world.owner).await;
        let page = another.post(&address(&id, more), &[("op", "approve")]).await.expect(400);
        assert_eq!(page.location(), "");
    }
    owner.get(&address("unknown", "")).await.expect(400).says("No application is registered");
    owner.get(&address(&id, "").replace("=code", "=both")).await.expect(400).says("a kind of answer");
    let led = owner.get(&address(&id, "").replace("org%3Aread", "org%3Aread+all")).await.expect(303);
    led.leads_to("https://a.test/cb?error=invalid_scope&state=s1");
    let led = owner
        .get(&address(&id, "").replace("=code", "=token").replace("org%3Aread", "all"))
        .await
        .expect(303);
    led.leads_to("https://a.test/cb#error=invalid_scope&state=s1");
});
