-- Mails for people, the newest of each status first.

-- name: mails_page_of_status
SELECT id, recipient, template, order_id, status, created_ms, next_ms, sent_ms, attempts, answer,
       digest, turn
FROM mails
WHERE status = $1 AND (next_ms, turn) < ($2, $3) AND ($4 = '' OR LOWER(recipient) = LOWER($4))
ORDER BY next_ms DESC, turn DESC
LIMIT $5;

-- name: mails_page_of_recipient
SELECT id, recipient, template, order_id, status, created_ms, next_ms, sent_ms, attempts, answer,
       digest, turn
FROM mails
WHERE LOWER(recipient) = LOWER($1) AND (status, next_ms, turn) < ($2, $3, $4)
ORDER BY status DESC, next_ms DESC, turn DESC
LIMIT $5;

-- What waits or has failed. Statuses are read backwards, as the index has them.
-- name: mails_page
SELECT id, recipient, template, order_id, status, created_ms, next_ms, sent_ms, attempts, answer,
       digest, turn
FROM mails
WHERE (status, next_ms, turn) < ($1, $2, $3) AND status IN ('waiting', 'held', 'failed')
ORDER BY status DESC, next_ms DESC, turn DESC
LIMIT $4;

-- name: mails_one
SELECT id, recipient, template, order_id, status, created_ms, next_ms, sent_ms, attempts, answer,
       digest
FROM mails WHERE id = $1;
