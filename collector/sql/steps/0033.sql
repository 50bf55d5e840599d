-- Step 33: a void of the desk knows its number and, by a hash, who typed it: the same person may ask
-- again whether it was done.

-- name: store_step_33
ALTER TABLE desk_voids ADD COLUMN seq BIGINT;
ALTER TABLE desk_voids ADD COLUMN teller TEXT;
