-- Step 24: a mail to somebody of whom nobody knows whether the address is theirs has the mailbox that
-- it counts for: the address without +tag, in small letters. Null: to who is the guild's.

-- name: store_step_24
ALTER TABLE mails ADD COLUMN mailbox TEXT;
CREATE INDEX mails_of_mailbox ON mails (mailbox, sent_ms) WHERE mailbox IS NOT NULL;
CREATE INDEX mails_of_strangers ON mails (sent_ms) WHERE mailbox IS NOT NULL;
