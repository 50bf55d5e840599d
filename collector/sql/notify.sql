-- Mails and posts on their way, and what became of them.

-- Not what has an older one of its life before it.
-- name: notify_due
SELECT m.id, m.recipient, m.template, m.parameters, m.order_id, m.created_ms, m.first_ms, m.attempts,
    m.mailbox
FROM effects e JOIN mails m ON m.id = e.id
WHERE e.lane = 'mail' AND e.due_ms <= $1 AND (e.record_key IS NULL OR NOT EXISTS (
    SELECT 1 FROM effects o
    WHERE o.topic = e.topic AND o.record_key = e.record_key AND o.position < e.position))
ORDER BY e.due_ms, e.position
LIMIT $2;

-- Only one that waits: a repetition of the same word changes nothing.
-- name: notify_outcome
UPDATE mails SET status = $1, next_ms = $2, attempts = $3, first_ms = $4, sent_ms = $5,
    answer = $6, digest = $7
WHERE id = $8 AND status = 'waiting';

-- How many were sent since, and when the one was before which there were so many: to a recipient, of
-- the guild's or of strangers' mails; to a stranger's mailbox; to strangers.
-- name: notify_sent_to_guild
SELECT COUNT(*) FROM mails WHERE recipient = $1 AND sent_ms > $2 AND mailbox IS NULL;

-- name: notify_sent_to_guild_at
SELECT sent_ms FROM mails WHERE recipient = $1 AND sent_ms > $2 AND mailbox IS NULL
ORDER BY sent_ms DESC LIMIT 1 OFFSET $3;

-- name: notify_sent_to_stranger
SELECT COUNT(*) FROM mails WHERE recipient = $1 AND sent_ms > $2 AND mailbox IS NOT NULL;

-- name: notify_sent_to_stranger_at
SELECT sent_ms FROM mails WHERE recipient = $1 AND sent_ms > $2 AND mailbox IS NOT NULL
ORDER BY sent_ms DESC LIMIT 1 OFFSET $3;

-- name: notify_sent_to_mailbox
SELECT COUNT(*) FROM mails WHERE mailbox = $1 AND sent_ms > $2;

-- name: notify_sent_to_mailbox_at
SELECT sent_ms FROM mails WHERE mailbox = $1 AND sent_ms > $2
ORDER BY sent_ms DESC LIMIT 1 OFFSET $3;

-- name: notify_sent_to_all
SELECT COUNT(*) FROM mails WHERE mailbox IS NOT NULL AND sent_ms > $1;

-- name: notify_sent_to_all_at
SELECT sent_ms FROM mails WHERE mailbox IS NOT NULL AND sent_ms > $1
ORDER BY sent_ms DESC LIMIT 1 OFFSET $2;

-- name: notify_digest_open
INSERT INTO mails (id, turn, recipient, template, parameters, created_ms, next_ms, status, attempts)
VALUES ($1, (SELECT COALESCE(MAX(turn), 0) + 1 FROM mails), $2, 'digest', '{}', $3, $4, 'waiting', 0) ON CONFLICT (id) DO NOTHING;

-- name: notify_digest_count
SELECT COUNT(*) FROM mails WHERE digest = $1;

-- name: notify_digest_members
SELECT id, recipient, template, parameters, order_id, created_ms, first_ms, attempts, mailbox
FROM mails
WHERE digest = $1
ORDER BY turn;

-- name: notify_digest_end
UPDATE mails SET status = $1, next_ms = $2, answer = $3 WHERE digest = $4 AND status = 'held';

-- name: notify_report_rows
SELECT cart, quantity, amount, sales, named_clients + anonymous, anonymous FROM daily
WHERE day = $1
ORDER BY cart;

-- name: notify_report_open
SELECT cart FROM daily WHERE day = $1 AND closed = 0 ORDER BY cart LIMIT $2;

-- name: notify_report_clients
SELECT COUNT(DISTINCT client) FROM day_clients WHERE day = $1 AND bought > 0;

-- Changes of alerts, as the alert was then.
-- name: notify_notices
SELECT a.id, a.kind, a.subject, a.cart, a.severity,
       CASE n.type WHEN 'STILL_OPEN' THEN a.status ELSE n.type END AS status, a.details, a.started_ms,
       CASE WHEN n.type IN ('CLEARED_UNACK', 'CLEARED_ACK') THEN a.ended_ms END AS ended_ms,
       a.about, a.times, n.created_ms, n.id,
       CASE WHEN a.ended_ms IS NULL THEN 1 ELSE 0 END AS is_open,
       CASE WHEN EXISTS (SELECT 1 FROM fugitives f WHERE f.cart = a.cart AND f.ended_ms IS NULL)
            THEN 1 ELSE 0 END AS is_fugitive,
       n.type
FROM effects n
JOIN alerts a ON a.id = n.topic
WHERE n.lane = 'alert' AND n.due_ms <= $1
ORDER BY n.due_ms, n.position
LIMIT 100;

-- name: notify_mail_known
SELECT 1 FROM mails WHERE id = $1;

-- name: notify_posts_due
SELECT e.id, e.value, e.created_ms, e.attempts FROM effects e
WHERE e.lane = 'post' AND e.due_ms <= $1 AND NOT EXISTS (
    SELECT 1 FROM effects o
    WHERE o.topic = e.topic AND o.record_key = e.record_key AND o.position < e.position)
ORDER BY e.due_ms, e.position
LIMIT $2;

-- What a release before this one has owed.
-- name: notify_former_mails
SELECT m.id, m.recipient, m.order_id, m.created_ms, m.next_ms FROM mails m
WHERE m.status = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM effects e WHERE e.lane = 'mail' AND e.id = m.id)
ORDER BY m.turn
LIMIT 500;

-- name: notify_former_posts
SELECT id, body, created_ms, next_ms FROM webhook_posts ORDER BY created_ms, id LIMIT 500;

-- name: notify_former_post_end
DELETE FROM webhook_posts WHERE id = $1;

-- name: notify_former_notices
SELECT alert, status, time_ms FROM alert_notices ORDER BY time_ms, alert, status LIMIT 500;

-- name: notify_former_notice_end
DELETE FROM alert_notices WHERE alert = $1 AND status = $2;
