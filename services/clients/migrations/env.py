from libs.common.migrate import run_environment
from services.clients.models import metadata

run_environment(metadata)
