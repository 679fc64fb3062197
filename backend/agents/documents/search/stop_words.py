"""Words that say nothing about what is asked: function words of four languages, and the verbs questions use."""

_ENGLISH = """
a about above after again against all also am an and any anybody anyone anything are aren't as at be because been
before being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down
during each either else ever every few for from further had has have having he her here hers him his how i if in
into is isn't it its itself just let like me mine more most much my myself no nor not now of off on once only or
other our ours out over own per please same shall she should so some somebody something such than that the their
theirs them themselves then there these they this those through to too under until up upon us very was wasn't we
were weren't what what's whatever when whenever where where's which while who who's whom whose why will with within
without won't would yes yet you your yours yourself
"""
_ASKING = """
ask asked came come comes coming contain describe described
documents document explain file files find folder get gets give given gives go
goes going gone got went
happen happened happens help inform know list look many may mean means mention mentioned might must near need
needs overview question say says said see show shows state stated summarise summarize summary take tell think true
understand used using want wants
"""
_GERMAN = """
aber alle allem allen aller als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein deine dem
den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer
eines er es etwas euch euer für gegen gibt haben hat hatte hatten habe hast hier hinter ich ihm ihn ihnen ihr ihre
ihrem ihren ihrer im in ist ja jede jedem jeden jeder jedes kann kannst kein keine können könnte machen man mein
meine mich mir mit muss müssen nach nicht noch nun nur oder ohne sehr seid sein seine sich sie sind so soll sollen
über um und uns unser unsere unter viel viele vom von vor wann war waren warum was weil welche welchem welchen
welcher welches wem wen wenn wer werden wie wieder will wir wird wo wurde wurden zu zum zur zwischen
erfolgt erfolgen erfolgte findet statt stattfindet stattfinden war wäre weshalb wieso wohin woher
wann darf dürfen etwa bzw
"""
_FRENCH = """
au aux avec ce ces cet cette comment dans de des du elle elles en est et être eux il ils je la le les leur leurs
lui ma mais mes moi mon ne nos notre nous on ou où par pas pour pourquoi qu quand que quel quelle quelles quels qui
quoi sa sans ses son sont sur ta te tes toi ton tu un une vos votre vous combien
a ont été était sera seront y t est-ce
peut peuvent doit doivent faut fait entre depuis après avant lors chez aussi
"""
_SPANISH = """
al como cómo con cual cuál cuando cuándo cuánto cuántos de del donde dónde el ella ellos en entre es esta este esto
está hay la las lo los más me mi muy no nos o para pero por porque qué que quien quién se ser si sin sobre son su
sus también te tiene tu un una uno unos y ya yo
"""

STOP_WORDS: frozenset[str] = frozenset(f"{_ENGLISH} {_ASKING} {_GERMAN} {_FRENCH} {_SPANISH}".split())
