-- The way of everything that happens: event -> delivery -> attempt; and inbound for calls from providers.

-- Something that happened, written in the transaction of the change. subject ("issue:7") is what order is kept for.
CREATE TABLE event (
  id ID,
  kind TEXT NOT NULL,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  dispatched_at BIGINT
) STRICT;
CREATE INDEX event_undispatched ON event (id) WHERE dispatched_at IS NULL;
CREATE INDEX event_org ON event (organization_id, id);

-- One hand-over of one event to one subscriber. subscriber ("installation:3") is also the unit of concurrency.
-- state: 0 pending, 1 delivered, 2 failed for good, 3 skipped because nothing was left to deliver to.
CREATE TABLE delivery (
  id ID,
  uuid TEXT NOT NULL UNIQUE,
  event_id BIGINT NOT NULL REFERENCES event (id) ON DELETE CASCADE,
  organization_id BIGINT NOT NULL REFERENCES organization (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- The app that is told, where the subscriber is one.
  sentry_app_id BIGINT,
  state BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  -- Attempts that were made before the last replay; they do not count for the schedule.
  attempts_before BIGINT NOT NULL,
  -- When it is to be tried; while it is leased, when the lease ends. So an expired lease is simply due again.
  due_at BIGINT NOT NULL,
  leased_by TEXT,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  UNIQUE (event_id, subscriber)
) STRICT;
CREATE INDEX delivery_due ON delivery (subscriber, due_at, id) WHERE state = 0;
CREATE INDEX delivery_pending_subject ON delivery (subscriber, subject, id) WHERE state = 0;
CREATE INDEX delivery_org ON delivery (organization_id, id);
CREATE INDEX delivery_subscriber ON delivery (subscriber, id);

-- One try of a delivery: what was sent, what came back or why nothing did.
CREATE TABLE attempt (
  id ID,
  delivery_id BIGINT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  -- Of the delivery, for the request log of apps.
  sentry_app_id BIGINT,
  kind TEXT NOT NULL,
  response_code BIGINT,
  -- JSON: method, url, headers, body as sent; status, headers, body as received; error as data.
  exchange TEXT NOT NULL,
  UNIQUE (delivery_id, number)
) STRICT;

CREATE INDEX attempt_app ON attempt (sentry_app_id, id) WHERE sentry_app_id IS NOT NULL;
CREATE INDEX attempt_app_kind ON attempt (sentry_app_id, kind, id) WHERE sentry_app_id IS NOT NULL;
CREATE INDEX attempt_app_failed ON attempt (sentry_app_id, id)
  WHERE sentry_app_id IS NOT NULL AND (response_code IS NULL OR response_code >= 400);

-- A call from a provider, verified and accepted, handled in order per mailbox.
CREATE TABLE inbound (
  id ID,
  mailbox TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  headers TEXT NOT NULL,
  body BYTES NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  handled_at BIGINT
) STRICT;
CREATE INDEX inbound_due ON inbound (mailbox, id) WHERE handled_at IS NULL;

-- Periodic jobs: each runs on one node at a time.
CREATE TABLE job (
  name TEXT PRIMARY KEY,
  next_at BIGINT NOT NULL,
  leased_by TEXT,
  lease_until BIGINT
) STRICT, WITHOUT ROWID;
