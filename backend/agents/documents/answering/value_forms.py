"""What the values that a question wants look like in a text: lengths of time, money, days, moments."""

import re

from backend.agents.documents import months

_LENGTHS = (
    r"days?|weeks?|months?|years?|hours?|minutes?|seconds?|h|min|nights?|decades?"
    r"|tage?n?|wochen?|monate?n?|jahre?n?|stunden?|minuten?|sekunden?|nächten?"
    r"|jours?|semaines?|mois|ans?|années?|heures?|secondes?|nuits?"
)
_COUNTS = (
    r"\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
    r"|eine?[nm]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf"
    r"|une?|deux|trois|quatre|cinq|sept|huit|neuf|dix|douze"
)
_DISTANCES = (
    r"m|km|cm|mm|ft|feet|foot|miles?|met(?:er|re)s?|inch(?:es)?|pages?|characters?|letters?|"
    r"words?|lines?|signs?|kilomet(?:er|re)s?"
)
_MONEY = (
    r"[$€£¥]|\b(?:usd|eur|gbp|chf|euros?|dollars?|pounds?|francs?|cents?|yen|rupees?|crowns?)\b|%"
    r"|\bper ?cent\b|\bfree\b|\bno (?:charge|fee)\b"
    r"|\b(?:days?|weeks?|months?|years?)['’]?s?['’]? (?:rent|salary|pay|wages)\b"
)
OF_KIND: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\bhow long\b|\bwie lange?\b|\bcombien de temps\b", re.IGNORECASE),
        re.compile(
            rf"\b(?:{_COUNTS})[\s-]+(?:[^\W\d_]+\s+)?(?:{_LENGTHS}|{_DISTANCES})\b"
            r"|\b(?:from|von|du|de)\b.{3,40}\b(?:to|until|bis|au|à)\b.{0,12}\d|\b(?:until|permanent\w*|indefinite\w*|unlimited|bis|unbefristet\w*|unbestimmte|jusqu\w*|indéterminée?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(r"\bhow often\b|\bwie oft\b|\bà quelle fréquence\b", re.IGNORECASE),
        re.compile(
            r"\b(?:jede[nrs]?|täglich|wöchentlich|monatlich|jährlich|\w*mal|chaque|tous les|toutes les|fois|par) ?\b"
            r"|\b(?:times?|once|twice|thrice|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?|hourly|every|each|per|"
            r"(?:a|an) (?:day|week|month|quarter|year))\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(
            r"\bhow much\b[^?]*\bweighs?\b|\bhow heavy\b|\bwie schwer\b|\bwie ?viel\b.*\bwiegt\b", re.IGNORECASE
        ),
        re.compile(
            r"\d\s?(?:kg|g|mg|t|lbs?|oz|kilos?|pounds?|stone|ounces?|tons?|tonnes?|tonnen|gramm|(?:kilo)?grams?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(
            r"\bhow much\b[^?]*\b(?:paid|pays?|costs?|spen[dt]s?|earns?|charged?|worth|reimbursed|owes?)\b",
            re.IGNORECASE,
        ),
        re.compile(_MONEY, re.IGNORECASE),
    ),
)
"""What a figure must look like where the question says of what kind it is: a length of time, how often, money."""
DATE = re.compile(
    r"\b(?:19|20)\d{2}\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{1,2}[.:]\d{2}\b|\b\d{1,2}\s?[ap]\.?m\b"
    rf"|\b(?:(?:{'|'.join(months.WRITTEN_OUT)}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|noon|midnight)\b"
    r"|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\b|\d{1,2} ?(?:uhr|heures?|h)\b"
    rf"|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b|(?:{_LENGTHS})\b)",
    re.IGNORECASE,
)
"""A day, or how long after something."""
MOMENT = re.compile(
    r"\b(?:after|before|until|till|once|as soon as|whenever|immediately|at once|(?:up)?on (?:arrival|receipt|delivery|"
    r"request|demand|signing|signature|completion|departure)|nach|vor|bis|sobald|sofort|bei (?:[^\W\d_]+ )?"
    r"(?:Ankunft|Lieferung|Abreise|Empfang|Abholung)|après|avant|dès|jusqu\w*|à l['’]arrivée|à la livraison)\b",
    re.IGNORECASE,
)
"""A time that is named by what happens then."""
