"""Names of the months in four languages: English ones are also shortened, those of the others are written out."""

ENGLISH = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)

_OTHERS = """
januar jänner janvier enero, februar feber février fevrier febrero, märz maerz mars marzo, avril abril, mai mayo,
juni juin junio, juli juillet julio, août aout agosto, septembre septiembre, oktober octobre octubre,
novembre noviembre, dezember décembre decembre diciembre
"""
OTHERS: dict[int, tuple[str, ...]] = {
    number: tuple(names.split()) for number, names in enumerate(_OTHERS.split(","), start=1)
}
"""German, French and Spanish names of each month that are not the English one."""

NUMBERS: dict[str, int] = {
    **{name[:length]: number for number, name in enumerate(ENGLISH, start=1) for length in (3, len(name))},
    **{name: number for number, names in OTHERS.items() for name in names},
}
"""The number of each name in small letters."""

NAMES = "|".join(sorted(NUMBERS, key=len, reverse=True))
"""All names as alternatives of a regular expression, the longest first."""

WRITTEN_OUT: tuple[str, ...] = (*ENGLISH, *(name for names in OTHERS.values() for name in names))
"""The names that are not shortened."""
