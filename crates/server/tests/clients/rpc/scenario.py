"""What is called, in an order in which one call finds what another made."""

import time

from side import Side


def signatures(rpc):
    path, body = "/api/0/internal/rpc/identity/get_identities/", b'{"meta": {}, "args": {"filter": {"user_id": 1}}}'
    signed = rpc.sign(path, body)
    assert rpc.post(path, body, signed)[0] == 200
    assert rpc.post(path, body, signed.replace("Rpcsignature", "rpcsignature"))[0] == 200
    others = [rpc.sign("/other/", body), rpc.sign(path, b"{}"), rpc.sign(path, body, "another secret of ours")]
    for wrong in [*others, "Rpcsignature x"]:
        assert rpc.post(path, body, wrong) == (401, {"detail": "Invalid signature"}), wrong
    denied = {"detail": "You do not have permission to perform this action."}
    assert rpc.post(path, body) == rpc.post(path, body, "Bearer x") == (403, denied)


def run(rpc, made):
    acme = made["organizations"]["acme"]
    org, owner = int(acme["id"]), int(made["users"]["owner@acme.test"]["id"])
    project = int(acme["projects"]["web"]["id"])
    identity(rpc, org)
    integration(rpc, org, owner)
    repository(rpc, org)
    app = apps(rpc, org, owner, acme["apps"]["kanban"])
    installation = installations(rpc, org, app)
    components(rpc, org, app, installation)
    hooks(rpc, org, app, installation, project)
    endings(rpc, org)


def identity(rpc, org):
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
    rpc.call("identity", "delete_identities", user_id=one["user_id"], organization_id=org)
    assert rpc.call("identity", "get_identity", filter={"id": one["id"]}) == changed
    in_org = {"organization_id": org, **of_user}
    assert rpc.call("identity", "get_org_user_identities_by_provider_type", **in_org) == [changed]
    assert rpc.call("identity", "get_org_user_identities_by_provider_type", **in_org | {"user_id": 0}) == []


def integration(rpc, org, owner):
    def call(method, **args):
        return rpc.call("integration", method, **args)

    one = call("get_integrations", organization_id=org, providers=["vsts"], limit=5)[0]
    assert call("get_integration", integration_id=one["id"], status=0) == one
    assert call("get_integration", integration_id=one["id"], organization_id=org + 1) is None
    row = call("get_organization_integration", integration_id=one["id"], organization_id=org)
    assert call("get_organization_integrations", organization_ids=[org], name=one["name"]) == [row]
    assert call("get_organization_integrations") == []
    assert call("get_organization_ids_with_providers", providers=["vsts"], status=0) == [org]
    context = call("organization_context", organization_id=org, integration_id=one["id"])
    assert context == {"integration": one, "organization_integration": row}
    contexts = call("organization_contexts", provider="vsts", external_id=one["external_id"])
    assert contexts == {"integration": one, "organization_integrations": [row]}
    page = call("page_integration_ids", provider_keys=["vsts"], organization_id=org, args={"per_page": 10})
    assert page["ids"] == [one["id"]] and not page["next"]["has_results"], page

    person = rpc.call("identity", "get_identities", filter={"user_id": owner})[0]
    who = call(
        "get_integration_identity_context",
        integration_provider="vsts",
        integration_external_id=one["external_id"],
        identity_external_id=person["external_id"],
        identity_provider_external_id=one["external_id"],
    )
    assert (who["integration"], who["identity"], who["user"]["id"]) == (one, person, owner)
    assert who["user"]["emails"] == ["owner@acme.test"], who

    of_org = {"organization_id": org, "integration_id": one["id"]}
    assert call("get_integration_external_projects", **of_org) == []
    assert call("get_integration_external_project", **of_org, external_id="1") is None
    assert call("add_organization", integration_id=one["id"], org_ids=[org]) == one
    renamed = call("update_integration", integration_id=one["id"], name="other", metadata={"a": [1]})
    assert renamed == one | {"name": "other", "metadata": {"a": [1]}}
    assert call("update_integrations", integration_ids=[one["id"]], status=1) == [renamed | {"status": 1}]
    call("update_integrations", integration_ids=[one["id"]], status=0)
    end = "2030-01-02T03:04:05Z"
    changed = call("update_organization_integration", org_integration_id=row["id"], grace_period_end=end)
    assert changed == row | {"grace_period_end": end}
    changes = {"config": {"x": 1}, "set_grace_period_end_null": True}
    changed = call("update_organization_integrations", org_integration_ids=[row["id"]], **changes)
    assert changed == [row | {"config": {"x": 1}}]
    grace = {"organization_id": org, "provider": "vsts", "grace_period_end": end}
    assert call("start_grace_period_for_provider", **grace, skip_oldest=True) == []
    assert call("start_grace_period_for_provider", **grace)[0]["grace_period_end"] == end

    assert call("send_message", **of_org, channel="C1", message="hello") is False
    assert call("refresh_github_access_token", **of_org) is None
    tokens(call, rpc, org)
    cards(call, rpc, org, one)


