-- Which codes does each dimension have, in which order and which years, and how are they grouped?
-- returns: dimension VARCHAR, code VARCHAR, position INTEGER, first_year INTEGER, last_year INTEGER, in_group VARCHAR
select dimension, code, position, first_year, last_year, "group" as in_group
from codes
order by dimension, position
