"""Every diagnostic code with its title. LP1 is writing, LP2 names, LP3 types and units, LP4 conflicts, LP5 style."""

from __future__ import annotations

CODES: dict[str, str] = {
    # ── Writing ──
    "LP1001": "a character that has no meaning here",
    "LP1002": "a string that is not closed",
    "LP1003": "a number and letters run together",
    "LP1004": "a name in back-ticks that is not one",
    "LP1005": "a number that is too large or too fine",
    "LP1006": "a date or time that does not exist",
    "LP1007": "an escape in a string that stands for nothing",
    "LP1008": "an entry too deep or too long",
    "LP1009": "a bracket without its partner",
    "LP1010": "a missing closing brace",
    "LP1011": "a misspelt keyword",
    "LP1012": "a Chinese keyword run together with a name",
    "LP1013": "a word of the language where a name belongs",
    "LP1014": "a part that is missing",
    "LP1015": "something that does not fit where it stands",
    "LP1020": "a table row of the wrong width",
    "LP1021": "a line that may stand only once",
    "LP1022": "a field role that does not exist",
    "LP1050": "a sign that is read as a word",
    "LP1051": "a date written with single digits",
    "LP1901": "a block of a later version",
    "LP1902": "records and events, in a later version",
    "LP1903": "parameters, in a later version",
    "LP1904": "a table from a sheet, in a later version",
    "LP1905": "a line or destination of a later version",
    "LP1906": "steps, effects and events in a test, in a later version",
    "LP1910": "a body that was skipped",
}
