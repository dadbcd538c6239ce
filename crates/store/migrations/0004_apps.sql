-- Sentry Apps: third-party applications, where they are installed, and the hooks through which they listen.

CREATE TABLE sentry_app (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  author TEXT,
  owner_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  application_id BIGINT UNIQUE REFERENCES api_application (id) ON DELETE SET NULL,
  proxy_user_id BIGINT UNIQUE REFERENCES user_account (id) ON DELETE SET NULL,
  creator_user_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  creator_label TEXT,
  status BIGINT NOT NULL,
  scopes TEXT NOT NULL,
  events TEXT NOT NULL,
  redirect_url TEXT,
  webhook_url TEXT,
  webhook_headers TEXT NOT NULL,
  is_disabled BOOLEAN NOT NULL,
  is_alertable BOOLEAN NOT NULL,
  verify_install BOOLEAN NOT NULL,
  overview TEXT,
  schema TEXT NOT NULL,
  metadata TEXT NOT NULL,
  popularity BIGINT NOT NULL,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  date_published BIGINT,
  date_deleted BIGINT
) STRICT;
-- Lists of apps come in the order of these.
CREATE INDEX sentry_app_owner ON sentry_app (owner_id, date_added, id);
CREATE INDEX sentry_app_status ON sentry_app (status, date_added, id);

