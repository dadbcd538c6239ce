"""Holds the contract against the schema that Sentry publishes: rpc_method_schema.json of getsentry/sentry-api-schema. The
file may not be copied into this repository; the tests use it where MORTISE_TEST_RPC_SCHEMA names it. It does not say what
may be null, so that is not compared."""

import json

NAMES = {"integer": "int", "string": "str", "boolean": "bool", "number": "float", "null": "none"}
PREFIX = "/api/0/internal/rpc/"


def compare(contract, path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    schemas, seen = document["components"]["schemas"], set()
    services = {service for service, _ in contract.methods}

    def resolve(reference):
        return reference["$ref"].rsplit("/", 1)[1]

    def type_of(schema):
        if "allOf" in schema:
            return type_of(schema["allOf"][0])
        if "$ref" in schema:
            name = resolve(schema)
            if name not in seen:
                seen.add(name)
                compare_value(name)
            return name
        if schema.get("format") == "date-time":
            return "time"
        kind = schema.get("type", "any")
        return f"[{type_of(schema.get('items', {}))}]" if kind == "array" else NAMES.get(kind, kind)

    def fields_of(schema):
        required = schema.get("required", [])
        return {name: (type_of(it), name not in required) for name, it in schema.get("properties", {}).items()}

    def without_null(fields):
        return {name: (it.type.replace("?", ""), it.is_optional) for name, it in fields.items()}

    def compare_value(name):
        if "enum" in schemas[name]:
            assert contract.choices[name] == schemas[name]["enum"], name
        else:
            ours, theirs = without_null(contract.values[name]), fields_of(schemas[name])
            assert ours == theirs, f"{name}: {ours} is not {theirs}"

    def body(of):
        return schemas[resolve(of["content"]["application/json"]["schema"])]

    published = set()
    for address, verbs in document["paths"].items():
        service, method = address.removeprefix(PREFIX).strip("/").split("/")
        if service not in services:
            continue
        published.add((service, method))
        ours, theirs = contract.methods[service, method], verbs["post"]
        args = fields_of(body(theirs["requestBody"]))
        assert without_null(ours.args) == args, f"{service}.{method}: {ours.args} is not {args}"
        value = type_of(body(theirs["responses"]["200"])["properties"]["value"])
        assert ours.returns.replace("?", "") == value, f"{service}.{method}: {ours.returns} is not {value}"
    assert published == contract.methods.keys(), published ^ contract.methods.keys()
    return len(published)
