-- Who did what.

-- The sign before the time keeps its index out: newest first by id, nothing has to be sorted.
-- name: actions_page
SELECT time_ms, user_name, action, subject, details, id FROM actions
WHERE id < $1 AND +time_ms >= $2 AND +time_ms < $3 AND ($4 = '' OR user_name = $4)
ORDER BY id DESC LIMIT $5;

-- name: command_cart
SELECT 1 FROM carts WHERE cart = $1;
