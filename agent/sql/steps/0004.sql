-- Step 4 of the outbox: whose it is. NULL: nobody has asked yet; then it is its newest event's. An agent
-- that knows step 3 only leaves it alone.

-- name: outbox_step_4
ALTER TABLE head ADD COLUMN cart TEXT;
