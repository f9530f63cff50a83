"""What the server of tests/killing.py imports before it forks: all of the product."""

from importlib import import_module

import django

django.setup()
import_module("portal.urls")
