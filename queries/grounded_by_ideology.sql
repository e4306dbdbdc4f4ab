-- How many of the assessed referrals of each ideology were assessed as grounded, year by year? Pending ones are outside the base.
-- returns: year INTEGER, code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER, base INTEGER, base_lower INTEGER, base_upper INTEGER
select part.first_year as year, part.ideology as code, part.n, part.status, part.lower, part.upper,
  coalesce(part.n + rest.n, whole.n - pending.n) as base,
  greatest(
    coalesce(part.n, part.lower) + coalesce(rest.n, rest.lower),
    coalesce(whole.n, whole.lower) - coalesce(pending.n, pending.upper)
  ) as base_lower,
  least(
    coalesce(part.n, part.upper) + coalesce(rest.n, rest.upper),
    coalesce(whole.n, whole.upper) - coalesce(pending.n, pending.lower)
  ) as base_upper
from assessment_ideology as part
join assessment_ideology as rest
  on rest.period = part.period and rest.ideology = part.ideology and rest.assessment = 'not_grounded'
join assessment_ideology as whole
  on whole.period = part.period and whole.ideology = part.ideology and whole.assessment = 'all'
join assessment_ideology as pending
  on pending.period = part.period and pending.ideology = part.ideology and pending.assessment = 'pending'
join codes on codes.dimension = 'ideology' and codes.code = part.ideology
where part.first_year = part.last_year
  and part.first_year between $first_year and $last_year
  and part.assessment = 'grounded'
order by year, codes.position
