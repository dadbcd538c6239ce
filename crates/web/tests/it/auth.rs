//! Signing in and out, forms without token, and where a visit starts.

use mortise_service::sessions::SESSION_COOKIE;

use crate::{
    site::{PASSWORD, Visitor},
    site_test,
};

site_test!(signing_in_leads_back_to_the_page_that_was_asked_for, |app, _world| async {
    let mut visitor = Visitor::new(&app.ctx);
    let led = visitor.get("/organizations/acme/issues/?query=is%3Aassigned").await.expect(303);
    assert_eq!(
        led.location(),
        "/auth/login/?next=%2Forganizations%2Facme%2Fissues%2F%3Fquery%3Dis%253Aassigned"
    );
    let location = led.location().to_owned();
    visitor.get(&location).await.expect(200).says("Sign in").says_not("class=\"side\"");
    let fields =
        [("username", "owner@acme.test"), ("password", PASSWORD), ("next", "/organizations/acme/projects/")];
    let led = visitor.post("/auth/login/", &fields).await.expect(303);
    assert_eq!(led.location(), "/organizations/acme/projects/");
    assert!(visitor.has_cookie(SESSION_COOKIE));
    assert!(led.headers.get_all("set-cookie").iter().any(|c| c.to_str().unwrap().contains("HttpOnly")));
    let led = visitor.get("/auth/login/?next=/a/").await.expect(303);
    assert_eq!(led.location(), "/a/", "who is signed in goes on at once");
});

site_test!(
    a_wrong_password_shows_the_form_again_with_what_was_typed_except_the_password,
    |app, _world| async {
        let mut visitor = Visitor::new(&app.ctx);
        visitor.get("/auth/login/").await.expect(200);
        let fields = [("username", "owner@acme.test"), ("password", "wrong-horse")];
        let page = visitor.post("/auth/login/", &fields).await.expect(401);
        page.says("The name or the password is wrong.").says("owner@acme.test").says_not("wrong-horse");
        assert!(!visitor.has_cookie(SESSION_COOKIE));
    }
);

site_test!(nobody_is_led_to_another_site_after_signing_in, |app, _world| async {
    for next in ["https://evil.test/", "//evil.test/", "/\\evil.test"] {
        let mut visitor = Visitor::new(&app.ctx);
        visitor.get("/auth/login/").await.expect(200);
        let fields = [("username", "owner@acme.test"), ("password", PASSWORD), ("next", next)];
        assert_eq!(visitor.post("/auth/login/", &fields).await.expect(303).location(), "/", "{next}");
    }
});

site_test!(a_form_without_the_visitors_token_changes_nothing, |app, world| async {
    let mut visitor = Visitor::new(&app.ctx);
    visitor.get("/auth/login/").await.expect(200);
    let fields = [("username", "owner@acme.test"), ("password", PASSWORD)];
    for token in ["", "0000000000000000000000000000000000000000000000000000000000000000"] {
        visitor
            .post_with_token("/auth/login/", &fields, token)
            .await
            .expect(403)
            .says("This form has expired");
    }
    assert!(!visitor.has_cookie(SESSION_COOKIE));
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.post_with_token("/auth/logout/", &[], "").await.expect(403);
    owner.get("/auth/sudo/").await.expect(200);
});

site_test!(signing_out_ends_the_session_and_takes_the_cookies_back, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/auth/sudo/").await.expect(200).says("Confirm it");
    assert_eq!(owner.post("/auth/logout/", &[]).await.expect(303).location(), "/auth/login/");
    assert!(!owner.has_cookie(SESSION_COOKIE));
    owner.get("/auth/sudo/").await.expect(303);
});

site_test!(confirming_the_password_leads_on_and_a_wrong_one_is_told, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/auth/sudo/?next=/settings/acme/").await.expect(200).says("value=\"/settings/acme/\"");
    let wrong = [("password", "no"), ("next", "/settings/acme/")];
    owner.post("/auth/sudo/", &wrong).await.expect(403).says("The password is wrong.");
    let right = [("password", PASSWORD), ("next", "/settings/acme/")];
    assert_eq!(owner.post("/auth/sudo/", &right).await.expect(303).location(), "/settings/acme/");
});

site_test!(a_visit_starts_at_the_guide_while_no_project_has_an_event, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    assert_eq!(
        owner.get("/").await.expect(303).location(),
        "/organizations/acme/projects/web/getting-started/"
    );
});

site_test!(the_theme_is_kept_in_a_cookie, |app, _world| async {
    let mut visitor = Visitor::new(&app.ctx);
    visitor.get("/auth/login/").await.says("data-theme=\"system\"");
    let page =
        visitor.submit("/settings/account/theme/", &[("theme", "dark"), ("next", "/auth/login/")]).await;
    page.says("data-theme=\"dark\"");
});

site_test!(pages_forbid_framing_caching_and_foreign_scripts, |app, _world| async {
    let page = Visitor::new(&app.ctx).get("/auth/login/").await.expect(200);
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-store");
});

site_test!(an_unknown_address_has_the_not_found_page_and_a_missing_slash_is_added, |app, _world| async {
    let mut visitor = Visitor::new(&app.ctx);
    visitor.get("/nowhere/").await.expect(404).says("There is nothing here");
    assert_eq!(visitor.get("/auth/login?next=/a/").await.expect(308).location(), "/auth/login/?next=/a/");
    assert_eq!(visitor.get("//evil.test").await.expect(404).location(), "");
    visitor.get("/assets/dev/mortise.css").await.expect(200);
});

site_test!(an_organization_of_others_is_not_found_rather_than_forbidden, |app, world| async {
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    for path in ["/organizations/globex/", "/organizations/nobody/"] {
        member.get(path).await.expect(404).says("There is nothing here").says_not("Globex");
    }
});
