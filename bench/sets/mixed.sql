-- Keys and indexes for the tables of the other sets, in one database with them.
ALTER TABLE accounts ADD PRIMARY KEY (aid);
ALTER TABLE orders ADD PRIMARY KEY (o_orderkey);
ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber);
ALTER TABLE lineitem ADD FOREIGN KEY (l_orderkey) REFERENCES orders;
CREATE INDEX ON lineitem (l_shipdate);
CREATE INDEX ON series (host, at);
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX ON events ((body ->> 'type'), at);
ALTER TABLE vectors ADD PRIMARY KEY (id);
ALTER TABLE keys ADD PRIMARY KEY (id);
CREATE INDEX ON keys (owner);
ALTER TABLE articles ADD PRIMARY KEY (id);
ALTER TABLE files ADD PRIMARY KEY (name);
