use mortise_domain::{
    member::{MemberFlag, MemberFlags},
    org::{OrgFlag, OrgFlags},
};

#[test]
fn a_new_organization_is_open_and_nothing_else() {
    let flags = OrgFlags::default();
    let on: Vec<_> =
        OrgFlag::ALL.iter().filter(|flag| flags.is_on(**flag)).map(|flag| flag.as_str()).collect();
    assert_eq!(on, ["openMembership", "allowSharedIssues", "allowMemberProjectCreation"]);
}

#[test]
fn inverted_switches_set_their_bit_when_turned_off() {
    let flags = OrgFlags::from_bits(0).with(OrgFlag::SharedIssues, false);
    assert_eq!(flags.bits(), 4);
    assert!(!flags.is_on(OrgFlag::SharedIssues));
    assert_eq!(flags.with(OrgFlag::SharedIssues, true).bits(), 0);
}

#[test]
fn setting_a_switch_leaves_the_others_alone() {
    for flag in OrgFlag::ALL {
        for value in [true, false] {
            let before = OrgFlags::default();
            let after = before.with(*flag, value);
            assert_eq!(after.is_on(*flag), value);
            for other in OrgFlag::ALL.iter().filter(|other| *other != flag) {
                assert_eq!(after.is_on(*other), before.is_on(*other), "{flag} {other}");
            }
        }
    }
}

#[test]
fn inverted_switches_are_those_stored_as_disabled() {
    for flag in OrgFlag::ALL {
        assert_eq!(flag.is_inverted(), flag.stored_name().starts_with("disable_"), "{flag}");
    }
}

#[test]
fn marks_of_a_membership_are_set_and_cleared_one_by_one() {
    let flags =
        MemberFlags::default().with(MemberFlag::SsoLinked, true).with(MemberFlag::IdpProvisioned, true);
    assert!(flags.has(MemberFlag::SsoLinked) && !flags.has(MemberFlag::SsoInvalid));
    let flags = flags.with(MemberFlag::SsoLinked, false);
    let set: Vec<_> = flags.iter().filter(|(_, set)| *set).map(|(flag, _)| flag.as_str()).collect();
    assert_eq!(set, ["idp:provisioned"]);
    assert_eq!(flags.iter().count(), 6);
}
