"""German and French words that may stand for one another, in the forms that questions and documents have: the index
knows the stems of English words alone."""

GERMAN: tuple[tuple[str, ...], ...] = tuple(
    tuple(group.split())
    for group in """
bekommen bekommt bekam erhalten erhält erhielt zuschlag vergeben
beginnen beginnt begann beginn starten startet start anfang
enden endet endete ende ablauf abläuft
kosten kostet kostete preis betrag gebühr entgelt
zahlen zahlt bezahlen bezahlt zahlung beträgt
liefern liefert geliefert lieferung liefertermin lieferzeit
kündigen kündigt gekündigt kündigung kündigungsfrist
mitarbeiter mitarbeiterinnen beschäftigte angestellte belegschaft
urlaub urlaubstage urlaubsanspruch ferien
gehalt gehälter lohn löhne vergütung
umsatz umsätze umsatzerlöse erlöse
gewinn jahresüberschuss überschuss
leiten leitet geleitet leitung leiter leiterin
verantwortlich zuständig verantwortung zuständigkeit verantwortet
garantie gewährleistung
erlaubt gestattet zulässig
verboten untersagt unzulässig
ablehnen abgelehnt ablehnung
beschließen beschließt beschlossen beschluss beschlüsse
verschieben verschiebt verschoben verzögert
wechseln wechselt gewechselt austauschen ausgetauscht ersetzen ersetzt
versicherung versichert versicherungsschutz
anwesend teilnehmer teilnehmerinnen teilgenommen
kaufen kauft gekauft kauf anschaffen angeschafft anschaffung erwerben erworben
öffnen öffnet geöffnet öffnung öffnungszeiten
schließen schließt geschlossen schließung
reparieren repariert reparatur instandsetzung
gültig gültigkeit gilt gelten
wohnen wohnt wohnhaft anschrift adresse
schwer gewicht wiegt
""".strip().splitlines()
)

FRENCH: tuple[tuple[str, ...], ...] = tuple(
    tuple(group.split())
    for group in """
commencer commence commencera commencent début débute débutera démarre démarrera démarrage
finir finit terminer termine terminera fin achèvement
coûter coûte coûtent coût prix tarif montant
payer paie paye payé paiement
livrer livre livré livrée livraison
résilier résilie résiliation préavis
employé employés salarié salariés effectif personnel
congé congés vacances
salaire salaires rémunération
ventes chiffre recettes
bénéfice bénéfices résultat
responsable dirige dirigé chargé chargée
autorisé autorisée permis
interdit interdite défendu
recevoir reçoit reçu obtient obtenir obtenu obtenue attribué attribuée attribution remporte remporté
décider décide décidé décidée décision
reporter reporté reportée retard retardé
acheter achète acheté achetée achat
ouvrir ouvre ouvert ouverte ouverture
fermer ferme fermé fermée fermeture
réparer réparé réparation
remplacer remplacé remplacée remplacement
assurance assuré assurée couverture
présent présents présente participants
valable validité
poids pèse
""".strip().splitlines()
)
