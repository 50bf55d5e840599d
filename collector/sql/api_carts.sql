-- Carts as they are now.

-- name: carts_page
SELECT c.cart, c.state, c.fugitive, c.lat, c.lon, c.acc, c.heard_ms, c.fix_ms, c.sale_ms, l.stock,
    c.waiting, c.version, c.closed_ms, c.listens
FROM carts c LEFT JOIN stock_levels l ON l.cart = c.cart
WHERE c.cart > $1 AND ($2 = '' OR c.state = $2) AND ($3 = '' OR c.cart LIKE '%' || $3 || '%')
ORDER BY c.cart
LIMIT $4;

-- name: carts_one
SELECT c.cart, c.state, c.fugitive, c.lat, c.lon, c.acc, c.heard_ms, c.fix_ms, c.sale_ms, l.stock,
    c.waiting, c.version, c.closed_ms, c.listens, r.request
FROM carts c LEFT JOIN stock_levels l ON l.cart = c.cart
    LEFT JOIN certificate_requests r ON r.cart = c.cart
WHERE c.cart = $1;

-- Has sold, over a board or the desk; or is heard, so that a timer runs for it.
-- name: cart_is_in_use
SELECT 1 FROM daily WHERE cart = $1
UNION ALL
SELECT 1 FROM sources WHERE cart = $1 AND highest_receipt > 0
UNION ALL
SELECT 1 FROM carts WHERE cart = $1 AND (state = 'heard' OR (state = 'silent' AND heard_ms IS NOT NULL));

-- name: cart_remove
DELETE FROM carts WHERE cart = $1;

-- name: cart_remove_track
DELETE FROM track WHERE cart = $1;

-- name: cart_remove_trail
DELETE FROM trail WHERE cart = $1;

-- name: cart_remove_fugitives
DELETE FROM fugitives WHERE cart = $1;

-- name: cart_remove_fugitive_reports
DELETE FROM fugitive_reports WHERE cart = $1;

-- name: cart_remove_settings
DELETE FROM cart_settings WHERE cart = $1;

-- name: cart_remove_stock
DELETE FROM stock_levels WHERE cart = $1;

-- name: cart_remove_closings
DELETE FROM closings WHERE cart = $1;

-- name: cart_remove_certificate
DELETE FROM certificates WHERE subject = $1;

-- name: cart_remove_request
DELETE FROM certificate_requests WHERE cart = $1;

-- name: cart_remove_phones
DELETE FROM tokens WHERE cart = $1 AND phone IS NOT NULL;
