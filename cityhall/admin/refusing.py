"""A service that refuses while the admin saves: said by the field, with everything that was typed still there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from cityhall.errors import DomainError

if TYPE_CHECKING:
    # it takes a parameter in the stubs only
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin

_REFUSED = "refused_while_saving"


class RefusingAdmin(AnyModelAdmin):
    """For classes whose `save_model` calls a service: what changed after the form was checked is a mistake in the form.

    The transaction of the first try is rolled back; the form is then checked once more with the refusal in it.
    """

    refusals: ClassVar[Mapping[type[DomainError], str]] = {}
    """The field that an error belongs to; errors that are not named here go through."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except tuple(self.refusals) as error:
            setattr(request, _REFUSED, error)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        error = getattr(request, _REFUSED, None)
        return _refused(form, self.refusals[type(error)], str(error)) if isinstance(error, DomainError) else form


def _refused(form: Any, field: str, text: str) -> Any:
    class RefusedForm(form):  # type: ignore[misc]
        def _post_clean(self) -> None:
            super()._post_clean()
            # what the model says itself by now is said once
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, text)

    return RefusedForm
