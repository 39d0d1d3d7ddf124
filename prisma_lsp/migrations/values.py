"""Values as `dataclasses` makes them, but quick to build: a long history has a million of them.

``frozen`` is held by the type checker alone: at run time it would cost more than all the rest of making
a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(*, frozen, slots):
        """As `dataclasses.dataclass`, for classes with two fields or more."""
        assert frozen

        def made(cls):
            cls = dataclasses.dataclass(slots=slots, unsafe_hash=True)(cls)
            names = [field.name for field in dataclasses.fields(cls)]
            _PARTS[cls] = attrgetter(*names), {name: at for at, name in enumerate(names)}
            return cls

        return made

    def replace(value, /, **changes):
        """As `dataclasses.replace`."""
        parts, places = _PARTS[type(value)]
        values = list(parts(value))
        for name, new in changes.items():
            values[places[name]] = new
        return type(value)(*values)

    _PARTS = {}
