-- Does the release hold a certificate? Those of schema version 1 don't.
-- returns: certified BOOLEAN
select exists (from duckdb_tables() where table_name = 'certificate') as certified
