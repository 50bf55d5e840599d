-- How much room the disk of the store had on each of the last days.

-- name: disk_day_known
SELECT 1 FROM disk_days WHERE day = $1;

-- name: disk_day_write
INSERT INTO disk_days (day, total, available) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING;

-- name: disk_days_forget
DELETE FROM disk_days WHERE day < $1;

-- Of a disk of this size: one that was exchanged or grew has another history.
-- name: disk_days_read
SELECT day, available FROM disk_days WHERE total = $1 AND day >= $2 ORDER BY day LIMIT 31;
