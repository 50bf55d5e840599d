-- Step 11: what an alert says, as the name of a sentence and its arguments (collector/words/alerts.txt), so
-- that whoever reads it reads it in a language of their own. Alerts of before have `details` only.

-- name: store_step_11
ALTER TABLE alerts ADD COLUMN about TEXT;
