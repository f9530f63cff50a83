"""The corner for the bereaved (おくやみコーナー): what is asked, looked up, printed, and when. docs/bereavement.md."""
