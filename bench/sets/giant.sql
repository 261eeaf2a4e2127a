-- The lines of the set tpch three times more: nine tenths of the database are
-- one table. No compressor here looks back as far as from copy to copy.
INSERT INTO lineitem
SELECT l_orderkey + copy * 100000000, l_partkey, l_suppkey, l_linenumber,
  l_quantity, l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus,
  l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode,
  l_comment
FROM generate_series(1, 3) AS copy, lineitem;
ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber);
CREATE INDEX ON lineitem (l_shipdate);
CREATE INDEX ON lineitem (l_partkey, l_suppkey);
CREATE INDEX ON lineitem (l_shipmode, l_receiptdate);
