"""Reports over HTTP: their figures, their files, what is mailed of them.

``declared.py`` has the table of reports; ``figures.py`` serves each of them as JSON, CSV and XLSX, ``files.py`` what is
made elsewhere and fetched, ``mailed.py`` the daily summary and the schedules, ``targets.py`` what is aimed at.
"""
