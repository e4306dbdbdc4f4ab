-- Which dimensions group the codes of another one?
-- returns: dimension VARCHAR, of VARCHAR
select distinct dimension, derived_from as of
from codes
where derived_from is not null
order by dimension
