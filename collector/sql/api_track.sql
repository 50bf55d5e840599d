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

-- name: evidence_trail
SELECT time_ms, lat, lon FROM (
    SELECT time_ms, lat, lon FROM trail WHERE cart = $1 AND since_ms = $2
    ORDER BY time_ms DESC LIMIT $3) AS newest
ORDER BY time_ms;

-- name: evidence_reports
SELECT r.time_ms, r.lat, r.lon, r.id, r.status, r.note
FROM fugitive_reports f JOIN reports r ON r.id = f.report
WHERE f.cart = $1 ORDER BY r.time_ms, r.id;

-- Both as rows of a table, in the order of time.
-- name: evidence_page
SELECT time_ms, kind, lat, lon, id, status, note FROM (
    SELECT time_ms, 'position' AS kind, lat, lon, '' AS id, NULL AS status, NULL AS note
    FROM trail WHERE cart = $1
    UNION ALL
    SELECT r.time_ms, 'report', r.lat, r.lon, r.id, r.status, r.note
    FROM fugitive_reports f JOIN reports r ON r.id = f.report WHERE f.cart = $1) AS evidence
WHERE (time_ms, kind, id) > ($2, $3, $4)
ORDER BY time_ms, kind, id LIMIT $5;
