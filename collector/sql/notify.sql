-- Mails and posts on their way, and what became of them.

-- name: notify_due
SELECT id, recipient, template, parameters, order_id, created_ms, first_ms, attempts FROM mails
WHERE status = 'waiting' AND next_ms <= $1
ORDER BY next_ms, turn
LIMIT $2;

-- Only one that waits: a repetition of the same word changes nothing.
-- name: notify_outcome
UPDATE mails SET status = $1, next_ms = $2, attempts = $3, first_ms = $4, sent_ms = $5,
    answer = $6, digest = $7
WHERE id = $8 AND status = 'waiting';

-- name: notify_sent_count
SELECT COUNT(*) FROM mails WHERE recipient = $1 AND sent_ms > $2;

-- When the one was sent before which there were so many.
-- name: notify_sent_at
SELECT sent_ms FROM mails WHERE recipient = $1 AND sent_ms > $2
ORDER BY sent_ms DESC LIMIT 1 OFFSET $3;

-- name: notify_digest_open
INSERT INTO mails (id, turn, recipient, template, parameters, created_ms, next_ms, status, attempts)
VALUES ($1, (SELECT COALESCE(MAX(turn), 0) + 1 FROM mails), $2, 'digest', '{}', $3, $4, 'waiting', 0) ON CONFLICT (id) DO NOTHING;

-- name: notify_digest_count
SELECT COUNT(*) FROM mails WHERE digest = $1;

-- name: notify_digest_members
SELECT id, recipient, template, parameters, order_id, created_ms, first_ms, attempts FROM mails
WHERE digest = $1
ORDER BY turn;

-- name: notify_digest_end
UPDATE mails SET status = $1, next_ms = $2, answer = $3 WHERE digest = $4 AND status = 'held';

-- name: notify_report_rows
SELECT cart, quantity, amount, sales, named_clients + anonymous, anonymous FROM daily
WHERE day = $1
ORDER BY cart;

-- name: notify_report_clients
SELECT COUNT(DISTINCT client) FROM day_clients WHERE day = $1 AND bought > 0;

-- Changes of alerts, as the alert was then.
-- name: notify_notices
SELECT a.id, a.kind, a.subject, a.cart, a.severity, n.status, a.details, a.started_ms,
       CASE WHEN n.status IN ('CLEARED_UNACK', 'CLEARED_ACK') THEN a.ended_ms END AS ended_ms,
       n.time_ms
FROM alert_notices n
JOIN alerts a ON a.id = n.alert
ORDER BY n.time_ms, n.alert, n.status
LIMIT 100;

-- name: notify_notice_done
DELETE FROM alert_notices WHERE alert = $1 AND status = $2;

-- name: notify_post_insert
INSERT INTO webhook_posts (id, body, created_ms, next_ms, attempts) VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (id) DO NOTHING;

-- name: notify_posts_due
SELECT id, body, created_ms, attempts FROM webhook_posts WHERE next_ms <= $1
ORDER BY next_ms, id
LIMIT $2;

-- name: notify_post_later
UPDATE webhook_posts SET next_ms = $1, attempts = attempts + 1 WHERE id = $2;

-- name: notify_post_done
DELETE FROM webhook_posts WHERE id = $1;
