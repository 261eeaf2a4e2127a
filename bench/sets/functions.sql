-- Words for the sets: both repeat themselves for the same seed of random().
CREATE FUNCTION pick(n bigint) RETURNS integer LANGUAGE sql VOLATILE
  AS 'SELECT floor(random() * n)::integer';
CREATE FUNCTION words(n integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  known CONSTANT text[] := string_to_array('about above according accounts '
    'across affix after against along alongside also among are asymptotes at '
    'attainments bold boost braids brave breach busily busy cajole carefully '
    'close courts daring decoys deposits detect dependencies dogged dolphins '
    'doubt dugouts engage enticing epitaphs escapades even excuses express '
    'final fluffily foxes furiously gifts grouches haggle hang hinder '
    'hockey idly ideas instructions integrate ironic kindle lose maintain '
    'mold multipliers nag never notornis packages patterns pending permanent '
    'pinto platelets players poach promise quickly quiet regular requests '
    'ruthless sauternes sentiments silent sleep slyly snooze solve sometimes '
    'special stealthy theodolites thin tithes unusual use wake warhorses '
    'warthogs waters', ' ');
  result text := '';
BEGIN
  FOR i IN 1..n LOOP
    result := result || CASE WHEN i > 1 THEN ' ' ELSE '' END
      || known[1 + floor(random() * array_length(known, 1))::integer];
  END LOOP;
  RETURN result;
END $$;
