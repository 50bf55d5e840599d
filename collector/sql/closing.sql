-- The end of a day, cart by cart.

-- Members' carts, accepted before the day was over, and whatever sold.
-- name: closing_page
SELECT p.cart, COALESCE(d.quantity, 0), COALESCE(d.amount, 0), COALESCE(d.sales, 0), c.state,
    c.waiting, c.heard_ms
FROM (SELECT cart FROM daily WHERE day = $1 AND cart > $2 AND (sales > 0 OR voided > 0)
      UNION
      SELECT cart FROM member_carts WHERE cart > $2 AND since_ms < $3) p
LEFT JOIN daily d ON d.day = $1 AND d.cart = p.cart
LEFT JOIN carts c ON c.cart = p.cart
ORDER BY p.cart
LIMIT $4;

-- name: closing_gaps
SELECT CAST(COALESCE(SUM(g.last_receipt - g.first_receipt + 1), 0) AS BIGINT)
FROM sources s CROSS JOIN receipt_gaps g
WHERE s.cart = $1 AND g.source = s.source AND +g.day = $2;

-- A close that lasted over the day's end, or lasts. A vendor may close some hours after it.
-- name: closing_closed
SELECT MIN(closed_ms) FROM closings
WHERE cart = $1 AND closed_ms >= $2 AND closed_ms < $3 AND (opened_ms IS NULL OR opened_ms >= $4);
