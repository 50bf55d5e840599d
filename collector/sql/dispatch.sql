-- Orders that find their cart. A cart that listens, or that an order waits, is found by a partial index:
-- the statement repeats its condition word for word.

-- Who may be offered something: $1 is the oldest fix that counts. A cart that never counted its stock
-- has no level.
-- name: dispatch_carts
SELECT c.cart, c.lat, c.lon, s.stock
FROM carts c JOIN stock_levels s ON s.cart = c.cart
WHERE c.listens = 1 AND c.state = 'heard' AND c.fugitive = 0 AND c.fix_ms >= $1
    AND c.lat IS NOT NULL AND s.stock > 0
ORDER BY c.cart;

-- Where carts were last, in a strip of latitude.
-- name: dispatch_carts_near
SELECT lat, lon FROM carts WHERE lat BETWEEN $1 AND $2;

-- What carts have already, and what they are being offered: read out of the index alone.
-- name: dispatch_carried
SELECT cart, COUNT(*), SUM(quantity) FROM orders
WHERE turn > 0 AND status IN ('preparando', 'entregando')
GROUP BY cart;

-- name: dispatch_offered
SELECT offer_cart, COUNT(*), SUM(quantity) FROM orders WHERE offer_cart IS NOT NULL
GROUP BY offer_cart;

-- name: dispatch_offers_of
SELECT cart, outcome FROM offers WHERE order_id = $1 ORDER BY turn;

-- name: dispatch_offer_insert
INSERT INTO offers (order_id, turn, cart, offered_ms, until_ms, distance_m, outcome)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: dispatch_offer_end
UPDATE offers SET outcome = $1, ended_ms = $2 WHERE order_id = $3 AND turn = $4;

-- name: dispatch_last_turn
SELECT COALESCE(MAX(turn), 0) FROM offers WHERE order_id = $1 AND cart = $2;

-- name: dispatch_cart_place
SELECT lat, lon FROM carts WHERE cart = $1 AND lat IS NOT NULL;

-- Changes no row where the step, or a newer one of the same outbox, was met before.
-- name: dispatch_step_meet
INSERT INTO order_steps (order_id, cart, epoch, seq, at_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id, cart, epoch) DO UPDATE SET seq = excluded.seq, at_ms = excluded.at_ms
WHERE excluded.seq > order_steps.seq;

-- Changes no row where the cart was told of this turn already: told is the turn and one.
-- name: dispatch_step_tell
UPDATE order_steps SET told = $1
WHERE order_id = $2 AND cart = $3 AND epoch = $4 AND told < $1
    AND NOT EXISTS (SELECT 1 FROM order_steps o WHERE o.order_id = $2 AND o.cart = $3
        AND o.told >= $1);

-- name: dispatch_waits
SELECT 1 FROM orders WHERE search_until_ms IS NOT NULL AND offer_cart IS NULL LIMIT 1;

-- The oldest first, from where the last look ended.
-- name: dispatch_waiting
SELECT id, received_ms FROM orders
WHERE search_until_ms IS NOT NULL AND offer_cart IS NULL AND (received_ms, id) > ($1, $2)
ORDER BY received_ms, id LIMIT 500;

-- name: dispatch_offer_is_over
SELECT 1 FROM orders WHERE offer_until_ms IS NOT NULL AND offer_until_ms <= $1 LIMIT 1;

-- name: dispatch_offers_over
SELECT id FROM orders WHERE offer_until_ms IS NOT NULL AND offer_until_ms <= $1
ORDER BY offer_until_ms LIMIT 500;

-- Carts that cannot be counted on for what they have: by what was known of them, and is applied here,
-- at $1. A stock that one of these orders has lowered is known before the order's end is, so it counts
-- later.
-- name: dispatch_troubled
SELECT l.cart, CASE WHEN c.fugitive = 0 AND c.state NOT IN ('vanished', 'offline', 'absent')
        THEN 0 ELSE 1 END, COALESCE(s.stock, 0)
FROM (SELECT cart, SUM(quantity) AS pieces FROM orders
    WHERE turn > 0 AND status IN ('preparando', 'entregando') GROUP BY cart) l
    LEFT JOIN carts c ON c.cart = l.cart LEFT JOIN stock_levels s ON s.cart = l.cart
WHERE (c.fugitive = 1 OR (c.state IN ('vanished', 'offline', 'absent') AND c.heard_ms <= $1)
        OR (s.stock < l.pieces AND s.time_ms <= $1))
    AND EXISTS (SELECT 1 FROM orders o WHERE o.cart = l.cart AND o.turn > 0
        AND o.status IN ('preparando', 'entregando') AND o.warned = 0)
LIMIT 100;

-- The one that it took last first.
-- name: dispatch_carried_by
SELECT id FROM orders
WHERE cart = $1 AND turn > 0 AND status IN ('preparando', 'entregando')
ORDER BY preparing_ms DESC, id LIMIT 200;

-- What another mode left, or a release before this one.
-- name: dispatch_adopt
UPDATE orders SET search_until_ms = $1
WHERE status = 'recibido' AND search_until_ms IS NULL AND held = 0 AND offer_cart IS NULL
    AND next_ms IS NULL;

-- `auto` goes on with what dispatch left.
-- name: dispatch_leave
UPDATE orders SET next_ms = $1, search_until_ms = NULL, offer_cart = NULL, offer_ms = NULL,
    offer_until_ms = NULL, held = 0
WHERE status = 'recibido' AND (search_until_ms IS NOT NULL OR held = 1);

-- Sales that name an order, whose order can be judged: what Kafka had of its steps at $1 is applied. A
-- cart that has the order yet, or its offer, has not said yet that it is done.
-- name: order_sale_waits
SELECT 1 FROM order_sales s
WHERE s.outcome IS NULL AND s.at_ms <= $1
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = s.order_id AND (o.offer_cart = s.cart
        OR (o.cart = s.cart AND o.status IN ('preparando', 'entregando'))))
LIMIT 1;

-- name: order_sales_waiting
SELECT s.order_id, s.cart, s.epoch, s.seq FROM order_sales s
WHERE s.outcome IS NULL AND s.at_ms <= $1
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = s.order_id AND (o.offer_cart = s.cart
        OR (o.cart = s.cart AND o.status IN ('preparando', 'entregando'))))
ORDER BY s.at_ms LIMIT 100;

-- name: order_sale_kept
SELECT cart FROM order_sales WHERE order_id = $1 AND outcome = 'kept';

-- name: order_sale_judge
UPDATE order_sales SET outcome = $1
WHERE order_id = $2 AND cart = $3 AND epoch = $4 AND seq = $5;

-- Whether an operator may give it an order $1: no row, no such cart. The pieces are what it has of others.
-- name: dispatch_cart_can
SELECT CASE WHEN c.fugitive = 0 AND c.state NOT IN ('vanished', 'offline', 'absent')
        THEN 0 ELSE 1 END, s.stock,
    (SELECT COALESCE(SUM(o.quantity), 0) FROM orders o WHERE o.cart = c.cart AND o.turn > 0
        AND o.status IN ('preparando', 'entregando') AND o.id <> $1)
FROM carts c LEFT JOIN stock_levels s ON s.cart = c.cart WHERE c.cart = $2;

-- name: order_offers
SELECT cart, offered_ms, until_ms, distance_m, outcome, ended_ms FROM offers
WHERE order_id = $1 ORDER BY turn;
