-- Daily sales, from the aggregates alone.

-- name: daily_page
SELECT day, cart, quantity, amount, sales, named_clients + anonymous AS clients,
       CASE WHEN named_clients + anonymous > 0
            THEN CAST(quantity AS DOUBLE PRECISION) / (named_clients + anonymous) END AS average,
       voided, unpriced, revision, CASE WHEN closed > 0 THEN 'closed' ELSE 'open' END AS status
FROM daily
WHERE (day, cart) > ($1, $2) AND day >= $3 AND day <= $4 AND ($5 = '' OR cart = $5)
ORDER BY day, cart
LIMIT $6;

-- The cart's own sums beside ours, for each epoch of the day. The list of the cart's few outboxes
-- comes first: a day has as many as the guild.
-- name: daily_counts
SELECT d.sales, d.quantity, d.amount, c.sales, c.quantity, c.amount, c.at_ms, c.final
FROM source_days d
JOIN sources s ON s.source = d.source
LEFT JOIN cart_counts c ON c.day = $1 AND c.cart = s.cart AND c.epoch = s.epoch
WHERE d.day = $1 AND d.source IN (SELECT source FROM sources WHERE cart = $2)
UNION ALL
SELECT 0, 0, 0, c.sales, c.quantity, c.amount, c.at_ms, c.final
FROM cart_counts c
WHERE c.day = $1 AND c.cart = $2 AND NOT EXISTS (
    SELECT 1 FROM sources s JOIN source_days d ON d.source = s.source AND d.day = c.day
    WHERE s.cart = c.cart AND s.epoch = c.epoch);

-- The sign before the day keeps the index by days out of it: a bad day has many gaps.
-- name: daily_gaps
SELECT s.epoch, g.first_receipt, g.last_receipt
FROM receipt_gaps g
JOIN sources s ON s.source = g.source
WHERE g.source IN (SELECT source FROM sources WHERE cart = $1) AND +g.day = $2
ORDER BY s.epoch, g.first_receipt;

-- name: daily_next_day
SELECT MIN(day) FROM daily WHERE day >= $1 AND day <= $2 AND ($3 = '' OR cart = $3);

-- name: daily_totals
SELECT COALESCE(SUM(quantity), 0), COALESCE(SUM(amount), 0), COALESCE(SUM(sales), 0),
       COALESCE(SUM(anonymous), 0), COALESCE(SUM(voided), 0), COALESCE(SUM(unpriced), 0),
       COALESCE(MIN(closed), 0)
FROM daily
WHERE day >= $1 AND day <= $2 AND ($3 = '' OR cart = $3);

-- name: daily_distinct_clients
SELECT COUNT(DISTINCT client)
FROM day_clients
WHERE day >= $1 AND day <= $2 AND ($3 = '' OR cart = $3) AND bought > 0;
