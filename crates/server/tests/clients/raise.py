"""Raises, and sends what was raised with Sentry's SDK. Prints the event's id."""

import sys

import sentry_sdk

sentry_sdk.init(sys.argv[1], release="shop@1.0", environment="test")
try:
    1 / 0
except ZeroDivisionError:
    print(sentry_sdk.capture_exception())
sentry_sdk.flush(timeout=20)
