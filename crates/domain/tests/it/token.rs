use mortise_domain::token::*;

#[test]
fn only_the_org_prefix_leads_to_org_tokens() {
    assert!(is_org_token("sntrys_abc"));
    for other in ["sntryu_abc", "sntrya_abc", "sntryi_abc", "abc", "", "SNTRYS_abc"] {
        assert!(!is_org_token(other), "{other}");
    }
}

#[test]
fn what_expires_can_be_refreshed() {
    for kind in TokenKind::ALL {
        assert_eq!(kind.lifetime_seconds().is_some(), kind.is_refreshable(), "{kind}");
    }
    assert_eq!(TokenKind::Installation.lifetime_seconds(), Some(28_800));
    assert_eq!(TokenKind::Application.lifetime_seconds(), Some(2_592_000));
}
