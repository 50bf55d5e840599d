-- The carts that take orders now: how many, and where they are.
-- name: shop_carts
SELECT COUNT(*), MIN(lat), MIN(lon), MAX(lat), MAX(lon) FROM carts
WHERE listens = 1 AND state = 'heard' AND fugitive = 0;
