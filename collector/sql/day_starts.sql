-- When days begin, and who was told.

-- name: day_start_insert
INSERT INTO day_starts (first_day, minutes) VALUES ($1, $2)
ON CONFLICT (first_day) DO UPDATE SET minutes = excluded.minutes;

-- What was to hold from a day on that has not begun never will.
-- name: day_starts_withdraw
DELETE FROM day_starts WHERE first_day >= $1;

-- name: day_start_told
INSERT INTO day_starts_told (cart, epoch, first_day, minutes, told_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (cart, epoch) DO UPDATE SET first_day = excluded.first_day,
    minutes = excluded.minutes, told_ms = excluded.told_ms
WHERE day_starts_told.first_day <> excluded.first_day
    OR day_starts_told.minutes <> excluded.minutes
    OR day_starts_told.told_ms < $6;

-- A phone has no outbox.
-- name: day_start_carts
SELECT cart, epoch FROM carts WHERE epoch IS NOT NULL AND epoch <> '' ORDER BY cart;
