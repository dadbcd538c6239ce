"""Calls every method of the internal RPC of a seeded server. Arguments: address, secret, docs/rpc.md, what the seed made."""

import json
import os
import sys

import scenario
from client import Caller
from contract import Contract
from published import compare

base, secret, document, made = sys.argv[1:]
with open(document, encoding="utf-8") as file:
    contract = Contract(file.read())
if schema := os.environ.get("MORTISE_TEST_RPC_SCHEMA"):
    print(f"{compare(contract, schema)} methods are as published")

caller = Caller(base, secret, contract)
scenario.signatures(caller)
scenario.run(caller, json.loads(made))
left = contract.methods.keys() - caller.called
assert not left, f"never called: {left}"
print(f"{len(caller.called)} methods called")
