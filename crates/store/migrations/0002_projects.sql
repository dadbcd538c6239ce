-- Projects, their keys, environments, releases and repositories; first-party integrations as stored rows.

CREATE TABLE project (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  platform TEXT,
  status BIGINT NOT NULL,
  first_event BIGINT,
  is_public BOOLEAN NOT NULL,
  options TEXT NOT NULL,
  -- The number of the newest issue; the next one takes the next number.
  last_short_id BIGINT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (organization_id, slug)
) STRICT;

CREATE TABLE project_redirect (
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  slug TEXT NOT NULL,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  PRIMARY KEY (organization_id, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE project_team (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  team_id BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_team_team ON project_team (team_id);

CREATE TABLE project_bookmark (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE project_platform (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  PRIMARY KEY (project_id, platform)
) STRICT, WITHOUT ROWID;

CREATE TABLE project_key (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  public_key TEXT NOT NULL UNIQUE,
  secret_key TEXT NOT NULL,
  label TEXT NOT NULL,
  is_active BOOLEAN NOT NULL,
  rate_limit_window BIGINT,
  rate_limit_count BIGINT,
  data TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX project_key_project ON project_key (project_id);

CREATE TABLE environment (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  UNIQUE (organization_id, name)
) STRICT;

CREATE TABLE environment_project (
  environment_id BIGINT NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  is_hidden BOOLEAN,
  PRIMARY KEY (project_id, environment_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE commit_author (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name TEXT,
  email TEXT NOT NULL,
  UNIQUE (organization_id, email)
) STRICT;

CREATE TABLE integration (
  id ID,
  provider TEXT NOT NULL,
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Sealed JSON: providers keep credentials here. Bound to integration.metadata:<provider>/<external_id>.
  metadata BYTES NOT NULL,
  -- What clients may see of the metadata, as JSON: icon, domain_name, account_type, scopes.
  shown TEXT NOT NULL,
  status BIGINT NOT NULL,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  UNIQUE (provider, external_id),
  -- What organization_integration refers to.
  UNIQUE (id, name)
) STRICT;

CREATE TABLE identity_provider (
  id ID,
  type TEXT NOT NULL,
  external_id TEXT NOT NULL,
  config TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (type, external_id)
) STRICT;

CREATE TABLE identity (
  id ID,
  provider_id BIGINT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  external_id TEXT NOT NULL,
  -- Sealed JSON with the access and refresh tokens. Bound to identity.data:<provider_id>/<external_id>.
  data BYTES NOT NULL,
  scopes TEXT NOT NULL,
  status BIGINT NOT NULL,
  date_added BIGINT NOT NULL,
  date_verified BIGINT NOT NULL,
  -- While somebody renews the tokens; a node that dies gives it back by this time.
  leased_until BIGINT,
  UNIQUE (provider_id, external_id),
  UNIQUE (provider_id, user_id)
) STRICT;

CREATE TABLE organization_integration (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  integration_id BIGINT NOT NULL,
  -- The name of the integration once more, which the database keeps in step: lists by name come from an index.
  integration_name TEXT NOT NULL,
  -- JSON with keys among it, sealed as a whole, bound to
  -- organization_integration.config:<organization_id>/<integration_id>; NULL while nothing is set.
  config BYTES,
  default_auth_id BIGINT REFERENCES identity (id) ON DELETE SET NULL,
  status BIGINT NOT NULL,
  grace_period_end BIGINT,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  UNIQUE (organization_id, integration_id),
  FOREIGN KEY (integration_id, integration_name) REFERENCES integration (id, name) ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;
CREATE INDEX organization_integration_name ON organization_integration (organization_id, integration_name, integration_id);
CREATE INDEX organization_integration_integration ON organization_integration (integration_id);

CREATE TABLE repository (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  url TEXT,
  provider TEXT,
  external_id TEXT,
  integration_id BIGINT REFERENCES integration (id) ON DELETE SET NULL,
  config TEXT NOT NULL,
  status BIGINT NOT NULL,
  -- What it was called before a deletion was asked for, which frees the names.
  original_name TEXT,
  original_external_id TEXT,
  -- JSON list of names, or NULL.
  languages TEXT,
  date_added BIGINT NOT NULL,
  UNIQUE (organization_id, provider, external_id)
) STRICT;
CREATE INDEX repository_org_name ON repository (organization_id, name);

CREATE TABLE repository_commit (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  repository_id BIGINT NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  sha TEXT NOT NULL,
  message TEXT,
  author_id BIGINT REFERENCES commit_author (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (repository_id, sha)
) STRICT;

-- The files that a commit touched. kind: A new, D gone, M another.
CREATE TABLE commit_file (
  id ID,
  commit_id BIGINT NOT NULL REFERENCES repository_commit (id) ON DELETE CASCADE,
  filename TEXT NOT NULL,
  kind TEXT NOT NULL,
  UNIQUE (commit_id, filename)
) STRICT;

CREATE TABLE pull_request (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  repository_id BIGINT NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  -- The number on the other side.
  key TEXT NOT NULL,
  title TEXT,
  message TEXT,
  author_id BIGINT REFERENCES commit_author (id) ON DELETE SET NULL,
  -- The commit that brought it in; NULL while it is open.
  merge_commit_sha TEXT,
  date_added BIGINT NOT NULL,
  UNIQUE (repository_id, key)
) STRICT;
CREATE INDEX pull_request_merge_commit ON pull_request (repository_id, merge_commit_sha);

CREATE TABLE release (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  version TEXT NOT NULL,
  status BIGINT NOT NULL,
  ref TEXT,
  url TEXT,
  data TEXT NOT NULL,
  owner_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  user_agent TEXT,
  commit_count BIGINT NOT NULL,
  last_commit_id BIGINT REFERENCES repository_commit (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  date_released BIGINT,
  UNIQUE (organization_id, version)
) STRICT;
CREATE INDEX release_date ON release (organization_id, date_added, id);

CREATE TABLE release_project (
  release_id BIGINT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  first_event BIGINT,
  last_event BIGINT,
  PRIMARY KEY (project_id, release_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_project_release ON release_project (release_id);

-- A release was brought to an environment.
CREATE TABLE deploy (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  release_id BIGINT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  name TEXT,
  url TEXT,
  date_started BIGINT,
  date_finished BIGINT NOT NULL
) STRICT;
CREATE INDEX deploy_release ON deploy (release_id, date_finished, id);
CREATE INDEX deploy_organization ON deploy (organization_id);
CREATE INDEX deploy_environment ON deploy (environment_id);

-- The environments of a project in which events of a release were seen, or where it was deployed.
CREATE TABLE release_environment (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
  release_id BIGINT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  last_deploy_id BIGINT REFERENCES deploy (id) ON DELETE SET NULL,
  PRIMARY KEY (project_id, environment_id, release_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_environment_release ON release_environment (release_id);
CREATE INDEX release_environment_environment ON release_environment (environment_id);
CREATE INDEX release_environment_deploy ON release_environment (last_deploy_id) WHERE last_deploy_id IS NOT NULL;

CREATE TABLE release_commit (
  release_id BIGINT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  commit_id BIGINT NOT NULL REFERENCES repository_commit (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  PRIMARY KEY (release_id, commit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_commit_commit ON release_commit (commit_id);

-- The newest commit of each repository in a release.
CREATE TABLE release_head (
  release_id BIGINT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  repository_id BIGINT NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  commit_id BIGINT NOT NULL REFERENCES repository_commit (id) ON DELETE CASCADE,
  PRIMARY KEY (release_id, repository_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_head_repository ON release_head (repository_id);
CREATE INDEX release_head_commit ON release_head (commit_id);

-- A release whose commits are to be fetched from the other side. refs = JSON list. due_at is when, or when whoever does it
-- now is taken for gone.
CREATE TABLE release_fetch (
  id ID,
  release_id BIGINT NOT NULL UNIQUE REFERENCES release (id) ON DELETE CASCADE,
  -- The release before it, which tells where a repository was.
  previous_id BIGINT REFERENCES release (id) ON DELETE SET NULL,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  refs TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL
) STRICT;
CREATE INDEX release_fetch_due ON release_fetch (due_at);

-- Issue alert rules. Their conditions and actions are data (JSON). A rule that the server switched off says why and when.
CREATE TABLE rule (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  environment_id BIGINT REFERENCES environment (id) ON DELETE SET NULL,
  owner_user_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  owner_team_id BIGINT REFERENCES team (id) ON DELETE SET NULL,
  status BIGINT NOT NULL,
  disable_reason TEXT,
  disable_date BIGINT,
  data TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX rule_project ON rule (project_id);
