"""What admins set and watch: the company, people, stages, ways to the outside, and how the system is."""
