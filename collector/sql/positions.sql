-- Where the roles stand in Kafka, and the fence around it.

-- name: position_insert
INSERT INTO positions (role, topic, part, owner, next, last_ms, last_hash)
VALUES ($1, $2, $3, $4, 0, 0, 0) ON CONFLICT (role, topic, part) DO NOTHING;

-- name: position_own
UPDATE positions SET owner = $1 WHERE role = $2 AND topic = $3 AND part = $4;

-- name: position_read
SELECT next, last_ms, last_hash FROM positions WHERE role = $1 AND topic = $2 AND part = $3;

-- name: position_restart
UPDATE positions SET next = $1, last_ms = 0, last_hash = 0, read_to = 0
WHERE role = $2 AND topic = $3 AND part = $4 AND owner = $5;

-- name: position_advance
UPDATE positions SET next = $1, last_ms = $2, last_hash = $3
WHERE role = $4 AND topic = $5 AND part = $6 AND owner = $7 AND next = $8;

-- Behind the last record there are only markers, up to there.
-- name: position_read_to
UPDATE positions SET read_to = $1
WHERE role = $2 AND topic = $3 AND part = $4 AND owner = $5 AND next = $6;

-- The fence alone, and how far the log had been when all of it was applied.
-- name: position_watermark_note
UPDATE positions SET passed_ms = CASE WHEN $1 > passed_ms THEN $1 ELSE passed_ms END
WHERE role = $2 AND topic = $3 AND part = $4 AND owner = $5 AND next = $6;

-- name: position_watermark
SELECT COUNT(*), MIN(passed_ms) FROM positions WHERE role = $1 AND topic = $2 AND part < $3;

-- A role that has not applied a record.
-- name: position_waits
SELECT 1 FROM positions WHERE topic = $1 AND part = $2 AND next <= $3 LIMIT 1;

-- name: position_forget
DELETE FROM positions WHERE role = $1 AND topic = $2 AND part >= $3;
