-- The running totals of the outbox's epoch.

-- name: totals_keep
INSERT OR REPLACE INTO totals (seq, receipt, voided, quantity, amount, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: totals_begin
SELECT * FROM totals ORDER BY seq LIMIT 1;

-- name: totals_upto
SELECT * FROM totals WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1;

-- name: totals_clear
DELETE FROM totals;

-- Events before the oldest that is there are never sent again: of their totals only the last is needed. At
-- most ?1 go at once.
-- name: totals_prune
DELETE FROM totals WHERE seq IN (
    SELECT seq FROM totals WHERE seq > (SELECT MIN(seq) FROM totals)
        AND seq < (SELECT MAX(seq) FROM totals WHERE seq < (SELECT MIN(seq) FROM events))
    ORDER BY seq LIMIT ?1);

-- Where the events begin that are there.
-- name: totals_oldest_event
SELECT MIN(seq) FROM events;

-- name: totals_first_sale
SELECT bytes FROM events WHERE seq > ?1 AND type = 0 ORDER BY seq LIMIT 1;
