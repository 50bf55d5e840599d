-- Where carts were.

-- name: track_read
SELECT fix_ms, lat, lon FROM (
    SELECT fix_ms, lat, lon FROM track WHERE cart = $1 AND fix_ms >= $2 AND fix_ms < $3
    ORDER BY fix_ms DESC LIMIT $4) AS newest
ORDER BY fix_ms;

-- name: track_cart
SELECT 1 FROM carts WHERE cart = $1;

-- name: evidence_fugitives
SELECT since_ms, ended_ms, reason FROM fugitives WHERE cart = $1 ORDER BY since_ms;

-- Which place is the $2nd after the newest, of all searches.
-- name: evidence_oldest
SELECT since_ms, time_ms FROM trail WHERE cart = $1
ORDER BY since_ms DESC, time_ms DESC LIMIT 1 OFFSET $2;

-- name: evidence_trail
SELECT time_ms, lat, lon FROM trail
WHERE cart = $1 AND since_ms = $2 AND (since_ms, time_ms) >= ($3, $4)
ORDER BY time_ms;

-- name: evidence_reports
SELECT r.time_ms, r.lat, r.lon, r.id, r.status, r.note
FROM fugitive_reports f JOIN reports r ON r.id = f.report
WHERE f.cart = $1 ORDER BY r.time_ms, r.id;

-- The same as rows of a table: first all places, in the order of the key, then the reports.
-- Columns: time, kind, lat, lon, id, status, note; of a place, when the search began.
-- name: evidence_places_page
SELECT time_ms, 'position', lat, lon, '', NULL, NULL, since_ms
FROM trail WHERE cart = $1 AND (since_ms, time_ms) > ($2, $3)
ORDER BY since_ms, time_ms LIMIT $4;

-- name: evidence_reports_page
SELECT r.time_ms, 'report', r.lat, r.lon, r.id, r.status, r.note
FROM fugitive_reports f JOIN reports r ON r.id = f.report
WHERE f.cart = $1 AND (r.time_ms, r.id) > ($2, $3)
ORDER BY r.time_ms, r.id LIMIT $4;
