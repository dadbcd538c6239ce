// The directory: found by typing and by arrow keys, a provider and its installation are opened, a member asks the owners for
// what she may not set up (never for what nobody can connect), and an operator writes instructions that then stand in it.
const { assert, given, heading, journey, seen, signIn } = require("./journey.cjs");

const LIST = "/settings/acme/integrations/";
const HERS = "a long enough password";

/** Somebody without the rights of an owner joins. */
async function join(owner, visit) {
  await owner.goto("/settings/acme/members/");
  await owner.getByLabel("E-mail").fill("nina@acme.test");
  await owner.getByRole("button", { name: "Invite" }).click();
  const link = owner.getByRole("status").locator("code");
  await link.waitFor();
  const { page } = await visit();
  await page.goto(await link.innerText());
  await page.getByLabel("Your name").fill("Nina New");
  await page.getByLabel("Choose a password").fill(HERS);
  await page.getByRole("button", { name: "Create account and join" }).click();
  await heading(page, "Issues");
  return page;
}

/** A square picture. */
async function picture(page, side) {
  const draw = (side) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    canvas.getContext("2d").fillRect(0, 0, side / 2, side);
    return canvas.toDataURL("image/png").split(",")[1];
  };
  return Buffer.from(await page.evaluate(draw, side), "base64");
}

/** The list is searched, narrowed, and walked by keys up to the settings of an installation. */
async function find(page) {
  await page.getByRole("link", { name: "Integrations" }).click();
  await heading(page, "Integrations");
  const names = page.locator("#entries h2 a");
  assert.equal(await names.first().innerText(), "Azure DevOps", "what is installed comes first");
  const all = await names.count();
  const found = (text) => page.locator("#entries .found").getByText(text, { exact: true }).waitFor();
  const search = page.getByLabel("Search integrations");
  await search.fill("hub");
  await found(`2 of ${all} integrations`);
  assert.deepEqual(await names.allInnerTexts(), ["GitHub", "GitHub Enterprise"]);
  assert.ok(page.url().endsWith("?search=hub"), page.url());
  await page.getByLabel("State").selectOption({ label: "Installed" });
  await seen(page.getByRole("heading", { name: "Nothing matches" }));
  await page.getByRole("link", { name: "Show everything" }).click();
  await found(`${all} integrations`);
  await page.getByLabel("State").selectOption({ label: "Not installed" });
  await found(`${all - 2} of ${all} integrations`);
  await page.getByLabel("Category").selectOption({ label: "Incidents" });
  await found(`3 of ${all} integrations`);
  assert.deepEqual(await names.allInnerTexts(), ["PagerDuty", "Opsgenie", "VictorOps"]);
  assert.ok(page.url().endsWith("?category=incidents&state=available"), page.url());
  await page.goto(LIST);
  await page.waitForLoadState();

  const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);
  await search.focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) await page.keyboard.press(key);
  assert.ok(await isFocused(names.first()), "the arrow keys walk the list");
  await page.keyboard.press("End");
  assert.ok(await isFocused(names.last()), "and lead to its end");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  assert.ok(await isFocused(search), "and back to the search");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await heading(page, "Azure DevOps");
  // Nothing is offered that this server can't do.
  await page.getByText("Not available on this server yet.").waitFor();
  await page.getByRole("link", { name: "Configure acme-ado" }).click();
  await heading(page, "acme-ado");
}

