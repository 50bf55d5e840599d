-- What was set aside and waits for a decision.

-- name: set_aside_page
SELECT id, time_ms, cart, epoch, seq, reason, text FROM set_aside
WHERE decision IS NULL AND (time_ms < $1 OR (time_ms = $1 AND id < $2 || $3))
    AND ($4 = '' OR cart = $4)
ORDER BY time_ms DESC, id DESC LIMIT $5;

-- name: set_aside_one
SELECT id, time_ms, cart, epoch, seq, reason, text, decision FROM set_aside WHERE id = $1;

-- name: set_aside_read
SELECT text FROM set_aside WHERE id = $1 AND decision IS NULL;

-- name: set_aside_decide
UPDATE set_aside SET decision = $1, decided_ms = $2 WHERE id = $3 AND decision IS NULL;

-- name: set_aside_left
SELECT cart, (SELECT COUNT(*) FROM set_aside AS other
              WHERE other.cart = set_aside.cart AND other.decision IS NULL)
FROM set_aside WHERE id = $1;
