"""A village's touch screens are registered on its page, with a link that is shown once."""

import re

from sqlalchemy import select

from fzbot.audit import AuditEvent
from fzbot.db import reading
from fzbot.people import kiosk_device
from fzbot.people.staff import Role
from tests.console.office import Office

LINK = re.compile(r"http://testserver/kiosk\?k=([\w-]+)")


def village_of(office: Office, word: str) -> int | None:
    with reading(office.engine) as session:
        village = kiosk_device.find(session, word)
        return village.id if village else None


def test_a_link_is_shown_once_and_a_new_one_takes_its_place(office: Office) -> None:
    village = office.add_village("红庄村")
    browser = office.sign_in("li")
    assert "没有登记" in browser.look(f"/villages/{village}").text
    (first,) = LINK.findall(browser.submit(f"/villages/{village}/kiosk").text)
    page = browser.look(f"/villages/{village}").text
    assert (first in page, "已登记" in page) == (False, True)
    (second,) = LINK.findall(browser.submit(f"/villages/{village}/kiosk").text)
    assert [village_of(office, word) for word in (first, second, "")] == [None, village, None]


def test_a_screen_is_closed_and_both_steps_are_in_the_audit_log(office: Office) -> None:
    village = office.add_village("红庄村")
    browser = office.sign_in("li")
    browser.look(f"/villages/{village}")
    (word,) = LINK.findall(browser.submit(f"/villages/{village}/kiosk").text)
    assert "没有登记" in browser.submit(f"/villages/{village}/kiosk/remove").text
    assert village_of(office, word) is None
    with reading(office.engine) as session:
        kept = session.scalars(select(AuditEvent).where(AuditEvent.subject == f"village:{village}")).all()
    assert [event.action for event in kept] == ["village.kiosk", "village.kiosk-remove"]
    assert word not in str([(event.before, event.after) for event in kept])


def test_an_adviser_sees_whether_a_screen_is_registered_and_registers_none(small_office: Office) -> None:
    village = small_office.add_village("红庄村")
    page = small_office.sign_in("wang", Role.ADVISER, (village,)).look(f"/villages/{village}").text
    assert ("没有登记" in page, "登记触摸屏" in page) == (True, False)
