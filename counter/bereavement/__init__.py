"""The corner for the bereaved (おくやみコーナー): what is asked, what departments look up, and the days that follow.

Pure beside `enums`: no models, no requests. docs/bereavement.md.
"""
