-- Step 23: a setting of a cart is a row by its name (common/cart_setting.h), so that one more needs
-- no column. No release wrote the table of step 10.

-- name: store_step_23
ALTER TABLE cart_settings RENAME TO cart_settings_wide;
CREATE TABLE cart_settings (
    cart TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT,
    text TEXT,
    PRIMARY KEY (cart, name)
);
INSERT INTO cart_settings (cart, name, number)
    SELECT cart, 'threshold', threshold FROM cart_settings_wide WHERE threshold IS NOT NULL;
INSERT INTO cart_settings (cart, name, text)
    SELECT cart, 'note', note FROM cart_settings_wide WHERE note IS NOT NULL;
DROP TABLE cart_settings_wide;
