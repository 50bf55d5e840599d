-- What the role `location` reads and writes.

-- name: cart_read
SELECT state, fugitive, lat, lon, acc, fix_ms, heard_ms, sale_ms, waiting, version, epoch, session, gps, batt, bridge, part, phone, nofix_ms, damaged,
    fix_dated, claim_lat, claim_lon, claim_ms, claim_count, closed_ms, heard_place, listens
FROM carts WHERE cart = $1;

-- Heard once, or a member's.
-- name: cart_is_known
SELECT 1 FROM carts WHERE cart = $1
UNION ALL
SELECT 1 FROM member_carts WHERE cart = $1;

-- Known by another spelling, of a release before plates were folded.
-- name: cart_spelt
SELECT cart FROM carts WHERE REPLACE(cart, '-', '') = $1
UNION ALL
SELECT cart FROM member_carts WHERE REPLACE(cart, '-', '') = $1;

-- `fugitive` is written where it changes (fugitive.sql): another process may have changed it since.
-- name: cart_write
INSERT INTO carts (cart, state, fugitive, lat, lon, acc, fix_ms, heard_ms, sale_ms, waiting,
    version, epoch, session, gps, batt, bridge, part, phone, nofix_ms, damaged, fix_dated,
    claim_lat, claim_lon, claim_ms, claim_count, closed_ms, heard_place, listens)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28)
ON CONFLICT (cart) DO UPDATE SET state = excluded.state, lat = excluded.lat, lon = excluded.lon,
    acc = excluded.acc, fix_ms = excluded.fix_ms, heard_ms = excluded.heard_ms,
    sale_ms = excluded.sale_ms, waiting = excluded.waiting, version = excluded.version,
    epoch = excluded.epoch, session = excluded.session, gps = excluded.gps, batt = excluded.batt,
    bridge = excluded.bridge, part = excluded.part, phone = excluded.phone,
    nofix_ms = excluded.nofix_ms, damaged = excluded.damaged, fix_dated = excluded.fix_dated,
    claim_lat = excluded.claim_lat, claim_lon = excluded.claim_lon, claim_ms = excluded.claim_ms,
    claim_count = excluded.claim_count, closed_ms = excluded.closed_ms,
    heard_place = excluded.heard_place, listens = excluded.listens;

-- name: closing_insert
INSERT INTO closings (cart, closed_ms) VALUES ($1, $2) ON CONFLICT (cart, closed_ms) DO NOTHING;

-- name: closing_end
UPDATE closings SET opened_ms = $1 WHERE cart = $2 AND closed_ms = $3;

-- name: carts_by_state
SELECT state, COUNT(*) FROM carts GROUP BY state;

-- name: track_insert
INSERT INTO track (cart, fix_ms, lat, lon) VALUES ($1, $2, $3, $4)
ON CONFLICT (cart, fix_ms) DO NOTHING;

-- name: counts_write
INSERT INTO cart_counts (cart, epoch, day, sales, quantity, amount, at_ms, final)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (cart, epoch, day) DO UPDATE SET sales = excluded.sales,
    quantity = excluded.quantity, amount = excluded.amount, at_ms = excluded.at_ms,
    final = excluded.final
WHERE excluded.at_ms >= cart_counts.at_ms;
