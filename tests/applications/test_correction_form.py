from applications.answers import Row, Section
from applications.forms import CorrectionForm


def test_what_nobody_typed_is_not_offered_for_correction():
    """A comment on a sum would leave its applicant with nothing to change."""
    rows = (Row("children", "子ども", "1人"), Row("total", "合計", "5,000円", is_given=True))
    form = CorrectionForm({"revision": "1", "comment-total": "違います"}, sections=[Section(1, "家族", rows)])
    assert list(form.fields) == ["revision", "message", "comment-children"]
    assert [row.key for _section, blocks in form.blocks() for row, _box in blocks] == ["children"]
    assert not form.is_valid()
