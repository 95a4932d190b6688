from tests.e2e.conftest import crm, people, running_stack

__all__ = ["crm", "people", "running_stack"]
