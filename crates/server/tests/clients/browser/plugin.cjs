// A legacy plugin: switched on with an address of this machine, tried out, seen at work in the log of deliveries, switched
// off; then the address that releases are told at.
const http = require("node:http");
const { assert, given, heading, journey, signIn } = require("./journey.cjs");

/** Listens on a free port and keeps what it gets. */
async function receiver() {
  const received = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      received.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { received, url: `http://127.0.0.1:${server.address().port}/in`, close: () => server.close() };
}

async function send(message) {
  const dsn = new URL(given.dsn);
  const headers = { "X-Sentry-Auth": `Sentry sentry_version=7, sentry_key=${dsn.username}` };
  const sent = await fetch(`${dsn.origin}/api${dsn.pathname}/store/`, { method: "POST", headers, body: JSON.stringify({ message }) });
  assert.equal(sent.status, 200);
}

async function makeRule(page) {
  await page.goto("/organizations/acme/alerts/new-rule/web/");
  await page.getByLabel("Name", { exact: true }).fill("All of it");
  for (const [list, choice, text] of [
    ["conditions", "A condition", "A new issue is created"],
    ["actions", "An action", "Send a notification to all legacy integrations"],
  ]) {
    await page.getByLabel(choice, { exact: true }).selectOption({ label: text });
    await page.locator(`#${list}`).getByRole("button", { name: "Add" }).click();
    await page.locator(`#${list} .node`).waitFor();
  }
  await page.getByRole("button", { name: "Save rule" }).last().click();
  await heading(page, "All of it");
}

journey(async (visit) => {
  const hook = await receiver();
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  await page.goto("/settings/acme/projects/web/");
  await page.getByRole("navigation", { name: "Project settings" }).getByRole("link", { name: "Plugins" }).click();
  await page.getByRole("link", { name: "WebHooks" }).click();
  await heading(page, "WebHooks");
  await page.getByLabel("Callback URLs").fill(hook.url);
  await page.getByRole("button", { name: "Save and switch on" }).click();
  await page.getByRole("status").getByText("WebHooks is on.").waitFor();
  assert.equal(await page.getByLabel("Callback URLs").inputValue(), hook.url);

  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("status").getByText("No errors returned").waitFor();
  assert.equal(hook.received.length, 1);

  await makeRule(page);
  await send("a bolt is loose");
  await page.goto("/settings/acme/projects/web/plugins/webhooks/");
  await page.getByRole("main").getByRole("link", { name: "Deliveries" }).click();
  await heading(page, "Deliveries");
  // The log is looked at again and again, so it comes by itself.
  const row = page.getByRole("row", { name: /WebHooks of Web/ });
  await row.getByText("200 OK").waitFor();
  assert.equal(hook.received[1].message, "a bolt is loose");
  assert.deepEqual(hook.received[1].triggering_rules, ["All of it"]);
  await row.getByRole("link", { name: "event_alert.triggered" }).click();
  await heading(page, "event_alert.triggered");
  await page.getByText(hook.url).first().waitFor();

  await page.goto("/settings/acme/projects/web/plugins/webhooks/");
  await page.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("status").getByText("WebHooks is off. Its settings stay.").waitFor();
  await send("another bolt is loose");
  await page.getByRole("button", { name: "Forget…" }).click();
  await page.getByRole("button", { name: "Forget the settings" }).click();
  await page.getByRole("status").getByText("its settings are forgotten").waitFor();
  assert.equal(await page.getByLabel("Callback URLs").inputValue(), "");
  assert.equal(hook.received.length, 2);
  hook.close();

  await page.getByRole("link", { name: "Web", exact: true }).click();
  await page.getByRole("link", { name: "Release tracking" }).click();
  const shown = async () => (await page.locator(".copy-line code").first().textContent()).trim();
  const address = await shown();
  const tell = async (url) => (await fetch(url, { method: "POST", body: JSON.stringify({ version: "1.0" }) })).status;
  assert.equal(await tell(address), 201);
  await page.getByRole("button", { name: "New token…" }).click();
  await page.getByRole("button", { name: "Make a new token" }).click();
  await page.getByRole("status").getByText("There is another token.").waitFor();
  assert.notEqual(await shown(), address);
  assert.equal(await tell(address), 403);
  assert.equal(await tell(await shown()), 208);
});
