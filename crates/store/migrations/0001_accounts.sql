-- People, organizations, teams, and everything that can authenticate.

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user_account (
  id ID,
  username TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT,
  is_active BOOLEAN NOT NULL,
  is_superuser BOOLEAN NOT NULL,
  is_staff BOOLEAN NOT NULL,
  is_managed BOOLEAN NOT NULL,
  is_sentry_app BOOLEAN NOT NULL,
  options TEXT NOT NULL,
  date_joined BIGINT NOT NULL,
  last_login BIGINT,
  last_active BIGINT
) STRICT;
CREATE INDEX user_account_email ON user_account (lower(email));

CREATE TABLE user_email (
  id ID,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  is_verified BOOLEAN NOT NULL,
  UNIQUE (user_id, email)
) STRICT;

-- A browser session. The cookie holds 256 random bits; only their hash is here.
CREATE TABLE session (
  id_hash TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  csrf_token TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  sudo_until BIGINT,
  superuser_hash TEXT,
  superuser_until BIGINT,
  superuser_idle_until BIGINT,
  ip_address TEXT,
  user_agent TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE organization (
  id ID,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  status BIGINT NOT NULL,
  default_role TEXT NOT NULL,
  flags BIGINT NOT NULL,
  options TEXT NOT NULL,
  -- When somebody asked for its deletion; NULL while it is active.
  deletion_requested_at BIGINT,
  date_added BIGINT NOT NULL
) STRICT;

CREATE TABLE organization_member (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE CASCADE,
  email TEXT,
  role TEXT NOT NULL,
  flags BIGINT NOT NULL,
  -- The invitation link's token, sealed so that an owner can be shown the link again; bound to
  -- organization_member.token:<organization_id>/<email>.
  token BYTES,
  token_expires_at BIGINT,
  invite_status BIGINT NOT NULL,
  inviter_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (organization_id, user_id),
  UNIQUE (organization_id, email)
) STRICT;
CREATE INDEX organization_member_user ON organization_member (user_id);

CREATE TABLE team (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (organization_id, slug)
) STRICT;

CREATE TABLE team_member (
  team_id BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES organization_member (id) ON DELETE CASCADE,
  role TEXT,
  PRIMARY KEY (team_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_member_member ON team_member (member_id);

-- A wish to join a team that somebody has to approve.
CREATE TABLE team_access_request (
  id ID,
  team_id BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES organization_member (id) ON DELETE CASCADE,
  requester_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (team_id, member_id)
) STRICT;

CREATE TABLE api_application (
  id ID,
  client_id TEXT NOT NULL UNIQUE,
  -- Sealed; bound to api_application.client_secret:<client_id>.
  client_secret BYTES NOT NULL,
  -- The secret before the last rotation; sealed, bound to api_application.previous_secret:<client_id>.
  previous_secret BYTES,
  secret_rotated_at BIGINT,
  name TEXT NOT NULL,
  owner_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  status BIGINT NOT NULL,
  allowed_origins TEXT NOT NULL,
  redirect_uris TEXT NOT NULL,
  homepage_url TEXT,
  privacy_url TEXT,
  terms_url TEXT,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX api_application_owner ON api_application (owner_id);

CREATE TABLE api_token (
  id ID,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  application_id BIGINT REFERENCES api_application (id) ON DELETE CASCADE,
  name TEXT,
  token_type TEXT,
  token_hash TEXT NOT NULL UNIQUE,
  refresh_token_hash TEXT UNIQUE,
  token_last_characters TEXT NOT NULL,
  scopes TEXT NOT NULL,
  expires_at BIGINT,
  date_added BIGINT NOT NULL,
  last_used_at BIGINT
) STRICT;
CREATE INDEX api_token_user ON api_token (user_id);
CREATE INDEX api_token_application ON api_token (application_id);

CREATE TABLE api_grant (
  id ID,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  application_id BIGINT NOT NULL REFERENCES api_application (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL UNIQUE,
  -- The code is shown to those who may install; sealed, bound to api_grant.code:<code_hash>. Empty where it is shown to
  -- nobody: for OAuth applications.
  code BYTES NOT NULL,
  redirect_uri TEXT NOT NULL,
  scopes TEXT NOT NULL,
  expires_at BIGINT NOT NULL
) STRICT;

-- What a user has let an application do; tokens are issued within it.
CREATE TABLE api_authorization (
  id ID,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  application_id BIGINT NOT NULL REFERENCES api_application (id) ON DELETE CASCADE,
  scopes TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (user_id, application_id)
) STRICT;

CREATE TABLE org_auth_token (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  token_last_characters TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_by_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  date_last_used BIGINT,
  project_last_used_id BIGINT,
  date_deactivated BIGINT
) STRICT;
CREATE INDEX org_auth_token_org ON org_auth_token (organization_id);

CREATE TABLE api_key (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  status BIGINT NOT NULL,
  allowed_origins TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;

CREATE TABLE audit_log (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  actor_label TEXT,
  event BIGINT NOT NULL,
  target_object BIGINT,
  target_user_id BIGINT,
  data TEXT NOT NULL,
  ip_address TEXT,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX audit_log_org_date ON audit_log (organization_id, date_added, id);
