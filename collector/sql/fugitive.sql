-- Reports, and the carts that are looked for.

-- name: report_insert
INSERT INTO reports (id, time_ms, cart, lat, lon, note, status)
VALUES ($1, $2, $3, $4, $5, $6, 'sighting') ON CONFLICT (id) DO NOTHING;

-- name: report_open
UPDATE reports SET status = 'open' WHERE id = $1 AND status = 'sighting';

-- name: fugitive_find
SELECT since_ms FROM fugitives WHERE cart = $1 AND ended_ms IS NULL;

-- Sightings of a plate that was not heard then, the oldest first.
-- name: sightings_of
SELECT id FROM reports WHERE cart = $1 AND status = 'sighting'
ORDER BY time_ms LIMIT $2;

-- What is closed stays closed.
-- name: report_dismiss
UPDATE reports SET status = 'dismissed' WHERE id = $1 AND status IN ('open', 'sighting');

-- Fugitives that this report made and that no open one is about.
-- name: fugitives_without_report
SELECT f.cart FROM fugitives f
WHERE f.ended_ms IS NULL
    AND EXISTS (SELECT 1 FROM fugitive_reports r
                WHERE r.cart = f.cart AND r.since_ms = f.since_ms AND r.report = $1)
    AND NOT EXISTS (SELECT 1 FROM fugitive_reports r JOIN reports o ON o.id = r.report
                    WHERE r.cart = f.cart AND r.since_ms = f.since_ms AND o.status = 'open')
ORDER BY f.cart LIMIT $2;

-- name: fugitive_begin
INSERT INTO fugitives (cart, since_ms, reason, locate_ms, confirmed_ms, until_ms)
VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (cart, since_ms) DO UPDATE SET ended_ms = NULL, locate_ms = 0,
    confirmed_ms = excluded.confirmed_ms, until_ms = excluded.until_ms;

-- name: fugitive_is_members
SELECT 1 FROM member_carts WHERE cart = $1;

-- name: fugitives_unconfirmed
SELECT COUNT(*) FROM fugitives WHERE ended_ms IS NULL AND confirmed_ms IS NULL;

-- name: fugitive_confirm
UPDATE fugitives SET confirmed_ms = COALESCE(confirmed_ms, $1), until_ms = $2
WHERE cart = $3 AND since_ms = $4;

-- name: fugitive_is_asked
SELECT 1 FROM fugitives WHERE cart = $1 AND since_ms = $2 AND locate_ms > $3;

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
SELECT f.cart, f.since_ms, f.until_ms FROM fugitives f
WHERE f.ended_ms IS NULL AND f.locate_ms < $1 AND f.locate_ms < f.until_ms AND f.until_ms > $2
    AND EXISTS (SELECT 1 FROM carts c WHERE c.cart = f.cart AND c.heard_ms > $3)
ORDER BY f.cart LIMIT $4;

-- name: fugitive_asked
UPDATE fugitives SET locate_ms = $1 WHERE cart = $2 AND since_ms = $3;

-- Carts near a place and time that no accepted member owns.
-- name: suspects_find
SELECT cart, lat, lon, fix_ms FROM carts
WHERE fix_ms BETWEEN $1 AND $2 AND lat BETWEEN $3 AND $4 AND lon BETWEEN $5 AND $6
    AND NOT EXISTS (SELECT 1 FROM member_carts m WHERE m.cart = carts.cart)
ORDER BY cart;
