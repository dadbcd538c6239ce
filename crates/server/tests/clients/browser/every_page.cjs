// Every page on a phone in the dark (the issue also on a desk by daylight): nothing sticks out, everything has a name, focus is seen, scripts and policy are silent.
const fs = require("node:fs");
const { assert, given, heading, journey, load, refusal, signIn } = require("./journey.cjs");

const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "dark", isMobile: true, hasTouch: true };
const DESK = { width: 1280, height: 900 };
const axe = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

/** What is wrong with the page as it is now, by the rules that hold for all of them. */
function look() {
  const wrong = [];
  const name = (element) => element.outerHTML.slice(0, 160);
  const beyond = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (beyond > 0) wrong.push(`${beyond} px wider than the screen`);
  for (const panel of document.querySelectorAll(".panel")) {
    if (panel.scrollWidth - panel.clientWidth > 1) wrong.push(`wider than its panel: ${name(panel)}`);
  }
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not exactly one main heading");
  for (const control of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!control.labels.length && !control.ariaLabel) wrong.push(`no label: ${name(control)}`);
  }
  const reachable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  // Behind an open dialog nothing is reachable.
  const within = document.querySelector("dialog:modal") ?? document;
  for (const element of within.querySelectorAll(reachable)) {
    if (!element.checkVisibility() || element.disabled || element.closest("fieldset:disabled")) continue;
    element.focus({ preventScroll: true, focusVisible: true });
    const style = getComputedStyle(element);
    const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    if (document.activeElement !== element || !isSeen) wrong.push(`focus is not seen: ${name(element)}`);
  }
  document.activeElement.blur();
  return wrong;
}

async function inspect(page, where) {
  // Keyboard first: from then on the browser shows focus.
  await page.keyboard.press("Tab");
  const wrong = await page.evaluate(look);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  const serious = violations.filter((found) => ["serious", "critical"].includes(found.impact));
  wrong.push(...serious.map((found) => `${found.id}: ${found.nodes[0].html} ${found.nodes[0].failureSummary}`));
  assert.deepEqual(wrong, [], where);
}

/** An event in which every text is one long word, as addresses and generated names are. */
async function sendLongWords() {
  const dsn = new URL(given.dsn);
  const word = (letter) => letter.repeat(300);
  const frame = { filename: word("f"), function: word("g"), lineno: 1, in_app: true, context_line: word("c"), vars: { [word("k")]: word("v") } };
  const event = {
    transaction: word("t"),
    release: word("r").slice(0, 200),
    environment: word("e").slice(0, 60),
    user: { email: `${word("u")}@acme.test` },
    tags: { url: word("a").slice(0, 190) },
    request: { method: "GET", url: `https://acme.test/${word("p")}`, headers: { "X-Long": word("h") } },
    breadcrumbs: { values: [{ category: word("b"), message: word("m"), data: { url: word("d") } }] },
    contexts: { device: { name: word("n") } },
    exception: { values: [{ type: word("T"), value: word("V"), module: word("M"), stacktrace: { frames: [frame] } }] },
  };
  const headers = { "X-Sentry-Auth": `Sentry sentry_version=7, sentry_key=${dsn.username}` };
  const sent = await fetch(`${dsn.origin}/api${dsn.pathname}/store/`, { method: "POST", headers, body: JSON.stringify(event) });
  assert.equal(sent.status, 200);
}

