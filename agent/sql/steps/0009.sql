-- Step 9: up to where the centre had acknowledged when the agent had run for so long, a row an hour, so
-- that rows stay for a week after that (outbox_age.c).

-- name: outbox_step_9
CREATE TABLE acknowledged (
    ran_ms INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL
);
