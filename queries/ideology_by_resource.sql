-- How many referrals concerned each ideology and resource profile, in one year or fixed period?
-- returns: row_code VARCHAR, column_code VARCHAR, n INTEGER, status VARCHAR, lower INTEGER, upper INTEGER
select part.ideology as row_code, part.resource_profile as column_code, part.n, part.status, part.lower, part.upper
from ideology_resource as part
left join codes as r on r.dimension = 'ideology' and r.code = part.ideology
left join codes as c on c.dimension = 'resource_profile' and c.code = part.resource_profile
where part.period = $period
order by r.position nulls last, c.position nulls last
