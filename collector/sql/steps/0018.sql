-- Step 18: why a dead letter is one, as the name of a sentence and its arguments (common/words/reasons.txt).

-- name: store_step_18
ALTER TABLE effects ADD COLUMN about TEXT;
