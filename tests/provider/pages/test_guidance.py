"""Tests of where people go on from a page."""

import pytest

from provider.pages.browsers import Guidance
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web


@pytest.mark.parametrize(
    ("guidance", "words"),
    [
        (
            Guidance(
                config_repo="https://github.com/acme/images.git", config_page="https://github.com/acme/images/blob"
            ),
            '<a href="https://github.com/acme/images/blob" rel="noreferrer"><code>images.yaml</code></a> of the config',
        ),
        (
            Guidance(config_repo="ssh://git@git.acme.example/images.git"),
            "the config repository, <code>ssh://<wbr>git@<wbr>git.acme.example/<wbr>images.git</code>",
        ),
        (Guidance(config_repo="/srv/data/config.git"), "<code>/<wbr>srv/<wbr>data/<wbr>config.git</code>"),
        (Guidance(), "<code>images.yaml</code> of the config repository."),
    ],
)
def test_the_empty_list_leads_to_the_config_repository(guidance: Guidance, words: str) -> None:
    """By a link where a known site hosts it, else by its address."""
    assert words in web(MemoryIndex(), guidance=guidance).test_client().get("/images").text
