-- Orders that the centre has offered to this cart: at most nine that are open, and the last hundred that are not.

-- A file of an earlier release, where it can only be read.
-- name: orders_lend_turn
CREATE TEMP VIEW orders AS SELECT id, offer, status, at_ms, 0 AS turn, NULL AS number, NULL AS expires_ms,
    NULL AS heard_boot, NULL AS heard_boot_ms, NULL AS reason, 1 AS told FROM main.orders;

-- name: orders_have_turn
SELECT turn FROM main.orders LIMIT 0;

-- name: order_read
SELECT id, offer, status, at_ms, turn, number, expires_ms, heard_boot, heard_boot_ms, reason, told
FROM orders WHERE id = ?1;

-- name: orders_read
SELECT id, offer, status, at_ms, turn, number, expires_ms, heard_boot, heard_boot_ms, reason, told
FROM orders ORDER BY at_ms DESC LIMIT ?1;

-- name: orders_open
SELECT id, offer, status, at_ms, turn, number, expires_ms, heard_boot, heard_boot_ms, reason, told
FROM orders WHERE turn > 0 AND status IN ('ofrecido', 'preparando', 'entregando') ORDER BY number;

-- name: orders_untold
SELECT id, offer, status, at_ms, turn, number, expires_ms, heard_boot, heard_boot_ms, reason, told
FROM orders WHERE told = 0 ORDER BY rowid LIMIT ?1;

-- name: order_keep
INSERT INTO orders (id, offer, status, at_ms, turn, number, expires_ms, heard_boot, heard_boot_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (id) DO UPDATE SET offer = excluded.offer, status = excluded.status, at_ms = excluded.at_ms,
    turn = excluded.turn, number = excluded.number, expires_ms = excluded.expires_ms,
    heard_boot = excluded.heard_boot, heard_boot_ms = excluded.heard_boot_ms, reason = NULL, told = 1;

-- name: order_step
UPDATE orders SET status = ?2, at_ms = ?3 WHERE id = ?1;

-- name: order_end
INSERT INTO orders (id, offer, status, at_ms, turn, reason, told) VALUES (?1, '{}', ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, at_ms = excluded.at_ms, turn = excluded.turn,
    reason = excluded.reason, told = excluded.told;

-- name: order_expire
UPDATE orders SET status = 'vencido', at_ms = ?2 WHERE id = ?1 AND status = 'ofrecido';

-- name: order_told
UPDATE orders SET told = 1 WHERE id = ?1 AND turn <= ?2;

-- name: orders_prune
DELETE FROM orders WHERE at_ms < ?1 AND (turn = 0 OR status NOT IN ('ofrecido', 'preparando', 'entregando'));

-- Of those that are over, all but the last ?1.
-- name: orders_bound
DELETE FROM orders WHERE status NOT IN ('ofrecido', 'preparando', 'entregando') AND rowid <= (
    SELECT rowid FROM orders ORDER BY rowid DESC LIMIT 1 OFFSET ?1);
