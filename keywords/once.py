"""A property that is worked out once, when it is first asked for. Unlike `functools.cached_property` of Python 3.11 it takes no lock."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ["once"]

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801 - reads as a decorator
    """Keeps the value beside the instance's attributes. Two threads that ask at the same time may both work it out."""

    def __init__(self, work: Callable[[Any], Value]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "once[Value]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> "once[Value] | Value":
        """Return the value; from the second time on it is found before this is asked."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work(instance)
        return value
