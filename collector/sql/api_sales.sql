-- Receipts, and what is missing of them.

-- Newest day first, within it by outbox, newest receipt first: the order of the keys, so that a
-- page reads no more rows than it shows.
-- name: sales_page
SELECT s.cart, s.epoch, r.receipt, r.ts_ms, r.client, r.quantity, r.amount, r.stock, r.lat, r.lon,
       CASE WHEN COALESCE(r.voided, 0) <> 0 THEN 1 ELSE 0 END, d.day, d.source, r.seq
FROM source_days d
JOIN sources s ON s.source = d.source
JOIN receipts r ON r.source = d.source AND r.seq >= d.first_seq
    AND r.seq <= CASE WHEN d.day = $1 AND d.source = $2 THEN $3 - 1 ELSE d.last_seq END
WHERE d.day <= $1 AND (d.day < $1 OR d.source <= $2) AND d.day >= $4
  AND ($5 = '' OR s.cart = $5)
  AND r.day = d.day AND r.kind = 0 AND r.ts_ms >= $6 AND r.ts_ms < $7
ORDER BY d.day DESC, d.source DESC, r.seq DESC
LIMIT $8;

-- name: audit_page
SELECT cart, epoch, highest_seq, duplicates, set_aside, highest_receipt, source
FROM sources
WHERE (cart, epoch) > ($1, $2) AND ($3 = '' OR cart = $3)
ORDER BY cart, epoch
LIMIT $4;

-- name: audit_gaps
SELECT first_receipt, last_receipt FROM receipt_gaps WHERE source = $1 ORDER BY first_receipt;
