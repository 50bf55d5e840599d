-- A row of the daily sales, and what is known of it beside its sums.

-- name: daily_row
SELECT quantity, amount, sales, named_clients + anonymous, voided, unpriced, revision, closed
FROM daily WHERE day = $1 AND cart = $2;

-- The cart's own sums beside ours, for each epoch of the day. The list of the cart's few outboxes
-- comes first: a day has as many as the guild. What the centre took back is still in the cart's
-- sums; what was typed there is in no cart's. A cross join keeps its order: few voids, not all
-- receipts of the cart.
-- name: daily_counts
SELECT d.sales + COALESCE(v.sales, 0), d.quantity + COALESCE(v.quantity, 0),
    d.amount + COALESCE(v.amount, 0), c.sales, c.quantity, c.amount, c.at_ms, c.final
FROM source_days d
JOIN sources s ON s.source = d.source
LEFT JOIN cart_counts c ON c.day = $1 AND c.cart = s.cart AND c.epoch = s.epoch
LEFT JOIN (SELECT r.source, COUNT(*) AS sales, CAST(SUM(r.quantity) AS BIGINT) AS quantity,
               CAST(SUM(COALESCE(r.amount, 0)) AS BIGINT) AS amount
           FROM voids_elsewhere e CROSS JOIN receipts r
           WHERE r.source = e.source AND r.seq = e.seq AND r.day = $1 AND e.source IN (SELECT source FROM sources WHERE cart = $2)
           GROUP BY r.source) v ON v.source = d.source
WHERE d.day = $1 AND d.source IN (SELECT source FROM sources WHERE cart = $2)
    AND NOT EXISTS (SELECT 1 FROM desk_epochs k WHERE k.cart = s.cart AND k.epoch = s.epoch)
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
