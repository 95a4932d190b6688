from libs.common.migrate import run_environment
from services.notifications.models import metadata

run_environment(metadata)
