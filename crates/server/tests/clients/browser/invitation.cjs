// An owner invites somebody, who follows the link, makes an account and is in.
const { assert, given, heading, journey, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByLabel("E-mail").fill("nina@acme.test");
  await page.getByLabel("#core").check();
  await page.getByRole("button", { name: "Invite" }).click();
  const shown = page.getByRole("status").locator("code");
  await shown.waitFor();
  const link = await shown.innerText();
  assert.ok(link.startsWith(given.base), link);
  await page.getByRole("table", { name: "Invitations" }).getByText("nina@acme.test", { exact: true }).waitFor();

  const { page: hers } = await visit();
  await hers.goto(link);
  await heading(hers, "Join Acme");
  await hers.getByLabel("Your name").fill("Nina New");
  await hers.getByLabel("Choose a password").fill("a long enough password");
  await hers.getByRole("button", { name: "Create account and join" }).click();
  await heading(hers, "Issues");
  await hers.getByRole("link", { name: "Boom one" }).waitFor();
  assert.equal(await hers.getByRole("link", { name: "Audit log" }).count(), 0, "a member does not manage");

  await page.goto("/settings/acme/members/");
  await page.getByRole("table", { name: "Members" }).getByRole("strong").getByText("Nina New").waitFor();
  assert.equal(await page.getByText("Invited", { exact: true }).count(), 0, "the invitation is used up");
});
