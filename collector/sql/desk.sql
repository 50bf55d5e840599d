-- What is typed at the centre.

-- Where the role `sales` has seen more of the epoch than this row knows, the row comes from an
-- older backup: the numbers go on after what was seen.
-- name: desk_read
SELECT d.epoch,
    CASE WHEN COALESCE(s.highest_seq, 0) > d.seq THEN s.highest_seq ELSE d.seq END,
    CASE WHEN COALESCE(s.highest_receipt, 0) > d.receipt THEN s.highest_receipt
         ELSE d.receipt END,
    d.stock, d.stock_ms
FROM desk_epochs d LEFT JOIN sources s ON s.cart = d.cart AND s.epoch = d.epoch
WHERE d.cart = $1;

-- name: desk_write
INSERT INTO desk_epochs (cart, epoch, seq, receipt, stock, stock_ms)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (cart) DO UPDATE SET seq = excluded.seq, receipt = excluded.receipt,
    stock = excluded.stock, stock_ms = excluded.stock_ms;

-- name: desk_level
SELECT stock, time_ms FROM stock_levels WHERE cart = $1 AND epoch <> $2;

-- Where the cart was at that time.
-- name: desk_fix
SELECT lat, lon, fix_ms FROM track WHERE cart = $1 AND fix_ms <= $2 ORDER BY fix_ms DESC LIMIT 1;

-- name: desk_last_fix
SELECT lat, lon, fix_ms FROM carts WHERE cart = $1 AND fix_ms IS NOT NULL AND lat IS NOT NULL;

-- name: desk_sale_insert
INSERT INTO desk_sales (cart, epoch, receipt, quantity) VALUES ($1, $2, $3, $4);

-- name: desk_sale_find
SELECT quantity FROM desk_sales WHERE cart = $1 AND epoch = $2 AND receipt = $3;

-- A receipt's number is never above its event's.
-- name: desk_receipt_find
SELECT r.voided FROM sources s
JOIN receipts r ON r.source = s.source AND r.seq >= $1 AND r.receipt = $1 AND r.kind = 0
WHERE s.cart = $2 AND s.epoch = $3 ORDER BY r.seq LIMIT 1;

-- name: desk_void_find
SELECT d.epoch, v.seq, v.teller FROM desk_voids v JOIN desk_epochs d ON d.cart = v.cart
WHERE v.cart = $1 AND v.epoch = $2 AND v.receipt = $3;

-- name: desk_void_insert
INSERT INTO desk_voids (cart, epoch, receipt, seq, teller) VALUES ($1, $2, $3, $4, $5);
