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
    version, closed_ms, request, threshold, note
FROM carts LEFT JOIN certificate_requests ON certificate_requests.cart = carts.cart
    LEFT JOIN cart_settings ON cart_settings.cart = carts.cart
WHERE carts.cart = $1;

-- What is not named stays as it is: $2 and $4 say whether $3 and $5 are.
-- name: cart_settings_write
INSERT INTO cart_settings (cart, threshold, note)
VALUES ($1, CASE WHEN $2 = 1 THEN $3 END, CASE WHEN $4 = 1 THEN $5 END)
ON CONFLICT (cart) DO UPDATE SET
    threshold = CASE WHEN $2 = 1 THEN excluded.threshold ELSE cart_settings.threshold END,
    note = CASE WHEN $4 = 1 THEN excluded.note ELSE cart_settings.note END;
