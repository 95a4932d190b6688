"""A company's list of its own people, with their teams and managers, brought in.

``reading`` makes lines of a file, ``planning`` says what each would do to who is here (pure, so that a preview is the
plan and nothing else), ``bringing`` does it.
"""
