from libs.common.migrate import run_environment
from services.deals.models import metadata

run_environment(metadata)
