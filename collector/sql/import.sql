-- Whether an event of an import is here already.

-- name: import_event
SELECT receipts.hash FROM sources JOIN receipts ON receipts.source = sources.source
WHERE sources.cart = $1 AND sources.epoch = $2 AND receipts.seq = $3;

-- name: import_fix
SELECT 1 FROM track WHERE cart = $1 AND fix_ms = $2;
