-- What those who ask OwnTracks' Recorder ask for. Columns: cart, time, lat, lon, acc, batt.

-- name: recorder_devices
SELECT cart FROM carts WHERE lat IS NOT NULL ORDER BY cart LIMIT 10000;

-- name: recorder_last
SELECT cart, fix_ms, lat, lon, acc, batt FROM carts
WHERE lat IS NOT NULL AND ($1 = '' OR cart = $1) ORDER BY cart LIMIT 10000;

-- name: recorder_track
SELECT cart, fix_ms, lat, lon, NULL, NULL FROM (
    SELECT cart, fix_ms, lat, lon FROM track WHERE cart = $1 AND fix_ms >= $2 AND fix_ms <= $3
    ORDER BY fix_ms DESC LIMIT $4) AS newest
ORDER BY fix_ms;
