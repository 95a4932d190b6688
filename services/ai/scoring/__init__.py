"""How likely an open deal is to be won, by the company's own history of won and lost deals.

``visits`` says what is known of a deal when it enters a stage, ``columns`` turns that into numbers, ``model`` computes
a probability and its reasons from stored coefficients, ``training`` finds them and judges them on deals they never saw.
Only ``training`` needs scikit-learn, and loads it when it fits.
"""

from services.ai.scoring.model import Reason, ScoreModel
from services.ai.scoring.training import NEEDED, NEEDED_EACH, Trained, train
from services.ai.scoring.visits import ClosedVisit, Visit

__all__ = ["NEEDED", "NEEDED_EACH", "ClosedVisit", "Reason", "ScoreModel", "Trained", "Visit", "train"]
