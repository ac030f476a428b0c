"""Small broken files, one change each, by the section they break."""

from tests.domain.program.broken.after import AFTER
from tests.domain.program.broken.fields import FIELDS
from tests.domain.program.broken.intakes import INTAKES
from tests.domain.program.broken.judging import JUDGING
from tests.domain.program.broken.people import PEOPLE
from tests.domain.program.broken.places import PLACES
from tests.domain.program.broken.routes import ROUTES
from tests.domain.program.broken.scoring import SCORING
from tests.domain.program.broken.shape import SHAPE
from tests.domain.program.broken.stages import STAGES

ROWS = (*SHAPE, *PEOPLE, *ROUTES, *STAGES, *FIELDS, *JUDGING, *SCORING, *PLACES, *INTAKES, *AFTER)
