// Someone on call: finds an issue, talks about it, takes it and resolves it, with the keyboard where that is quicker.
const { assert, given, heading, journey, seen, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  const search = page.getByLabel("Search issues");
  const row = page.getByRole("link", { name: "Boom one" });
  await search.fill("nothing like this");
  await page.getByRole("heading", { name: "No issue matches" }).waitFor();
  assert.match(page.url(), /query=nothing/, "the address follows");
  await search.fill("boom");
  await row.click();
  await heading(page, "Boom one");

  const activity = page.getByRole("region", { name: "Activity" });
  await activity.getByLabel("Comment").fill("I look at <this>");
  await activity.getByRole("button", { name: "Comment" }).click();
  await seen(activity.getByText("I look at <this>").first());

  const picker = page.locator("summary", { hasText: "Assign" });
  await picker.focus();
  await page.keyboard.press("Enter");
  await page.locator("#narrow-assignee:focus").waitFor();
  await page.keyboard.type("member");
  await page.keyboard.press("Enter");
  await seen(activity.getByText("assigned this issue to member@acme.test"));

  await page.getByLabel("More ways to resolve").click();
  await page.getByLabel("In release").fill("shop@9.9");
  await page.keyboard.press("Escape");
  await page.getByLabel("In release").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await page.getByRole("status").getByText("The issue is resolved.").waitFor();
  await activity.getByText("resolved this issue").waitFor();

  await page.getByRole("link", { name: "Issues" }).first().click();
  await heading(page, "Issues");
  assert.equal(await row.count(), 0, "no longer among the unresolved");
  await page.getByRole("link", { name: "Resolved", exact: true }).click();
  await row.waitFor();
});
