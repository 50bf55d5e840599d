-- Mails that are owed.

-- name: mail_insert
INSERT INTO mails (id, recipient, template, parameters, order_id, created_ms, next_ms, status,
    attempts)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0) ON CONFLICT (id) DO NOTHING;
