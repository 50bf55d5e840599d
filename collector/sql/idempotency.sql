-- Answers that are kept for who asks again.

-- name: idempotency_find
SELECT body, status, answer FROM idempotency WHERE id = $1 AND until_ms > $2;

-- name: idempotency_drop
DELETE FROM idempotency
WHERE id IN (SELECT id FROM idempotency WHERE until_ms <= $1 ORDER BY until_ms LIMIT $2);

-- One that is there, and not too old, has been kept by another call meanwhile: it stands.
-- name: idempotency_keep
INSERT INTO idempotency (id, body, status, answer, until_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, status = excluded.status,
    answer = excluded.answer, until_ms = excluded.until_ms
WHERE idempotency.until_ms <= $6;
