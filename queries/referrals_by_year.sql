-- How many concern referrals were there, year by year?
-- returns: year INTEGER, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER
select first_year as year, n, status, lower, upper
from ideology_resource
where first_year = last_year
  and first_year between $first_year and $last_year
  and ideology = 'all'
  and resource_profile = 'all'
order by year
