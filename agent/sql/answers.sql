-- The last answers, the newest at the highest place. They are few, so that looking through all of
-- them is cheaper than an index that every sale would have to write.

-- name: answer_insert
INSERT INTO answers (place, id, answer)
VALUES ((SELECT COALESCE(MAX(place), 0) + 1 FROM answers), ?1, ?2);

-- name: answers_prune
DELETE FROM answers WHERE place <= (SELECT MAX(place) FROM answers) - ?1;

-- name: answer_read
SELECT answer FROM answers WHERE id = ?1;
