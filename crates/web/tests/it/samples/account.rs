use mortise_web::view::{
    Avatar, Choice, Field, OrgRef, Pager, Search, Section, Select, State, Switch, Theme, Tone,
    audit::{AuditPage, AuditRow},
    auth::{AcceptInvitePage, SignInPage, SudoPage},
    error::ErrorPage,
    member::{MemberRow, MembersPage, NewInvite, PendingRow, TeamMember, TeamPage, TeamRow, TeamsPage},
    operator::{PublicationRequestsPage, RequestRow},
    organization::{NewOrganizationPage, OrganizationSettingsPage},
    token::{NewToken, NewTokenPage, ScopeChoice, TokenRow, TokensPage},
};

use super::{ago, page, select, shell, stranger};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let tokens = tokens(theme);
    let audit = audit(theme);
    vec![
        page("sign-in", &sign_in(theme)),
        page(
            "sudo",
            &SudoPage {
                shell: shell("Confirm", Section::None, theme),
                password: password(),
                next: "/settings/northwind/".into(),
                action: "/auth/sudo/".into(),
                back: "/".into(),
                purpose: "delete the project Checkout".into(),
            },
        ),
        page("accept-invite", &accept(theme)),
        page(
            "publication-requests-none",
            &PublicationRequestsPage {
                shell: shell("Publication requests", Section::None, theme),
                requests: vec![],
            },
        ),
        page("publication-requests", &publication_requests(theme)),
        page("members", &members(theme)),
        page("team", &team(theme)),
        page("teams", &teams(theme)),
        page("organization-settings", &settings(theme)),
        page(
            "new-organization",
            &NewOrganizationPage {
                shell: shell("New organization", Section::None, theme),
                name: Field { required: true, ..Field::text("name", "Name") },
                slug: Field::text("slug", "Slug"),
            },
        ),
        page("tokens-none", &TokensPage { tokens: vec![], new_token: None, ..tokens.clone() }),
        page("tokens", &tokens),
        page("new-token", &new_token(theme)),
        page("audit-empty", &AuditPage { rows: vec![], filtered: true, ..audit.clone() }),
        page("audit", &audit),
        page("error-404", &ErrorPage::not_found(shell("Not found", Section::None, theme))),
        page("error-403", &ErrorPage::forbidden(shell("No access", Section::None, theme))),
        page("error-csrf", &ErrorPage::csrf(stranger("Form expired", theme))),
        page("error-500", &ErrorPage::internal(shell("Error", Section::None, theme), "0193f1c2-7d1e")),
    ]
}

fn password() -> Field {
    Field {
        kind: "password",
        required: true,
        autocomplete: "current-password",
        ..Field::text("password", "Password")
    }
}

fn sign_in(theme: Theme) -> SignInPage {
    SignInPage {
        shell: stranger("Sign in", theme),
        username: Field {
            required: true,
            autocomplete: "username",
            ..Field::text("username", "E-mail or user name").value("ada@northwind.example")
        },
        password: password(),
        error: "That user name and password don't go together.".into(),
        next: "/".into(),
    }
}

fn accept(theme: Theme) -> AcceptInvitePage {
    AcceptInvitePage {
        shell: stranger("Join", theme),
        org_name: "Northwind Traders".into(),
        inviter: "Ada Lovelace".into(),
        role: "Member".into(),
        action: "/accept/9/abc/".into(),
        fields: vec![
            Field::text("name", "Your name"),
            Field { hint: "At least 8 characters.", ..password() },
        ],
    }
}

fn members(theme: Theme) -> MembersPage {
    let role = |id: &str| Select {
        id: format!("role-{id}"),
        ..select("role", "Role", &["Member", "Manager", "Owner"], 0).quiet()
    };
    let row = |id: &str, name: &str, is_self: bool| MemberRow {
        id: id.into(),
        avatar: Avatar::new(name),
        name: name.into(),
        email: format!("{}@northwind.example", name.split(' ').next().unwrap_or_default().to_lowercase()),
        role: "Owner".into(),
        teams: if is_self { vec!["platform".into(), "web".into()] } else { vec![] },
        joined: ago(400_000),
        is_self,
        roles: (!is_self).then(|| role(id)),
        may_remove: true,
    };
    MembersPage {
        shell: shell("Members", Section::Members, theme),
        search: Search::above(
            &Pager::default(),
            "/settings/northwind/members/".into(),
            "people",
            "Search members",
            "a<",
        ),
        pager: Pager { next: Some("?cursor=1".into()), ..Pager::default() },
        is_cut: true,
        members: vec![
            row("1", "Ada Lovelace", true),
            row("2", "Grace Hopper", false),
            row("3", "Linus Torvalds", false),
        ],
        pending: vec![
            PendingRow {
                id: "8".into(),
                email: "mary@northwind.example".into(),
                role: "Member".into(),
                invited: ago(3000),
                state: State::new("Waiting", Tone::Neutral),
            },
            PendingRow {
                id: "9".into(),
                email: "old@northwind.example".into(),
                role: "Member".into(),
                invited: ago(90_000),
                state: State::new("Expired", Tone::Warn),
            },
        ],
        may_invite: true,
        email: Field { kind: "email", required: true, ..Field::text("email", "E-mail") },
        role: select("role", "Role", &["Member", "Manager", "Owner"], 0),
        teams: vec![Choice::new("platform", "platform", true), Choice::new("web", "web", false)],
        new_link: Some(NewInvite {
            email: "mary@northwind.example".into(),
            link: "https://mortise.northwind.example/accept/8/2f7d0a55c1/".into(),
        }),
    }
}

