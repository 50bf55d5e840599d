-- What OwnTracks' programs ask for.

-- name: owntracks_devices
SELECT cart FROM carts WHERE lat IS NOT NULL ORDER BY cart LIMIT 10000;

-- name: owntracks_last
SELECT fix_ms, lat, lon, acc, cart FROM carts
WHERE lat IS NOT NULL AND ($1 = '' OR cart = $1) ORDER BY cart LIMIT 10000;

-- name: owntracks_track
SELECT fix_ms, lat, lon FROM (
    SELECT fix_ms, lat, lon FROM track WHERE cart = $1 AND fix_ms >= $2 AND fix_ms <= $3
    ORDER BY fix_ms DESC LIMIT $4) AS newest
ORDER BY fix_ms;
