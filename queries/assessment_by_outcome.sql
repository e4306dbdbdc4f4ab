-- How many referrals got each assessment and had each outcome, in one year or fixed period?
-- returns: row_code VARCHAR, column_code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER
select part.assessment as row_code, part.outcome_group as column_code, part.n, part.status, part.lower, part.upper
from assessment_outcome as part
left join codes as r on r.dimension = 'assessment' and r.code = part.assessment
left join codes as c on c.dimension = 'outcome_group' and c.code = part.outcome_group
where part.period = $period
order by r.position nulls last, c.position nulls last
