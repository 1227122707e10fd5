"""One Chromium for all tests of the built site, and each page opened once in every guise.

`make test-site` builds the site first; the list of pages is read from what it built.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from browser import ARGUMENTS, chromium
from browsing import BUILT, PLACE, Site, Visit, built_pages, served, settle, watch
from explorers import PAGE, write_page

WIDTHS = (390, 768, 1280)
THEMES = ("light", "dark")
# No name but this machine's own is ever looked up: what asks for another fails, and is recorded.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


def pytest_configure(config):
    try:
        chromium()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=1)
    if not built_pages():
        pytest.exit("the site is not built: run make book", returncode=1)


def pytest_generate_tests(metafunc):
    """Run `visit` over pages, widths and themes, and `name` over pages."""
    if "visit" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("widths")
        widths = marked.args if marked else WIDTHS
        pages = [*built_pages(), PAGE]
        guises = [(w, theme, name) for w in widths for theme in THEMES for name in pages]
        ids = [f"{w}-{theme}-{name}" for w, theme, name in guises]
        metafunc.parametrize("visit", guises, indirect=True, ids=ids, scope="session")
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", built_pages())


def pytest_collection_modifyitems(items):
    """On a busy machine a site, the PDF or JupyterLab is on its way for more than five minutes."""
    for item in items:
        item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built site on a server, with one page more: every view of the explorer."""
    more = tmp_path_factory.mktemp("more")
    write_page(BUILT, more)
    with served(BUILT, more) as url:
        yield Site(BUILT, url)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, ALONE])
        yield running
        running.close()


@pytest.fixture(scope="session")
def context_of(browser):
    """Return a maker of contexts, one for each width and theme."""
    made = {}

    def context(width, theme):
        if (width, theme) not in made:
            made[width, theme] = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=theme,
                reduced_motion="reduce",  # no colour is measured on its way to another
                service_workers="block",
            )
            made[width, theme].add_init_script(PLACE)
        return made[width, theme]

    yield context
    for context in made.values():
        context.close()


@pytest.fixture(scope="session")
def visit(request, site, context_of):
    """One page in one guise, for tests that leave it as they found it."""
    width, theme, name = request.param

    def open_page():
        page = context_of(width, theme).new_page()
        wrong = watch(page, site.url)
        page.goto(site.url + name)
        settle(page)
        return page, wrong

    found = Visit(open_page, name, width, theme)
    yield found
    found.page.close()


@pytest.fixture
def opened(browser, site):
    """Return a maker of pages in contexts of their own, for tests that act on them."""
    contexts = []

    def make(name, *, width=1280, theme="light", url=None, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.add_init_script(PLACE)
        origin = url or site.url

        def open_page():
            page = context.new_page()
            wrong = watch(page, origin)
            page.goto(origin + name)
            return page, wrong

        return Visit(open_page, name, width, theme)

    yield make
    for context in contexts:
        context.close()
