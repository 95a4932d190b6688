from libs.common.migrate import run_environment
from services.ai.models import metadata

run_environment(metadata)
