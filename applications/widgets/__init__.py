"""Widgets that Django does not bring, one module per noun."""

from applications.widgets.addresses import AddressWidget
from applications.widgets.base import PartsWidget
from applications.widgets.consent import ConsentWidget
from applications.widgets.dates import DateWidget
from applications.widgets.files import FilesWidget

__all__ = ["AddressWidget", "ConsentWidget", "DateWidget", "FilesWidget", "PartsWidget"]
