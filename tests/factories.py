"""Makers of rows that many tests need. Plain functions; each call makes something new."""

import datetime as dt
import itertools

from django.utils import timezone

from cityhall.models import Department, Municipality, StaffRole, User
from residents.enums import ResidentSource
from residents.models import Resident
from residents.names import fold_kana, fold_name

PASSWORD = "test-password-2026"
_number = itertools.count(1)

DEPARTMENTS = {"kosodate": "子育て支援課", "shimin": "市民課", "kaigo": "介護保険課", "digital": "デジタル推進課"}


def make_municipality(**fields):
    values = {
        "pk": Municipality.ONLY_PK,
        "code": "132993",
        "name": "緑野市",
        "name_kana": "ミドリノシ",
        "name_en": "Midorino City",
        "prefecture": "東京都",
        "postal_code": "1000013",
        "address": "東京都緑野市中央一丁目1番1号",
        "phone": "0420000000",
        "email": "info@city.example.jp",
        "office_name": "緑野市役所",
        "mayor_title": "緑野市長",
        "mayor_name": "青木 陽一郎",
        "document_symbol": "緑",
        "opening_hours": "平日 8時30分〜17時15分",
    }
    return Municipality.objects.create(**values | fields)


def make_department(code=None, name=None, **fields):
    code = code or f"dept{next(_number)}"
    return Department.objects.create(code=code, name=name or DEPARTMENTS.get(code, code), **fields)


def make_departments():
    """Four departments by code."""
    return {code: make_department(code) for code in DEPARTMENTS}


def make_user(email=None, *, name="", is_staff=False, verified=True, **fields):
    """A user with a password and a proven address."""
    email = email or f"user{next(_number)}@example.jp"
    user = User.objects.create_user(
        email, PASSWORD, name=name, is_staff=is_staff, email_verified_at=timezone.now() if verified else None, **fields
    )
    if verified:
        user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def make_staff(email=None, *, role, department=None, name="", active_from=dt.date(2020, 1, 1), active_until=None):
    """A member of staff with one role; without a department only administrators, auditors and heads of districts."""
    user = make_user(email or f"staff{next(_number)}@city.example.jp", name=name, is_staff=True)
    StaffRole.objects.create(
        user=user, role=role, department=department, active_from=active_from, active_until=active_until
    )
    return user


def make_resident(*, user=None, family="高橋", given="さくら", family_kana="タカハシ", given_kana="サクラ", **fields):
    """A person the city knows, living in the city, with what forms ask for."""
    values = {
        "source": ResidentSource.SELF,
        "user": user,
        "family_name": family,
        "given_name": given,
        "full_name": f"{family} {given}",
        "family_kana": family_kana,
        "given_kana": given_kana,
        "full_kana": f"{family_kana} {given_kana}",
        "search_name": fold_name(f"{family}{given}"),
        "search_kana": fold_kana(f"{family_kana}{given_kana}"),
        "birth_year": 1990,
        "birth_month": 4,
        "birth_day": 12,
        "birth_date": dt.date(1990, 4, 12),
        "postal_code": "1000013",
        "prefecture": "東京都",
        "city": "緑野市",
        "town": "緑町",
        "street": "3-30-8",
        "building": "郵便ビル403号",
        "phone": "+819012345678",
        "phone_entered": "090-1234-5678",
        "contact_email": user.email if user else "",
    }
    return Resident.objects.create(**values | fields)


def make_resident_user(email=None, **fields):
    """A resident who can sign in; the user is `resident.user`."""
    family, given = fields.get("family", "高橋"), fields.get("given", "さくら")
    return make_resident(user=make_user(email, name=f"{family} {given}"), **fields)
