-- After the rows of the index are in: what follows from them, and some
-- changes, so that sequences have moved and the audit has more than inserts.

SET ROLE demo_owner;

SELECT setval(pg_get_serial_sequence(name, key), top) FROM (
  SELECT 'people.maintainer', 'maintainer_id', max(maintainer_id)
  FROM people.maintainer
  UNION ALL
  SELECT 'archive.section', 'section_id', max(section_id)
  FROM archive.section
  UNION ALL
  SELECT 'archive.source', 'source_id', max(source_id)
  FROM archive.source
  UNION ALL
  SELECT 'archive.package', 'package_id', max(package_id)
  FROM archive.package
) AS numbered (name, key, top);

-- Four classes of equally many packages, for each section.
INSERT INTO archive.size_class (section_id, label, bounds)
SELECT section_id, (ARRAY['small', 'medium', 'large', 'huge'])[quarter],
       archive.size_range(
         CASE WHEN quarter > 1 THEN least END,
         lead(least) OVER (PARTITION BY section_id ORDER BY quarter))
FROM (
  SELECT section_id, quarter, min(size_bytes) AS least
  FROM (SELECT section_id, size_bytes, ntile(4) OVER (
          PARTITION BY section_id ORDER BY size_bytes) AS quarter
        FROM archive.package) AS ranked
  GROUP BY section_id, quarter
) AS quarters;

INSERT INTO search.query_cache (query, hits, best_rank)
SELECT query, array_agg(package_id ORDER BY package_id),
       max(ts_rank(words, query))
FROM unnest(ARRAY['postgresql', 'backup | restore', 'game & !data']::tsquery[])
       AS query
  JOIN search.document ON words @@ query
GROUP BY query;

UPDATE archive.package SET priority = 'optional' WHERE priority = 'extra';
UPDATE archive.package SET homepage = replace(homepage, 'http:', 'https:')
WHERE homepage LIKE 'http://%.debian.org%';
DELETE FROM search.package_overview
WHERE package_id % 1000 = 0 AND NOT EXISTS (
  SELECT FROM archive.relation WHERE target_id = package_overview.package_id);

REFRESH MATERIALIZED VIEW search.maintainer_summary;

-- Large objects: the content of files, owned, shared and described.
INSERT INTO documents.file (path, modified, mode, size_bytes, sha256, content)
SELECT path, modified, mode::integer::bit(12), octet_length(content),
       sha256(content), lo_from_bytea(0, content)
FROM pg_temp.loaded_file;

DO $$
DECLARE
  file record;
BEGIN
  FOR file IN SELECT content, path FROM documents.file LOOP
    EXECUTE format('COMMENT ON LARGE OBJECT %s IS %L',
                   file.content, file.path);
    IF file.path LIKE '%/copyright' THEN
      EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO demo_reader',
                     file.content);
    END IF;
  END LOOP;
END
$$;

RESET ROLE;
ANALYZE;