def tokens(call, rpc, org):
    """A token that is good is given as it is; for another this server has no app."""
    github = call("get_integrations", organization_id=org, providers=["github"])[0]
    of_org = {"organization_id": org, "integration_id": github["id"]}
    kept = {"access_token": "t", "expires_at": "2100-01-01T00:00:00", "permissions": {"contents": "read"}}
    call("update_integration", integration_id=github["id"], metadata=kept)
    assert call("refresh_github_access_token", **of_org) == github | {"metadata": kept}
    assert call("refresh_github_access_token", **of_org | {"organization_id": 0}) is None
    call("update_integration", integration_id=github["id"], metadata=kept | {"expires_at": "2000-01-01T00:00:00"})
    rpc.unconfigured("integration", "refresh_github_access_token", **of_org)


def cards(call, rpc, org, other):
    """Cards go where the installation says, with a token that is kept; for another this server has no bot."""
    teams = call("get_integrations", organization_id=org, providers=["msteams"])[0]
    side, token = Side(), {"access_token": "t", "expires_at": int(time.time()) + 600}
    call("update_integration", integration_id=teams["id"], metadata={"service_url": side.url + "/amer/", **token})
    card = {"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "Critical"}]}
    args = {"integration_id": teams["id"], "channel": "19:a1@thread.tacv2", "attachment": card}
    method = "send_msteams_incident_alert_notification"
    assert call(method, **args) is True
    verb, path, headers, body = side.got.pop()
    assert (verb, path) == ("POST", "/amer/v3/conversations/19:a1@thread.tacv2/activities")
    assert headers["Authorization"] == "Bearer t" and body["attachments"][0]["content"] == card, body
    side.status = 500
    assert call(method, **args) is False
    assert call(method, **args | {"integration_id": other["id"]}) is False
    call("update_integration", integration_id=teams["id"], metadata={"service_url": side.url})
    rpc.unconfigured("integration", method, **args)


def repository(rpc, org):
    def call(method, **args):
        return rpc.call("repository", method, organization_id=org, **args)

    one = call("get_repositories", providers=["integrations:vsts"], has_integration=True, status=0)[0]
    assert call("get_repository", id=one["id"]) == one
    assert call("get_repository", id=0) is None
    assert call("serialize_repository", id=one["id"])["name"] == one["name"]
    new = {"name": "gears", "external_id": "g-1", "config": {"a": 1}, "integration_id": one["integration_id"]}
    new |= {"provider": "integrations:vsts", "status": 0, "url": "https://ado.test/gears"}
    made = call("create_repository", create=new)
    assert made == new | {"id": made["id"], "organization_id": org}
    assert call("create_repository", create=new) is None
    call("update_repository", update=made | {"name": "wheels"})
    call("update_repositories", updates=[made | {"name": "axles"}, one])
    assert call("get_repository", id=made["id"]) == made | {"name": "axles"}
    call("update_repository", update=made | {"name": "acme/web"})
    assert [call("auto_link_repos_by_name") for _ in range(2)] == [1, 0]
    of_integration = {"integration_id": one["integration_id"], "provider": "integrations:vsts"}
    assert call("find_recently_active_repo_external_ids", **of_integration, external_ids=["g-1"], cutoff_days=3) == []
    call("disable_repositories_by_external_ids", **of_integration, external_ids=["g-1"])
    assert [it["status"] for it in call("get_repositories")] == [1, 0]
    call("disable_repositories_for_integration", **of_integration)
    assert [it["status"] for it in call("get_repositories")] == [1, 1]
    row = rpc.call("integration", "get_organization_integrations", organization_id=org)[0]
    left = {"organization_integration_id": row["id"], "integration_id": row["integration_id"]}
    call("disassociate_organization_integration", **left)
    assert call("get_repositories", has_integration=True) == []
    webhooks(call, rpc, org)


def webhooks(call, rpc, org):
    """A worker changes the webhook at the other side that the installation names."""
    gitlab = rpc.call("integration", "get_integrations", organization_id=org, providers=["gitlab"])[0]
    side = Side()
    kept = {"base_url": side.url, "webhook_secret": "s", "verify_ssl": True}
    rpc.call("integration", "update_integration", integration_id=gitlab["id"], metadata=kept)
    new = {"name": "group / wheels", "external_id": "gl:7", "config": {"project_id": 7, "webhook_id": 70}, "status": 0}
    new |= {"integration_id": gitlab["id"], "provider": "integrations:gitlab", "url": side.url}
    call("create_repository", create=new)
    assert call("schedule_update_gitlab_project_webhooks", integration_id=gitlab["id"]) is None
    until = time.monotonic() + 60
    while not side.got and time.monotonic() < until:
        time.sleep(0.2)
    verb, path, headers, body = side.got.pop()
    assert (verb, path, headers["Authorization"]) == ("PUT", "/api/v4/projects/7/hooks/70", "Bearer x")
    assert body["token"] == gitlab["external_id"] + ":s" and body["push_events"] is True, body


def apps(rpc, org, owner, seeded):
    def call(method, **args):
        return rpc.call("app", method, **args)

    app = call("get_sentry_app_by_slug", slug=seeded["slug"])
    assert app["is_internal"] and app["status"] == "internal", app
    keys = {key: seeded[key] for key in ("client_id", "client_secret")}
    assert app["application"] == {"id": app["application_id"]} | keys
    assert call("get_sentry_app_by_id", id=app["id"]) == app
    assert call("get_sentry_apps_by_ids", ids=[app["id"], 0]) == [app]
    assert call("get_sentry_apps_by_proxy_users", proxy_user_ids=[app["proxy_user_id"], owner]) == [app]
    assert call("find_service_hook_sentry_app", api_application_id=app["application_id"]) == app
    assert call("get_sentry_apps_for_organization", organization_id=org) == [app]
    assert call("get_published_sentry_apps_for_organization", organization_id=org) == []
    assert call("get_internal_integrations", organization_id=org, integration_name=app["name"]) == [app]
    made = call(
        "create_internal_integration_for_channel_request",
        organization_id=org,
        integration_name="Chat",
        integration_scopes=["org:read"],
        integration_creator_id=owner,
        metadata={"channel": "C1"},
    )["sentry_app"]
    assert (made["scope_list"], made["metadata"], made["creator_label"]) == (["org:read"], {"channel": "C1"}, "owner@acme.test")
    emails = call("get_notification_emails_for_sentry_app", organization_id=org, creator_label="member@acme.test")
    assert emails == ["member@acme.test", "owner@acme.test"], emails
    changed = call("update_sentry_app", id=app["id"], attrs={"name": "Board", "events": ["comment"]})
    assert changed == app | {"name": "Board", "events": changed["events"]}
    assert "comment.created" in changed["events"] and "issue.created" not in changed["events"]
    shown = call("serialize_many", filter={"organization_id": org, "app_ids": [app["id"]]})
    assert [it["app"]["uuid"] for it in shown] == [app["uuid"]] and "code" not in shown[0], shown
    return changed


def installations(rpc, org, app):
    def call(method, **args):
        return rpc.call("app", method, **args)

    one = call("get_many", filter={"app_ids": [app["id"]], "status": 1})[0]
    assert one["sentry_app"] == app and one["organization_id"] == org, one
    assert call("get_installation_by_id", id=one["id"]) == one
    assert call("get_installation_by_id", id=0) is None
    assert one in call("get_installations_for_organization", organization_id=org)
    proxy = {"proxy_user_id": app["proxy_user_id"], "organization_id": org}
    assert call("find_installation_by_proxy_user", **proxy) == one
    assert call("get_installation_org_id_by_token_id", token_id=0) is None
    assert call("get_installation_token", organization_id=org, provider="vercel") is None
    return one


def components(rpc, org, app, installation):
    def call(method, **args):
        return rpc.call("app", method, **args)

    component = call("find_app_components", app_id=app["id"])[0]
    assert component["type"] == "alert-rule-action" and component["sentry_app_id"] == app["id"]
    context = {"installation": installation, "component": component}
    of_type = {"filter": {"organization_id": org}, "component_type": "alert-rule-action"}
    assert call("get_component_contexts", **of_type) == [context]
    contexts = call("get_installation_component_contexts", **of_type, include_contexts_without_component=True)
    assert contexts[0] == context and contexts[1]["component"] is None, contexts
    prepare = {"installation_id": installation["id"], "component_type": "alert-rule-action"}
    assert call("prepare_sentry_app_components", **prepare)["uuid"] == component["uuid"]
    assert call("find_alertable_services", organization_id=org) == []
    event = {"id": "an.action", "label": "x", "action_type": "sentryapp"}
    actions = call("get_custom_alert_rule_actions", event_data=event, organization_id=org, project_slug=None)
    assert [(it["id"], it["service"]) for it in actions] == [("an.action", app["slug"])], actions
    missing = call("trigger_sentry_app_action_creators", fields=[], install_uuid=None)
    assert missing["message"] == "Installation does not exist" and missing["error_type"] == "sentry"

    incident = {"sentry_app_id": app["id"], "action_id": 1, "incident_id": 1, "organization_id": org}
    text = '{"metric_alert": {"alert_rule": {"triggers": [{"actions": [{"settings": []}]}]}}}'
    incident |= {"incident_attachment_json": text, "metric_value": 1.5, "new_status": 20}
    assert rpc.call("integration", "send_incident_alert_notification", **incident) is True
    assert rpc.call("integration", "send_incident_alert_notification", **incident | {"sentry_app_id": 0}) is False


def hooks(rpc, org, app, installation, project):
    def call(method, **args):
        return rpc.call("hook", method, **args)

    of = {"installation_id": installation["id"], "organization_id": org, "application_id": app["application_id"]}
    put = {**of, "events": ["issue"], "webhook_url": "https://w.test/put"}
    hook = call("create_or_update_webhook_and_events_for_installation", **put)[0]
    assert hook["url"] == "https://w.test/put" and "issue.created" in hook["events"], hook
    all_of = {"organization_id": org, "application_id": app["application_id"], "events": ["issue.resolved"]}
    changed = call("update_webhook_and_events", **all_of, webhook_url="https://w.test/all")
    assert changed == [hook | {"url": "https://w.test/all", "events": ["issue.resolved"]}]
    assert call("update_webhook_and_events", **all_of, webhook_url=None) == []
    pair = {"installation_id": installation["id"], "organization_id": org}
    bulk = {"cell_name": "here", "application_id": app["application_id"], "events": [], "url": "https://w.test/bulk"}
    bulk["installation_organization_ids"] = [pair]
    assert call("bulk_create_service_hooks_for_app", **bulk)[0]["installation_id"] == installation["id"]
    assert call("bulk_create_service_hooks_for_app", **bulk) == []
    call("create_or_update_webhook_and_events_for_installation", **put | {"webhook_url": None})
    made = call("create_service_hook", **of, actor_id=1, project_ids=[project], events=["comment"], url="https://w.test/new")
    assert made["installation_id"] == installation["id"] and "comment.created" in made["events"], made
    own = {"organization_id": org, "project_ids": [project], "events": ["event.alert"], "url": "https://w.test/project"}
    made = call("create_service_hook", **own)
    assert (made["project_id"], made["application_id"], made["events"]) == (project, None, ["event.alert"])


def endings(rpc, org):
    one = rpc.call("integration", "get_integrations", organization_id=org)[0]
    rpc.call("integration", "delete_integration", integration_id=one["id"])
    assert rpc.call("integration", "get_integration", integration_id=one["id"]) is None
