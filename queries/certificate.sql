-- What does the release's certificate say, item by item? A release without one has no answer, see has_certificate.
-- returns: item VARCHAR, value VARCHAR
select item, value
from certificate
order by rowid
