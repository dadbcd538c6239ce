use mortise_web::view::{
    Choice, Field, Pager, Section, Select, State, Theme, Tone,
    code_mapping::{CodeMappingPage, CodeMappingsPage, MappingRow},
    code_owners::{CodeOwnersPage, OwnersFile, OwnersForm, Trouble},
    names::{NameForm, NameRow, NamesPage},
    project_settings::ProjectHead,
    repository::{FoundRow, NewRepositoryPage, RepositoriesPage, RepositoryRow, Stage},
};

use super::{ago, integration::installed, page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = repositories(theme);
    let none = RepositoriesPage { rows: vec![], is_narrowed: false, ..list.clone() };
    let unmatched = RepositoriesPage { rows: vec![], ..list.clone() };
    let to_read = RepositoriesPage { may_add: false, may_write: false, may_delete: false, ..list.clone() };
    let offer = offer(theme);
    let nothing = NewRepositoryPage { found: vec![], ..offer.clone() };
    let unasked = NewRepositoryPage { chosen: String::new(), ..offer.clone() };
    let away = NewRepositoryPage { error: "Unable to reach host: <git.test>".into(), ..offer.clone() };
    let no_host = NewRepositoryPage { has_integrations: false, ..offer.clone() };
    let mappings = mappings(theme);
    let no_mappings = CodeMappingsPage { rows: vec![], may_write: false, ..mappings.clone() };
    let mapping = mapping(theme);
    let no_repository = CodeMappingPage { has_repositories: false, ..mapping.clone() };
    let names = names(theme);
    let no_names = NamesPage { rows: vec![], form: None, is_for_owners: false, ..names.clone() };
    let owners = owners(theme);
    let no_owners = CodeOwnersPage { files: vec![], form: None, has_mappings: false, ..owners.clone() };
    vec![
        page("repositories", &list),
        page("repositories-none", &none),
        page("repositories-unmatched", &unmatched),
        page("repositories-to-read", &to_read),
        page("new-repository", &offer),
        page("new-repository-nothing", &nothing),
        page("new-repository-unasked", &unasked),
        page("new-repository-away", &away),
        page("new-repository-no-host", &no_host),
        page("code-mappings", &mappings),
        page("code-mappings-none", &no_mappings),
        page("code-mapping", &mapping),
        page("code-mapping-no-repository", &no_repository),
        page("names", &names),
        page("names-none", &no_names),
        page("code-owners", &owners),
        page("code-owners-none", &no_owners),
    ]
}

fn repositories(theme: Theme) -> RepositoriesPage {
    let row = |id: &str, name: &str, state, tone, stage| RepositoryRow {
        id: id.into(),
        name: name.into(),
        url: if stage == Stage::Active { "https://example.com/shop".into() } else { String::new() },
        place: "Azure DevOps: northwind".into(),
        state: State::new(state, tone),
        stage,
    };
    RepositoriesPage {
        shell: shell("Repositories", Section::Repositories, theme),
        search: "<shop>".into(),
        integration: select("integration", "Integration", &["Any integration", "Northwind"], 0).quiet(),
        state: select("state", "State", &["In use", "All states"], 1).quiet(),
        rows: vec![
            row("1", "shop/checkout", "In use", Tone::Good, Stage::Active),
            row(
                "2",
                "shop/a-repository-with-a-very-long-name-that-goes-on",
                "Hidden",
                Tone::Neutral,
                Stage::Hidden,
            ),
            row("3", "shop/old", "Will be deleted", Tone::Warn, Stage::Leaving),
            row("4", "shop/older", "Being deleted", Tone::Warn, Stage::Gone),
        ],
        pager: Pager::default(),
        is_narrowed: true,
        may_add: true,
        may_write: true,
        may_delete: true,
    }
}

fn offer(theme: Theme) -> NewRepositoryPage {
    let row = |name: &str, branch: &str| FoundRow {
        name: name.into(),
        identifier: format!("Platform/{name}"),
        branch: branch.into(),
    };
    NewRepositoryPage {
        shell: shell("Add repositories", Section::Repositories, theme),
        integrations: select("integration", "Integration", &["Choose an integration", "Northwind"], 1)
            .quiet(),
        has_integrations: true,
        chosen: "7".into(),
        search: "api".into(),
        found: vec![row("api", "main"), row("api-<gateway>", "")],
        is_cut: true,
        error: String::new(),
    }
}

