-- A row of the daily sales, and what is known of it beside its sums.

-- name: daily_row
SELECT quantity, amount, sales, named_clients + anonymous, voided, unpriced, revision, closed
FROM daily WHERE day = $1 AND cart = $2;

-- The cart's own sums beside ours, for each epoch of the day. The cart's few outboxes come first: a
-- day has as many as the guild. What the centre took back is still in the cart's sums; what was
-- typed there is in no cart's. A cross join keeps its order: few voids, not all receipts of the cart.
-- name: daily_counts
SELECT d.sales + (SELECT COUNT(*) FROM voids_elsewhere e CROSS JOIN receipts r
                  WHERE e.source = d.source AND r.source = e.source AND r.seq = e.seq
                      AND r.day = $1),
    d.quantity + (SELECT CAST(COALESCE(SUM(r.quantity), 0) AS BIGINT)
                  FROM voids_elsewhere e CROSS JOIN receipts r
                  WHERE e.source = d.source AND r.source = e.source AND r.seq = e.seq
                      AND r.day = $1),
    d.amount + (SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT)
                FROM voids_elsewhere e CROSS JOIN receipts r
                WHERE e.source = d.source AND r.source = e.source AND r.seq = e.seq
                    AND r.day = $1),
    c.sales, c.quantity, c.amount, c.at_ms, c.final
FROM sources s CROSS JOIN source_days d
LEFT JOIN cart_counts c ON c.day = $1 AND c.cart = s.cart AND c.epoch = s.epoch
WHERE s.cart = $2 AND d.day = $1 AND d.source = s.source
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
FROM sources s CROSS JOIN receipt_gaps g
WHERE s.cart = $1 AND g.source = s.source AND +g.day = $2
ORDER BY s.epoch, g.first_receipt;
