"""Files of other cities, good and hostile, for the tests of the exchange."""

import io
import stat
import zipfile

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import FormVersion, LifeEvent, Procedure
from cityhall.models import StoredFile
from cityhall.services.files import check_pending_files
from notices.models import NoticeType
from tests.applications.catalogue_files import LIFE_EVENTS, PROCEDURE

DOG_EVENTS = [LIFE_EVENTS[1]]


def dog(**changes):
    """The file of a procedure as text."""
    return yaml.safe_dump(PROCEDURE | {"keep_settings": True} | changes, allow_unicode=True, sort_keys=False)


def package(files):
    """A ZIP of these texts or bytes by path."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()


def dogs(**changes):
    """A package with the dog and the life event it points at."""
    events = yaml.safe_dump(DOG_EVENTS, allow_unicode=True)
    return package({"life_events.yaml": events, "procedures/dog.yaml": dog(**changes)})


def another_city():
    """A package that shows all there is to show: new, changed, a department to choose, a file that cannot be read."""
    plain = {"approval_notice": "", "refusal_notice": "", "life_events": ["home", "festival"]}
    return package(
        {
            "life_events.yaml": "- {key: home, name: 住まい}\n- {key: festival, name: 祭り}\n",
            "procedures/dog.yaml": dog(department="bosai", **plain),
            "procedures/inu-toroku.yaml": dog(key="inu-toroku", fee="9,000円", **plain),
            "procedures/cat.yaml": dog(key="cat", department="elsewhere", **plain),
            "procedures/broken.yaml": "key: [",
        }
    )


def with_link():
    info = zipfile.ZipInfo("procedures/dog.yaml")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def lying():
    """A ZIP that says of a long file that it is short."""
    data = bytearray(package({"procedures/dog.yaml": "a" * 15_000}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def upload(client, data, name="catalogue.zip"):
    """Send a file to the import page."""
    return client.post(reverse("applications:procedure_import"), {"file": SimpleUploadedFile(name, data)})


def uploaded(client, data, name="catalogue.zip"):
    """The address of the page that shows the difference; the file has passed its check."""
    response = upload(client, data, name)
    assert response.status_code == 302, response.context["form"].errors
    check_pending_files()
    return response.url


def take(client, address, *keys, **data):
    """Press 取り込む for these procedures on the page as it is now."""
    page = client.get(address).context
    values = {"seen": page["outlook"].seen, "key": keys, **page["departments"]}
    return client.post(address, values | data, follow=True)


def everything():
    """All rows that an import may write."""
    models = (LifeEvent, Procedure, FormVersion, NoticeType, Procedure.life_events.through)
    return [list(model.objects.order_by("pk").values()) for model in models]


def stored():
    return StoredFile.objects.get(kind="import")


def said(response):
    return [str(message) for message in response.context["messages"]]
