"""Pages of staff for the kinds of notices."""

from django.urls import URLPattern, URLResolver, path

from notices.views.kinds import listing, rules, texts, versions

_KIND = "staff/notices/kinds/<slug:key>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/notices/kinds/", listing.kind_list, name="kind_list"),
    # before the kinds: none is called so
    path("staff/notices/kinds/new/", rules.kind_new, name="kind_new"),
    path(_KIND, listing.kind_detail, name="kind_detail"),
    path(f"{_KIND}rules/", rules.kind_rules, name="kind_rules"),
    path(f"{_KIND}text/", texts.kind_text, name="kind_text"),
    path(f"{_KIND}text/letter.pdf", texts.kind_text_letter, name="kind_text_letter"),
    path(f"{_KIND}versions/", versions.kind_versions, name="kind_versions"),
    path(f"{_KIND}versions/<int:number>/sample.pdf", listing.kind_sample, name="kind_sample"),
    path(f"{_KIND}versions/<int:number>/files/<int:position>/", listing.kind_file, name="kind_file"),
]
