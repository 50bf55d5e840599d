-- What carts say of their totals. A word that is not news changes nothing: judged or not, the row
-- stays as it is. On a new day the same totals are news; a word that knows of less came late. Whoever is
-- told of an outbox first knows that it began after the cart's last word that did not tell of it.

-- name: word_last
SELECT MAX(at_ms) FROM words WHERE cart = $1 AND at_ms < $2;

-- name: word_keep
INSERT INTO words (cart, epoch, from_seq, upto, made, receipts, voided, quantity, amount, offline,
    at_ms, at_day, ready_ms, owed, since_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (cart, epoch, from_seq) DO UPDATE SET upto = excluded.upto, made = excluded.made,
    receipts = excluded.receipts, voided = excluded.voided, quantity = excluded.quantity,
    amount = excluded.amount, offline = excluded.offline, at_ms = excluded.at_ms,
    at_day = excluded.at_day, ready_ms = excluded.ready_ms, owed = excluded.owed
WHERE excluded.at_ms >= words.at_ms AND excluded.made >= words.made
    AND (excluded.upto <> words.upto OR excluded.made <> words.made
         OR excluded.receipts <> words.receipts OR excluded.voided <> words.voided
         OR excluded.quantity <> words.quantity OR excluded.amount <> words.amount
         OR excluded.offline > words.offline OR excluded.owed > words.owed
         OR excluded.at_day > words.at_day);
