-- What `notify` sends, and what became of it. Times are milliseconds since 1970 UTC.

-- name: schema_notify

-- status: waiting, sent, failed, skipped, digested. next_ms: when it is tried (again); answer: the
-- server's last words.
CREATE TABLE IF NOT EXISTS mails (
    id TEXT NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    parameters TEXT NOT NULL,
    order_id TEXT,
    created_ms BIGINT NOT NULL,
    next_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    answer TEXT
);
CREATE INDEX IF NOT EXISTS mails_waiting ON mails (status, next_ms);
