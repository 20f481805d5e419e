/** The shop's tables and what is in them: 30 orders of three items, and three carts, one for each coupon. */
export const SCHEMA = `
CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, placed_at timestamptz NOT NULL);
CREATE TABLE items (
  id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, product text NOT NULL,
  quantity int NOT NULL, price_cents int NOT NULL
);
CREATE INDEX ON items (order_id);
CREATE TABLE carts (id int PRIMARY KEY, coupon text);
CREATE TABLE cart_lines (
  id serial PRIMARY KEY, cart_id int NOT NULL REFERENCES carts, product text NOT NULL,
  quantity int NOT NULL, price_cents int NOT NULL
);

INSERT INTO orders
SELECT n, 'customer ' || (n % 7 + 1), timestamptz '2026-11-01 09:00Z' + n * interval '7 hours'
FROM generate_series(1, 30) AS n;
INSERT INTO items (order_id, product, quantity, price_cents)
SELECT o, (ARRAY['mug', 'lamp', 'notebook', 'chair', 'kettle'])[(o + n) % 5 + 1], n, 495 + (o * 37 + n * 111) % 4000
FROM generate_series(1, 30) AS o, generate_series(1, 3) AS n;
INSERT INTO carts VALUES (1, NULL), (2, 'WELCOME10'), (3, 'AUTUMN15');
INSERT INTO cart_lines (cart_id, product, quantity, price_cents) VALUES
  (1, 'mug', 2, 1290), (1, 'lamp', 1, 4999),
  (2, 'kettle', 1, 3490), (2, 'notebook', 3, 450),
  (3, 'chair', 1, 8999), (3, 'notebook', 2, 450);
`;
