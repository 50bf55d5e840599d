-- Reports and fugitives, as operators see them.

-- Newest first.
-- name: reports_page
SELECT id, time_ms, cart, lat, lon, note, status FROM reports
WHERE (time_ms, id) < ($1, $2) AND time_ms >= $3 AND ($4 = '' OR $4 LIKE '%,' || status || ',%')
    AND ($5 = '' OR cart = $5)
ORDER BY time_ms DESC, id DESC LIMIT $6;

-- name: reports_one
SELECT id, time_ms, cart, lat, lon, note, status FROM reports WHERE id = $1;

-- name: fugitives_page
SELECT f.cart, f.since_ms, f.reason,
    (SELECT COUNT(*) FROM fugitive_reports r WHERE r.cart = f.cart AND r.since_ms = f.since_ms),
    c.lat, c.lon, c.fix_ms, f.confirmed_ms, NULLIF(f.until_ms, 0)
FROM fugitives f LEFT JOIN carts c ON c.cart = f.cart
WHERE f.ended_ms IS NULL AND f.cart > $1
ORDER BY f.cart LIMIT $2;

-- name: fugitives_one
SELECT f.cart, f.since_ms, f.reason,
    (SELECT COUNT(*) FROM fugitive_reports r WHERE r.cart = f.cart AND r.since_ms = f.since_ms),
    c.lat, c.lon, c.fix_ms, f.confirmed_ms, NULLIF(f.until_ms, 0)
FROM fugitives f LEFT JOIN carts c ON c.cart = f.cart
WHERE f.ended_ms IS NULL AND f.cart = $1;

-- The newest are what an operator looks for; all of it is in the evidence.
-- name: fugitives_trail
SELECT time_ms, lat, lon FROM (
    SELECT time_ms, lat, lon FROM trail WHERE cart = $1 AND since_ms = $2
    ORDER BY time_ms DESC LIMIT $3) AS newest
ORDER BY time_ms;
