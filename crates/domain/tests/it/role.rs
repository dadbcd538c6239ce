use mortise_domain::*;

fn texts(scopes: ScopeSet) -> String {
    scopes.sorted().join(" ")
}

const CONTRIBUTOR: &str = "alerts:read event:read event:write member:read org:read project:read project:releases \
                           team:read";

#[test]
fn organization_roles_have_their_scopes() {
    for (role, scopes) in [
        (
            OrgRole::Member,
            "alerts:read alerts:write event:admin event:read event:write member:read org:read project:read \
             project:releases team:read",
        ),
        (
            OrgRole::Admin,
            "alerts:read alerts:write event:admin event:read event:write member:read org:integrations org:read \
             project:admin project:read project:releases project:write team:admin team:read team:write",
        ),
        (
            OrgRole::Manager,
            "alerts:read alerts:write event:admin event:read event:write member:admin member:read member:write \
             org:integrations org:read org:write project:admin project:read project:releases project:write \
             team:admin team:read team:write",
        ),
        (
            OrgRole::Owner,
            "alerts:read alerts:write event:admin event:read event:write member:admin member:read member:write \
             org:admin org:integrations org:read org:write project:admin project:read project:releases \
             project:write team:admin team:read team:write",
        ),
    ] {
        assert_eq!(texts(role.scopes()), scopes, "{role}");
    }
}

#[test]
fn team_roles_have_their_scopes() {
    assert_eq!(texts(TeamRole::Contributor.scopes()), CONTRIBUTOR);
    assert_eq!(
        texts(TeamRole::Admin.scopes()),
        "alerts:read alerts:write event:admin event:read event:write member:read org:integrations org:read \
         project:admin project:read project:releases project:write team:admin team:read team:write"
    );
}

#[test]
fn options_take_scopes_from_plain_members_only() {
    let narrow = ScopeOptions { events_member_admin: false, alerts_member_write: false };
    assert_eq!(texts(OrgRole::Member.effective_scopes(narrow)), CONTRIBUTOR);
    for role in [OrgRole::Admin, OrgRole::Manager, OrgRole::Owner] {
        assert_eq!(role.effective_scopes(narrow), role.scopes(), "{role}");
    }
    let half = ScopeOptions { alerts_member_write: false, ..ScopeOptions::default() };
    let member = OrgRole::Member.effective_scopes(half);
    assert!(member.contains(Scope::EventAdmin) && !member.contains(Scope::AlertsWrite));
    assert_eq!(OrgRole::Member.effective_scopes(ScopeOptions::default()), OrgRole::Member.scopes());
}

#[test]
fn a_role_manages_itself_and_what_stands_below() {
    for (index, role) in OrgRole::ALL.iter().enumerate() {
        for (other_index, other) in OrgRole::ALL.iter().enumerate() {
            assert_eq!(role.can_manage(*other), index >= other_index, "{role} {other}");
        }
    }
}

#[test]
fn only_managers_and_owners_reach_everything_and_only_admin_is_retired() {
    let global: Vec<_> =
        OrgRole::ALL.iter().filter(|role| role.is_global()).map(|role| role.name()).collect();
    assert_eq!(global, ["Manager", "Owner"]);
    let retired: Vec<_> =
        OrgRole::ALL.iter().filter(|role| role.is_retired()).map(|role| role.name()).collect();
    assert_eq!(retired, ["Admin"]);
}

#[test]
fn the_greater_of_stored_and_minimum_team_role_counts() {
    use TeamRole::{Admin, Contributor};
    for (stored, org_role, effective) in [
        (None, OrgRole::Member, Contributor),
        (Some(Contributor), OrgRole::Member, Contributor),
        (Some(Admin), OrgRole::Member, Admin),
        (None, OrgRole::Admin, Admin),
        (Some(Contributor), OrgRole::Manager, Admin),
        (None, OrgRole::Owner, Admin),
    ] {
        assert_eq!(TeamRole::effective(stored, org_role), effective, "{stored:?} {org_role}");
    }
}
