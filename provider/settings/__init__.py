"""The service's settings: out of the environment, once, with every problem at once."""

from provider.settings.problems import SettingsError
from provider.settings.reading import read_settings
from provider.settings.settings import Settings

__all__ = ["Settings", "SettingsError", "read_settings"]
