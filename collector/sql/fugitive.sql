-- Reports, and the carts that are looked for.

-- name: report_insert
INSERT INTO reports (id, time_ms, cart, lat, lon, note, status)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING;

-- name: report_open
UPDATE reports SET status = 'open' WHERE id = $1 AND status = 'sighting';

-- name: fugitive_find
SELECT since_ms FROM fugitives WHERE cart = $1 AND ended_ms IS NULL;

-- name: fugitive_begin
INSERT INTO fugitives (cart, since_ms, reason, locate_ms) VALUES ($1, $2, $3, 0)
ON CONFLICT (cart, since_ms) DO UPDATE SET ended_ms = NULL, locate_ms = 0;

-- name: fugitive_mark
UPDATE carts SET fugitive = $1 WHERE cart = $2;

-- name: fugitive_report
INSERT INTO fugitive_reports (cart, since_ms, report) VALUES ($1, $2, $3)
ON CONFLICT (cart, since_ms, report) DO NOTHING;

-- name: trail_insert
INSERT INTO trail (cart, since_ms, time_ms, lat, lon) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (cart, since_ms, time_ms) DO NOTHING;

-- name: fugitive_reports_close
UPDATE reports SET status = 'closed'
WHERE status = 'open' AND id IN (
    SELECT report FROM fugitive_reports WHERE cart = $1 AND since_ms = $2);

-- name: fugitive_end
UPDATE fugitives SET ended_ms = $1 WHERE cart = $2 AND since_ms = $3;

-- name: fugitives_unasked
SELECT cart, since_ms FROM fugitives WHERE ended_ms IS NULL AND locate_ms < $1
ORDER BY cart LIMIT $2;

-- name: fugitive_asked
UPDATE fugitives SET locate_ms = $1 WHERE cart = $2 AND since_ms = $3;

-- Carts near a place and time that no accepted member owns.
-- name: suspects_find
SELECT cart, lat, lon, fix_ms FROM carts
WHERE fix_ms BETWEEN $1 AND $2 AND lat BETWEEN $3 AND $4 AND lon BETWEEN $5 AND $6
    AND NOT EXISTS (SELECT 1 FROM member_carts m WHERE m.cart = carts.cart)
ORDER BY cart;
