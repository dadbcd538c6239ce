"""The contract of the internal RPC as docs/rpc.md tells it, read by a reader that shares nothing with the server.

A type is `int`, `str`, `bool`, `float`, `object`, `any`, `none`, `time`, `[type]`, a name, or one of those with a `?` for null.
"""

import re
from datetime import datetime
from typing import NamedTuple

SIMPLE = {
    "int": lambda it: isinstance(it, int) and not isinstance(it, bool),
    "float": lambda it: isinstance(it, (int, float)) and not isinstance(it, bool),
    "str": lambda it: isinstance(it, str),
    "bool": lambda it: isinstance(it, bool),
    "object": lambda it: isinstance(it, dict),
    "none": lambda it: it is None,
    "any": lambda it: True,
}
METHOD = re.compile(r"^(\w+)\((.*)\) -> (\S+)$")
VALUE = re.compile(r"^(\w+) \{ (.*) \}$")
CHOICE = re.compile(r"^(\w+) = (.*)$")


class Field(NamedTuple):
    type: str
    is_optional: bool


class Method(NamedTuple):
    args: dict
    returns: str


class Contract:
    def __init__(self, text):
        self.methods, self.values, self.choices = {}, {}, {}
        service = None
        for line in text.splitlines():
            if heading := re.match(r"^## `(\w+)`$", line):
                service = heading[1]
            elif found := METHOD.match(line):
                self.methods[service, found[1]] = Method(fields(found[2]), found[3])
            elif found := VALUE.match(line):
                self.values[found[1]] = fields(found[2])
            elif found := CHOICE.match(line):
                self.choices[found[1]] = re.findall(r'"(\w+)"', found[2])

    def check_args(self, service, method, args):
        """Arguments as a caller may send them: what is optional may be absent."""
        self._object(self.methods[service, method].args, args, "args", whole=False)

    def check_value(self, service, method, value):
        """A value as answers carry it: every key is there."""
        self._check(self.methods[service, method].returns, value, f"{service}.{method}")

    def _check(self, type, value, at, whole=True):
        if type.endswith("?"):
            if value is None:
                return
            type = type[:-1]
        if type.startswith("["):
            assert isinstance(value, list), f"{at}: not a list: {value!r}"
            for position, item in enumerate(value):
                self._check(type[1:-1], item, f"{at}[{position}]", whole)
        elif type == "time":
            assert isinstance(value, str), f"{at}: not a time: {value!r}"
            datetime.fromisoformat(value.replace("Z", "+00:00"))
        elif type in SIMPLE:
            assert SIMPLE[type](value), f"{at}: not {type}: {value!r}"
        elif type in self.choices:
            assert value in self.choices[type], f"{at}: none of {self.choices[type]}: {value!r}"
        else:
            self._object(self.values[type], value, at, whole)

    def _object(self, expected, value, at, whole=True):
        assert isinstance(value, dict), f"{at}: not an object: {value!r}"
        unknown = value.keys() - expected.keys()
        assert not unknown, f"{at}: unknown {unknown}"
        missing = {name for name, field in expected.items() if whole or not field.is_optional} - value.keys()
        assert not missing, f"{at}: missing {missing}"
        assert not whole or list(value) == list(expected), f"{at}: another order: {list(value)}"
        for name, item in value.items():
            self._check(expected[name].type, item, f"{at}.{name}", whole)


def fields(text):
    pairs = (pair.split(": ", 1) for pair in text.split(", ") if pair)
    return {name.removesuffix("?"): Field(type, name.endswith("?")) for name, type in pairs}
