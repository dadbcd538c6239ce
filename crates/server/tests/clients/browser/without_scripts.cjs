// The same with scripts switched off: every action is a form or a link.
const { given, heading, journey, signIn } = require("./journey.cjs");

journey(async (visit) => {
  const { page } = await visit({ javaScriptEnabled: false });
  await signIn(page, given.user, given.password);
  await page.getByLabel("Search issues").fill("boom");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Boom one" }).click();
  await heading(page, "Boom one");
  await page.getByLabel("More ways to archive").click();
  await page.getByLabel("Until", { exact: true }).selectOption({ label: "10 more events" });
  await page.getByRole("button", { name: "Archive" }).last().click();
  await page.getByText("archived this issue until it happens 10 more times").waitFor();
  await page.getByRole("button", { name: "Reopen" }).click();
  await page.getByRole("status").getByText("The issue is open again.").waitFor();
  await page.getByLabel("Delete this issue").click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete issue" }).click();
  await page.getByRole("status").getByText("The issue is deleted.").waitFor();
  await heading(page, "Issues");
});