fn team(theme: Theme) -> TeamPage {
    let member = |id: &str, name: &str| TeamMember {
        id: id.into(),
        avatar: Avatar::new(name),
        email: "someone@northwind.example".into(),
        is_self: id == "1",
    };
    TeamPage {
        shell: shell("#platform", Section::Teams, theme),
        slug: "platform".into(),
        is_member: true,
        members: vec![member("1", "Ada Lovelace"), member("2", "Grace <Hopper>")],
        pager: Pager::default(),
        add_member: Some(select("member", "Member of the organization", &["Choose…", "Linus"], 0)),
        may_remove: true,
        projects: vec![OrgRef { slug: "checkout".into(), name: "Checkout <web>".into() }],
        add_project: Some(select("project", "Project", &["Choose…", "Shop"], 0)),
        may_take: true,
    }
}

fn teams(theme: Theme) -> TeamsPage {
    let team = |slug: &str, is_member| TeamRow {
        slug: slug.into(),
        has_access: is_member,
        members: 3,
        projects: if is_member { vec!["checkout".into()] } else { vec![] },
        is_member,
        may_join: true,
        may_delete: true,
    };
    TeamsPage {
        shell: shell("Teams", Section::Teams, theme),
        search: None,
        teams: vec![team("platform", true), team("web", false)],
        pager: Pager::default(),
        may_create: true,
        slug: Field::text("slug", "Name of a new team"),
    }
}

fn settings(theme: Theme) -> OrganizationSettingsPage {
    let switch = |name, label, hint, on| Switch { name, label, hint, on };
    OrganizationSettingsPage {
        shell: shell("Organization settings", Section::Settings, theme),
        name: Field::text("name", "Name").value("Northwind Traders"),
        slug: Field {
            hint: "Part of every address; changing it breaks links.",
            ..Field::text("slug", "Slug").value("northwind")
        },
        default_role: select("defaultRole", "Role of new members", &["Member", "Manager", "Owner"], 0),
        membership: vec![
            switch("openMembership", "Open membership", "Members may join any team by themselves.", true),
            switch("allowMemberProjectCreation", "Members may create projects", "", true),
            switch("eventsMemberAdmin", "Members may delete issues", "", false),
        ],
        privacy: vec![switch(
            "enhancedPrivacy",
            "Enhanced privacy",
            "Leaves source code and personal data out of mails.",
            false,
        )],
        may_write: true,
        may_delete: true,
    }
}

fn tokens(theme: Theme) -> TokensPage {
    let row = |id: &str, name: &str, scopes: &[&str]| TokenRow {
        id: id.into(),
        name: name.into(),
        last_characters: "9c1f".into(),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        created: ago(50_000),
    };
    TokensPage {
        shell: shell("API tokens", Section::Account, theme),
        tokens: vec![
            row("3", "Terraform", &["org:read", "org:write", "project:read", "project:write", "team:read"]),
            row("2", "CI releases", &["project:releases"]),
        ],
        new_token: Some(NewToken { name: "Terraform".into(), secret: "mrtu_5f1c8a2be07d4c6f9a3b".into() }),
    }
}

fn new_token(theme: Theme) -> NewTokenPage {
    let resource = |name, title, about| ScopeChoice {
        title,
        about,
        level: select(name, title, &["No access", "Read", "Read and write", "Admin"], 0).quiet(),
    };
    NewTokenPage {
        shell: shell("New token", Section::Account, theme),
        name: Field { required: true, ..Field::text("name", "Name") },
        resources: vec![
            resource("org", "Organization", "Settings, integrations, audit log."),
            resource("project", "Project", "Projects and their keys."),
            resource("event", "Issue and event", "Read, change and delete issues."),
            resource("member", "Member", "People and their roles."),
            resource("team", "Team", "Teams and who is in them."),
        ],
        error: "Choose at least one scope.".into(),
    }
}

fn audit(theme: Theme) -> AuditPage {
    let row = |who: &str, event: &str, note: &str, minutes| AuditRow {
        actor: Avatar::new(who),
        event: event.into(),
        note: note.into(),
        address: "203.0.113.7".into(),
        when: ago(minutes),
    };
    AuditPage {
        shell: shell("Audit log", Section::Audit, theme),
        event: select("event", "Event", &["All events", "member.invite", "project.create"], 0).quiet(),
        actor: select("actor", "Person", &["Everybody", "Ada Lovelace"], 0).quiet(),
        rows: vec![
            row("Ada Lovelace", "member.invite", "invited member mary@northwind.example", 20),
            row("Grace Hopper", "projectkey.edit", "edited project key 4f0c9d1e2b3a48c7", 600),
            row("Ada Lovelace", "integration.add", "installed northwind-dev for the vsts integration", 4000),
        ],
        pager: Pager { prev: Some("/x/".into()), next: Some("/y/".into()), summary: String::new() },
        filtered: false,
    }
}

fn publication_requests(theme: Theme) -> PublicationRequestsPage {
    let request = |app: &str, by: &str, answers: Vec<(String, String)>| RequestRow {
        app: app.into(),
        organization: "Northwind Traders".into(),
        page: "/settings/northwind/developer-settings/board/".into(),
        by: by.into(),
        when: (!by.is_empty()).then(|| ago(90)),
        answers,
    };
    let answers = vec![("What is it for?".into(), "Cards <for> issues".into())];
    PublicationRequestsPage {
        shell: shell("Publication requests", Section::None, theme),
        requests: vec![request("Board", "Ada Lovelace", answers), request("Plain", "", vec![])],
    }
}
