-- How many referrals concerned people of each resource profile, year by year? The base of a share is all referrals of the year.
-- returns: year INTEGER, code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER, base INTEGER, base_lower INTEGER, base_upper INTEGER
select part.first_year as year, part.resource_profile as code, part.n, part.status, part.lower, part.upper, whole.n as base,
  whole.lower as base_lower, whole.upper as base_upper
from ideology_resource as part
join ideology_resource as whole
  on whole.period = part.period
  and whole.ideology = 'all'
  and whole.resource_profile = 'all'
join codes on codes.dimension = 'resource_profile' and codes.code = part.resource_profile
where part.first_year = part.last_year
  and part.first_year between $first_year and $last_year
  and part.ideology = 'all'
order by year, codes.position
