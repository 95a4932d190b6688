from libs.common.migrate import run_environment
from services.billing.models import metadata

run_environment(metadata)
