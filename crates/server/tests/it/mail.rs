//! `mortise mail`.

use crate::support::Place;

#[test]
fn every_kind_of_mail_can_be_looked_at_without_a_mail_server() {
    let place = Place::new();
    let folder = place.path("mails");
    let ran = place.run(&["mail", "preview", folder.to_str().unwrap(), "--public-url", "https://m.test"]);
    ran.ok();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let kinds = [
        "alert-with-privacy",
        "alert",
        "app-disabled",
        "code-owners-not-fetched",
        "commits-not-fetched",
        "installation-requested",
        "integration-disabled",
        "metric-alert-resolved",
        "metric-alert",
        "publication-requested",
        "repository-hook-left",
    ];
    let all: Vec<String> =
        kinds.iter().flat_map(|kind| [format!("{kind}.html"), format!("{kind}.txt")]).collect();
    assert_eq!(names, all);
    let text = std::fs::read_to_string(folder.join("installation-requested.txt")).unwrap();
    assert_eq!(
        text,
        "Subject: Your team member requested the Azure DevOps integration on Sentry\n\n\
         Mona Member is requesting to install the Azure DevOps integration into Acme & Sons. They've included this \
         message `We could link work items.\nIt takes <5 minutes.`\n\n\
         Check it out: https://m.test/settings/acme/integrations/vsts/?referrer=request_email\n"
    );
    let text = std::fs::read_to_string(folder.join("repository-hook-left.txt")).unwrap();
    assert_eq!(
        text,
        "Subject: Unable to Delete Repository Webhooks\n\n\
         A repository was deleted here, but its webhooks on the other side could not be removed: `Error \
         Communicating with Azure DevOps (HTTP 403): forbidden`\n\nRemove them there by hand.\n"
    );
    let html = std::fs::read_to_string(folder.join("alert.html")).unwrap();
    assert!(html.contains("<h2>TypeError: undefined is not a &lt;function&gt;</h2>"), "{html}");
}