CREATE TABLE sentry_app_component (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  sentry_app_id BIGINT NOT NULL REFERENCES sentry_app (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  schema TEXT NOT NULL
) STRICT;
CREATE INDEX sentry_app_component_app ON sentry_app_component (sentry_app_id);

-- Pictures of apps, at most one in colour and one in black. avatar_type: 0 default, 1 upload.
CREATE TABLE sentry_app_avatar (
  id ID,
  sentry_app_id BIGINT NOT NULL REFERENCES sentry_app (id) ON DELETE CASCADE,
  ident TEXT NOT NULL UNIQUE,
  avatar_type BIGINT NOT NULL,
  color BOOLEAN NOT NULL,
  UNIQUE (sentry_app_id, color)
) STRICT;

-- The uploaded picture, by the length of its sides in pixels; 0 is the picture as it came.
CREATE TABLE sentry_app_photo (
  avatar_id BIGINT NOT NULL REFERENCES sentry_app_avatar (id) ON DELETE CASCADE,
  side BIGINT NOT NULL,
  png BYTES NOT NULL,
  PRIMARY KEY (avatar_id, side)
) STRICT;

-- Who asked for an app to be published, with their answers: a JSON list of {"question", "answer"}.
CREATE TABLE sentry_app_publish_request (
  id ID,
  sentry_app_id BIGINT NOT NULL REFERENCES sentry_app (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  questionnaire TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX sentry_app_publish_request_app ON sentry_app_publish_request (sentry_app_id);
CREATE INDEX sentry_app_publish_request_user ON sentry_app_publish_request (user_id);

-- How webhooks of internal apps went, by day: epoch seconds / 86400.
CREATE TABLE sentry_app_breaker (
  sentry_app_id BIGINT NOT NULL REFERENCES sentry_app (id) ON DELETE CASCADE,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  day BIGINT NOT NULL,
  successes BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  timeouts BIGINT NOT NULL,
  PRIMARY KEY (sentry_app_id, organization_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX sentry_app_breaker_org ON sentry_app_breaker (organization_id);
CREATE INDEX sentry_app_breaker_day ON sentry_app_breaker (day);

-- target_type: 0 Sentry App, 1 documentation integration.
CREATE TABLE integration_feature (
  id ID,
  target_type BIGINT NOT NULL,
  target_id BIGINT NOT NULL,
  feature BIGINT NOT NULL,
  user_description TEXT,
  date_added BIGINT NOT NULL,
  UNIQUE (target_type, target_id, feature)
) STRICT;

CREATE TABLE sentry_app_installation (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  sentry_app_id BIGINT NOT NULL REFERENCES sentry_app (id) ON DELETE CASCADE,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  api_grant_id BIGINT REFERENCES api_grant (id) ON DELETE SET NULL,
  api_token_id BIGINT REFERENCES api_token (id) ON DELETE SET NULL,
  status BIGINT NOT NULL,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  date_deleted BIGINT
) STRICT;
CREATE INDEX sentry_app_installation_org ON sentry_app_installation (organization_id, date_added, id);
CREATE INDEX sentry_app_installation_token_current ON sentry_app_installation (api_token_id);
CREATE INDEX sentry_app_installation_grant ON sentry_app_installation (api_grant_id);
CREATE UNIQUE INDEX sentry_app_installation_live ON sentry_app_installation (sentry_app_id, organization_id) WHERE date_deleted IS NULL;

-- The tokens of internal apps.
CREATE TABLE sentry_app_installation_token (
  api_token_id BIGINT NOT NULL REFERENCES api_token (id) ON DELETE CASCADE,
  installation_id BIGINT NOT NULL REFERENCES sentry_app_installation (id) ON DELETE CASCADE,
  PRIMARY KEY (api_token_id, installation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sentry_app_installation_token_installation ON sentry_app_installation_token (installation_id);

-- Internal apps that another part of the server made for a provider in an organization, with the token it uses.
CREATE TABLE sentry_app_installation_for_provider (
  id ID,
  installation_id BIGINT NOT NULL REFERENCES sentry_app_installation (id) ON DELETE CASCADE,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  -- Sealed; bound to sentry_app_installation_for_provider.token:<provider>/<organization_id>.
  token BYTES NOT NULL,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  UNIQUE (provider, organization_id)
) STRICT;
CREATE INDEX sentry_app_installation_for_provider_installation ON sentry_app_installation_for_provider (installation_id);
CREATE INDEX sentry_app_installation_for_provider_org ON sentry_app_installation_for_provider (organization_id);

-- Refresh tokens of installations that were used. A token that is used again is answered the same for a moment, and
-- later gives away that it was copied.
CREATE TABLE app_token_refresh (
  id ID,
  refresh_token_hash TEXT NOT NULL UNIQUE,
  installation_id BIGINT NOT NULL REFERENCES sentry_app_installation (id) ON DELETE CASCADE,
  -- What came of it, while that is good.
  api_token_id BIGINT REFERENCES api_token (id) ON DELETE SET NULL,
  -- The texts of what came of it, sealed, bound to app_token_refresh.answer:<refresh_token_hash>; only of the newest.
  answer BYTES,
  refreshed_at BIGINT NOT NULL
) STRICT;
CREATE INDEX app_token_refresh_installation ON app_token_refresh (installation_id);
CREATE INDEX app_token_refresh_token ON app_token_refresh (api_token_id);
CREATE INDEX app_token_refresh_time ON app_token_refresh (refreshed_at);

-- Client assertions that were used, until they end by themselves: each is good once.
CREATE TABLE app_assertion (
  id ID,
  assertion_hash TEXT NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL
) STRICT;
CREATE INDEX app_assertion_end ON app_assertion (expires_at);

-- How often apps were looked at and used, by key: the app's id, or its slug and a type of component. A slot is the time in
-- units of its resolution, which is in seconds.
CREATE TABLE app_counter (
  kind BIGINT NOT NULL,
  name TEXT NOT NULL,
  resolution BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (kind, name, resolution, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX app_counter_age ON app_counter (resolution, slot);

CREATE TABLE service_hook (
  id ID,
  guid TEXT NOT NULL UNIQUE,
  application_id BIGINT REFERENCES api_application (id) ON DELETE CASCADE,
  installation_id BIGINT REFERENCES sentry_app_installation (id) ON DELETE CASCADE,
  actor_id BIGINT,
  project_id BIGINT REFERENCES project (id) ON DELETE CASCADE,
  organization_id BIGINT REFERENCES organization (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  -- Sealed; bound to service_hook.secret:<guid>.
  secret BYTES NOT NULL,
  events TEXT NOT NULL,
  status BIGINT NOT NULL,
  version BIGINT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX service_hook_installation ON service_hook (installation_id);
CREATE INDEX service_hook_of_project ON service_hook (project_id);
CREATE INDEX service_hook_org ON service_hook (organization_id);

-- The projects that an app's hook is limited to; a hook with none of these hears of all. So a row outlives its project.
CREATE TABLE service_hook_project (
  id ID,
  service_hook_id BIGINT NOT NULL REFERENCES service_hook (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL,
  UNIQUE (service_hook_id, project_id)
) STRICT;

-- Calls to apps that are no deliveries, because somebody waited for the answer: choices of a form, links to issues. Those
-- that are deliveries are in the table attempt.
CREATE TABLE app_request (
  id ID,
  sentry_app_id BIGINT NOT NULL REFERENCES sentry_app (id) ON DELETE CASCADE,
  -- For whom the app was called; null for internal apps.
  organization_id BIGINT REFERENCES organization (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Null when there was no answer.
  response_code BIGINT,
  -- JSON, as that of an attempt.
  exchange TEXT NOT NULL,
  date BIGINT NOT NULL
) STRICT;
CREATE INDEX app_request_app ON app_request (sentry_app_id, id);
CREATE INDEX app_request_kind ON app_request (sentry_app_id, kind, id);
CREATE INDEX app_request_failed ON app_request (sentry_app_id, id)
  WHERE (response_code IS NULL OR response_code >= 400);
CREATE INDEX app_request_org ON app_request (organization_id);

CREATE TABLE external_issue_link (
  id ID,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  project_id BIGINT REFERENCES project (id) ON DELETE CASCADE,
  service_type TEXT NOT NULL,
  display_name TEXT NOT NULL,
  web_url TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (issue_id, service_type)
) STRICT;
