"""A caller of the internal RPC: signs with the standard library and checks what it sends and gets against the contract."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request


class Caller:
    def __init__(self, base, secret, contract):
        self.base, self.secret, self.contract, self.called = base, secret, contract, set()

    def post(self, path, body, authorization=None):
        """Status and JSON of any request."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if authorization:
            headers["Authorization"] = authorization
        request = urllib.request.Request(self.base + path, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None

    def sign(self, path, body, secret=None):
        key = (secret or self.secret).encode()
        return "Rpcsignature rpc0:" + hmac.new(key, path.encode() + b":" + body, hashlib.sha256).hexdigest()

    def ask(self, service, method, **args):
        """Status and JSON of a signed call."""
        self.contract.check_args(service, method, args)
        self.called.add((service, method))
        path = f"/api/0/internal/rpc/{service}/{method}/"
        body = json.dumps({"meta": {}, "args": args}).encode()
        return self.post(path, body, self.sign(path, body))

    def call(self, service, method, **args):
        """The value of a call that goes well."""
        status, answer = self.ask(service, method, **args)
        assert status == 200, f"{service}.{method}: {status} {answer}"
        assert list(answer) == ["meta", "value"] and answer["meta"] == {}, answer
        self.contract.check_value(service, method, answer["value"])
        return answer["value"]

    def unconfigured(self, service, method, **args):
        """A call of what the operator has to set something for."""
        status, answer = self.ask(service, method, **args)
        assert status == 422, f"{service}.{method}: {status} {answer}"
        assert list(answer) == ["detail", "code"] and answer["code"] == "not_configured", answer
        assert answer["detail"].endswith("."), answer
