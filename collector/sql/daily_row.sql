-- A row of the daily sales, and what is known of it beside its sums.

-- name: daily_row
SELECT quantity, amount, sales, named_clients + anonymous, voided, unpriced, revision, closed
FROM daily WHERE day = $1 AND cart = $2;

-- The cart's own outboxes that sold on the day, with the first and the last of their sales and voids
-- of it. The cart's few outboxes come first: a day has as many as the guild.
-- name: daily_epochs
SELECT s.epoch, d.first_seq, d.last_seq, s.set_aside,
    (SELECT r.seq FROM receipts r WHERE r.source = d.source AND r.seq >= d.first_seq
        AND r.seq <= d.last_seq AND r.day = $1 AND r.kind <= 1 ORDER BY r.seq LIMIT 1),
    (SELECT r.seq FROM receipts r WHERE r.source = d.source AND r.seq >= d.first_seq
        AND r.seq <= d.last_seq AND r.day = $1 AND r.kind <= 1 ORDER BY r.seq DESC LIMIT 1)
FROM sources s CROSS JOIN source_days d
WHERE s.cart = $2 AND d.day = $1 AND d.source = s.source
    AND EXISTS (SELECT 1 FROM receipts r WHERE r.source = d.source AND r.seq >= d.first_seq
        AND r.seq <= d.last_seq AND r.day = $1 AND r.kind = 0)
    AND NOT EXISTS (SELECT 1 FROM desk_epochs k WHERE k.cart = s.cart AND k.epoch = s.epoch);

-- The totals hold the day's first event and agree up to its last; and nothing newer waited on the
-- cart when it said so after the day's end ($5), or with `offline`.
-- name: daily_confirmed
SELECT 1 FROM confirmed
WHERE cart = $1 AND epoch = $2 AND from_seq <= $3 AND again = 0
    AND ((final_upto >= $4 AND final_ms >= $5) OR offline_upto >= $4)
LIMIT 1;

-- Where a cart's words disagree with ours, or something newer waits on it: since when, and the days
-- of the newest event that both agree on, or that is from before the totals, and of the first one
-- behind it; and the last word before the outbox was told of.
-- name: daily_doubts
SELECT c.wrong_ms, c.open_ms, c.final_ms,
    (SELECT r.day FROM sources s CROSS JOIN receipts r
     WHERE s.cart = c.cart AND s.epoch = c.epoch AND r.source = s.source AND r.seq <= c.upto
         AND r.kind <= 1 ORDER BY r.seq DESC LIMIT 1),
    (SELECT r.day FROM sources s CROSS JOIN receipts r
     WHERE s.cart = c.cart AND s.epoch = c.epoch AND r.source = s.source AND r.seq >= c.from_seq
         AND r.kind <= 1 ORDER BY r.seq LIMIT 1),
    (SELECT w.since_ms FROM words w
     WHERE w.cart = c.cart AND w.epoch = c.epoch AND w.from_seq = c.from_seq)
FROM confirmed c WHERE c.cart = $1 AND c.again = 0 AND (c.wrong_ms > 0 OR c.open_ms > 0);

-- What was set aside among the outbox's events of the day.
-- name: daily_set_aside
SELECT 1 FROM set_aside
WHERE cart = $1 AND epoch = $2 AND decision IS NULL AND seq >= $3 AND seq <= $4 LIMIT 1;

-- The desk was at work for the cart on the day, and nothing was ever heard of an outbox of its own.
-- name: daily_desk_alone
SELECT 1 FROM desk_epochs k CROSS JOIN sources s CROSS JOIN source_days d
WHERE k.cart = $1 AND s.cart = $1 AND s.epoch = k.epoch AND d.day = $2 AND d.source = s.source
    AND NOT EXISTS (SELECT 1 FROM sources o WHERE o.cart = $1 AND o.epoch <> k.epoch)
    AND NOT EXISTS (SELECT 1 FROM words w WHERE w.cart = $1)
    AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.cart = $1 AND c.epoch <> '')
LIMIT 1;

-- The older form: the cart's own sums of the day beside ours in one outbox. What the centre took
-- back is still in the cart's. A cross join keeps its order: few voids, not all receipts.
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
CROSS JOIN cart_counts c
WHERE s.cart = $2 AND s.epoch = $3 AND d.day = $1 AND d.source = s.source
    AND c.day = $1 AND c.cart = $2 AND c.epoch = $3;

-- An outbox that sold on the day by the older form, and of which nothing came.
-- name: daily_counts_alone
SELECT 1 FROM cart_counts c
WHERE c.day = $1 AND c.cart = $2 AND c.sales > 0 AND NOT EXISTS (
    SELECT 1 FROM sources s CROSS JOIN source_days d
    WHERE s.cart = c.cart AND s.epoch = c.epoch AND d.day = $1 AND d.source = s.source)
LIMIT 1;

-- The first $3. The sign before the day keeps the index by days out of it: a bad day has many gaps.
-- name: daily_gaps
SELECT s.epoch, g.first_receipt, g.last_receipt
FROM sources s CROSS JOIN receipt_gaps g
WHERE s.cart = $1 AND g.source = s.source AND +g.day = $2
ORDER BY s.epoch, g.first_receipt LIMIT $3;
