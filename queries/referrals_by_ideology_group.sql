-- How many referrals concerned political extremism, year by year, beside the other groups? The base is all referrals of the year.
-- returns: year INTEGER, code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER, base INTEGER, base_lower INTEGER, base_upper INTEGER
select part.first_year as year, part.ideology_group as code, part.n, part.status, part.lower, part.upper, whole.n as base,
  whole.lower as base_lower, whole.upper as base_upper
from ideology_group as part
join ideology_group as whole
  on whole.period = part.period
  and whole.ideology_group = 'all'
  and whole.assessment = 'all'
join codes on codes.dimension = 'ideology_group' and codes.code = part.ideology_group
where part.first_year = part.last_year
  and part.first_year between $first_year and $last_year
  and part.assessment = 'all'
order by year, codes.position
