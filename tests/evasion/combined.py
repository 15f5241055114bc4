"""Two and three tricks at once: a boundary hard to read around an encoding hard to read around a body hard to decode.

Drawn by number from the tricks of the other modules, so that each message is the same every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.evasion import base64_body, boundary_parameter, delimiter, encoding_field, field_name
from tests.evasion.doubtful import why
from tests.evasion.payload import COVER, KIND, PLACES, SAVED, Hidden, b64, mixed, parts

_COUNT = 400


def messages() -> Iterator[Hidden]:
    """As many as `_COUNT`."""
    fields = [name for name in encoding_field.fields() if not name.startswith(("name-past", "value-short-qp"))]
    bodies = [name for name in base64_body.bodies() if not why(f"base64-body/{name}")]
    for number in range(_COUNT):
        dice = random.Random(number)
        field, body = dice.choice(fields), dice.choice(bodies)
        name, entity = _container(dice, _part(dice, field, body))
        place = dice.choice(sorted(PLACES))
        raw = PLACES[place](entity)
        yield Hidden("combined", f"{number:03}-{name}-{field}-{body}-{place}", raw)


def _part(dice: random.Random, field: str, body: str) -> bytes:
    content = dice.choice((mixed(), b64() if field in encoding_field.UNSAID else base64_body.bodies()[body]))
    return KIND + SAVED + encoding_field.fields()[field] + b"\r\n\r\n" + content


def _container(dice: random.Random, entity: bytes) -> tuple[str, bytes]:
    """The part in a multipart that is hard to read: by its boundary, by the name of its field, or by its delimiters."""
    way = dice.randrange(4)
    if way == 0:
        name, (value, boundary) = dice.choice(sorted(boundary_parameter.FORMS.items()))
        return name, b"Content-Type:" + value + b"\r\n\r\n" + parts(boundary, COVER, entity)
    if way == 1:
        name, values = dice.choice(sorted(boundary_parameter.TWO_FIELDS.items()))
        head = b"".join(b"Content-Type:" + value + b"\r\n" for value in values)
        return name, head + b"\r\n--zz\r\n\r\nhi\r\n" + parts(b"ab", COVER, entity) + b"--zz--\r\n"
    if way == 2:
        name, field = dice.choice(sorted(field_name.NAMES.items()))
        return name, field + b"\r\n\r\n" + parts(b"ab", COVER, entity)
    name, form = dice.choice(sorted(delimiter.around().items()))
    return name, b"Content-Type: multipart/mixed; boundary=ab\r\n\r\n" + form(entity)
