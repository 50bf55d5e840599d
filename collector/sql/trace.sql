-- Where a sale has been.

-- A receipt's number is never above its event's: the scan from there on is short.
-- name: trace_sale
SELECT r.seq, r.ts_ms, r.day, r.client, r.quantity, r.amount, r.voided, r.place, r.delay_ms
FROM receipts r JOIN sources s ON s.source = r.source
WHERE s.cart = $1 AND s.epoch = $2 AND r.seq >= $3 AND r.receipt = $4 AND r.kind = 0
ORDER BY r.seq LIMIT 1;
