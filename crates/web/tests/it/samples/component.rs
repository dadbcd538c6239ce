use mortise_web::view::{
    Avatar, Choice, Section, Theme,
    component::{Control, FormField, IssueAppPage, Preview, PreviewForm, PreviewPart},
};

use super::{page, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let create = IssueAppPage {
        shell: shell("Boards", Section::Issues, theme),
        issue: "1".into(),
        short_id: "CHECKOUT-1K".into(),
        app: "Boards <beta>".into(),
        avatar: Avatar::new("Boards"),
        installation: "0193f1c2-7d1e".into(),
        action: "create",
        fields: fields("field"),
        asks: true,
        error: "Boards <beta> could not be asked: it is asleep.".into(),
    };
    let link =
        IssueAppPage { action: "link", fields: vec![], asks: false, error: String::new(), ..create.clone() };
    vec![page("issue-app", &create), page("issue-app-empty", &link)]
}

fn fields(prefix: &str) -> Vec<FormField> {
    let field = |at: u32, label: &str, control| FormField {
        id: format!("{prefix}-{at}"),
        name: format!("field.{at}"),
        label: label.into(),
        control,
        required: at < 2,
        error: String::new(),
        hint: String::new(),
        find: None,
        feeds: String::new(),
    };
    let choices = vec![Choice::new("\"a\"", "Alpha", true), Choice::new("7", "Seven", false)];
    vec![
        FormField {
            error: "This field is required.".into(),
            ..field(0, "Title", Control::Text("Declined \"cards\"".into()))
        },
        field(1, "Description", Control::Area("Issue: [CHECKOUT-1K](https://m.test)\n\nat <here>".into())),
        FormField { feeds: format!("{prefix}-3-field"), ..field(2, "Board", Control::Select(choices)) },
        FormField {
            hint: "Choose Board first.".into(),
            find: Some("pay".into()),
            ..field(3, "Column", Control::Select(vec![]))
        },
    ]
}

pub(super) fn preview() -> Preview {
    let form = |title: &str, prefix| PreviewForm { title: title.into(), fields: fields(prefix) };
    Preview {
        error: String::new(),
        parts: vec![
            PreviewPart {
                title: "Items for issues".into(),
                place: "Dialogs on an issue, under Linked items.",
                forms: vec![form("Create", "preview-0-create"), form("Link", "preview-0-link")],
            },
            PreviewPart { title: "Open in the app".into(), place: "A link at lines of code.", forms: vec![] },
        ],
    }
}
