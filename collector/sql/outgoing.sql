-- What is owed to Kafka, in order.

-- name: outgoing_insert
INSERT INTO outgoing (id, position, topic, record_key, value, error, source, type, part)
VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM outgoing), $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO NOTHING;

-- name: outgoing_read
SELECT id, topic, record_key, value, error, source, type, position, part FROM outgoing
ORDER BY position LIMIT 500;

-- name: outgoing_delete
DELETE FROM outgoing WHERE id = $1;
