"""Files of figures: drawn by few threads at a time, and kept while there is room."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from ui.answer import Answer
from ui.takeaway import FORMS, Form
from web.reply import Body, body

KEPT_BYTES = 64 * 2**20
BY_KEY: dict[str, Form] = {form.key: form for form in FORMS}
TEXTS = ("csv", "json", "svg")  # get smaller when packed; the others are packed already


def media_type(form: str) -> str:
    """What the header says of a file."""
    return BY_KEY[form].mime + ("; charset=utf-8" if form in ("csv", "svg") else "")


@dataclass
class Kept:
    """Bodies of answers, those that were asked for last, up to `most` bytes in all."""

    most: int = KEPT_BYTES
    _bodies: OrderedDict[Hashable, Body] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    size: int = 0

    def file(self, one: Answer, form: str) -> Body:
        """The answer as a file of that form."""
        key = (one.release, one.id, one.lang, one.site, tuple(sorted(one.asked.items())), one.mark, form)
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        made = body(BY_KEY[form].make(one), one.release.version, pack=form in TEXTS)
        with self._lock:
            self._put(key, made)
        return made

    def _put(self, key: Hashable, made: Body) -> None:
        if key in self._bodies or made.size > self.most:
            return  # another thread made it meanwhile, or it alone is too large
        self._bodies[key] = made
        self.size += made.size
        while self.size > self.most:
            _, gone = self._bodies.popitem(last=False)
            self.size -= gone.size
