-- What operators set of one cart: a row for each setting that is set, with a number or a text.

-- name: cart_setting_read
SELECT number, text FROM cart_settings WHERE cart = $1 AND name = $2;

-- name: cart_setting_write
INSERT INTO cart_settings (cart, name, number, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (cart, name) DO UPDATE SET number = excluded.number, text = excluded.text;

-- name: cart_setting_delete
DELETE FROM cart_settings WHERE cart = $1 AND name = $2;
