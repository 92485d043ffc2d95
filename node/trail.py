"""Where an error came from, without what it says: that may hold somebody's words, or a secret."""

from types import FrameType

LONGEST = 8  # steps


def trail(error: BaseException) -> str:
    """The error's kind and the way to it, and the same of its cause: for the log, and for telling us."""
    steps = []
    step = error.__traceback__
    while step is not None:
        steps.append(f"{_place(step.tb_frame)}:{step.tb_lineno}")
        step = step.tb_next
    came = (
        f"{type(error).__module__}.{type(error).__qualname__} at {' > '.join(steps[-LONGEST:]) or 'nowhere'}"
    )
    cause = error.__cause__
    return f"{came}, because of {trail(cause)}" if cause is not None else came


def _place(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}"
