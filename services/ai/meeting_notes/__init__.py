"""Notes of a meeting: a summary, next steps with dates, and what to change on the deal; nothing is done by itself.

The notes are data that anybody may have typed. What is proposed rests on words that stand in them, and a person ticks
what is to be done.
"""

from services.ai.meeting_notes.minutes import Change, Minutes, Notes, Step
from services.ai.meeting_notes.task import task

__all__ = ["Change", "Minutes", "Notes", "Step", "task"]
