"""Words that a question is put in, whatever it is about: of asking, comparing and reporting."""

_FRAMING = """
10-k 10-q 10-qs affect affected align aligned aligns alteration alterations analyse analysis analyze analyzed announce
announced aspect aspects assess associated based behind breakdown cause causes chief combine compare compared compares
comparing comparison concerning connect connection consequence consequences considerable consistent context contribute
contributed contributing correlate correlates correlation correspond corresponds data describe detail detailed details
different discern discerned disclose disclosed disclosure disclosures discuss discussed discussion driver drivers
driving effect effects element elements engage engaged evaluate examine explore factor factors filing filings gleaned
highlight highlighted identifiable identified identify impact impacts implication implications indicate indicates
influence influenced influences information insight insights key list made major make making measure movement
movements notable notably noted occurred outline outlined overall partaken particular particularly pattern patterns
perspective play played please potential potentially presented primary principal provide provided provides quarterly
reason reasons reflect reflects regarding relate related relates relation relationship repercussion repercussions
report reported reporting reports respective revealed role section sections seen separately shared shift shifted
shifts significant significantly specific specifically stack substantial substantially suggest suggests summarise
understand undertake undertaken various
decide decided decides resolved beschlossen beschließt entschieden décidé décidée
"""
_GENERAL = """
about above accordance account across affecting announcement announcements any appear approximately area areas arise
arisen attribute attributed brief business caused characterize combined comment company comparable could described
description determine difference distribution document documents due during each economic economy emerging entire
especially evolution evolve example examples exist explain explanation extent financial financially fluctuate
fluctuated fluctuation fluctuations focus focuses following form found general generated given happen happened imply
indicated into investigate issue issues know known last lead led magnitude main manner material matter meaningful
mention mentioned might nature new newly noteworthy observed occur ones operation operations over overview part past
per performance period periods plan point points position present previous prior relative relevant represent result
resulted results reveal review scale see show shown similar since situation size stand state stated statement
statements status strategic subject suggested summarize summary taken term terms through throughout time timeframe
together toward trend trends type types use used utilize varied vary versus view way ways
"""

FRAMING: frozenset[str] = frozenset(_FRAMING.split())
"""Words that are hardly worth searching for."""

SAYING_NO_MATTER: frozenset[str] = FRAMING | frozenset(_GENERAL.split())
"""These, and words that name no matter though passages are found by them: a sentence need not have them to answer."""
