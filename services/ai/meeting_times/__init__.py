"""When somebody says that a meeting suits them: ``Thursday afternoon works best`` as days and hours of their own clock.

The words are data that anybody may have typed. What is found only narrows the free times that a person is offered.
"""

from services.ai.meeting_times.reply import Asked, Times, Window
from services.ai.meeting_times.task import task

__all__ = ["Asked", "Times", "Window", "task"]
