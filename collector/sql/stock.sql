-- Levels and restock batches.

-- name: stock_level_read
SELECT cart, epoch, seq, time_ms, stock, batch, is_out, waits_in, waits_ms, low_sales
FROM stock_levels WHERE cart = $1;

-- name: stock_level_write
INSERT INTO stock_levels (cart, epoch, seq, time_ms, stock, batch, is_out, waits_in, waits_ms,
    low_sales)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (cart) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
    time_ms = excluded.time_ms, stock = excluded.stock, batch = excluded.batch,
    is_out = excluded.is_out, waits_in = excluded.waits_in, waits_ms = excluded.waits_ms,
    low_sales = excluded.low_sales;

-- Those that are not judged yet, in Kafka's order as far as partitions have one.
-- name: stock_levels_waiting
SELECT cart, waits_in FROM stock_levels WHERE waits_in >= 0 ORDER BY waits_ms, cart;

-- name: stock_levels_wait
SELECT 1 FROM stock_levels WHERE waits_in >= 0 LIMIT 1;

-- name: stock_level_free
UPDATE stock_levels SET batch = 0 WHERE cart = $1 AND batch = $2;

-- The last one: the open one, where one is open.
-- name: restock_last
SELECT r.number, r.status, (SELECT COUNT(*) FROM restock_carts c WHERE c.number = r.number)
FROM restocks r ORDER BY r.number DESC LIMIT 1;

-- name: restock_open
INSERT INTO restocks (number, status) VALUES ($1, 'open');

-- name: restock_join
INSERT INTO restock_carts (number, place, cart, stock, time_ms)
VALUES ($1, (SELECT COALESCE(MAX(place), 0) + 1 FROM restock_carts WHERE number = $1), $2, $3, $4);

-- name: restock_update
UPDATE restock_carts SET stock = $1, time_ms = $2 WHERE number = $3 AND cart = $4;

-- name: restock_leave
DELETE FROM restock_carts WHERE number = $1 AND cart = $2;

-- name: restock_drop
DELETE FROM restocks WHERE number = $1;

-- name: restock_announce
UPDATE restocks SET status = 'announced', announced_ms = $1 WHERE number = $2;

-- name: restock_status
SELECT status FROM restocks WHERE number = $1;

-- name: restock_done
UPDATE restocks SET status = 'done', done_ms = $1 WHERE number = $2;

-- name: restock_levels
SELECT cart, stock FROM restock_carts WHERE number = $1 ORDER BY place;

-- name: restock_distinct
SELECT DISTINCT cart FROM restock_carts WHERE number = $1 ORDER BY cart;
