"""Addresses that exist in the demo only; `page_urls` takes them in."""

from django.urls import URLPattern, path

from portal.views import demo, style

urlpatterns: list[URLPattern] = [
    path("demo/", demo.demo_accounts, name="demo_accounts"),
    path("demo/sign-in/", demo.demo_sign_in, name="demo_sign_in"),
    path("demo/device/", demo.demo_device, name="demo_device"),
    path("demo/mail/", demo.demo_mail, name="demo_mail"),
    path("style/", style.style, name="style"),
]
