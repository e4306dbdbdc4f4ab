-- For which years and fixed periods are crossed tables published, the longest first?
-- returns: period VARCHAR, first_year INTEGER, last_year INTEGER
select distinct period, first_year, last_year
from ideology_resource
order by last_year - first_year desc, first_year desc
