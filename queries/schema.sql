-- Which columns do the tables of the release have, and what does the release say of them?
-- returns: name VARCHAR, column_name VARCHAR, kind VARCHAR, comment VARCHAR
select columns.table_name as name, columns.column_name, columns.data_type as kind, columns.comment
from duckdb_columns() as columns
join duckdb_tables() as tables using (database_name, schema_name, table_name)
where not columns.internal
order by columns.table_name, columns.column_index
