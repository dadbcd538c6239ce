"""What is called, in an order in which one call finds what another made."""


def signatures(rpc):
    path, body = "/api/0/internal/rpc/identity/get_identities/", b'{"meta": {}, "args": {"filter": {"user_id": 1}}}'
    signed = rpc.sign(path, body)
    assert rpc.post(path, body, signed)[0] == 200
    assert rpc.post(path, body, signed.replace("Rpcsignature", "rpcsignature"))[0] == 200
    for wrong in (rpc.sign("/other/", body), rpc.sign(path, b"{}"), rpc.sign(path, body, "another secret of ours"), "Rpcsignature x"):
        assert rpc.post(path, body, wrong) == (401, {"detail": "Invalid signature"}), wrong
    denied = {"detail": "You do not have permission to perform this action."}
    assert rpc.post(path, body) == rpc.post(path, body, "Bearer x") == (403, denied)


def run(rpc, made):
    identity(rpc)


def identity(rpc):
    """The seed gives the owner an account at a provider."""
    one = rpc.call("identity", "get_identities", filter={"provider_type": "vsts"})[0]
    assert rpc.call("identity", "get_identity", filter={"id": one["id"]}) == one
    assert rpc.call("identity", "get_identity", filter={"id": 0}) is None
    origin = rpc.call("identity", "get_provider", provider_id=one["idp_id"])
    assert origin["type"] == "vsts"
    assert rpc.call("identity", "get_provider", provider_type="vsts", provider_ext_id="nowhere") is None
    of_user = {"user_id": one["user_id"], "provider_type": "vsts"}
    assert rpc.call("identity", "get_user_identities_by_provider_type", **of_user) == [one]
    changed = rpc.call("identity", "update_data", identity_id=one["id"], data={"access_token": "y"})
    assert changed == one | {"data": {"access_token": "y"}}
    rpc.call("identity", "delete_identities", user_id=one["user_id"], organization_id=1)
    assert rpc.call("identity", "get_identity", filter={"id": one["id"]}) == changed
    rpc.refused("identity", "get_org_user_identities_by_provider_type", organization_id=1, **of_user)
