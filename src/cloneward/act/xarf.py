"""XARF v4: the same notice for machines, made and checked by the official library.

It is strict: what the format recommends is there, or there is no report. Nothing is guessed to fill it.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from cloneward.errors import InputError
from cloneward.model.action import Category
from cloneward.model.codec import encode
from cloneward.model.notice import Brief, Sender
from cloneward.url import host_of, port_of

_CONFIRMED: Final = 1
"""Confidence of a report. The library reads whole numbers alone, and no notice leaves that people did not confirm."""

KINDS: Final[Mapping[Category, tuple[str, str]]] = {
    "copyright": ("copyright", "copyright"),
    "personal_data": ("content", "exposed_data"),
    "impersonation": ("content", "brand_infringement"),
    "phishing": ("content", "phishing"),
    "fraud": ("content", "fraud"),
}
"""Category and type of a report. There is none for malware, which is never said."""


def write_report(brief: Brief) -> bytes | None:
    """Give the report of a notice on its first place, as JSON; none where no type fits, or the format has no room.

    That is so without a network address that answered, for a phishing page whose form we have not seen, and for a
    host that is no name of letters.

    Raises:
        InputError: the sender cannot be written to.
    """
    import xarf  # noqa: PLC0415  half a second, and not of every start

    kind = KINDS.get(brief.action.category)
    place = brief.places[0] if brief.places else None
    if kind is None or place is None or not place.served_from:
        return None
    contact = _tell_contact(brief.sender)
    evidence = xarf.create_evidence(
        "text/plain",
        brief.proof.digest.encode("ascii"),
        description=f"SHA-256 of the sealed package of capture {brief.proof.capture}",
    )
    made = xarf.create_report(
        category=kind[0],
        type=kind[1],
        source_identifier=place.served_from,
        source_port=port_of(place.url),
        reporter=contact,
        sender=contact,
        description=f"Reference CW-{brief.action.id[1:13]}; {len(brief.places)} addresses",
        evidence_source="sealed capture",
        evidence=[evidence],
        confidence=_CONFIRMED,
        **_tell_details(brief),
    )
    if made.report is None:
        return None
    report = made.report.model_dump(mode="json", exclude_none=True)
    # the library takes these from its clock and from chance: a report written twice must be the same
    report |= {"timestamp": brief.at, "report_id": str(uuid.uuid5(uuid.NAMESPACE_URL, brief.action.id))}
    return encode(report) if not list_errors(encode(report)) else None


def list_errors(report: bytes) -> list[str]:
    """Give what the official library has against a report, by its strict rules."""
    import xarf  # noqa: PLC0415  as above

    return [f"{error.field}: {error.message}" for error in xarf.parse(json.loads(report), strict=True).errors]


def _tell_contact(sender: Sender) -> dict[str, str]:
    name, _, domain = sender.mail.rpartition("@")
    if not name or "." not in domain:
        raise InputError(f"no mail address to be answered at: {sender.mail!r}", hint="set it in the settings, [sender]")
    return {"org": sender.organisation, "contact": sender.mail, "domain": domain}


def _tell_details(brief: Brief) -> dict[str, Any]:
    """Give what the type of report asks for: what was found, and no name of a person."""
    place, category = brief.places[0], brief.action.category
    ours = next((work for work in brief.works if work.url), None)
    if category == "copyright":
        work = {"work_title": f"{ours.kind} at {ours.url}", "original_url": ours.url} if ours else {}
        named = {"rights_holder": brief.sender.organisation, "infringement_type": "direct_copy"}
        return {"infringing_url": place.url, **named, **work}
    shown = {
        "url": place.url,
        "domain": host_of(place.url),
        "verified_at": place.seen_at,
        "verification_method": "automated_crawler",
        "target_brand": brief.sender.organisation,
    }
    if category == "personal_data":
        what = {"data_types": ["personal_information"], "exposure_method": "other", "encryption_status": "unencrypted"}
        whose = {"record_count": brief.persons, "affected_organization": brief.sender.organisation}
        return {**shown, **what, **whose, "sensitive_fields": sorted({work.kind for work in brief.works})}
    if category == "impersonation":
        what = {"infringement_type": "brand_impersonation", "infringing_elements": ["brand_name"]}
        return {**shown, **what, "legitimate_site": brief.sender.site, "similarity_score": brief.share}
    if category == "phishing":
        form = {"credential_fields": list(brief.form), "submission_url": brief.form_to} if brief.form_to else {}
        return {**shown, **form, "cloned_site": brief.sender.site, "lure_type": "other"}
    asked = {"fraud_type": "other", "payment_methods": ["other"]}
    return {**shown, **asked, "claimed_entity": brief.sender.organisation}
