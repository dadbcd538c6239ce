"""Run with: python3 -m unittest"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = "0123456789abcdef" * 4
BODY = json.dumps(
    {
        "action": "resolved",
        "installation": {"uuid": "u-1"},
        "data": {"issue": {"title": "Böom\x1b[2J", "shortId": "WEB-1", "permalink": "http://m.test/1/"}},
        "actor": {"name": "Ada"},
    },
    ensure_ascii=False,
).encode()


def hook(body, secret=SECRET):
    return {"Sentry-Hook-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def standard(body, secret=SECRET, at=None, prefix=""):
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"m-1.{timestamp}.".encode() + body, hashlib.sha256).digest()
    signature = prefix + "v1," + base64.b64encode(digest).decode()
    return {"webhook-id": "m-1", "webhook-timestamp": timestamp, "webhook-signature": signature}


class ReceiverTest(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "receiver.py"), "--json", "--port", "0"],
            env={**os.environ, "CLIENT_SECRET": SECRET, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.url = self.process.stderr.readline().split()[2]

    def tearDown(self):
        self.process.terminate()
        self.process.communicate()

    def post(self, headers, body=BODY):
        headers = {"Sentry-Hook-Resource": "issue", **headers}
        try:
            return urllib.request.urlopen(urllib.request.Request(self.url, body, headers), timeout=5).status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def test_signed_deliveries_are_shown(self):
        for headers in (hook(BODY), standard(BODY), {**hook(BODY), **standard(BODY)}, standard(BODY, prefix="v1,b2xk ")):
            self.assertEqual(self.post(headers), 204)
            shown = json.loads(self.process.stdout.readline())
            self.assertEqual(shown["event"], "issue.resolved")
            self.assertEqual((shown["short_id"], shown["link"]), ("WEB-1", "http://m.test/1/"))
            self.assertEqual(shown["payload"], json.loads(BODY))

    def test_what_is_not_signed_by_us_is_refused(self):
        for headers in (
            {},
            {"Sentry-Hook-Signature": "é"},
            hook(BODY, "other"),
            hook(BODY + b" "),
            standard(BODY, "other"),
            standard(BODY, at=time.time() - 3600),
            {**hook(BODY), **standard(BODY, "other")},
            {**hook(BODY, "other"), **standard(BODY)},
            {**standard(BODY), "webhook-id": "m-2"},
        ):
            self.assertEqual(self.post(headers), 401, headers)

    def test_what_cannot_be_read_is_refused(self):
        for body in (b"", b"{", b"\xff", b"[" * 100_000):
            self.assertEqual(self.post(hook(body), body), 400)
        self.assertEqual(self.post({}, b"x" * (1024 * 1024 + 1)), 413)
        for body in (b"1", b"[]", b'{"data": 1}', b'{"data": {"issue": []}}'):
            self.assertEqual(self.post(hook(body), body), 204)


class StartTest(unittest.TestCase):
    def test_it_does_not_start_without_a_secret(self):
        environment = {key: value for key, value in os.environ.items() if key != "CLIENT_SECRET"}
        result = subprocess.run(
            [sys.executable, os.path.join(HERE, "receiver.py")], env=environment, capture_output=True, text=True, timeout=10
        )
        self.assertEqual(result.returncode, 2)
        self.assertIn("CLIENT_SECRET", result.stderr)


if __name__ == "__main__":
    unittest.main()
