"""The city this installation serves."""

from cityhall.models import Municipality


def municipality() -> Municipality:
    """The one city. Raises Municipality.DoesNotExist before the installation was set up."""
    return Municipality.objects.select_related("seal_image").get(pk=Municipality.ONLY_PK)
