-- Orders and their states.

-- An id counts once.
-- name: order_insert
INSERT INTO orders (id, product, price, quantity, email, lat, lon, cart, status, received_ms,
    preparing_ms, delivering_ms, done_ms, cancelled_ms, failed_ms, next_ms, place, pickup,
    search_until_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
ON CONFLICT (id) DO NOTHING;

-- Only from the state that was read: another process may have moved it meanwhile.
-- name: order_update
UPDATE orders SET cart = $1, status = $2, preparing_ms = $3, delivering_ms = $4, done_ms = $5,
    cancelled_ms = $6, failed_ms = $7, next_ms = $8, held = $9, turn = $10, returns = $11,
    offer_cart = $12, offer_ms = $13, offer_until_ms = $14, search_until_ms = $15,
    failed_reason = $16, warned = $17
WHERE id = $18 AND status = $19;

-- name: order_read
SELECT id, product, price, quantity, email, lat, lon, cart, status, received_ms, preparing_ms,
    delivering_ms, done_ms, cancelled_ms, failed_ms, place, pickup, held, turn, returns, offer_cart,
    offer_ms, offer_until_ms, search_until_ms, failed_reason, warned
FROM orders WHERE id = $1;

-- name: order_position
SELECT lat, lon, fix_ms FROM carts WHERE cart = $1 AND lat IS NOT NULL;

-- name: orders_any_due
SELECT 1 FROM orders WHERE next_ms IS NOT NULL AND next_ms <= $1 LIMIT 1;

-- name: orders_due
SELECT id, next_ms FROM orders WHERE next_ms IS NOT NULL AND next_ms <= $1
ORDER BY next_ms LIMIT 500;

-- Newest first. $4: states, as ",recibido,preparando,", or ''.
-- name: orders_page
SELECT id, product, price, quantity, email, lat, lon, cart, status, received_ms, preparing_ms,
    delivering_ms, done_ms, cancelled_ms, failed_ms, place, pickup, held, turn, returns, offer_cart,
    offer_ms, offer_until_ms, search_until_ms, failed_reason, warned
FROM orders WHERE (received_ms, id) < ($1, $2) AND received_ms >= $3
    AND ($4 = '' OR $4 LIKE '%,' || status || ',%') AND ($5 = '' OR cart = $5)
    AND ($6 = '' OR LOWER(email) = LOWER($6))
ORDER BY received_ms DESC, id DESC LIMIT $7;

-- name: orders_page_by_status
SELECT id, product, price, quantity, email, lat, lon, cart, status, received_ms, preparing_ms,
    delivering_ms, done_ms, cancelled_ms, failed_ms, place, pickup, held, turn, returns, offer_cart,
    offer_ms, offer_until_ms, search_until_ms, failed_reason, warned
FROM orders WHERE status = $1 AND (received_ms, id) < ($2, $3) AND received_ms >= $4
    AND ($5 = '' OR cart = $5) AND ($6 = '' OR LOWER(email) = LOWER($6))
ORDER BY received_ms DESC, id DESC LIMIT $7;

-- What it has been through before it was given back.
-- name: order_change_insert
INSERT INTO order_changes (order_id, turn, status, cart, at_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id, turn, status) DO NOTHING;

-- `preparando` before the `recibido` that ended it.
-- name: order_changes
SELECT status, at_ms FROM order_changes WHERE order_id = $1 ORDER BY turn, status;

-- Was $2 the last cart that gave it back?
-- name: order_had_last
SELECT 1 FROM order_changes
WHERE order_id = $1 AND status = 'preparando' AND cart = $2
    AND turn = (SELECT MAX(turn) FROM order_changes WHERE order_id = $1);
