"""What the pages of reports write in words."""

from django import template

from applications.reports.words import distance

register = template.Library()
register.filter("distance", distance)
