from libs.common.migrate import run_environment
from services.gateway.models import metadata

run_environment(metadata)
