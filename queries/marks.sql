-- Which breaks in series and events must a reader know of?
-- returns: id VARCHAR, kind VARCHAR, year INTEGER, measures VARCHAR, dimension VARCHAR, category VARCHAR, text_da VARCHAR, text_en VARCHAR, note_da VARCHAR, note_en VARCHAR, source_id VARCHAR
select id, kind, year::integer as year, measures, dimension, category, text_da, text_en, note_da, note_en, source_id
from breaks
order by year, kind, id
