-- What the centre keeps for those who type there. Times are milliseconds since 1970 UTC.

-- name: schema_desk

-- Answers to calls with an Idempotency-Key. `id` is a hash of route, caller and key, `body` of the
-- request's body; until_ms: when it is forgotten.
CREATE TABLE IF NOT EXISTS idempotency (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS idempotency_by_end ON idempotency (until_ms);
