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
UPDATE orders SET email = '', lat = NULL, lon = NULL, place = NULL WHERE id IN (
    SELECT id FROM orders
    WHERE COALESCE(done_ms, cancelled_ms, failed_ms) < $1 AND email <> ''
    LIMIT 500);

-- What was kept of how an order found its cart; it ends in hours.
-- name: retention_offers_any
SELECT 1 FROM offers WHERE offered_ms < $1 LIMIT 1;

-- name: retention_offers
DELETE FROM offers WHERE (order_id, turn) IN (
    SELECT order_id, turn FROM offers WHERE offered_ms < $1 ORDER BY offered_ms LIMIT 500);

-- name: retention_order_changes_any
SELECT 1 FROM order_changes WHERE at_ms < $1 LIMIT 1;

-- name: retention_order_changes
DELETE FROM order_changes WHERE (order_id, turn, status) IN (
    SELECT order_id, turn, status FROM order_changes WHERE at_ms < $1 ORDER BY at_ms LIMIT 500);

-- name: retention_order_steps_any
SELECT 1 FROM order_steps WHERE at_ms < $1 LIMIT 1;

-- name: retention_order_steps
DELETE FROM order_steps WHERE (order_id, cart, epoch) IN (
    SELECT order_id, cart, epoch FROM order_steps WHERE at_ms < $1 ORDER BY at_ms LIMIT 500);

-- name: retention_order_sales_any
SELECT 1 FROM order_sales WHERE at_ms < $1 LIMIT 1;

-- name: retention_order_sales
DELETE FROM order_sales WHERE (order_id, cart, epoch, seq) IN (
    SELECT order_id, cart, epoch, seq FROM order_sales WHERE at_ms < $1 ORDER BY at_ms LIMIT 500);

-- name: retention_set_aside_any
SELECT 1 FROM set_aside WHERE decided_ms < $1 AND text <> '' LIMIT 1;

-- name: retention_set_aside
UPDATE set_aside SET text = '' WHERE id IN (
    SELECT id FROM set_aside WHERE decided_ms < $1 AND text <> '' LIMIT 500);

-- Rows of an earlier release have no number, and stay: it made ids by counting them.
-- name: retention_alerts_any
SELECT 1 FROM alerts
WHERE ended_ms < $1 AND ended_ms IS NOT NULL AND number IS NOT NULL LIMIT 1;

-- name: retention_alerts
DELETE FROM alerts WHERE id IN (
    SELECT id FROM alerts
    WHERE ended_ms < $1 AND ended_ms IS NOT NULL AND number IS NOT NULL
    LIMIT 500);

-- name: retention_blocked_any
SELECT 1 FROM alerts
WHERE kind = 'login-blocked' AND ended_ms < $1 AND ended_ms IS NOT NULL AND number IS NOT NULL
LIMIT 1;

-- name: retention_blocked
DELETE FROM alerts WHERE id IN (
    SELECT id FROM alerts
    WHERE kind = 'login-blocked' AND ended_ms < $1 AND ended_ms IS NOT NULL AND number IS NOT NULL
    LIMIT 500);

-- name: retention_rejected_any
SELECT 1 FROM members WHERE decided_ms < $1 AND status = 'rejected' LIMIT 1;

-- name: retention_rejected
DELETE FROM members WHERE id IN (
    SELECT id FROM members WHERE decided_ms < $1 AND status = 'rejected' LIMIT 500);

-- A day of all carts.
-- name: retention_counts_any
SELECT 1 FROM cart_counts WHERE day < $1 / 86400000 LIMIT 1;

-- name: retention_counts
DELETE FROM cart_counts
WHERE day < $1 / 86400000 AND day = (SELECT MIN(day) FROM cart_counts);

-- Bridges that are gone, and over which no cart was heard last.
-- name: retention_beats_any
SELECT 1 FROM beats b
WHERE b.beat_ms < $1 AND b.bridge <> ''
    AND NOT EXISTS (SELECT 1 FROM beats o WHERE o.bridge = b.bridge AND o.beat_ms >= $1)
    AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.bridge = b.bridge)
LIMIT 1;

-- name: retention_beats
DELETE FROM beats
WHERE beat_ms < $1 AND bridge <> ''
    AND NOT EXISTS (SELECT 1 FROM beats o WHERE o.bridge = beats.bridge AND o.beat_ms >= $1)
    AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.bridge = beats.bridge);

-- name: retention_simulations_any
SELECT 1 FROM simulations WHERE started_ms < $1 AND produced = total LIMIT 1;

-- name: retention_simulations
DELETE FROM simulations WHERE started_ms < $1 AND produced = total;
