-- What the role `sales` writes. Sums are added to, so that a batch needs no reading before.

-- name: source_read
SELECT source, highest_seq, highest_receipt, member_checked, part,
    (SELECT COUNT(*) FROM waiting_voids w WHERE w.source = s.source),
    (SELECT COUNT(*) FROM confirmed c
     WHERE c.cart = s.cart AND c.epoch = s.epoch AND c.wrong_ms > 0)
FROM sources s
WHERE cart = $1 AND epoch = $2;

-- What was set aside is counted here only where the source is made anew (sql/rebuild.sql).
-- name: source_insert
INSERT INTO sources (source, cart, epoch, highest_seq, highest_receipt, duplicates, set_aside,
    member_checked)
VALUES ((SELECT COALESCE(MAX(source), 0) + 1 FROM sources), $1, $2, 0, 0, 0,
    (SELECT COUNT(*) FROM set_aside WHERE cart = $1 AND epoch = $2), 0);

-- name: source_update
UPDATE sources SET highest_seq = $1, highest_receipt = $2, duplicates = duplicates + $3,
    set_aside = set_aside + $4, member_checked = $5, part = $6
WHERE source = $7;

-- name: receipt_insert
INSERT INTO receipts (source, seq, hash, kind, day, ts_ms, receipt, client, quantity, amount,
    stock, lat, lon, voided, place, delay_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, $14, $15)
ON CONFLICT (source, seq) DO NOTHING;

-- For what cannot be there: a conflict is an error.
-- name: receipt_add
INSERT INTO receipts (source, seq, hash, kind, day, ts_ms, receipt, client, quantity, amount,
    stock, lat, lon, voided, place, delay_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, $14, $15);

-- name: receipt_hash
SELECT hash FROM receipts WHERE source = $1 AND seq = $2;

-- A receipt's number is never above its event's: the scan from the newest event back is short.
-- name: sale_find
SELECT seq, day, client, quantity, amount, voided FROM receipts
WHERE source = $1 AND seq >= $2 AND receipt = $3 AND kind = 0
ORDER BY seq DESC LIMIT 1;

-- name: sale_void
UPDATE receipts SET voided = $1 WHERE source = $2 AND seq = $3;

-- name: void_elsewhere_insert
INSERT INTO voids_elsewhere (source, seq) VALUES ($1, $2) ON CONFLICT (source, seq) DO NOTHING;

-- name: void_elsewhere_delete
DELETE FROM voids_elsewhere WHERE source = $1 AND seq = $2;

-- name: waiting_void_insert
INSERT INTO waiting_voids (source, receipt, seq) VALUES ($1, $2, $3)
ON CONFLICT (source, receipt) DO NOTHING;

-- name: waiting_void_find
SELECT seq FROM waiting_voids WHERE source = $1 AND receipt = $2;

-- name: waiting_void_delete
DELETE FROM waiting_voids WHERE source = $1 AND receipt = $2;

-- name: gap_insert
INSERT INTO receipt_gaps (source, first_receipt, last_receipt, day, since_ms, told)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: gap_find
SELECT first_receipt, last_receipt, day, since_ms, told FROM receipt_gaps
WHERE source = $1 AND first_receipt <= $2 ORDER BY first_receipt DESC LIMIT 1;

-- name: gap_told_any
SELECT 1 FROM receipt_gaps WHERE source = $1 AND told = 1 LIMIT 1;

-- name: gap_untold_any
SELECT 1 FROM receipt_gaps WHERE told = 0 AND since_ms <= $1 LIMIT 1;

-- name: gaps_untold
SELECT g.source, s.cart, s.epoch, SUM(g.last_receipt - g.first_receipt + 1),
    MIN(g.first_receipt), MAX(g.last_receipt)
FROM receipt_gaps g JOIN sources s ON s.source = g.source
WHERE g.told = 0 AND g.since_ms <= $1
GROUP BY g.source, s.cart, s.epoch
ORDER BY s.cart, s.epoch
LIMIT $2;

