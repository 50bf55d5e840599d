-- Words of carts, and ours beside them (collector/sales/sales_words.h).

-- name: words_wait
SELECT 1 FROM words WHERE ready_ms IS NOT NULL LIMIT 1;

-- name: confirmed_wait
SELECT 1 FROM confirmed WHERE again = 1 LIMIT 1;

-- What is applied of the partition that the outbox was read from must reach the word ($2: the skew
-- of clocks); of all ($1), where nothing has come of the outbox yet.
-- name: words_read
SELECT w.cart, w.epoch, w.from_seq, w.upto, w.made, w.receipts, w.voided, w.quantity, w.amount,
    w.offline, w.at_ms, w.ready_ms
FROM words w
LEFT JOIN sources s ON s.cart = w.cart AND s.epoch = w.epoch
LEFT JOIN positions p ON p.role = 'sales' AND p.topic = 'carrito.sales' AND p.part = s.part
WHERE w.ready_ms IS NOT NULL AND w.ready_ms <= COALESCE(p.passed_ms, $1) - $2 AND w.owed = 0
ORDER BY w.ready_ms LIMIT $3;

-- name: word_judged
UPDATE words SET ready_ms = NULL WHERE cart = $1 AND epoch = $2 AND from_seq = $3;

-- What has been judged, and not what waits anyway.
-- name: words_again
UPDATE words SET ready_ms = at_ms WHERE cart = $1 AND epoch = $2 AND ready_ms IS NULL;

-- name: words_owed
SELECT 1 FROM words WHERE owed = 1 LIMIT 1;

-- The ids of an outbox's events begin with its cart and epoch; 0 is the character after the slash.
-- name: words_settle
UPDATE words SET owed = 0, ready_ms = $1
WHERE owed = 1 AND NOT EXISTS (
    SELECT 1 FROM effects o
    WHERE o.lane = 'kafka' AND o.id > words.cart || '/' || words.epoch || '/'
        AND o.id < words.cart || '/' || words.epoch || '0');

-- name: word_source
SELECT source FROM sources WHERE cart = $1 AND epoch = $2;

-- name: word_events
SELECT seq, quantity, amount, kind, receipt FROM receipts
WHERE source = $1 AND seq > $2 AND seq <= $3 AND kind <= 1;

-- The sale that this void of its own outbox took back, also where the centre had done so before. A
-- receipt's number is never above its event's: the scan from the void back is short.
-- name: word_voided
SELECT r.seq, r.quantity, r.amount FROM receipts r
WHERE r.source = $1 AND r.seq >= $2 AND r.seq < $3 AND r.seq >= $4 AND r.receipt = $2 AND r.kind = 0
    AND (r.voided = $3 OR (r.voided < 0 AND NOT EXISTS (
        SELECT 1 FROM voids_elsewhere e WHERE e.source = r.source AND e.seq = r.seq)))
ORDER BY r.seq DESC LIMIT 1;

-- name: confirmed_read
SELECT upto, made, receipts, voided, quantity, amount, final_ms, final_upto, offline_upto, open_ms,
    wrong_ms, wrong_upto, seen_ms, again
FROM confirmed WHERE cart = $1 AND epoch = $2 AND from_seq = $3;

-- name: confirmed_write
INSERT INTO confirmed (cart, epoch, from_seq, upto, made, receipts, voided, quantity, amount,
    final_ms, final_upto, offline_upto, open_ms, wrong_ms, wrong_upto, seen_ms, again)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (cart, epoch, from_seq) DO UPDATE SET upto = excluded.upto, made = excluded.made,
    receipts = excluded.receipts, voided = excluded.voided, quantity = excluded.quantity,
    amount = excluded.amount, final_ms = excluded.final_ms, final_upto = excluded.final_upto,
    offline_upto = excluded.offline_upto, open_ms = excluded.open_ms,
    wrong_ms = excluded.wrong_ms, wrong_upto = excluded.wrong_upto, seen_ms = excluded.seen_ms,
    again = excluded.again;

-- name: confirmed_again
SELECT c.cart, c.epoch, c.from_seq
FROM confirmed c
LEFT JOIN sources s ON s.cart = c.cart AND s.epoch = c.epoch
LEFT JOIN positions p ON p.role = 'sales' AND p.topic = 'carrito.sales' AND p.part = s.part
WHERE c.again = 1 AND c.seen_ms <= COALESCE(p.passed_ms, $1) - $2 LIMIT $3;
