// Throws, and sends what was thrown with Sentry's SDK. Prints the event's id.
const { createRequire } = require("node:module");
const path = require("node:path");

const [, , folder, dsn] = process.argv;
const Sentry = createRequire(path.join(folder, "package.json"))("@sentry/node");

Sentry.init({ dsn, release: "shop@1.0", environment: "test" });
try {
  throw new TypeError("paper jam");
} catch (error) {
  console.log(Sentry.captureException(error));
}
Sentry.flush(20000).then((sent) => process.exit(sent ? 0 : 1));
