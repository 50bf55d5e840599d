-- What is forgotten with age ($1: all from before then). First of each pair: whether there is any (and
-- of which cart), asked without a transaction; then one batch. Each finds its work by an index that
-- has nothing else in it: what was forgotten before is not read again. Rows whose id counts once stay, without what they say
-- of people: a record that is read again must not count again.

-- name: retention_track_any
SELECT cart FROM carts
WHERE EXISTS (SELECT 1 FROM track t WHERE t.cart = carts.cart AND t.fix_ms < $1)
LIMIT 1;

-- A day of one cart, $2.
-- name: retention_track
DELETE FROM track
WHERE fix_ms < $1 AND cart = $2
    AND fix_ms < (SELECT MIN(fix_ms) FROM track WHERE cart = $2) + 86400000;

-- name: retention_trail_any
SELECT f.cart FROM fugitives f
WHERE f.ended_ms < $1
    AND EXISTS (SELECT 1 FROM trail t WHERE t.cart = f.cart AND t.since_ms = f.since_ms)
LIMIT 1;

-- Of one fugitive that was cleared, a cart $2.
-- name: retention_trail
DELETE FROM trail WHERE (cart, since_ms) = (
    SELECT f.cart, f.since_ms FROM fugitives f
    WHERE f.ended_ms < $1 AND f.cart = $2
        AND EXISTS (SELECT 1 FROM trail t WHERE t.cart = f.cart AND t.since_ms = f.since_ms)
    LIMIT 1);

-- name: retention_reports_any
SELECT 1 FROM reports WHERE time_ms < $1 AND status <> 'open' AND note IS NOT NULL LIMIT 1;

-- name: retention_reports
UPDATE reports SET note = NULL WHERE id IN (
    SELECT id FROM reports WHERE time_ms < $1 AND status <> 'open' AND note IS NOT NULL
    LIMIT 500);

-- Mails of closed days stay: a rebuild closes these days again, and must not mail them again.
-- name: retention_mails_any
SELECT 1 FROM mails
WHERE status IN ('sent', 'failed', 'skipped', 'digested') AND next_ms < $1 AND template <> 'report'
LIMIT 1;

-- name: retention_mails
DELETE FROM mails WHERE id IN (
    SELECT id FROM mails
    WHERE status IN ('sent', 'failed', 'skipped', 'digested') AND next_ms < $1
        AND template <> 'report'
    LIMIT 500);

-- name: retention_actions_any
SELECT 1 FROM actions WHERE time_ms < $1 LIMIT 1;

-- name: retention_actions
DELETE FROM actions WHERE id IN (
    SELECT id FROM actions WHERE time_ms < $1 ORDER BY time_ms LIMIT 500);

-- name: retention_orders_any
SELECT 1 FROM orders
WHERE COALESCE(done_ms, cancelled_ms, failed_ms) < $1 AND email <> '' LIMIT 1;

-- name: retention_orders
UPDATE orders SET email = '', lat = NULL, lon = NULL WHERE id IN (
    SELECT id FROM orders
    WHERE COALESCE(done_ms, cancelled_ms, failed_ms) < $1 AND email <> ''
    LIMIT 500);

-- name: retention_set_aside_any
SELECT 1 FROM set_aside WHERE decided_ms < $1 AND text <> '' LIMIT 1;

-- name: retention_set_aside
UPDATE set_aside SET text = '' WHERE id IN (
    SELECT id FROM set_aside WHERE decided_ms < $1 AND text <> '' LIMIT 500);
