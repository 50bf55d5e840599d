-- Mails for people, the newest of each status first.

-- Without a status: what waits or has failed. Statuses are read backwards, as the index has them.
-- name: mails_page
SELECT id, recipient, template, order_id, status, created_ms, next_ms, sent_ms, attempts, answer,
       digest, turn
FROM mails
WHERE (status, next_ms, turn) < ($1, $2, $3)
    AND (status = $4 OR ($4 = '' AND status IN ('waiting', 'held', 'failed')))
ORDER BY status DESC, next_ms DESC, turn DESC
LIMIT $5;
