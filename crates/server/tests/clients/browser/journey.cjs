// What journeys share: a browser, what a person does on many pages, and what must never happen on any of them. A journey
// gets its surroundings as one JSON argument: { modules, chromium, base, ... }; it exits with 1 when something is wrong.
const { createRequire } = require("node:module");
const { strict: assert } = require("node:assert");
const path = require("node:path");

const given = JSON.parse(process.argv[2]);
const load = createRequire(path.join(given.modules, "package.json"));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
// The whole server may share its cores with other tests.
const PATIENCE_MS = 15000;

/** A page that notes what went wrong in it: messages in the console, errors of scripts, answers that are our fault. */
async function open(browser, options = {}) {
  const context = await browser.newContext({ baseURL: given.base, viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const wrong = [];
  // A refusal is a status, and the browser logs each: what is expected is taken back with `refusal`.
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  page.on("response", (response) => response.status() >= 500 && wrong.push(`${response.status()} ${response.url()}`));
  return { context, page, wrong };
}

/** Takes back the message about an answer with this status; there must be one, at the latest a moment after the page. */
async function refusal({ page, wrong }, status) {
  const isIt = (text) => text.includes(`status of ${status}`);
  if (!wrong.some(isIt)) await page.waitForEvent("console", (message) => isIt(message.text())).catch(() => {});
  const at = wrong.findIndex(isIt);
  assert.ok(at >= 0, `an answer ${status} was expected; got ${JSON.stringify(wrong)}`);
  wrong.splice(at, 1);
}

async function signIn(page, username, password) {
  await page.goto("/");
  await page.getByLabel("E-mail or user name").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Something is on the page, and the page's scripts have run: a journey is faster than any person. */
async function seen(locator) {
  await locator.waitFor();
  await locator.page().waitForLoadState();
}

/** The text of the page's only main heading becomes this. */
async function heading(page, text) {
  await seen(page.getByRole("heading", { level: 1, name: text }));
}

/** Runs a journey in a fresh browser; nothing may have gone wrong on any page by its end. */
async function journey(walk) {
  const browser = await load("playwright-core").chromium.launch({ executablePath: given.chromium, args: FLAGS });
  const visitors = [];
  const visit = async (options) => {
    visitors.push(await open(browser, options));
    return visitors.at(-1);
  };
  try {
    await walk(visit);
    for (const { wrong } of visitors) assert.deepEqual(wrong, []);
  } catch (error) {
    for (const { page, wrong } of visitors) {
      console.error(page.url(), wrong);
      console.error(await page.locator("body").innerText().catch(String));
    }
    console.error(error);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

module.exports = { assert, given, heading, journey, load, refusal, seen, signIn };
