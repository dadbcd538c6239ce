#!/usr/bin/env python3
"""A webhook receiver for Mortise: checks signatures, then shows what arrived.

Plain Python 3, nothing to install. It is meant to be read: `verify` is all that an
app of yours needs, in any language.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_BYTES_MAX = 1024 * 1024
CLOCK_SKEW_SECONDS_MAX = 5 * 60
IDLE_SECONDS_MAX = 10


# --- verifying -------------------------------------------------------------------------------------------------


class Refused(Exception):
    """The request is not from Mortise, or was changed or repeated on its way. Says which."""


def verify(secret, headers, body, now):
    """Raises Refused unless every signature that `headers` carries fits `body`, and there is one at least.

    Sign and compare the bytes as they came: parsing and writing JSON again may change them.
    """
    hook = headers.get("Sentry-Hook-Signature") or headers.get("Sentry-App-Signature")
    standard = headers.get("webhook-signature")
    if not hook and not standard:
        raise Refused("there is no signature")
    if hook:
        verify_hook_signature(secret, hook, body)
    if standard:
        verify_standard_webhook(secret, headers, standard, body, now)


def verify_hook_signature(secret, signature, body):
    """Hex HMAC-SHA256 of the body."""
    expected = hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise Refused("the signature does not fit; is the client secret the right one?")


def verify_standard_webhook(secret, headers, signatures, body, now):
    """Standard Webhooks (https://www.standardwebhooks.com): covers id and time too, so nothing can be replayed later.

    There may be several signatures, while the secret is being exchanged; one must fit.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(expected.encode(), given.encode()) for given in signatures.split(" ")):
        raise Refused("the webhook-signature does not fit; is the client secret the right one?")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise Refused("the webhook-timestamp is not a number")
    if abs(now - int(timestamp)) > CLOCK_SKEW_SECONDS_MAX:
        raise Refused("the webhook-timestamp is more than five minutes off; is this machine's clock right?")


# --- showing ---------------------------------------------------------------------------------------------------


def summarize(headers, payload):
    """The few facts of a delivery that people want to see, as a flat dictionary."""
    resource, action = headers.get("Sentry-Hook-Resource"), dig(payload, "action")
    data = dig(payload, "data") or {}
    subject = first(dig(data, "issue"), dig(data, "event"), dig(data, "error"), dig(data, "metric_alert"))
    return {
        "event": ".".join(str(part) for part in (resource, action) if part) or "(unnamed)",
        "title": first(dig(subject, "title"), dig(data, "issue_title"), dig(data, "description_title"), dig(data, "comment")),
        "link": first(
            dig(subject, "permalink"), dig(subject, "web_url"), dig(data, "web_url"), dig(data, "issue_url"), dig(subject, "url")
        ),
        "short_id": dig(subject, "shortId"),
        "rule": dig(data, "triggered_rule"),
        "actor": dig(payload, "actor", "name"),
        "installation": dig(payload, "installation", "uuid"),
        "delivery": first(headers.get("webhook-id"), headers.get("Request-ID")),
    }


def dig(value, *keys):
    """value[key][key]..., or None as soon as something is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def first(*values):
    """The first that is neither None nor empty."""
    return next((value for value in values if value), None)


def show_json(summary, payload):
    print(json.dumps({**summary, "payload": payload}, ensure_ascii=False), flush=True)


def show_pretty(summary, payload, verbose):
    title = summary["title"] or "(no title)"
    if summary["short_id"]:
        title = f"{summary['short_id']}  {title}"
    lines = [f"{dim(time.strftime('%H:%M:%S'))}  {bold(clean(summary['event']))}  {clean(title)}"]
    for label in ("link", "rule", "actor", "installation", "delivery"):
        if summary[label]:
            lines.append(f"          {dim(label.ljust(12))}  {clean(summary[label])}")
    if verbose:
        lines.append(json.dumps(payload, indent=2))
    print("\n".join(lines) + "\n", flush=True)


def clean(value):
    """One line without control characters: titles come from strangers and must not move the cursor."""
    return "".join(c if c.isprintable() else " " for c in str(value))[:200]


def bold(text):
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text


def dim(text):
    return f"\033[2m{text}\033[0m" if sys.stdout.isatty() else text


def note(text):
    print(text, file=sys.stderr, flush=True)


# --- serving ---------------------------------------------------------------------------------------------------


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what it believes, 401 to what it does not, 400 to what it cannot read."""

    timeout = IDLE_SECONDS_MAX
    server_version = "mortise-receiver"
    sys_version = ""

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return self.answer(411, "a Content-Length is needed")
        if len(length) > 9 or int(length) > BODY_BYTES_MAX:
            return self.answer(413, f"at most {BODY_BYTES_MAX} bytes")
        body = self.rfile.read(int(length))
        try:
            verify(self.server.options.secret.encode(), self.headers, body, time.time())
            payload = json.loads(body)
        except Refused as reason:
            return self.answer(401, str(reason))
        except (ValueError, RecursionError):
            return self.answer(400, "the body is not JSON")
        summary = summarize(self.headers, payload)
        if self.server.options.json:
            show_json(summary, payload)
        else:
            show_pretty(summary, payload, self.server.options.verbose)
        self.answer(204)

    def do_GET(self):
        self.answer(200, "The receiver runs. Point the webhook URL of your app here; it takes POST.")

    def answer(self, status, text=""):
        if status >= 400:
            note(f"refused ({status}): {text}")
            self.close_connection = True
        body = f"{text}\n".encode() if text else b""
        self.send_response(status)
        if body:
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet: deliveries and refusals are reported in words of our own."""


def options():
    parser = argparse.ArgumentParser(
        description="Receives webhooks of a Mortise app, checks their signatures and shows them.",
        epilog="The client secret is on the page of your app. Anybody who has it can sign; prefer the environment variable.",
    )
    parser.add_argument("--secret", default=os.environ.get("CLIENT_SECRET"), help="client secret; default: $CLIENT_SECRET")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=9000, help="port to listen on, 0 for a free one (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per delivery, for scripts")
    parser.add_argument("--verbose", action="store_true", help="print the whole payload too")
    chosen = parser.parse_args()
    if not chosen.secret:
        parser.error("the client secret is missing: set CLIENT_SECRET or pass --secret")
    return chosen


def main():
    chosen = options()
    try:
        server = ThreadingHTTPServer((chosen.host, chosen.port), Receiver)
    except (OSError, OverflowError) as error:
        sys.exit(f"cannot listen on {chosen.host}:{chosen.port}: {error}")
    server.options = chosen
    note(f"Listening on http://{chosen.host}:{server.server_port}/ - set this as the webhook URL. Stop with Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        note("Bye.")


if __name__ == "__main__":
    main()
