-- Mails that are owed.

-- name: mail_insert
INSERT INTO mails (id, turn, recipient, template, parameters, order_id, created_ms, next_ms, status,
    attempts, mailbox)
VALUES ($1, (SELECT COALESCE(MAX(turn), 0) + 1 FROM mails), $2, $3, $4, $5, $6, $7, $8, 0, $9)
ON CONFLICT (id) DO NOTHING;

-- name: mail_restored
SELECT 1 FROM restores WHERE at_ms > $1 LIMIT 1;
