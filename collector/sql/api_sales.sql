-- Receipts, and what is missing of them.

-- Newest day first, within it by outbox, newest receipt first: the order of the keys, so that a
-- page reads no more rows than it shows. First the outboxes of the days, then the receipts of each.

-- name: sales_days
SELECT s.cart, s.epoch, d.day, d.source, d.first_seq, d.last_seq
FROM source_days d
JOIN sources s ON s.source = d.source
WHERE d.day <= $1 AND (d.day < $1 OR d.source <= $2) AND d.day >= $3
ORDER BY d.day DESC, d.source DESC;

-- A cross join keeps its order: the cart's few outboxes first, not those of all days.
-- name: sales_days_of_cart
SELECT s.cart, s.epoch, d.day, d.source, d.first_seq, d.last_seq
FROM sources s CROSS JOIN source_days d
WHERE d.day <= $1 AND (d.day < $1 OR d.source <= $2) AND d.day >= $3
  AND s.cart = $4 AND d.source = s.source
ORDER BY d.day DESC, d.source DESC;

-- name: sales_of_day
SELECT receipt, ts_ms, client, quantity, amount, stock, lat, lon,
       CASE WHEN COALESCE(voided, 0) <> 0 THEN 1 ELSE 0 END, day, seq
FROM receipts
WHERE source = $1 AND seq >= $2 AND seq < $3
  AND day = $4 AND kind = 0 AND ts_ms >= $5 AND ts_ms < $6 AND ($7 = '' OR client = $7)
  AND ($8 = 0 OR ($8 = 1 AND COALESCE(voided, 0) = 0) OR ($8 = 2 AND COALESCE(voided, 0) <> 0))
ORDER BY seq DESC
LIMIT $9;

-- name: audit_page
SELECT cart, epoch, highest_seq, duplicates, set_aside, highest_receipt, source
FROM sources
WHERE (cart, epoch) > ($1, $2) AND ($3 = '' OR cart = $3)
ORDER BY cart, epoch
LIMIT $4;

-- name: audit_gaps
SELECT first_receipt, last_receipt FROM receipt_gaps WHERE source = $1 ORDER BY first_receipt;
