// Code: a repository is added from an integration, mapped to a project, its owners fetched, explained, and all taken away again.
const { given, heading, journey, refusal, seen, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const visitor = await visit();
  const { page } = visitor;
  const status = (text) => seen(page.getByRole("status").getByText(text));
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  await page.getByRole("link", { name: "Repositories" }).click();
  await heading(page, "Repositories");
  await page.getByRole("link", { name: "Add repositories" }).click();
  await heading(page, "Add repositories");
  // What is typed narrows the list at once.
  await seen(page.getByRole("button", { name: "Add user/repo" }));
  await page.getByLabel("Search on the other side").fill("nothing like this");
  await seen(page.getByRole("heading", { name: "Nothing to add" }));
  await page.getByLabel("Search on the other side").fill("rep");
  await page.getByRole("button", { name: "Add user/repo" }).click();
  await status("user/repo is added.");

  await page.goto(`/settings/acme/integrations/example/${given.example}/`);
  await page.getByRole("link", { name: "Code mappings" }).click();
  await page.getByRole("link", { name: "Add a mapping" }).click();
  await heading(page, "Add a code mapping");
  await page.getByLabel("Project", { exact: true }).selectOption({ label: "web" });
  await page.getByLabel("Repository", { exact: true }).selectOption({ label: "user/repo" });
  await page.getByLabel("Stack trace root").fill("app/");
  await page.getByLabel("Source root").fill("src/app/");
  await page.getByLabel("Branch").fill("/main");
  await page.getByRole("button", { name: "Add mapping" }).click();
  await seen(page.getByText("Branch name may not start or end with a forward slash."));
  await refusal(visitor, 400);
  await page.getByLabel("Branch").fill("main");
  await page.getByRole("button", { name: "Add mapping" }).click();
  await status("web is mapped to user/repo.");
  await page.getByRole("link", { name: /^Change the mapping/ }).click();
  await page.getByLabel("Source root").fill("src/");
  await page.getByRole("button", { name: "Save changes" }).click();
  await status("The mapping is saved.");

  await page.getByRole("link", { name: "People and teams" }).click();
  await page.getByLabel("Person or team here").selectOption({ label: "Olive Owner" });
  await page.getByLabel("Name there").fill("@olive");
  await page.getByRole("button", { name: "Add name" }).click();
  await status("@olive is known now.");
  await page.getByRole("link", { name: "Change @olive of Olive Owner" }).click();
  await page.getByLabel("Name there").fill("@olivia");
  await page.getByRole("button", { name: "Save changes" }).click();
  await status("@olivia is saved.");
  await page.getByRole("button", { name: "Remove @olivia of Olive Owner" }).click();
  await status("@olivia is nobody's name any more.");

  await page.goto("/settings/acme/projects/web/");
  await page.getByRole("link", { name: "Code owners" }).click();
  await page.getByRole("button", { name: "Fetch from the repository" }).click();
  await status("The code owners of user/repo are known now.");
  await seen(page.getByText("@octocat", { exact: true }));
  await page.getByText("The file of user/repo").click();
  await page.getByLabel("The file", { exact: true }).fill("* owner@acme.test");
  await page.getByRole("button", { name: "Save file" }).click();
  await status("The file is saved.");

  // A mapping that owners use stays until they are gone.
  await page.goto(`/settings/acme/integrations/example/${given.example}/code-mappings/`);
  const deleteMapping = async () => {
    await page.getByRole("button", { name: /^Delete… the mapping/ }).click();
    await page.getByRole("button", { name: "Delete mapping" }).click();
  };
  await deleteMapping();
  await status("Code owners use this mapping.");
  await page.goto("/settings/acme/projects/web/ownership/");
  await page.getByRole("button", { name: /^Delete…/ }).click();
  await page.getByRole("button", { name: "Delete code owners" }).click();
  await status("The code owners are deleted.");
  await page.goto(`/settings/acme/integrations/example/${given.example}/code-mappings/`);
  await deleteMapping();
  await status("The mapping is deleted.");

  await page.getByRole("link", { name: "Repositories" }).click();
  await page.getByRole("button", { name: "Hide… user/repo" }).click();
  await page.getByRole("button", { name: "Hide repository" }).click();
  await status("user/repo is hidden.");
  await page.getByLabel("State").selectOption({ label: "Hidden or deleted" });
  await page.getByRole("button", { name: "Show again user/repo" }).click();
  await status("user/repo is in use.");
  await page.getByRole("button", { name: "Delete… user/repo" }).click();
  await page.getByRole("button", { name: "Delete repository" }).click();
  await status("user/repo will be deleted.");
});
