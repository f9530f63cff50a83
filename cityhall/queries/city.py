"""The city this installation serves."""

from cityhall.models import Municipality


def city_of_page() -> Municipality | None:
    """The one city as header and footer name it, without its seal; None before the installation was set up."""
    return next(iter(Municipality.objects.all()[:1]), None)


def municipality() -> Municipality:
    """The one city. Raises Municipality.DoesNotExist before the installation was set up."""
    return Municipality.objects.select_related("seal_image").get(pk=Municipality.ONLY_PK)
