-- Does the release hold a certificate? Those of schema version 1 don't.
-- returns: certified BOOLEAN
select count(*) = 2 as certified
from duckdb_tables()
where table_name in ('certificate', 'certificate_tables')
