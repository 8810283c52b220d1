"""The controls of the notebooks: what moves a result on the screen, and saves what was chosen.

Each returns a widget to display. A control is called like the module it stands in, so it is imported here at once: a
module imported later would take the place of its control.
"""

# one line for each control, added with its module
from workbook.exhibits.live.form import form
from workbook.exhibits.live.gate import gate
from workbook.exhibits.live.levers import levers
from workbook.exhibits.live.pick import pick
from workbook.exhibits.live.sample import sample
from workbook.exhibits.live.source import source
from workbook.exhibits.live.start import start
from workbook.exhibits.live.view import view
from workbook.exhibits.live.weights import weights

__all__ = ["form", "gate", "levers", "pick", "sample", "source", "start", "view", "weights"]
