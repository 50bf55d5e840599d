-- Carts as they are now.

-- name: carts_page
SELECT c.cart, c.state, c.fugitive, c.lat, c.lon, c.acc, c.heard_ms, c.fix_ms, c.sale_ms, l.stock,
    c.waiting, c.version, c.closed_ms
FROM carts c LEFT JOIN stock_levels l ON l.cart = c.cart
WHERE c.cart > $1 AND ($2 = '' OR c.state = $2) AND ($3 = '' OR c.cart LIKE '%' || $3 || '%')
ORDER BY c.cart
LIMIT $4;

-- name: carts_one
SELECT c.cart, c.state, c.fugitive, c.lat, c.lon, c.acc, c.heard_ms, c.fix_ms, c.sale_ms, l.stock,
    c.waiting, c.version, c.closed_ms, r.request
FROM carts c LEFT JOIN stock_levels l ON l.cart = c.cart
    LEFT JOIN certificate_requests r ON r.cart = c.cart
WHERE c.cart = $1;
