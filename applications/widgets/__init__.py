"""Widgets that Django does not bring, one module per noun."""

from applications.widgets.addresses import AddressWidget
from applications.widgets.banks import BankWidget
from applications.widgets.base import PartsWidget
from applications.widgets.consent import ConsentWidget
from applications.widgets.dates import BirthDateWidget, DateTimeWidget, DateWidget
from applications.widgets.files import FilesWidget
from applications.widgets.given import GivenWidget, NoWidget
from applications.widgets.names import NameWidget
from applications.widgets.other import OtherWidget
from applications.widgets.place import PlaceWidget
from applications.widgets.signature import SignatureWidget

__all__ = [
    "AddressWidget",
    "BankWidget",
    "BirthDateWidget",
    "ConsentWidget",
    "DateTimeWidget",
    "DateWidget",
    "FilesWidget",
    "GivenWidget",
    "NameWidget",
    "NoWidget",
    "OtherWidget",
    "PartsWidget",
    "PlaceWidget",
    "SignatureWidget",
]
