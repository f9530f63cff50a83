"""Reading a My Number card in a visit."""

from django.urls import URLPattern, URLResolver, path

from counter.views.desk import card

card_urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/visits/<str:public_id>/card/", card.visit_card, name="visit_card"),
    path("staff/visits/<str:public_id>/card/order/", card.visit_card_order, name="visit_card_order"),
]
