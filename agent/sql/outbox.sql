-- The outbox of one cart: what happened, in the order in which it happened, until the centre has it
-- and a while longer. Times are milliseconds since 1970 UTC; a day counts from 1970-01-01 of the
-- guild's calendar. The tables are made by steps/.

-- name: head_insert
INSERT OR IGNORE INTO head (one, epoch, session, last_seq, last_receipt, acked_seq, damaged_epoch,
    damaged_rows, cart, checksum)
VALUES (1, ?1, 0, 0, 0, 0, ?2, ?3, ?4, 0);

-- name: head_plate
SELECT cart FROM head;

-- name: head_plate_write
UPDATE head SET cart = ?1 WHERE cart IS NOT ?1;

-- What waits and is not written as this plate's, ?1, the newest first.
-- name: events_of_others
SELECT seq, bytes FROM events WHERE seq > COALESCE((SELECT acked_seq FROM head), 0)
    AND INSTR(bytes, ?1) = 0
ORDER BY seq DESC;

-- name: events_waiting_upto
SELECT bytes FROM events WHERE seq > (SELECT acked_seq FROM head) AND seq <= ?1 ORDER BY seq;

-- name: split_events
DELETE FROM events WHERE seq <= ?1;

-- name: split_receipts
DELETE FROM receipts WHERE receipt <= ?1;

-- name: split_head
UPDATE head SET acked_seq = MAX(acked_seq, ?1), effects_seq = NULL;

-- name: head_rescued
UPDATE head SET last_seq = ?1, acked_seq = ?2;

-- What waits is never removed: where the oldest event is behind it, a page of them is lost.
-- name: head_fits
SELECT epoch NOT GLOB '*[^0-9a-f]*' AND LENGTH(epoch) BETWEEN 16 AND 32 AND acked_seq <= last_seq
    AND last_seq = COALESCE((SELECT MAX(seq) FROM events), last_seq)
    AND acked_seq >= COALESCE((SELECT MIN(seq) FROM events), last_seq + 1) - 1
    AND last_receipt >= COALESCE((SELECT MAX(receipt) FROM receipts), 0)
FROM head;

-- name: numbers_fit
SELECT COUNT(*) = 0 OR MIN(seq) + COUNT(*) - 1 = (SELECT last_seq FROM head) FROM events;

-- name: head_read
SELECT epoch, session, last_seq, last_receipt, acked_seq, stock, lat, lon, fix_ms, clock_boot,
    damaged_epoch, damaged_rows
FROM head;

-- name: head_write
UPDATE head SET session = ?1, last_seq = ?2, last_receipt = ?3, acked_seq = ?4, stock = ?5,
    lat = ?6, lon = ?7, fix_ms = ?8, clock_boot = ?9, clock_zero_ms = ?10, effects_seq = ?11,
    checksum = ?12;

-- name: head_mend
UPDATE head SET epoch = ?1, cart = ?2, damaged_epoch = ?3, damaged_rows = ?4;

-- A file of an earlier release that is only read has no such column.
-- name: head_checksum
SELECT checksum FROM head;

-- name: receipts_highest
SELECT MAX(receipt) FROM receipts;

-- A file of an earlier release that is only read has no such columns.
-- name: head_effects
SELECT clock_zero_ms, effects_seq FROM head;

-- name: event_insert
INSERT INTO events (seq, type, bytes, ts_ms, checksum) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: events_read
SELECT seq, type, bytes, checksum FROM events WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3;

-- name: events_from
SELECT seq, type, bytes, checksum FROM events WHERE seq > ?1 ORDER BY seq;

-- name: events_newest
SELECT bytes FROM events ORDER BY seq DESC LIMIT 1;

-- name: events_count
SELECT COUNT(*) FROM events WHERE seq > ?1 AND seq <= ?2;

-- name: head_numbers
SELECT last_seq, acked_seq, epoch FROM head;

-- A file of an earlier release, where it can only be read.
-- name: events_lend_checksum
CREATE TEMP VIEW events AS SELECT seq, type, bytes, ts_ms, NULL AS checksum FROM main.events;

-- name: events_have_checksum
SELECT checksum FROM main.events LIMIT 0;

-- name: events_oldest_waiting
SELECT ts_ms FROM events WHERE seq > ?1 ORDER BY seq LIMIT 1;

-- name: bytes_used
SELECT (page_count - freelist_count) * page_size, freelist_count * page_size
FROM pragma_page_count, pragma_freelist_count, pragma_page_size;

-- name: events_prune
DELETE FROM events WHERE seq <= ?1
    AND seq < (SELECT MIN(seq) FROM events) + ?2;

-- Before the first row that is to be sent again, ?2, and is still there; ?1 where that is later, or
-- no row is there.
-- name: replay_after
SELECT MIN(?1, MAX(?2, COALESCE(MIN(seq), ?1 + 1)) - 1) FROM events;

-- Sales, voids and clocks, whose effects an earlier release did not keep all.
-- name: events_again
SELECT bytes FROM events WHERE seq > ?1 AND type IN (0, 1, 5) ORDER BY seq;

-- name: receipt_insert
INSERT INTO receipts (receipt, day, quantity, amount, voided, boot, boot_ms)
VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6);

-- name: receipt_date
UPDATE receipts SET day = ?2, boot = ?3, boot_ms = ?4 WHERE receipt = ?1;

-- name: boot_date
UPDATE receipts SET day = local_day(?2 + boot_ms), boot = NULL, boot_ms = NULL WHERE boot = ?1;

-- name: receipt_void
UPDATE receipts SET voided = 1 WHERE receipt = ?1 AND voided = 0;

-- name: receipt_read
SELECT day, quantity, amount, voided FROM receipts WHERE receipt = ?1;

-- name: receipts_prune
DELETE FROM receipts WHERE day < ?1 AND receipt <= ?2;

-- name: day_sums
SELECT COALESCE(SUM(1 - voided), 0), COALESCE(SUM((1 - voided) * quantity), 0),
    COALESCE(SUM((1 - voided) * COALESCE(amount, 0)), 0), COALESCE(SUM(voided), 0)
FROM receipts WHERE day = ?1;
