-- What came of the referrals, year by year? The base of a share is the referrals whose outcome is not pending.
-- returns: year INTEGER, code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER, base INTEGER, base_lower INTEGER, base_upper INTEGER
select part.first_year as year, part.outcome_group as code, part.n, part.status, part.lower, part.upper,
  case when part.outcome_group <> 'pending' then whole.n - pending.n end as base,
  case when part.outcome_group <> 'pending' then whole.n - pending.upper end as base_lower,
  case when part.outcome_group <> 'pending' then whole.n - pending.lower end as base_upper
from ideology_outcome as part
join ideology_outcome as whole
  on whole.period = part.period
  and whole.ideology = 'all'
  and whole.outcome_group = 'all'
join ideology_outcome as pending
  on pending.period = part.period
  and pending.ideology = 'all'
  and pending.outcome_group = 'pending'
join codes on codes.dimension = 'outcome_group' and codes.code = part.outcome_group
where part.first_year = part.last_year
  and part.first_year between $first_year and $last_year
  and part.ideology = 'all'
order by year, codes.position
