"""The service's settings: read from the environment once, with every problem reported at once.

Start in `reading.py`, the only list of variables and defaults; `settings.py` has the values after they are read.
"""

from provider.settings.problems import SettingsError
from provider.settings.reading import read_settings
from provider.settings.settings import Settings

__all__ = ["Settings", "SettingsError", "read_settings"]