-- name: gaps_tell
UPDATE receipt_gaps SET told = 1 WHERE source = $1 AND told = 0 AND since_ms <= $2;

-- name: gap_delete
DELETE FROM receipt_gaps WHERE source = $1 AND first_receipt = $2;

-- name: set_aside_insert
INSERT INTO set_aside (id, time_ms, cart, epoch, seq, reason, text)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING;

-- A row that is counted to zero is deleted: what is there is above it. SQLite takes twice as long
-- for an upsert that returns what became of it.
-- name: client_insert
INSERT INTO day_clients (bought, day, cart, client) VALUES ($1, $2, $3, $4)
ON CONFLICT (day, cart, client) DO NOTHING;

-- name: client_add
UPDATE day_clients SET bought = bought + $1 WHERE day = $2 AND cart = $3 AND client = $4;

-- name: client_read
SELECT bought FROM day_clients WHERE day = $1 AND cart = $2 AND client = $3;

-- name: client_delete
DELETE FROM day_clients WHERE day = $1 AND cart = $2 AND client = $3;

-- name: source_day_add
INSERT INTO source_days (day, source, first_seq, last_seq, sales, quantity, amount)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (day, source) DO UPDATE SET
    first_seq = CASE WHEN excluded.first_seq < source_days.first_seq
                     THEN excluded.first_seq ELSE source_days.first_seq END,
    last_seq = CASE WHEN excluded.last_seq > source_days.last_seq
                    THEN excluded.last_seq ELSE source_days.last_seq END,
    sales = source_days.sales + excluded.sales,
    quantity = source_days.quantity + excluded.quantity,
    amount = source_days.amount + excluded.amount;

-- The partition stays that of the row's first sale: to write it again would move the row in its
-- index each time. daily_part_mix is for the cart whose sales come from another one by now.
-- name: daily_add
INSERT INTO daily (day, cart, quantity, amount, sales, named_clients, anonymous, voided, unpriced,
    part, revision, closed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)
ON CONFLICT (day, cart) DO UPDATE SET
    quantity = daily.quantity + excluded.quantity,
    amount = daily.amount + excluded.amount,
    sales = daily.sales + excluded.sales,
    named_clients = daily.named_clients + excluded.named_clients,
    anonymous = daily.anonymous + excluded.anonymous,
    voided = daily.voided + excluded.voided,
    unpriced = daily.unpriced + excluded.unpriced;

-- name: days_open
SELECT subject FROM alerts WHERE kind = 'day-open' AND ended_ms IS NULL;

-- name: daily_part_mix
UPDATE daily SET part = -1 WHERE cart = $1 AND closed = 0 AND part <> $2;

-- name: daily_is_closed
SELECT 1 FROM daily WHERE day = $1 AND cart = $2 AND closed > 0;

-- name: closed_until
SELECT MAX(day) FROM closed_days;

-- name: closed_parts
SELECT part, MAX(day) FROM closed_parts GROUP BY part;

-- name: part_close
INSERT INTO closed_parts (day, part, closed_ms) VALUES ($1, $2, $3)
ON CONFLICT (day, part) DO NOTHING;

-- name: closed_parts_delete
DELETE FROM closed_parts WHERE day <= $1;

-- name: day_close
INSERT INTO closed_days (day, closed_ms) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING;

-- name: daily_open_any
SELECT 1 FROM daily WHERE closed = 0 AND day <= $1 LIMIT 1;

-- name: daily_open_of_part
SELECT day, cart FROM daily WHERE closed = 0 AND part = $1 AND day <= $2
ORDER BY day, cart LIMIT $3;

-- Of no partition that there is.
-- name: daily_open_of_none
SELECT d.day, d.cart FROM daily d
WHERE d.closed = 0 AND d.day <= $1 AND NOT EXISTS (
    SELECT 1 FROM positions p
    WHERE p.role = 'sales' AND p.topic = 'carrito.sales' AND p.part = d.part)
ORDER BY d.day, d.cart LIMIT $2;

