-- The extension periods, whose event triggers look at every definition: at a
-- restore they refuse the privileges of its own tables, whatever tool grants
-- them (docs/torture.md).

SET client_min_messages = error;

CREATE EXTENSION periods CASCADE;
CREATE TABLE contract (
  id integer, customer text, valid_from date, valid_to date);
SELECT periods.add_period('contract', 'valid', 'valid_from', 'valid_to');
SELECT periods.add_unique_key('contract', ARRAY['id'], 'valid');
SELECT periods.add_system_time_period('contract');
SELECT periods.add_system_versioning('contract');
INSERT INTO contract (id, customer, valid_from, valid_to)
SELECT i, 'c' || i, '2020-01-01', '2021-01-01' FROM generate_series(1, 20) i;
UPDATE contract SET customer = 'changed' WHERE id < 5;
