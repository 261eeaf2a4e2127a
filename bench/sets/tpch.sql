-- Orders and their lines as TPC-H describes them: keys, prices, dates, codes of
-- few values, comments of its words.
CREATE TABLE orders (
  o_orderkey bigint NOT NULL, o_custkey bigint NOT NULL,
  o_orderstatus char(1) NOT NULL, o_totalprice numeric(15,2) NOT NULL,
  o_orderdate date NOT NULL, o_orderpriority char(15) NOT NULL,
  o_clerk char(15) NOT NULL, o_shippriority integer NOT NULL,
  o_comment varchar(79) NOT NULL);
CREATE TABLE lineitem (
  l_orderkey bigint NOT NULL, l_partkey bigint NOT NULL,
  l_suppkey bigint NOT NULL, l_linenumber integer NOT NULL,
  l_quantity numeric(15,2) NOT NULL, l_extendedprice numeric(15,2) NOT NULL,
  l_discount numeric(15,2) NOT NULL, l_tax numeric(15,2) NOT NULL,
  l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL,
  l_shipdate date NOT NULL, l_commitdate date NOT NULL,
  l_receiptdate date NOT NULL, l_shipinstruct char(25) NOT NULL,
  l_shipmode char(10) NOT NULL, l_comment varchar(44) NOT NULL);
INSERT INTO orders
SELECT (n / 8) * 32 + n % 8 + 1, 1 + pick(15000 * :scale),
  (ARRAY['O', 'F', 'P'])[1 + pick(2) + pick(40) / 39],
  (85000 + pick(40000000)) / 100.0, date '1992-01-01' + pick(2405),
  (ARRAY['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])
    [1 + pick(5)],
  'Clerk#' || lpad((1 + pick(1000))::text, 9, '0'), 0,
  left(words(3 + pick(10)), 79)
FROM generate_series(0, 15000 * :scale - 1) AS n;
INSERT INTO lineitem
SELECT o_orderkey, part, 1 + (part * 7 + line) % 1000, line, quantity,
  quantity * (90000 + part % 20000 + part % 1000 * 10) / 100.0,
  pick(11) / 100.0, pick(9) / 100.0,
  CASE WHEN ship > date '1995-06-17' THEN 'N'
    ELSE (ARRAY['R', 'A'])[1 + pick(2)] END,
  CASE WHEN ship > date '1995-06-17' THEN 'O' ELSE 'F' END,
  ship, o_orderdate + 30 + pick(61), ship + 1 + pick(30),
  (ARRAY['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])
    [1 + pick(4)],
  (ARRAY['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])
    [1 + pick(7)],
  left(words(2 + pick(6)), 44)
FROM (SELECT o_orderkey, o_orderdate, line, 1 + pick(20000 * :scale) AS part,
        1 + pick(50) AS quantity, o_orderdate + 1 + pick(121) AS ship
      FROM (SELECT *, 1 + pick(7) AS lines FROM orders OFFSET 0) AS o,
        generate_series(1, lines) AS line OFFSET 0) AS l;
