-- Levels and restock batches as the API shows them.

-- name: stock_page
SELECT cart, stock, time_ms FROM stock_levels WHERE cart > $1 AND ($2 = '' OR cart = $2) ORDER BY cart;

-- Newest first; the open one has no number yet.
-- name: restocks_page
SELECT CASE WHEN status = 'open' THEN NULL ELSE number END, status, announced_ms, done_ms, number
FROM restocks WHERE number < $1 ORDER BY number DESC LIMIT $2;

-- name: restocks_one
SELECT CASE WHEN status = 'open' THEN NULL ELSE number END, status, announced_ms, done_ms, number
FROM restocks WHERE number = $1 AND status <> 'open';

-- name: restocks_carts
SELECT cart, stock, time_ms FROM restock_carts WHERE number = $1 ORDER BY place;
