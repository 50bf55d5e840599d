-- Step 7 of the outbox: a row can tell whether it is still what was written (outbox_row.h). Rows from
-- before have no checksum. An agent that knows step 6 only leaves the column alone. A damaged file is
-- read without its schema, by the places of these columns (salvage_cell.c).

-- name: outbox_step_7
ALTER TABLE events ADD COLUMN checksum INTEGER;
