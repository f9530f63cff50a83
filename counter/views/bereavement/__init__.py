"""Pages of the corner for the bereaved: the family's, the departments', those of the one desk. docs/bereavement.md."""
