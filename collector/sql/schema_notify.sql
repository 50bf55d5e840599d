-- What `notify` sends, and what became of it. Times are milliseconds since 1970 UTC.

-- name: schema_notify

-- status: waiting; held (over the recipient's limit, in a digest that waits); sent, failed, skipped
-- (no mail server is set), digested (its digest was sent). next_ms: when it is tried (again), and
-- once that is over, since when it is what it is. answer: the server's last words. digest: the mail
-- that it is collected in. turn: 1, 2, … as they were written, for what is due at once. Rows stay: an id that was told is not told again, not even when
-- everything is read anew from Kafka.
CREATE TABLE IF NOT EXISTS mails (
    id TEXT NOT NULL PRIMARY KEY,
    turn BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    parameters TEXT NOT NULL,
    order_id TEXT,
    created_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    first_ms BIGINT,
    answer TEXT,
    sent_ms BIGINT,
    digest TEXT
);
CREATE INDEX IF NOT EXISTS mails_by_status ON mails (status, next_ms, turn);
CREATE INDEX IF NOT EXISTS mails_by_turn ON mails (turn);
-- How many a recipient got in the last hour.
CREATE INDEX IF NOT EXISTS mails_sent ON mails (recipient, sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS mails_by_digest ON mails (digest) WHERE digest IS NOT NULL;

-- Alerts that are owed to the webhook; deleted once it has them, or has refused them.
CREATE TABLE IF NOT EXISTS webhook_posts (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS webhook_posts_by_time ON webhook_posts (next_ms);

-- Which process sends (lease.h).
CREATE TABLE IF NOT EXISTS leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    beat BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (started_ms, id);
CREATE INDEX IF NOT EXISTS alerts_open ON alerts (kind) WHERE ended_ms IS NULL;
