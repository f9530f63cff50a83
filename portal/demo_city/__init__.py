"""緑野市 (Midorino), a city that does not exist, made the same at every run from a seed.

Nobody in it is real: names are drawn from frequency lists written for this purpose, and the numbers
of people, households and telephones count up or come from ranges that are not given out. The city's
code 132993 has a valid check digit and belongs to no municipality. Its towns are invented; they
borrow the postal codes of Ōme and its neighbours (198-00xx), because an address form must find
something for a code: what it finds is the real town, not one of ours.
"""
