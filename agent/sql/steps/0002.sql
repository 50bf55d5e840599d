-- Step 2 of the outbox: the answers to the vendor's last requests, so that one which is asked again is
-- answered and not done again. An agent that knows step 1 only leaves them alone.

-- name: outbox_step_2
CREATE TABLE IF NOT EXISTS answers (
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    answer TEXT NOT NULL
);