/** A member asks for a plugin in a dialog, and without scripts for another; never for a provider that can't be connected. */
async function ask(hers, visit) {
  await hers.goto(`${LIST}?search=slack`);
  await hers.getByRole("link", { name: "Slack", exact: true }).click();
  await heading(hers, "Slack");
  assert.equal(await hers.getByText("Ask the owners").count(), 0, "nobody can connect it here");
  await hers.goto(`${LIST}?search=pushover`);
  await hers.getByRole("link", { name: "Pushover", exact: true }).click();
  await heading(hers, "Pushover");
  await hers.waitForLoadState();
  await hers.getByRole("button", { name: "Ask the owners…" }).click();
  await keepOpen(hers);
  await hers.getByLabel("Message").fill("We talk there.");
  await hers.getByRole("button", { name: "Send request" }).click();
  await hers.getByRole("status").getByText("The owners are asked by mail.").waitFor();

  // The dialog is a link to its place on the page without scripts.
  const { page: plain } = await visit({ javaScriptEnabled: false });
  await signIn(plain, "nina@acme.test", HERS);
  await plain.goto(LIST);
  await plain.getByLabel("Search integrations").fill("victorops");
  await plain.getByRole("button", { name: "Search" }).click();
  await plain.getByRole("link", { name: "VictorOps", exact: true }).click();
  await heading(plain, "VictorOps");
  await plain.getByRole("link", { name: "Ask the owners…" }).click();
  await plain.getByRole("button", { name: "Send request" }).click();
  await plain.getByRole("status").getByText("The owners are asked by mail.").waitFor();
}

/** A dialog stays where it is when its own edge is pressed, or when a press that began in it ends beside it. */
async function keepOpen(page) {
  const dialog = page.getByRole("dialog");
  const { x, y, width } = await dialog.boundingBox();
  await page.mouse.click(x + 4, y + 4);
  await page.getByLabel("Message").hover();
  await page.mouse.down();
  await page.mouse.move(x + width + 40, y);
  await page.mouse.up();
  assert.ok(await dialog.isVisible(), "it is still there");
  await page.mouse.click(x + width + 40, y);
  assert.ok(!(await dialog.isVisible()), "a click beside it closes it");
  await page.getByRole("button", { name: "Ask the owners…" }).click();
}

/** An operator writes instructions, which are published once they have a picture. */
async function instruct(visit) {
  const { page } = await visit();
  await signIn(page, given.operator, given.password);
  await heading(page, "Issues");
  await page.goto("/auth/superuser/?next=/operator/doc-integrations/");
  await page.getByLabel("Password").fill(given.password);
  await page.getByRole("main").getByRole("button").click();
  await heading(page, "Documentation integrations");
  await page.getByRole("link", { name: "Write the first" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Night Watch");
  await page.getByLabel("Author").fill("Acme Labs");
  await page.getByLabel("Description").fill("Watches **everything** at night.");
  await page.getByLabel("Address").fill("https://watch.test/docs");
  await page.getByLabel("Resources").fill("Prices https://watch.test/prices");
  await page.getByLabel(/channels of/).check();
  await page.getByRole("button", { name: "Create draft" }).click();
  await page.getByText("Night Watch is made, as a draft.").waitFor();
  assert.ok(await page.getByRole("button", { name: "Publish" }).isDisabled(), "it needs a picture first");
  await page.getByLabel("File").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: await picture(page, 256) });
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByText("The picture is saved.").waitFor();
  const shown = page.getByAltText("The picture");
  assert.equal(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth)), 52);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Night Watch is published.").waitFor();
  return page;
}

journey(async (visit) => {
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  await find(page);
  const hers = await join(page, visit);
  await ask(hers, visit);
  const operator = await instruct(visit);

  await hers.goto(LIST);
  await hers.getByLabel("Search integrations").fill("night");
  await hers.locator("#entries .found").getByText(/^1 of /).waitFor();
  await hers.getByRole("link", { name: "Night Watch" }).click();
  await heading(hers, "Night Watch");
  const instructions = hers.getByRole("link", { name: "Read the instructions" });
  assert.equal(await instructions.getAttribute("href"), "https://watch.test/docs");
  assert.equal(await hers.getByRole("link", { name: "Edit" }).count(), 0);

  await operator.getByRole("button", { name: "Unpublish" }).click();
  await operator.getByText("Night Watch is a draft again").waitFor();
  await operator.getByRole("button", { name: "Delete…" }).click();
  await operator.getByLabel("to confirm").fill("night-watch");
  await operator.getByRole("button", { name: "Delete", exact: true }).click();
  await operator.getByText("Night Watch is deleted.").waitFor();
  await hers.goto(`${LIST}?search=night`);
  await seen(hers.getByRole("heading", { name: "Nothing matches" }));
});