fn mappings(theme: Theme) -> CodeMappingsPage {
    let row = |id: &str, stack: &str, source: &str, is_automatic| MappingRow {
        id: id.into(),
        project: "checkout".into(),
        repository: "shop/checkout".into(),
        stack_root: stack.into(),
        source_root: source.into(),
        branch: "main".into(),
        is_automatic,
    };
    CodeMappingsPage {
        shell: shell("Code mappings", Section::Integrations, theme),
        installed: installed("code-mappings"),
        rows: vec![row("1", "", "", false), row("2", "/usr/src/app/of/a/deep/folder/", "src/", true)],
        pager: Pager::default(),
        may_write: true,
        may_delete: true,
    }
}

fn mapping(theme: Theme) -> CodeMappingPage {
    let line = |name, label| Field {
        is_code: true,
        hint: "May be empty.",
        ..Field::text(name, label).value("app/")
    };
    CodeMappingPage {
        shell: shell("Add a code mapping", Section::Integrations, theme),
        installed: installed("code-mappings"),
        title: "Add a code mapping".into(),
        action: "/settings/northwind/integrations/vsts/7/code-mappings/new/".into(),
        project: select("projectId", "Project", &["Choose…", "checkout"], 1),
        repository: Select {
            error: "Choose a repository.".into(),
            ..select("repositoryId", "Repository", &["Choose…", "shop/checkout"], 0)
        },
        stack_root: Field { error: "It has one already.".into(), ..line("stackRoot", "Stack trace root") },
        source_root: line("sourceRoot", "Source root"),
        branch: line("defaultBranch", "Branch"),
        has_repositories: true,
        is_new: true,
        error: "That was refused.".into(),
    }
}

fn names(theme: Theme) -> NamesPage {
    let row = |id: &str, name: &str, whose: &str| NameRow {
        id: id.into(),
        name: name.into(),
        external_id: "583231".into(),
        whose: whose.into(),
    };
    NamesPage {
        shell: shell("People and teams", Section::Integrations, theme),
        installed: installed("names"),
        rows: vec![
            row("1", "@octocat", "Ada <Lovelace>"),
            row("2", "@northwind/a-team-with-a-long-name", "#core"),
        ],
        pager: Pager::default(),
        form: Some(NameForm {
            title: "@octocat".into(),
            action: "/settings/northwind/integrations/vsts/7/people/1/".into(),
            whose: select("whose", "Person or team here", &["Choose…", "Ada"], 1),
            name: Field {
                required: true,
                hint: "As it is there.",
                ..Field::text("externalName", "Name there")
            },
            external_id: Field { error: "Too long.".into(), ..Field::text("externalId", "Id there") },
            error: "That was refused.".into(),
        }),
        may_remove: true,
        is_for_owners: true,
    }
}

fn owners(theme: Theme) -> CodeOwnersPage {
    let file = |id: &str, troubles, rules: &str| OwnersFile {
        id: id.into(),
        repository: "shop/checkout".into(),
        mapping: "app/ in stack traces is src/ in the repository.".into(),
        updated: ago(90),
        rules: rules.into(),
        rule_count: rules.lines().count(),
        troubles,
        raw: Field {
            id: format!("raw-{id}"),
            rows: 10,
            is_code: true,
            ..Field::area("raw", "The file").value("* @x")
        },
    };
    let trouble = |text, way_out| Trouble { text, names: vec!["@<gone>".into(), "@octocat".into()], way_out };
    let troubles = vec![
        trouble(
            "Nobody here is known by these names.",
            Some(("/settings/northwind/".to_owned(), "Say who they are")),
        ),
        trouble("These teams do not have the project.", None),
    ];
    CodeOwnersPage {
        shell: shell("Code owners", Section::Projects, theme),
        project: ProjectHead {
            slug: "checkout".into(),
            name: "Checkout".into(),
            id: "7".into(),
            may_write: true,
        },
        tab: "code-owners",
        files: vec![
            file("1", vec![], "codeowners:/app/* ada@northwind.example #core\ncodeowners:docs/ #core"),
            file("2", troubles, ""),
        ],
        form: Some(OwnersForm {
            mapping: Select::new("codeMappingId", "Code mapping", vec![Choice::new("3", "shop/api", true)]),
            raw: Field { rows: 8, is_code: true, ..Field::area("raw", "The file") },
            error: "The repository has no such file.".into(),
        }),
        has_mappings: true,
        may_write: true,
        may_delete: true,
    }
}
