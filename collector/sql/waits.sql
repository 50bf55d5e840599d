-- How long orders waited.

-- Newest first, as the oldest of too many are left out.
-- name: waits_orders
SELECT cart, received_ms, preparing_ms, done_ms FROM orders
WHERE received_ms >= $1 AND received_ms < $2 ORDER BY received_ms DESC LIMIT $3;

-- Offers that came to nothing, each with the cart that had it.
-- name: waits_offers
SELECT f.cart, o.received_ms, f.outcome FROM orders o JOIN offers f ON f.order_id = o.id
WHERE o.received_ms >= $1 AND o.received_ms < $2 AND f.outcome IN ('refused', 'unanswered')
ORDER BY o.received_ms DESC LIMIT $3;
