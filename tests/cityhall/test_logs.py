import json
import logging

from cityhall.logs import formatter


def line_of(**extra):
    record = logging.LogRecord("cityhall.test", logging.WARNING, __file__, 1, "mail was not sent", (), None)
    record.__dict__.update(extra)
    return json.loads(formatter().format(record))


def test_line_carries_the_details_of_the_work():
    line = line_of(work="notices.OutgoingMail", id=7, reason="SMTPRecipientsRefused 550")
    assert (line["event"], line["level"], line["logger"]) == ("mail was not sent", "warning", "cityhall.test")
    assert (line["work"], line["id"], line["reason"]) == ("notices.OutgoingMail", 7, "SMTPRecipientsRefused 550")


def test_line_leaves_out_what_is_not_named():
    line = line_of(request="<WSGIRequest: GET '/accounts/?token=secret'>", status_code=404)
    assert "secret" not in json.dumps(line)
    assert "status_code" not in line
