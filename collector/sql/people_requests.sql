-- The register of what persons have asked for.

-- name: people_request_open
INSERT INTO people_requests (id, kind, note, opened_ms, due_ms) VALUES ($1, $2, $3, $4, $5);

-- name: people_request_done
UPDATE people_requests SET done_ms = $1, note = NULL WHERE id = $2 AND done_ms IS NULL;

-- name: people_request_one
SELECT id, kind, note, opened_ms, due_ms, done_ms FROM people_requests WHERE id = $1;

-- name: people_requests_page
SELECT id, kind, note, opened_ms, due_ms, done_ms FROM people_requests
WHERE (opened_ms, id) > ($1, $2) ORDER BY opened_ms, id LIMIT $3;

-- Those that no alert tells of yet.
-- name: people_requests_due
SELECT r.id, r.due_ms FROM people_requests r
WHERE r.done_ms IS NULL AND r.due_ms <= $1 AND NOT EXISTS (
    SELECT 1 FROM alerts a
    WHERE a.kind = 'person-request' AND a.subject = r.id AND a.started_ms >= r.opened_ms)
ORDER BY r.due_ms LIMIT 100;
