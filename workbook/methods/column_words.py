"""Words by which columns are named, in several languages: what they tell about a column's role, and about people.

They say how programs name their columns and decide no figure, so they stand beside the code that reads files, as the
ways of writing dates do, and not in the framework, whose version every deliverable carries.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

Role = Literal[
    "case", "activity", "timestamp", "start", "resource", "opened", "closed", "status", "outcome", "cost", "sequence"
]

# By role and language; "weak" are words that say little alone. The English ones include those of the XES standard.
_ROLE_WORDS: dict[Role, dict[str, str]] = {
    "case": {
        "en": "case, case id, case number, ticket, incident, request id, order, order id, order number, invoice, "
        "caseid, orderid, ticketid, claim, claim id, application id, process id, trace, unique key, case concept name",
        "de": "fall, fallnummer, vorgang, vorgangsnummer, auftrag, auftragsnummer, rechnung, rechnungsnummer, "
        "aktenzeichen, antragsnummer, belegnummer, schadennummer, bestellnummer",
        "fr": "dossier, numéro de dossier, cas, affaire, commande, demande, facture, sinistre",
        "es": "caso, número de caso, expediente, pedido, solicitud, factura, siniestro",
        "nl": "zaak, zaaknummer, dossier, dossiernummer, ordernummer, aanvraag, factuur, factuurnummer, melding",
        "it": "pratica, numero pratica, caso, ordine, richiesta, fattura",
        "weak": "id, number, no, nr, key, ref, reference, code, nummer, schlüssel, numéro, numero, clave, sleutel",
    },
    "activity": {
        "en": "activity, activity name, action, event, event name, step, task, operation, concept name",
        "de": "aktivität, tätigkeit, schritt, arbeitsschritt, prozessschritt, ereignis, aktion, aufgabe, vorgangsart",
        "fr": "activité, étape, événement, tâche, opération",
        "es": "actividad, paso, evento, tarea, operación",
        "nl": "activiteit, stap, processtap, gebeurtenis, taak, handeling",
        "it": "attività, fase, evento, passo",
        "weak": "state, status, stage, phase, queue, zustand, statut, état, statut, estado, etapa, toestand, stato",
    },
    "timestamp": {
        "en": "timestamp, time stamp, event time, completed, complete, completion, completed at, end, end time, ended, "
        "finished, done, updated, changed, time timestamp",
        "de": "zeitstempel, zeitpunkt, ende, endzeit, beendet, abgeschlossen, geändert, änderungsdatum, fertiggestellt",
        "fr": "horodatage, fin, heure de fin, terminé, modifié, mis à jour",
        "es": "marca de tiempo, fin, hora de fin, terminado, modificado, actualizado",
        "nl": "tijdstempel, tijdstip, einde, eindtijd, gereed, gewijzigd, bijgewerkt",
        "it": "fine, data fine, completato, modificato, aggiornato",
        "weak": "time, date, datetime, at, on, zeit, datum, uhrzeit, date, heure, fecha, hora, tijd, data, ora",
    },
    "start": {
        "en": "start, started, start time, begin, began, beginning, started at",
        "de": "start, beginn, begonnen, startzeit, anfang, gestartet",
        "fr": "début, commencé, heure de début, démarrage",
        "es": "inicio, hora de inicio, comienzo, iniciado",
        "nl": "start, starttijd, begin, begintijd, aanvang, gestart",
        "it": "inizio, data inizio, iniziato",
    },
    "resource": {
        "en": "resource, user, agent, clerk, employee, assignee, assigned to, handled by, performed by, updated by, "
        "processed by, created by, staff, worker, operator, handler, analyst, org resource",
        "de": "ressource, bearbeiter, sachbearbeiter, mitarbeiter, benutzer, nutzer, zuständig, bearbeitet von, "
        "erfasst von, geändert von, kürzel",
        "fr": "ressource, utilisateur, employé, opérateur, gestionnaire, traité par, agent",
        "es": "recurso, usuario, empleado, agente, responsable, operador, gestor, tramitado por",
        "nl": "medewerker, gebruiker, behandelaar, bewerkt door, uitvoerder",
        "it": "risorsa, utente, operatore, addetto, gestito da",
        "weak": "owner, by, role, group, team, system, opened by, resolved by, gruppe, équipe, equipo, groep",
    },
    "opened": {
        "en": "opened, created, received, registered, reported, submitted, start, started, entered, arrived, logged",
        "de": "eröffnet, geöffnet, angelegt, erstellt, eingang, eingegangen, gemeldet, angenommen, beginn, "
        "eingangsdatum, erstelldatum",
        "fr": "ouvert, ouverture, créé, création, reçu, réception, début, enregistré",
        "es": "abierto, apertura, creado, creación, recibido, recepción, inicio, registrado",
        "nl": "geopend, aangemaakt, ontvangen, ontvangst, ingediend, gemeld, start, begin",
        "it": "aperto, apertura, creato, creazione, ricevuto, inizio",
    },
    "closed": {
        "en": "closed, closing, closure, resolved, completed, finished, ended, end, done, settled, replied, posted",
        "de": "geschlossen, abgeschlossen, abschluss, erledigt, beendet, ende, abschlussdatum, erledigungsdatum",
        "fr": "clos, clôture, clôturé, fermé, fermeture, résolu, terminé, fin",
        "es": "cerrado, cierre, resuelto, finalizado, terminado, fin",
        "nl": "gesloten, afgesloten, sluiting, opgelost, afgehandeld, voltooid, einde",
        "it": "chiuso, chiusura, risolto, concluso, fine",
    },
    "status": {
        "en": "status, state",
        "de": "status, zustand",
        "fr": "statut, état",
        "es": "estado, estatus",
        "nl": "status, toestand",
        "it": "stato",
    },
    "outcome": {
        "en": "outcome, result, resolution, closed code, close code, closure code, disposition, decision",
        "de": "ergebnis, abschlusscode, entscheidung, ausgang",
        "fr": "résultat, décision, issue",
        "es": "resultado, decisión, desenlace",
        "nl": "uitkomst, resultaat, besluit",
        "it": "esito, risultato, decisione",
    },
    "cost": {
        "en": "cost, costs",
        "de": "kosten, aufwand",
        "fr": "coût, coûts",
        "es": "coste, costo, costes, costos",
        "nl": "kosten",
        "it": "costo, costi",
    },
    "sequence": {
        "en": "sequence, sequence number, seq, step number, mod count, position, order of events, event number",
        "de": "reihenfolge, laufnummer, lfd nr, laufende nummer, sequenz, schrittnummer",
        "fr": "séquence, numéro d'ordre",
        "es": "secuencia, número de orden",
        "nl": "volgnummer, volgorde",
        "it": "sequenza, progressivo",
    },
}

# Columns whose values name people or lead to them, besides those of a resource.
_PERSON_WORDS = (
    "name, full name, first name, last name, surname, given name, family name, person, people, customer, client, "
    "caller, requester, contact, patient, applicant, citizen, tenant, passenger, signatory, author, manager, owner, "
    "birth, birthday, born, email, e mail, mail, phone, telephone, mobile, fax, iban, bic, account number, ssn, "
    "passport, address, street, intersection, signature, comment, note, notes, remark, free text, "
    "vorname, nachname, familienname, kunde, kundin, ansprechpartner, melder, anrufer, patient, antragsteller, "
    "geburtsdatum, geboren, telefon, mobil, handy, kontonummer, anschrift, adresse, straße, unterschrift, bemerkung, "
    "bemerkungen, notiz, kommentar, verfasser, fahrer, nom, prénom, client, demandeur, interlocuteur, naissance, "
    "courriel, téléphone, portable, adresse, rue, commentaire, remarque, conducteur, nombre, apellido, apellidos, "
    "cliente, solicitante, nacimiento, correo, teléfono, móvil, dirección, calle, comentario, observaciones, naam, "
    "voornaam, achternaam, klant, aanvrager, beller, geboortedatum, telefoon, adres, straat, opmerking, chauffeur, "
    "cognome, cliente, nascita, telefono, indirizzo, via, commento, driver, by, von, par, por, door"
)
"""In one list, since nothing depends on the language."""

# Names that end so speak of classes of people, not of one of them: "contact_type".
_CLASSES = ("type", "typ", "art", "kind", "category", "channel", "count", "kategorie", "catégorie", "tipo", "soort")
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SHORTEST_PART = 5
"""Letters from which on a word is looked for within compounds such as "Vorgangsnummer"."""

Strength = Literal[0, 1, 2, 3, 4]
"""How much a name says: 4 the very word, 3 the word among others, 2 within a compound, 1 a weak word, 0 nothing."""


def role_strength(name: str, role: Role) -> Strength:
    """Return how much the name of a column says for a role.

    >>> role_strength("sys_updated_by", "resource"), role_strength("Vorgangs-Nr.", "case"), role_strength("x", "case")
    (3, 2, 0)
    """
    strong, weak = _words_of(role)
    found = _strength(plain_name(name), strong)
    if found:
        return found
    return 1 if _strength(plain_name(name), weak) >= 3 else 0


def names_people(name: str) -> bool:
    """Tell whether a column's name says that its values name people, or lead to them.

    >>> names_people("Sachbearbeiter"), names_people("customer_email"), names_people("priority")
    (True, True, False)
    """
    folded = plain_name(name)
    if folded in _words_of("activity")[0] or folded.split(" ")[-1] in _CLASSES:
        return False
    return _strength(folded, _person_words()) > 0 or _strength(folded, _words_of("resource")[0]) > 0


def plain_name(name: str) -> str:
    """Return a name as words in small letters without accents: "GeändertAm" and "geändert-am" are "geandert am"."""
    parted = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", name)
    letters = unicodedata.normalize("NFKD", parted.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", plain))


def _strength(name: str, words: frozenset[str]) -> Strength:
    if name in words:
        return 4
    parts = name.split()
    phrases = {" ".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    if phrases & words:
        return 3
    long = [word for word in words if len(word) >= _SHORTEST_PART and " " not in word]
    is_within = any(part.startswith(word) or part.endswith(word) for part in parts for word in long)
    return 2 if is_within else 0


@cache
def _words_of(role: Role) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words for a role, and those that say little alone."""
    weak = _ROLE_WORDS[role].get("weak", "")
    strong = (words for language, words in _ROLE_WORDS[role].items() if language != "weak")
    return _folded(", ".join(strong)), _folded(weak)


@cache
def _person_words() -> frozenset[str]:
    return _folded(_PERSON_WORDS)


def _folded(words: str) -> frozenset[str]:
    """Return the words of a list, those with umlauts also as they are written where a keyboard has none."""
    both = f"{words}, {words.translate(_TWO_LETTERS)}"
    return frozenset(plain_name(word) for word in both.split(",") if word.strip())
