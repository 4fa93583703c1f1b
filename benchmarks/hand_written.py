"""The X Education policy as a careful person would write it by hand in Python, for comparison.

It takes a dict with typed values and gives what a decision gives before anybody asks for reasons: scores, tables,
the gate, disqualification, the stage and the route. None is unknown. It trusts its input: no checks, no reasons.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

RECOMMENDED = frozenset({"reference", "welingakwebsite", "welearn"})
SEARCHED = frozenset({"google", "bing", "organicsearch", "payperclickads"})
LIVE_CONTACT = frozenset({"click2call", "livechat"})
ONLINE = frozenset({"E-COMMERCE", "E-Business", "IT Projects Management"})
CAREER = frozenset(
    {
        "Finance Management", "Human Resource Management", "Marketing Management", "Operations Management",
        "Business Administration", "Supply Chain Management", "Banking, Investment And Insurance",
        "Healthcare Management",
    }
)  # fmt: skip
BAD_NUMBER = frozenset({"invalid number", "wrong number given", "number not provided"})
NOT_ELIGIBLE = frozenset(
    {
        "Diploma holder (Not Eligible)", "University not recognized", "Recognition issue (DEC approval)",
        "Graduation in progress",
    }
)  # fmt: skip
NOT_INTERESTED = frozenset(
    {"Interested in other courses", "Interested  in full time MBA", "Not doing further education"}
)
OCCUPATION = {
    "Working Professional": 25, "Businessman": 20, "Housewife": 20, "Other": 15, "Unemployed": 10, "Student": 8,
}  # fmt: skip
ADDED = frozenset({"Lead Add Form", "Quick Add Form"})


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def decide(lead: dict[str, Any]) -> tuple[Any, ...]:
    """(fit, engagement, total, outlook, priority, ready, disqualified, stage, route entry)."""
    get = lead.get
    origin, source, tag = get("origin"), get("source"), get("tag")
    no_mail, no_call = get("do_not_email"), get("do_not_call")
    visits, site_time, pages = get("visits"), get("site_time"), get("pages")
    occupation, specialization, country = get("occupation"), get("specialization"), get("country")
    profile, activity = get("profile_index"), get("activity_index")
    spelled = None if source is None else plain(source)

    fit = 0 if occupation is None else OCCUPATION.get(occupation, 0)
    recommended = spelled is not None and spelled in RECOMMENDED
    added = origin is not None and origin in ADDED
    fit += min((20 if recommended else 0) + (15 if added else 0), 25)
    if specialization is not None:
        if specialization in CAREER:
            fit += 6
        elif specialization in ONLINE:
            fit += 3
    if country is not None and country != "India":
        fit -= 4
    heard = get("heard_from")
    if heard == "Word Of Mouth" or heard == "Student of SomeSchool":
        fit += 2
    fit = 0 if fit < 0 else 60 if fit > 60 else fit

    engagement = 0
    if site_time is not None:
        if site_time >= 900:
            engagement = 25
        elif site_time >= 600:
            engagement = 20
        elif site_time >= 420:
            engagement = 6
        elif site_time == 0:
            engagement = 4
    grouped = 0
    if visits is not None:
        grouped = 5 if visits >= 10 else 3 if visits >= 4 else 0
    if pages is not None and 2 <= pages <= 6:
        grouped += 3
    engagement += 8 if grouped > 8 else grouped
    if spelled is not None:
        if spelled in SEARCHED:
            engagement += 4
        if spelled in LIVE_CONTACT:
            engagement += 10
    if get("interview_book"):
        engagement += 1
    if no_mail:
        engagement -= 12
    engagement = -15 if engagement < -15 else 40 if engagement > 40 else engagement
    total = fit + engagement
    total = -15 if total < -15 else 100 if total > 100 else total

    if profile is None or activity is None:
        outlook = "average"
    elif activity == "03.Low":
        outlook = "weak"
    else:
        outlook = "strong" if profile == "01.High" else "average"
    priority = _priority(fit, engagement, outlook)

    came: bool | None
    if recommended or added:
        came = True
    else:
        came = None if spelled is None or origin is None else False
    ready = _ready(no_call, occupation, specialization, engagement, came)

    disqualified = None
    if spelled == "testone":
        disqualified = "test_entry"
    elif no_call and no_mail:
        disqualified = "opted_out"
    elif tag is not None:
        if tag == "Already a student":
            disqualified = "already_student"
        elif tag in NOT_ELIGIBLE:
            disqualified = "not_eligible"
        elif tag in NOT_INTERESTED:
            disqualified = "not_interested"
        elif tag in BAD_NUMBER:
            disqualified = "wrong_number"
    if disqualified is not None:
        return fit, engagement, total, outlook, priority, ready, disqualified, None, disqualified
    mql = total >= 25
    sql = (None if ready == "unknown" else ready == "pass") if mql and total >= 35 else False
    stage = "SQL" if sql else "MQL" if mql else None
    known = not (occupation is None and specialization is None)
    route = _route(came, sql, mql, no_mail, priority, known)
    return fit, engagement, total, outlook, priority, ready, None, stage, route


def _priority(fit: int, engagement: int, outlook: str) -> str:
    if fit >= 35 or (fit >= 16 and engagement >= 24):
        return "A"
    if fit >= 10 and engagement >= 24:
        return "C" if outlook == "weak" else "B"
    if fit >= 16 and engagement >= 8 and outlook == "strong":
        return "B"
    if fit >= 10:
        return "D" if outlook == "weak" else "C"
    return "C" if engagement >= 20 else "D"


def _ready(no_call: Any, occupation: Any, specialization: Any, engagement: int, came: bool | None) -> str:
    interest = True if engagement >= 10 else came
    if no_call or interest is False:
        return "fail"
    if no_call is None or occupation is None or specialization is None or interest is None:
        return "unknown"
    return "pass"


def _route(came: bool | None, sql: bool | None, mql: bool, no_mail: bool | None, priority: str, known: bool) -> str:
    """The first entry that holds; an unknown one above it only matters where it leads elsewhere."""
    best, good, fair = priority == "A", priority in ("A", "B"), priority in ("B", "C") and known
    if came and best:
        return "recommended"
    unsure_counsellors = came is None and best
    if sql and good:
        return "ready"
    unsure_counsellors = unsure_counsellors or (sql is None and good)
    if mql and good:
        return "undecided" if unsure_counsellors else "promising"
    if no_mail:
        return "undecided" if unsure_counsellors else "no_mail"
    if fair:
        return "undecided" if unsure_counsellors else "possible"
    if unsure_counsellors or no_mail is None:
        return "undecided"
    return "otherwise"
