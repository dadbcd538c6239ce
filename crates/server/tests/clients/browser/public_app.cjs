// A public app with dialogs: made, installed with its redirect, used from an issue with choices that depend and are searched.
const http = require("node:http");
const { assert, given, heading, journey, signIn } = require("./journey.cjs");

/** The app: answers choices, items and its set-up page, and remembers what it was asked. */
async function serve() {
  const asked = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://app.test");
    asked.push(url);
    const json = (body) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(body));
    const depends = url.searchParams.get("dependentData") ?? "";
    if (url.pathname === "/setup") return response.setHeader("Content-Type", "text/html").end("<!doctype html><title>x</title><h1>Set up</h1><link rel=icon href=data:,>");
    if (url.pathname === "/board") return json([{ value: 1, label: "Payments" }, { value: 2, label: "Search" }]);
    if (url.pathname === "/column") return json([{ value: "c", label: `Column of ${depends}` }]);
    if (url.pathname === "/person") return json([{ value: "p", label: `Found ${url.searchParams.get("query")}` }]);
    if (url.pathname === "/create") return json({ webUrl: "http://app.test/9", project: "PAY", identifier: "9" });
    json({});
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { asked, server, base: `http://127.0.0.1:${server.address().port}` };
}

const SCHEMA = {
  elements: [
    {
      type: "issue-link",
      link: { uri: "/link", required_fields: [{ type: "text", name: "id", label: "Item" }] },
      create: {
        uri: "/create",
        required_fields: [
          { type: "text", name: "title", label: "Title", default: "issue.title" },
          { type: "select", name: "board", label: "Board", uri: "/board" },
          { type: "select", name: "column", label: "Column", uri: "/column", depends_on: ["board"], skip_load_on_open: true },
        ],
        optional_fields: [{ type: "select", name: "person", label: "Person", uri: "/person", async: true, skip_load_on_open: true }],
      },
    },
  ],
};

journey(async (visit) => {
  const app = await serve();
  const { page } = await visit();
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");
  await page.goto("/settings/acme/new-public-app/");
  await page.getByLabel("Name", { exact: true }).fill("Boards");
  await page.getByLabel("Author").fill("Acme");
  await page.getByLabel("Webhook URL").fill(`${app.base}/hook`);
  await page.getByLabel("Redirect URL").fill(`${app.base}/setup?plan=free`);
  await page.getByLabel("Schema", { exact: true }).fill(JSON.stringify(SCHEMA));
  await page.getByRole("heading", { name: "Items for issues" }).waitFor();
  await page.getByRole("button", { name: "Create app" }).click();
  await page.getByRole("status").getByText("Boards is made.").waitFor();

  await page.goto("/sentry-apps/boards/external-install/?state=a%26b");
  await heading(page, "Install Boards");
  await page.getByRole("button", { name: "Allow and install" }).click();
  await heading(page, "Set up");
  const led = new URL(page.url()).searchParams;
  assert.deepEqual([led.get("orgSlug"), led.get("plan"), led.get("state")], ["acme", "free", "a&b"]);
  assert.match(led.get("code"), /^[0-9a-f]{64}$/);

  await page.goto(`/organizations/acme/issues/${given.issue}/`);
  await page.getByRole("link", { name: "Create an item in Boards" }).click();
  await heading(page, "Create an item in Boards");
  assert.equal(await page.getByLabel("Title").inputValue(), "Boom one");
  await page.getByRole("combobox", { name: "Board" }).selectOption({ label: "Payments" });
  await page.getByRole("combobox", { name: "Column" }).selectOption({ label: 'Column of {"board":1}' });
  await page.getByLabel("Find: Person").fill("ada");
  const person = page.getByRole("combobox", { name: "Person optional" });
  await person.getByRole("option", { name: "Found ada" }).waitFor({ state: "attached" });
  assert.equal(await person.inputValue(), "", "what is found is not chosen by itself");
  await person.selectOption({ label: "Found ada" });
  await page.getByLabel("Title").fill("Boom nine");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("status").getByText("This issue is linked to PAY#9.").waitFor();
  assert.equal(await page.getByRole("link", { name: "PAY#9" }).getAttribute("href"), "http://app.test/9");
  await page.getByRole("button", { name: "Remove the link to PAY#9" }).click();
  await page.getByRole("status").getByText("The link is removed.").waitFor();
  const paths = app.asked.map((url) => url.pathname);
  assert.equal(paths.filter((path) => path === "/board").length, 1, "only what changed is asked for again");
  app.server.closeAllConnections();
  app.server.close();
});
