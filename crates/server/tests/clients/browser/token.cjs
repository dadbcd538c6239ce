// A token: made, shown once, used, deleted; then signing out.
const { assert, given, heading, journey, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  await page.locator("summary", { hasText: "Account menu" }).click();
  await page.getByRole("link", { name: "API tokens" }).click();
  await page.getByRole("link", { name: "New token" }).click();
  await page.getByLabel("Name").fill("night job");
  await page.getByRole("combobox", { name: "Organization" }).selectOption({ label: "Read" });
  await page.getByRole("button", { name: "Create token" }).click();
  const secret = await page.getByRole("status").locator("code").textContent();
  const status = async () => {
    const headers = { Authorization: `Bearer ${secret}` };
    return (await fetch(`${given.base}/api/0/organizations/acme/`, { headers })).status;
  };
  assert.equal(await status(), 200);

  await page.goto("/settings/account/api/auth-tokens/");
  const row = page.getByRole("row", { name: "night job" });
  await row.waitFor();
  assert.ok(!(await page.content()).includes(secret), "it is shown once");
  await row.getByRole("button", { name: "Delete…" }).click();
  await page.keyboard.press("Escape");
  assert.equal(await status(), 200, "Escape keeps it");
  await row.getByRole("button", { name: "Delete…" }).click();
  await row.getByRole("button", { name: "Delete token" }).click();
  await page.getByRole("status").getByText("The token is deleted.").waitFor();
  assert.equal(await status(), 401);

  await page.locator("summary", { hasText: "Account menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await heading(page, "Sign in");
  await page.goto("/organizations/acme/issues/");
  await heading(page, "Sign in");
});
