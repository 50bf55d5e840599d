-- What must leave.

-- A row that waits under this id is left alone; one that was sent and is kept begins anew.
-- name: effect_insert
INSERT INTO effects (lane, id, position, queue, expires_ms, created_ms, due_ms, topic, record_key,
    value, error, source, type, part, about)
VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM effects), $3, $4, $5, $6, $7, $8, $9,
    $10, $11, $12, $13, $14)
ON CONFLICT (lane, id) DO UPDATE SET position = excluded.position, queue = excluded.queue,
    expires_ms = excluded.expires_ms, value = excluded.value, sent_ms = NULL
WHERE effects.sent_ms IS NOT NULL;

-- name: effect_later
UPDATE effects SET due_ms = $1, attempts = attempts + 1 WHERE lane = $2 AND id = $3;

-- name: effect_end
DELETE FROM effects WHERE lane = $1 AND id = $2;

-- name: effect_queue_next
SELECT MIN(queue) FROM effects WHERE queue > $1;

-- name: effect_queue_any
SELECT 1 FROM effects WHERE queue = $1 LIMIT 1;

-- name: effect_topic_next
SELECT MIN(topic) FROM effects WHERE queue = $1 AND topic > $2;

-- Not what has an older one of its key in another's queue.
-- name: effects_due
SELECT e.id, e.lane, e.position, e.record_key, e.value, e.error, e.source, e.type, e.part,
    e.expires_ms, e.about
FROM effects e
WHERE e.queue = $1 AND e.topic = $2 AND (e.record_key IS NULL OR NOT EXISTS (
    SELECT 1 FROM effects o
    WHERE o.topic = e.topic AND o.record_key = e.record_key AND o.position < e.position
        AND o.queue <> e.queue))
ORDER BY e.position
LIMIT $3;

-- name: effect_done
DELETE FROM effects WHERE lane = $1 AND id = $2 AND queue = $3;

-- name: effect_keep
UPDATE effects SET queue = NULL, sent_ms = $1 WHERE lane = $2 AND id = $3 AND queue = $4;

-- What is newer than a record that has just come into the log, and stands before it there: sent
-- again, since a compacted topic keeps what came last. Where the newest still waits, that is it.
-- name: effect_newest_again
UPDATE effects SET queue = $1, sent_ms = NULL
WHERE topic = $2 AND record_key = $3 AND position > $4 AND sent_ms IS NOT NULL
    AND position = (SELECT MAX(position) FROM effects WHERE topic = $2 AND record_key = $3);

-- name: effects_old
SELECT 1 FROM effects WHERE sent_ms < $1 LIMIT 1;

-- name: effects_forget
DELETE FROM effects WHERE (lane, id) IN (
    SELECT lane, id FROM effects WHERE sent_ms < $1 ORDER BY sent_ms LIMIT 500);

-- What a release before this one has owed since, where somebody went back to it.
-- name: effects_former
SELECT 1 FROM outgoing LIMIT 1;

-- name: effects_take_former
INSERT INTO effects (lane, id, position, queue, topic, record_key, value, error, source, type, part)
SELECT CASE topic WHEN 'carrito.commands' THEN 'command' ELSE 'kafka' END, id,
    position + (SELECT COALESCE(MAX(position), 0) FROM effects), '', topic, record_key, value, error,
    source, type, part
FROM outgoing
WHERE TRUE
ON CONFLICT (lane, id) DO NOTHING;

-- name: effects_drop_former
DELETE FROM outgoing;

-- Leases of queues, which are called effects/NAME; 0 is the character after the slash.
-- name: effect_lease_next
SELECT MIN(name) FROM leases WHERE name > $1 AND name < 'effects0';

-- name: effect_lease_any
SELECT 1 FROM leases WHERE name = $1;

-- name: effect_lease_end
DELETE FROM leases WHERE name = $1 AND owner = $2;
