-- Step 8 of the outbox: its head can tell whether it is still what was written (outbox_head.h), and so can
-- its totals. 0: an agent has written it that knows step 7 only; it is taken at its word then. NULL is what a
-- card makes of it.

-- name: outbox_step_8
ALTER TABLE head ADD COLUMN checksum INTEGER;
ALTER TABLE totals ADD COLUMN checksum INTEGER;
UPDATE head SET checksum = 0;
UPDATE totals SET checksum = 0;
CREATE TRIGGER head_of_an_earlier_release AFTER UPDATE ON head
WHEN NEW.checksum IS OLD.checksum AND
    (NEW.epoch, NEW.session, NEW.last_seq, NEW.last_receipt, NEW.acked_seq, NEW.stock, NEW.lat, NEW.lon, NEW.fix_ms,
     NEW.clock_boot, NEW.damaged_epoch, NEW.damaged_rows, NEW.cart, NEW.clock_zero_ms, NEW.effects_seq) IS NOT
    (OLD.epoch, OLD.session, OLD.last_seq, OLD.last_receipt, OLD.acked_seq, OLD.stock, OLD.lat, OLD.lon, OLD.fix_ms,
     OLD.clock_boot, OLD.damaged_epoch, OLD.damaged_rows, OLD.cart, OLD.clock_zero_ms, OLD.effects_seq)
BEGIN
    UPDATE head SET checksum = 0;
END;
CREATE TRIGGER totals_of_an_earlier_release AFTER INSERT ON totals WHEN NEW.checksum IS NULL
BEGIN
    UPDATE totals SET checksum = 0 WHERE seq = NEW.seq;
END;