-- Those whose mail has not gone.
-- name: daily_days
SELECT DISTINCT day FROM daily
WHERE day > $1 AND day <= $2 AND NOT EXISTS (SELECT 1 FROM open_reports o WHERE o.day = daily.day)
ORDER BY day;

-- name: open_report_insert
INSERT INTO open_reports (day, told_ms) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING;

-- name: open_reports_until
SELECT day FROM open_reports WHERE day <= $1 ORDER BY day;

-- name: open_reports_delete
DELETE FROM open_reports WHERE day <= $1;

-- name: daily_close
UPDATE daily SET revision = 1, closed = $1 WHERE day = $2 AND cart = $3 AND closed = 0;

-- A change of a row whose day is closed: it is a revision, and the first one of a row born late.
-- name: daily_revise
INSERT INTO daily (day, cart, quantity, amount, sales, named_clients, anonymous, voided, unpriced,
    revision, closed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
ON CONFLICT (day, cart) DO UPDATE SET
    quantity = daily.quantity + excluded.quantity,
    amount = daily.amount + excluded.amount,
    sales = daily.sales + excluded.sales,
    named_clients = daily.named_clients + excluded.named_clients,
    anonymous = daily.anonymous + excluded.anonymous,
    voided = daily.voided + excluded.voided,
    unpriced = daily.unpriced + excluded.unpriced,
    revision = daily.revision + 1,
    closed = CASE WHEN daily.closed > 0 THEN daily.closed ELSE excluded.closed END;

-- name: revision_insert
INSERT INTO revisions (day, cart, revision, time_ms, cause, receipts, row_before, row_after)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (day, cart, revision) DO NOTHING;

-- name: boot_insert
INSERT INTO boots (cart, boot, zero_ms) VALUES ($1, $2, $3) ON CONFLICT (cart, boot) DO NOTHING;

-- name: boot_find
SELECT zero_ms FROM boots WHERE cart = $1 AND boot = $2;

-- name: undated_insert
INSERT INTO undated (cart, boot, source, seq, boot_ms, append_ms) VALUES ($1, $2, $3, $4, $5, $6);

-- name: undated_read
SELECT s.epoch, u.seq, u.boot_ms, u.append_ms, r.kind, r.day, r.receipt, r.client, r.quantity,
    r.amount, r.voided
FROM undated u
JOIN sources s ON s.source = u.source
JOIN receipts r ON r.source = u.source AND r.seq = u.seq
WHERE u.cart = $1 AND u.boot = $2
ORDER BY s.epoch, u.seq;

-- name: undated_delete
DELETE FROM undated WHERE cart = $1 AND boot = $2;

-- name: receipt_date
UPDATE receipts SET day = $1, ts_ms = $2 WHERE source = $3 AND seq = $4;

-- A missing range is of the day of the next receipt seen.
-- name: gap_date
UPDATE receipt_gaps SET day = $1 WHERE source = $2 AND last_receipt = $3;

-- Days that a cart's events have left: nothing of them is there any more.
-- name: source_day_leave
DELETE FROM source_days
WHERE day = $1 AND source IN (SELECT source FROM sources WHERE cart = $2)
  AND NOT EXISTS (
    SELECT 1 FROM receipts r
    WHERE r.source = source_days.source AND r.day = source_days.day
      AND r.seq >= source_days.first_seq AND r.seq <= source_days.last_seq);

-- name: daily_leave
DELETE FROM daily WHERE day = $1 AND cart = $2 AND sales = 0 AND voided = 0 AND closed = 0;

-- name: bad_clocks
SELECT cart FROM bad_clocks;

-- name: bad_clock_insert
INSERT INTO bad_clocks (cart) VALUES ($1) ON CONFLICT (cart) DO NOTHING;

-- name: bad_clock_delete
DELETE FROM bad_clocks WHERE cart = $1;

-- name: member_find
SELECT 1 FROM member_carts WHERE cart = $1;

-- name: order_sale_insert
INSERT INTO order_sales (order_id, cart, epoch, seq, at_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id, cart, epoch, seq) DO NOTHING;
