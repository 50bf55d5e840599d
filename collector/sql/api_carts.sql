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
    c.waiting, c.version, c.closed_ms, r.request, s.threshold, s.note
FROM carts c LEFT JOIN stock_levels l ON l.cart = c.cart
    LEFT JOIN certificate_requests r ON r.cart = c.cart LEFT JOIN cart_settings s ON s.cart = c.cart
WHERE c.cart = $1;

-- What is not named stays as it is: $2 and $4 say whether $3 and $5 are.
-- name: cart_settings_write
INSERT INTO cart_settings (cart, threshold, note)
VALUES ($1, CASE WHEN $2 = 1 THEN $3 END, CASE WHEN $4 = 1 THEN $5 END)
ON CONFLICT (cart) DO UPDATE SET
    threshold = CASE WHEN $2 = 1 THEN excluded.threshold ELSE cart_settings.threshold END,
    note = CASE WHEN $4 = 1 THEN excluded.note ELSE cart_settings.note END;
