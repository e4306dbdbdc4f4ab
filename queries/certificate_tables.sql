-- What does the certificate say of each published table? The share is that of the referrals in published cells of the finest detail.
-- returns: name VARCHAR, dimensions VARCHAR, cells INTEGER, published INTEGER, zero INTEGER, suppressed INTEGER, not_collected INTEGER, share DOUBLE, narrowest INTEGER
select tables.name, array_to_string(tables.dimensions, ',') as dimensions, found.cells::integer as cells,
  found.published::integer as published, found.zero::integer as zero, found.suppressed::integer as suppressed,
  found.not_collected::integer as not_collected, found.share, found.narrowest::integer as narrowest
from certificate_tables as found
join tables on tables.name = found."table"
order by found.rowid
