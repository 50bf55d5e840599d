-- Carts as they are now.

-- name: carts_page
SELECT cart, state, fugitive, lat, lon, acc, heard_ms, fix_ms, sale_ms, stock, waiting, version,
    closed_ms
FROM carts
WHERE cart > $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR cart LIKE '%' || $3 || '%')
ORDER BY cart
LIMIT $4;

-- name: carts_one
SELECT carts.cart, state, fugitive, lat, lon, acc, heard_ms, fix_ms, sale_ms, stock, waiting,
    version, closed_ms, request
FROM carts LEFT JOIN certificate_requests ON certificate_requests.cart = carts.cart
WHERE carts.cart = $1;
