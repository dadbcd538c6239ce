// A newcomer: signs in with what the first start printed, follows the guide, sees the first issue.
const { execFileSync } = require("node:child_process");
const path = require("node:path");
const { assert, given, heading, journey, refusal, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const visitor = await visit();
  const { page } = visitor;
  await signIn(page, given.user, "not the password");
  await page.getByRole("alert").getByText("The name or the password is wrong.").waitFor();
  await refusal(visitor, 401);
  await signIn(page, given.user, given.password);
  await heading(page, /^Send the first event of /);
  await page.getByText("Waiting for the first event").waitFor();
  const dsn = await page.getByRole("region", { name: "The address to send to" }).locator("code").innerText();
  assert.equal(dsn, given.dsn);

  execFileSync("node", [path.join(__dirname, "../throw.cjs"), given.modules, dsn]);
  await page.getByText("TypeError: paper jam", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Open the issue" }).click();
  await heading(page, "TypeError");
  await page.getByText("paper jam").first().waitFor();
  await page.getByRole("region", { name: "Stack trace" }).getByText("throw.cjs").first().waitFor();

  await page.getByRole("navigation", { name: "Organization" }).getByRole("link", { name: "Issues" }).click();
  await heading(page, "Issues");
  assert.equal(await page.getByRole("link", { name: "TypeError paper jam" }).count(), 1);
});
