-- How many referrals concerned political extremism, and how many were about resource-strong people, year by year? The base is all referrals of the year.
-- returns: year INTEGER, code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER, base INTEGER, base_lower INTEGER, base_upper INTEGER
select part.first_year as year, part.code, part.n, part.status, part.lower, part.upper, whole.n as base,
  whole.lower as base_lower, whole.upper as base_upper
from (
  select 1 as place, period, first_year, last_year, ideology_group as code, n, status, lower, upper
  from ideology_group
  where ideology_group = 'political' and assessment = 'all'
  union all
  select 2, period, first_year, last_year, resource_profile, n, status, lower, upper
  from ideology_resource
  where ideology = 'all' and resource_profile = 'resource_strong'
) as part
join ideology_resource as whole
  on whole.period = part.period and whole.ideology = 'all' and whole.resource_profile = 'all'
where part.first_year = part.last_year
  and part.first_year between $first_year and $last_year
order by year, place
