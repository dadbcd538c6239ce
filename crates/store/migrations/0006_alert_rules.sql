-- Issue alert rules at work; the rules themselves are beside the projects.

-- When a rule last fired for an issue. It fires for it again when its frequency is over.
CREATE TABLE rule_issue (
  rule_id BIGINT NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  last_active BIGINT NOT NULL,
  PRIMARY KEY (issue_id, rule_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_issue_rule ON rule_issue (rule_id);

-- Every time that a rule fired, and for which event of the issue (32 hex digits).
CREATE TABLE rule_fire (
  id ID,
  rule_id BIGINT NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  notification_uuid TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX rule_fire_rule ON rule_fire (rule_id, date_added);
CREATE INDEX rule_fire_issue ON rule_fire (issue_id);

-- What was done to a rule, by whom; nobody when the server did it. kind: 1 created, 2 deleted, 3 updated, 4 enabled, 5 disabled.
CREATE TABLE rule_activity (
  id ID,
  rule_id BIGINT NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  kind BIGINT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX rule_activity_rule ON rule_activity (rule_id, kind);

-- Metric alert rules count events of projects. data = JSON: what is counted, how, and what is never looked at.
CREATE TABLE metric_rule (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  environment_id BIGINT REFERENCES environment (id) ON DELETE SET NULL,
  owner_user_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  owner_team_id BIGINT REFERENCES team (id) ON DELETE SET NULL,
  created_by_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  data TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  date_modified BIGINT NOT NULL
) STRICT;
CREATE INDEX metric_rule_org ON metric_rule (organization_id, id);

CREATE TABLE metric_rule_project (
  rule_id BIGINT NOT NULL REFERENCES metric_rule (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  PRIMARY KEY (rule_id, project_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_rule_project_project ON metric_rule_project (project_id);

-- threshold = a JSON number.
CREATE TABLE metric_trigger (
  id ID,
  rule_id BIGINT NOT NULL REFERENCES metric_rule (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  threshold TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (rule_id, label)
) STRICT;

CREATE TABLE metric_action (
  id ID,
  trigger_id BIGINT NOT NULL REFERENCES metric_trigger (id) ON DELETE CASCADE,
  data TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX metric_action_trigger ON metric_action (trigger_id);

-- A threshold was crossed. status: 2 closed, 10 warning, 20 critical; identifier counts in the organization.
CREATE TABLE incident (
  id ID,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  identifier BIGINT NOT NULL,
  rule_id BIGINT NOT NULL REFERENCES metric_rule (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  status BIGINT NOT NULL,
  date_started BIGINT NOT NULL,
  date_detected BIGINT NOT NULL,
  date_closed BIGINT,
  UNIQUE (organization_id, identifier)
) STRICT;
CREATE INDEX incident_rule ON incident (rule_id, status);

-- A rule about issues or about metrics is mute: for one person, or for everybody (no user), until a time or for ever.
CREATE TABLE rule_snooze (
  id ID,
  rule_id BIGINT REFERENCES rule (id) ON DELETE CASCADE,
  metric_rule_id BIGINT REFERENCES metric_rule (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE CASCADE,
  owner_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  until BIGINT,
  date_added BIGINT NOT NULL,
  UNIQUE (rule_id, user_id),
  UNIQUE (metric_rule_id, user_id),
  CHECK ((rule_id IS NULL) <> (metric_rule_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX rule_snooze_everyone ON rule_snooze (rule_id) WHERE user_id IS NULL;
CREATE UNIQUE INDEX metric_rule_snooze_everyone ON rule_snooze (metric_rule_id) WHERE user_id IS NULL;
