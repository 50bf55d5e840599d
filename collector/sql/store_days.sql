-- When days begin.

-- name: day_starts_read
SELECT first_day, minutes FROM day_starts ORDER BY first_day;