/** A rule is put together; its page, its menu and its dialog are looked at. */
async function makeRule(page) {
  await page.goto(`${org}/alerts/new-rule/web/`);
  await page.getByLabel("Name", { exact: true }).fill("New things");
  for (const [list, choice, text] of [
    ["conditions", "A condition", "A new issue is created"],
    ["actions", "An action", "Send a notification to all legacy integrations"],
  ]) {
    await page.getByLabel(choice, { exact: true }).selectOption({ label: text });
    await page.locator(`#${list}`).getByRole("button", { name: "Add" }).click();
    await page.locator(`#${list} .node`).waitFor();
  }
  await inspect(page, "a rule that is put together");
  await page.getByRole("button", { name: "Save rule" }).last().click();
  await heading(page, "New things");
  await inspect(page, "a rule");
  await page.locator("summary", { hasText: "Mute" }).click();
  await inspect(page, "muting a rule");
  // Looking at it moved the focus, which closes a menu.
  await page.locator("summary", { hasText: "Mute" }).click();
  await page.getByRole("button", { name: "Mute the rule" }).click();
  await page.getByText("The rule is muted.").waitFor();
  await inspect(page, "a muted rule");
  await page.getByRole("button", { name: "Unmute" }).click();
  await page.getByText("The rule is heard again.").waitFor();

  const opener = page.getByRole("button", { name: "Delete rule…" });
  await opener.click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  for (let key = 0; key < 6; key++) {
    await page.keyboard.press("Tab");
    const isOutside = await page.evaluate(() => document.activeElement !== document.body && !document.activeElement.closest("dialog"));
    assert.ok(!isOutside, "the focus stays in the dialog");
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.ok(await opener.evaluate((element) => element === document.activeElement), "the focus is back where it was");
}

/** What an application, an app that waits and a draft have to show: each is made as its makers make it. */
async function makeShown(page) {
  const api = async (method, path, body, headers = {}) => {
    const answer = await page.request.fetch(`/api/0/${path}`, { method, data: body, headers });
    assert.ok(answer.ok(), `${method} ${path}: ${await answer.text()}`);
    return answer.status() === 204 ? null : answer.json();
  };
  await api("PUT", `sentry-apps/${given.waiting}/`, { author: "Acme", status: "publish_request_inprogress" }, { Authorization: `Bearer ${given.token}` });
  const cookies = await page.context().cookies();
  const csrf = { "X-CSRFToken": cookies.find(({ name }) => name === "sc").value };
  const { clientID } = await api("POST", "api-applications/", undefined, csrf);
  await api("PUT", `api-applications/${clientID}/`, { name: "W".repeat(60), redirectUris: ["https://a.test/cb"], homepageUrl: "https://a.test/" }, csrf);
  const draft = { author: "Acme", name: "Night Watch", description: "d".repeat(300), url: "https://watch.test/docs", popularity: 1, features: [0, 1, 2] };
  const resources = [{ title: "t".repeat(200), url: "https://watch.test/more" }, { title: "Nowhere", url: "none" }];
  await api("POST", "doc-integrations/", { ...draft, resources }, csrf);
  return `/oauth/authorize/?client_id=${clientID}&response_type=code&scope=org%3Aread+event%3Awrite`;
}

/** Pages of those who run the server, as one of them sees them. */
async function inspectAsOperator(page) {
  await page.goto("/auth/superuser/?next=/operator/publication-requests/");
  await inspect(page, "becoming a superuser");
  await page.getByLabel("Password").fill(given.password);
  await page.getByRole("main").getByRole("button").click();
  await heading(page, "Publication requests");
  assert.equal((await page.goto("/operator/doc-integrations/")).status(), 200);
  await inspect(page, "no documentation integrations");
  const consent = await makeShown(page);
  for (const path of [
    consent,
    "/operator/publication-requests/",
    "/operator/doc-integrations/",
    "/operator/new-doc-integration/",
    "/operator/doc-integrations/night-watch/",
    `${settings}/document-integrations/night-watch/`,
    `${settings}/integrations/?search=night`,
  ]) {
    assert.equal((await page.goto(path)).status(), 200, path);
    await inspect(page, path);
  }
  await page.goto("/operator/doc-integrations/night-watch/");
  await page.getByRole("button", { name: "Delete…" }).click();
  await inspect(page, "deleting a documentation integration");
  await page.goto("/operator/new-doc-integration/");
  await page.getByLabel("Name", { exact: true }).fill("Night Watch");
  await page.getByLabel("Author").fill("x");
  await page.getByLabel("Description").fill("x");
  await page.getByLabel("Address").fill("https://watch.test/");
  await page.getByRole("button", { name: "Create draft" }).click();
  await page.getByText("Choose at least one.").waitFor();
  await inspect(page, "a documentation integration that is refused");
}

/** A code mapping and owners with names that nobody knows; the forms and lists that this leads to are looked at. */
async function mapCode(page) {
  const mappings = `${settings}/integrations/vsts/${given.integration}/code-mappings/`;
  await page.goto(`${mappings}new/`);
  await page.getByLabel("Project", { exact: true }).selectOption({ label: "web" });
  await page.getByLabel("Repository", { exact: true }).selectOption({ label: "widgets" });
  await page.getByLabel("Stack trace root").fill(`/${"very-long-folder/".repeat(12)}`);
  await page.getByLabel("Branch").fill("main");
  await page.getByRole("button", { name: "Add mapping" }).click();
  await page.getByText("web is mapped to widgets.").waitFor();
  await inspect(page, "code mappings");
  await page.getByRole("link", { name: /^Change the mapping/ }).click();
  await heading(page, "Change a code mapping");
  await inspect(page, "a code mapping");
  await page.goto(`${settings}/projects/web/ownership/`);
  await inspect(page, "no code owners");
  await page.getByLabel("The file", { exact: true }).fill(`* @nobody ${"n".repeat(120)}@x.test @acme/none`);
  await page.getByRole("button", { name: "Add code owners" }).click();
  await page.getByText("The code owners of widgets are known now.").waitFor();
  await page.getByText("0 rules").click();
  await page.getByText("The file of widgets").click();
  await inspect(page, "code owners");
}

const org = "/organizations/acme";
const settings = "/settings/acme";
const PAGES = [
  `${org}/issues/`,
  `${org}/issues/?query=nothing+like+this`,
  `${org}/issues/${given.issue}/apps/${given.dialogs}/create/`,
  `${org}/issues/${given.issue}/apps/${given.dialogs}/link/`,
  `${org}/projects/`,
  `${org}/projects/new/`,
  `${org}/projects/web/getting-started/`,
  `${org}/alerts/rules/`,
  `${org}/alerts/metric-rules/`,
  `${org}/alerts/new-rule/web/`,
  `${org}/deliveries/`,
  `${settings}/`,
  `${settings}/integrations/`,
  `${settings}/integrations/?search=nothing+like+this`,
  `${settings}/integrations/vsts/`,
  `${settings}/integrations/vsts/${given.integration}/`,
  `${settings}/plugins/webhooks/`,
  `${settings}/plugins/browsers/`,
  `${settings}/integrations/vsts/${given.integration}/code-mappings/new/`,
  `${settings}/integrations/vsts/${given.integration}/people/`,
  `${settings}/repos/`,
  `${settings}/repos/?state=all`,
  `${settings}/repos/new/`,
  `${settings}/sentry-apps/${given.app}/`,
  `${settings}/developer-settings/`,
  `${settings}/new-internal-app/`,
  `${settings}/new-public-app/`,
  `${settings}/developer-settings/${given.app}/`,
  `${settings}/developer-settings/${given.app}/credentials/`,
  `${settings}/developer-settings/${given.app}/dashboard/`,
  `/sentry-apps/${given.app}/external-install/`,
  `${settings}/members/`,
  `${settings}/teams/core/`,
  `${settings}/teams/`,
  `${settings}/audit-log/`,
  `${settings}/projects/web/`,
  `${settings}/projects/web/keys/`,
  `${settings}/projects/web/environments/`,
  `${settings}/projects/web/plugins/`,
  `${settings}/projects/web/plugins/webhooks/`,
  `${settings}/projects/web/plugins/pushover/`,
  `${settings}/projects/web/plugins/slack/`,
  `${settings}/projects/web/plugins/heroku/`,
  `${settings}/projects/web/plugins/trello/`,
  `${settings}/projects/web/plugins/asana/`,
  `${settings}/projects/web/release-tracking/`,
  `${settings}/plugins/webhooks/`,
  "/settings/account/api/auth-tokens/",
  "/settings/account/api/auth-tokens/new/",
  "/new-organization/",
  "/auth/sudo/",
];
/** Pages that refuse: the address and the status. */
const REFUSALS = [
  [`${org}/issues/?query=is:purple`, 400],
  [`${org}/issues/999999/`, 404],
  ["/accept/1/wrong/", 404],
];

journey(async (visit) => {
  const visitor = await visit(PHONE);
  const { page } = visitor;
  await page.goto("/");
  await inspect(page, "sign in");
  await signIn(page, given.user, given.password);
  await heading(page, "Issues");

  await page.goto(`${org}/issues/${given.issue}/`);
  await inspect(page, "the issue");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESK);
  await inspect(page, "the issue on a desk by daylight");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize(PHONE.viewport);
  for (const menu of ["More ways to resolve", "More ways to archive"]) {
    await page.getByLabel(menu).click();
    await inspect(page, menu);
  }
  await page.goto(`${org}/issues/${given.issue}/`);
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await page.getByText("The issue is resolved.").waitFor();
  await inspect(page, "a resolved issue");

  await sendLongWords();
  await page.goto(`${org}/issues/`);
  await page.getByRole("link", { name: /^error T/ }).click();
  await heading(page, /T{20}/);
  await inspect(page, "an issue of long words");

  await makeRule(page);
  await mapCode(page);
  for (const path of PAGES) {
    assert.equal((await page.goto(path)).status(), 200, path);
    await inspect(page, path);
  }
  for (const [path, status] of REFUSALS) {
    assert.equal((await page.goto(path)).status(), status, path);
    await refusal(visitor, status);
    await inspect(page, path);
  }
  await page.goto(`${org}/deliveries/`);
  await page.getByRole("link", { name: "issue.resolved" }).click();
  await heading(page, "issue.resolved");
  await inspect(page, "a delivery");

  const operator = await visit(PHONE);
  await signIn(operator.page, given.operator, given.password);
  await heading(operator.page, "Issues");
  await operator.page.goto(`${settings}/plugins/pushover/`);
  await operator.page.getByRole("button", { name: "Ask the owners…" }).click();
  await inspect(operator.page, "asking the owners");
  await inspectAsOperator(operator.page);
  await refusal(operator, 400);
});
