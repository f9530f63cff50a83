"""Choosing the receivers of a mass notice by what is known of them.

A segment is JSON in the condition language over the facts of `cityhall.registry.segment_facts`:

    {"who": condition}                      everybody for whom it holds
    {"who": condition, "about": condition}  a notice for each person for whom `about` holds, to a grown-up of the same
                                            household for whom `who` holds
"""

from notices.segments.facts import fact_of, facts_of_all
from notices.segments.segment import Segment, SegmentRefused, read_segment
from notices.segments.walking import count_people, people_after

__all__ = ["Segment", "SegmentRefused", "count_people", "fact_of", "facts_of_all", "people_after", "read_segment"]
