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

-- A rule is mute: for one person, or for everybody (no user), until a time or for ever.
CREATE TABLE rule_snooze (
  id ID,
  rule_id BIGINT NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE CASCADE,
  owner_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  until BIGINT,
  date_added BIGINT NOT NULL,
  UNIQUE (rule_id, user_id)
) STRICT;
CREATE UNIQUE INDEX rule_snooze_everyone ON rule_snooze (rule_id) WHERE user_id IS NULL;
