-- Issues, the error events behind them, and what people do with them.

CREATE TABLE issue (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  short_id BIGINT NOT NULL,
  event_type TEXT NOT NULL,
  level BIGINT NOT NULL,
  title TEXT NOT NULL,
  message TEXT NOT NULL,
  culprit TEXT NOT NULL,
  location TEXT,
  platform TEXT NOT NULL,
  logger TEXT NOT NULL,
  metadata TEXT NOT NULL,
  status BIGINT NOT NULL,
  substatus BIGINT,
  priority BIGINT NOT NULL,
  priority_locked_at BIGINT,
  times_seen BIGINT NOT NULL,
  is_unhandled BOOLEAN NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  active_at BIGINT NOT NULL,
  resolved_at BIGINT,
  first_release_id BIGINT REFERENCES release (id) ON DELETE SET NULL,
  num_comments BIGINT NOT NULL,
  share_id TEXT UNIQUE,
  inbox_reason BIGINT,
  inbox_date BIGINT,
  UNIQUE (project_id, short_id)
) STRICT;
CREATE INDEX issue_project_last_seen ON issue (project_id, status, last_seen, id);
CREATE INDEX issue_project_first_seen ON issue (project_id, first_seen, id);
CREATE INDEX issue_first_release ON issue (first_release_id) WHERE first_release_id IS NOT NULL;
CREATE INDEX issue_active_substatus ON issue (status, substatus, active_at);

-- The id of a merged issue keeps leading to the survivor.
CREATE TABLE issue_redirect (
  previous_id BIGINT PRIMARY KEY,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE issue_hash (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_hash_issue ON issue_hash (issue_id);

-- Events with these hashes are unwanted: they are dropped when they come.
CREATE TABLE discarded_hash (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  PRIMARY KEY (project_id, hash)
) STRICT, WITHOUT ROWID;

-- Events per hour. hour = epoch seconds / 3600.
CREATE TABLE issue_stat (
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  hour BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (issue_id, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_stat_hour ON issue_stat (hour);

-- How often each tag value was seen. Also under the keys user.id, user.email, user.username and user.ip what is known
-- of a user: they are searched for, and not shown as tags.
CREATE TABLE issue_tag_value (
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  tag_key TEXT NOT NULL,
  tag_value TEXT NOT NULL,
  times_seen BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (issue_id, tag_key, tag_value)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_assignee (
  issue_id BIGINT PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE CASCADE,
  team_id BIGINT REFERENCES team (id) ON DELETE CASCADE,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX issue_assignee_user ON issue_assignee (user_id);
CREATE INDEX issue_assignee_team ON issue_assignee (team_id);

CREATE TABLE issue_seen (
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  last_seen BIGINT NOT NULL,
  PRIMARY KEY (issue_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_bookmark (
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  date_added BIGINT NOT NULL,
  PRIMARY KEY (issue_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_subscription (
  id ID,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES user_account (id) ON DELETE CASCADE,
  team_id BIGINT REFERENCES team (id) ON DELETE CASCADE,
  is_active BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (issue_id, user_id),
  UNIQUE (issue_id, team_id)
) STRICT;

-- Archived until: a time, or a number of events or users. seen_at_start and users_at_start are the counters at the
-- moment of archiving.
CREATE TABLE issue_snooze (
  issue_id BIGINT PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
  until BIGINT,
  count BIGINT,
  window_minutes BIGINT,
  user_count BIGINT,
  user_window_minutes BIGINT,
  seen_at_start BIGINT NOT NULL,
  users_at_start BIGINT NOT NULL,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX issue_snooze_until ON issue_snooze (until);

-- kind: 0 in_release, 1 in_next_release, 2 in_upcoming_release.
CREATE TABLE issue_resolution (
  issue_id BIGINT PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
  kind BIGINT NOT NULL,
  release_id BIGINT NOT NULL REFERENCES release (id) ON DELETE CASCADE,
  current_release_version TEXT,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL
) STRICT;

-- Commits that resolve an issue.
CREATE TABLE issue_commit (
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  commit_id BIGINT NOT NULL REFERENCES repository_commit (id) ON DELETE CASCADE,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  PRIMARY KEY (issue_id, commit_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_commit_commit ON issue_commit (commit_id);

-- The pull requests that say that they fix an issue.
CREATE TABLE issue_pull_request (
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  pull_request_id BIGINT NOT NULL REFERENCES pull_request (id) ON DELETE CASCADE,
  actor_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  date_added BIGINT NOT NULL,
  PRIMARY KEY (issue_id, pull_request_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_pull_request_pull_request ON issue_pull_request (pull_request_id);

CREATE TABLE activity (
  id ID,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  kind BIGINT NOT NULL,
  user_id BIGINT REFERENCES user_account (id) ON DELETE SET NULL,
  data TEXT NOT NULL,
  date_added BIGINT NOT NULL
) STRICT;
CREATE INDEX activity_issue_date ON activity (issue_id, date_added, id);

-- An event that an SDK sent. data = zstd of the normalised JSON; tags = JSON list of pairs, as in data; user_tag = the
-- value of the tag user, primary_hash = the hash that led to the issue. What lists, counts and searches need stands
-- beside data, so that they need not unpack it.
CREATE TABLE error_event (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  issue_id BIGINT NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  timestamp BIGINT NOT NULL,
  received BIGINT NOT NULL,
  environment TEXT,
  user_tag TEXT,
  primary_hash TEXT NOT NULL,
  title TEXT NOT NULL,
  tags TEXT NOT NULL,
  data BYTES NOT NULL,
  UNIQUE (project_id, event_id)
) STRICT;
CREATE INDEX error_event_issue ON error_event (issue_id, timestamp, id);
CREATE INDEX error_event_project ON error_event (project_id, timestamp, id);
CREATE INDEX error_event_event_id ON error_event (event_id);

CREATE TABLE user_report (
  id ID,
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  comments TEXT NOT NULL,
  date_added BIGINT NOT NULL,
  UNIQUE (project_id, event_id)
) STRICT;

-- What was accepted, dropped here, or reported dropped by an SDK. hour = epoch seconds / 3600.
CREATE TABLE outcome (
  project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
  hour BIGINT NOT NULL,
  source TEXT NOT NULL,
  category TEXT NOT NULL,
  reason TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  PRIMARY KEY (project_id, hour, source, category, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcome_hour ON outcome (hour);
