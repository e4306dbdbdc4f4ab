-- What has been said in public about the referrals, by whom, when and in which source? The figures of several sources name the first.
-- returns: id VARCHAR, text_da VARCHAR, text_en VARCHAR, who VARCHAR, said_on VARCHAR, source_title VARCHAR, url VARCHAR, first_day VARCHAR, last_day VARCHAR, series VARCHAR, measure VARCHAR, dimension VARCHAR, category VARCHAR, value INTEGER, unit VARCHAR, kind VARCHAR, note_da VARCHAR, note_en VARCHAR
select said.id, said.text_da, said.text_en, said.who, said."when" as said_on, said.source_title, sources.url,
  said.period_start as first_day, said.period_end as last_day, said.series, said.measure, said.dimension, said.category,
  said.value::integer as value, said.unit, said.kind, said.note_da, said.note_en
from published_figures as said
left join sources on sources.id = split_part(said.source_id, '+', 1)
order by said.period_start, said.rowid
