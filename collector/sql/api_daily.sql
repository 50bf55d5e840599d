-- Daily sales, from the aggregates alone.

-- What is asked of one cart has statements of its own: a database that does not know whether a cart
-- is named would read over the days of all.

-- name: daily_page
SELECT day, cart, quantity, amount, sales, named_clients + anonymous AS clients,
       CASE WHEN named_clients + anonymous > 0
            THEN CAST(quantity AS DOUBLE PRECISION) / (named_clients + anonymous) END AS average,
       voided, unpriced, revision, CASE WHEN closed > 0 THEN 'closed' ELSE 'open' END AS status
FROM daily
WHERE (day, cart) > ($1, $2) AND day >= $3 AND day <= $4
ORDER BY day, cart
LIMIT $5;

-- name: daily_page_of_cart
SELECT day, cart, quantity, amount, sales, named_clients + anonymous AS clients,
       CASE WHEN named_clients + anonymous > 0
            THEN CAST(quantity AS DOUBLE PRECISION) / (named_clients + anonymous) END AS average,
       voided, unpriced, revision, CASE WHEN closed > 0 THEN 'closed' ELSE 'open' END AS status
FROM daily
WHERE cart = $1 AND day > $2 AND day <= $3
ORDER BY day
LIMIT $4;

-- Days of carts whose newest revision is of $5 or later. Rare, and on a worker: so the cart is a condition here.
-- name: daily_revised
SELECT d.day, d.cart, d.quantity, d.amount, d.sales, d.named_clients + d.anonymous AS clients,
       CASE WHEN d.named_clients + d.anonymous > 0
            THEN CAST(d.quantity AS DOUBLE PRECISION) / (d.named_clients + d.anonymous) END AS average,
       d.voided, d.unpriced, d.revision, CASE WHEN d.closed > 0 THEN 'closed' ELSE 'open' END AS status
FROM daily d
WHERE (d.day, d.cart) > ($1, $2) AND d.day >= $3 AND d.day <= $4
  AND EXISTS (SELECT 1 FROM revisions v
              WHERE v.day = d.day AND v.cart = d.cart AND v.revision = d.revision AND v.time_ms >= $5)
  AND ($6 = '' OR d.cart = $6)
ORDER BY d.day, d.cart
LIMIT $7;

-- name: daily_next_cart
SELECT MIN(cart) FROM daily WHERE cart > $1;

-- name: daily_next_day
SELECT MIN(day) FROM daily WHERE day >= $1 AND day <= $2;

-- name: daily_next_day_of_cart
SELECT MIN(day) FROM daily WHERE day >= $1 AND day <= $2 AND cart = $3;

-- name: daily_totals
SELECT COALESCE(SUM(quantity), 0), COALESCE(SUM(amount), 0), COALESCE(SUM(sales), 0),
       COALESCE(SUM(anonymous), 0), COALESCE(SUM(voided), 0), COALESCE(SUM(unpriced), 0),
       COALESCE(MIN(closed), 0)
FROM daily
WHERE day >= $1 AND day <= $2;

-- name: daily_totals_of_cart
SELECT COALESCE(SUM(quantity), 0), COALESCE(SUM(amount), 0), COALESCE(SUM(sales), 0),
       COALESCE(SUM(anonymous), 0), COALESCE(SUM(voided), 0), COALESCE(SUM(unpriced), 0),
       COALESCE(MIN(closed), 0)
FROM daily
WHERE day >= $1 AND day <= $2 AND cart = $3;

-- name: daily_bounds
SELECT (SELECT MIN(day) FROM daily), (SELECT MAX(day) FROM daily);

-- name: daily_clients_of_days
SELECT COUNT(DISTINCT client) FROM client_groups WHERE level = 0 AND span >= $1 AND span <= $2;

-- A cross join keeps its order: the cart's days first, not all that the guild's clients bought.
-- name: daily_clients_of_cart
SELECT COUNT(DISTINCT c.client)
FROM daily d CROSS JOIN day_clients c
WHERE d.day >= $1 AND d.day <= $2 AND d.cart = $3 AND c.day = d.day AND c.cart = d.cart
  AND c.bought > 0;

-- name: revisions_page
SELECT revision, time_ms, cause, receipts, row_before, row_after FROM revisions
WHERE day = $1 AND cart = $2 AND revision > $3
ORDER BY revision
LIMIT $4;
