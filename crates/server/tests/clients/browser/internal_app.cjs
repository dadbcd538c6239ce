// An internal app: made, given a token, changed, deleted.
const { assert, given, heading, journey, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  await page.getByRole("link", { name: "Developer settings" }).click();
  await page.getByRole("link", { name: "Internal app" }).click();
  await heading(page, "New internal app");
  await page.getByLabel("Name", { exact: true }).fill("Night job");
  await page.getByRole("combobox", { name: "Organization" }).selectOption({ label: "Read" });
  await page.getByRole("button", { name: "Create app" }).click();
  await page.getByRole("status").getByText("Night job is made.").waitFor();

  await page.getByRole("button", { name: "New token" }).click();
  const token = await page.getByRole("status").locator("code").textContent();
  const status = async () => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(`${given.base}/api/0/organizations/acme/`, { headers })).status;
  };
  assert.equal(await status(), 200);

  await page.getByRole("link", { name: "Settings", exact: true }).last().click();
  await page.getByLabel("Schema", { exact: true }).fill('{"elements": [{"type": "stacktrace-link"}]}');
  await page.locator("#preview").getByText("'uri' is a required property").waitFor();
  await page.getByLabel("Schema", { exact: true }).fill('{"elements": [{"type": "stacktrace-link", "uri": "/frame"}]}');
  await page.getByRole("heading", { name: "Open in the app" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Day job");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("status").getByText("The app is saved.").waitFor();
  await heading(page, "Day job");

  await page.getByRole("button", { name: "Delete app…" }).click();
  const slug = await page.getByRole("dialog").locator("strong").textContent();
  await page.getByLabel(`Type ${slug} to confirm`).fill(slug);
  await page.getByRole("button", { name: "Delete app", exact: true }).click();
  await page.getByRole("status").getByText("Day job is deleted.").waitFor();
  assert.equal(await status(), 401);
});
