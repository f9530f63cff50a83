"""The product's addresses and the style guide, which a real city does not have."""

from django.urls import path

from portal.urls import urlpatterns as of_the_product
from portal.views.style import style

urlpatterns = [path("style/", style), *of_the_product]
