-- How many referrals concerned each ideology, year by year? The base of a share is all referrals of the year.
-- returns: year INTEGER, code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER, base INTEGER, base_lower INTEGER, base_upper INTEGER
select part.first_year as year, part.ideology as code, part.n, part.status, part.lower, part.upper, whole.n as base,
  whole.lower as base_lower, whole.upper as base_upper
from ideology_resource as part
join ideology_resource as whole
  on whole.period = part.period
  and whole.ideology = 'all'
  and whole.resource_profile = 'all'
join codes on codes.dimension = 'ideology' and codes.code = part.ideology
where part.first_year = part.last_year
  and part.first_year between $first_year and $last_year
  and part.resource_profile = 'all'
order by year, codes.position
