-- Which tables are published, of which dimensions and for which kinds of time?
-- returns: name VARCHAR, dimensions VARCHAR, times VARCHAR
select name, array_to_string(dimensions, ',') as dimensions, array_to_string("time", ',') as times
from tables
order by rowid
