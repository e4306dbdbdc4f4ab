"""Method: how the referrals become statistics, how small counts are protected, and what the certificate says."""

from ui import method, page

method.show(page.open("method"))
