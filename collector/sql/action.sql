-- Acts of users, in their order.

-- name: action_insert
INSERT INTO actions (id, time_ms, user_name, action, subject, details)
VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM actions), $1, $2, $3, $4, $5);
