-- Where each role stands in Kafka.

-- name: consumers_positions
SELECT role, topic, part, CASE WHEN read_to > next THEN read_to ELSE next END FROM positions ORDER BY role, topic, part;
