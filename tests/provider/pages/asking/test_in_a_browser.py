"""The form of an emergency in a browser: on a phone, by keyboard, without JavaScript."""

from itertools import count

from provider.services.asking.asking import Asking
from tests.fakes.person_requests import FakePersonRequests
from tests.peers.served import serving
from tests.provider.api.asking.images import asked_images
from tests.provider.pages.browsers import window
from tests.provider.web_images import NOW, MemoryIndex
from tests.provider.web_part import web


def test_an_emergency_is_asked_for_by_keyboard_on_a_phone() -> None:
    """From the button to the message; no page is wider than the window."""
    requests, numbers = FakePersonRequests(), count(1)
    index = MemoryIndex(asked_images())
    asking = Asking(index, requests, lambda: NOW, lambda: f"request-{next(numbers)}")
    with serving(web(index, asking=asking)) as address, window() as phone:
        phone.goto(f"{address}/images/node")
        phone.get_by_role("link", name="Emergency rebuild").press("Enter")
        phone.wait_for_url("**/ask/emergency")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        phone.get_by_label("Reason").fill("openssl")
        phone.keyboard.press("Enter")
        phone.wait_for_url("**/images/node?asked=request-1")
        phone.get_by_text("The emergency rebuild of 3 images starts now").wait_for()
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    (request,) = requests.open()
    assert request.reason == "openssl"
