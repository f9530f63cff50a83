"""What a question asks for, in words that all forms share."""

KNOWN_CONCEPTS = frozenset(
    {
        "applicant.name",
        "applicant.kana",
        "applicant.birth_date",
        "applicant.address",
        "applicant.phone",
        "applicant.email",
    }
)
