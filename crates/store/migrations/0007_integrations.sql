-- What integrations keep beside themselves, entries of the directory that are documentation only, legacy plugins.

-- How the statuses of issues map to the states of a project on the other side.
CREATE TABLE external_project (
  id ID,
  organization_integration_id BIGINT NOT NULL REFERENCES organization_integration (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  external_id TEXT NOT NULL,
  resolved_status TEXT NOT NULL,
  unresolved_status TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (organization_integration_id, external_id)
) STRICT;

-- An item on the other side, such as a work item. It outlives the installation: installing again finds it.
CREATE TABLE remote_issue (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  integration_id BIGINT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  title TEXT,
  description TEXT,
  metadata TEXT,
  date_added BIGINT NOT NULL,
  UNIQUE (organization_id, integration_id, key)
) STRICT;
CREATE INDEX remote_issue_key ON remote_issue (integration_id, key);

CREATE TABLE issue_remote_issue (
  id ID,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  remote_issue_id BIGINT NOT NULL REFERENCES remote_issue (id) ON DELETE CASCADE,
  data TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (issue_id, remote_issue_id)
) STRICT;
CREATE INDEX issue_remote_issue_external ON issue_remote_issue (remote_issue_id);

-- The name that a user or a team has on the other side.
CREATE TABLE external_actor (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  integration_id BIGINT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
  provider BIGINT NOT NULL,
  external_name TEXT NOT NULL,
  external_id TEXT,
  user_id BIGINT REFERENCES user_account (id) ON DELETE CASCADE,
  team_id BIGINT REFERENCES team (id) ON DELETE CASCADE,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  CHECK (user_id IS NOT NULL OR team_id IS NOT NULL),
  UNIQUE (organization_id, provider, external_name, team_id),
  UNIQUE (organization_id, provider, external_name, user_id)
) STRICT;
CREATE INDEX external_actor_integration ON external_actor (integration_id);
CREATE INDEX external_actor_team ON external_actor (team_id);
CREATE INDEX external_actor_user ON external_actor (user_id);

-- Which repositories the code of a project is in.
CREATE TABLE project_repository (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  repository_id BIGINT NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  date_added BIGINT NOT NULL,
  PRIMARY KEY (project_id, repository_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_repository_repository ON project_repository (repository_id);

-- Repositories whose webhooks on the other side are to be brought up to date. due_at is when, or when whoever does it now is
-- taken for gone.
CREATE TABLE repository_hook_update (
  id ID,
  repository_id BIGINT NOT NULL UNIQUE REFERENCES repository (id) ON DELETE CASCADE,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL
) STRICT;
CREATE INDEX repository_hook_update_due ON repository_hook_update (due_at);

-- Where the path of a stack trace lies in a repository.
CREATE TABLE code_mapping (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  repository_id BIGINT NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  organization_integration_id BIGINT NOT NULL REFERENCES organization_integration (id) ON DELETE CASCADE,
  integration_id BIGINT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
  stack_root TEXT NOT NULL,
  source_root TEXT NOT NULL,
  default_branch TEXT,
  automatically_generated BOOLEAN NOT NULL,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL,
  UNIQUE (project_id, stack_root)
) STRICT;
CREATE INDEX code_mapping_org ON code_mapping (organization_id, id);
CREATE INDEX code_mapping_repository ON code_mapping (repository_id);
CREATE INDEX code_mapping_org_integration ON code_mapping (organization_integration_id);

-- Who owns which files of a project, as written in the repository.
CREATE TABLE code_owners (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  code_mapping_id BIGINT NOT NULL UNIQUE REFERENCES code_mapping (id) ON DELETE CASCADE,
  raw TEXT,
  schema TEXT,
  -- Whether the rules may be older than what they were made with.
  is_stale BOOLEAN NOT NULL,
  -- When the file is fetched from the repository again; NULL while nothing touched it there.
  fetch_at BIGINT,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL
) STRICT;
CREATE INDEX code_owners_project ON code_owners (project_id);

-- Entries of the directory that lead to a page with instructions.
CREATE TABLE doc_integration (
  id ID,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  author TEXT NOT NULL,
  description TEXT NOT NULL,
  url TEXT NOT NULL,
  popularity BIGINT,
  is_draft BOOLEAN NOT NULL,
  -- JSON, or NULL when nothing was ever given.
  metadata TEXT,
  date_added BIGINT NOT NULL,
  date_updated BIGINT NOT NULL
) STRICT;

CREATE TABLE doc_integration_avatar (
  doc_integration_id BIGINT PRIMARY KEY REFERENCES doc_integration (id) ON DELETE CASCADE,
  ident TEXT NOT NULL UNIQUE,
  date_added BIGINT NOT NULL
) STRICT;

-- The picture, by the length of its sides in pixels; 0 is the picture as it came.
CREATE TABLE doc_integration_photo (
  doc_integration_id BIGINT NOT NULL REFERENCES doc_integration_avatar (doc_integration_id) ON DELETE CASCADE,
  side BIGINT NOT NULL,
  png BYTES NOT NULL,
  PRIMARY KEY (doc_integration_id, side)
) STRICT;

-- What a project sets of a legacy plugin. A field is in `value` as JSON or, when it is a secret, sealed in `secret`.
CREATE TABLE plugin_option (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  plugin TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT,
  -- Bound to plugin_option.secret:<project_id>/<plugin>/<field>.
  secret BYTES,
  UNIQUE (project_id, plugin, field)
) STRICT;

-- What is to be deleted, and when. A restored row loses its entry.
CREATE TABLE scheduled_deletion (
  id ID,
  guid TEXT NOT NULL UNIQUE,
  model TEXT NOT NULL,
  object_id BIGINT NOT NULL,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  date_scheduled BIGINT NOT NULL,
  in_progress_since BIGINT,
  attempts BIGINT NOT NULL,
  UNIQUE (model, object_id)
) STRICT;
CREATE INDEX scheduled_deletion_due ON scheduled_deletion (date_scheduled);

-- Calls to a provider per day (UTC, days since 1970), for deciding whether an integration is broken.
CREATE TABLE integration_health (
  integration_id BIGINT NOT NULL REFERENCES integration (id) ON DELETE CASCADE,
  day BIGINT NOT NULL,
  successes BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  fatals BIGINT NOT NULL,
  PRIMARY KEY (integration_id, day)
) STRICT, WITHOUT ROWID;
