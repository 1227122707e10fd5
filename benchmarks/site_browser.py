"""What one page costs in Chromium: bytes, requests, what stands in the way, and when it shows."""

import time
from pathlib import Path
from typing import NamedTuple

from site_server import serving

# The phone and the line that Lighthouse imitates, for all sites alike.
PHONE = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
LINE = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1474.56 * 1024 / 8,
    "uploadThroughput": 675 * 1024 / 8,
}
SLOWER = 4
QUIET = 1.0  # seconds without a request, after which a page is held to be complete
# Watched from the first moment: later, the browser forgets what was the largest.
WATCH = """
window.largest = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.largest = entry.startTime;
}).observe({type: 'largest-contentful-paint', buffered: true});
"""
RESOURCES = """
performance.getEntriesByType('resource').filter(e => e.renderBlockingStatus === 'blocking')
  .map(e => new URL(e.name).pathname.split('/').pop())
"""
PAINTS = """({
  first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  largest: window.largest,
})"""


class Weight(NamedTuple):
    """What came over the line for one page."""

    requests: int
    sent: int  # bytes of the bodies as they were sent, text compressed
    unpacked: int  # bytes of the same bodies
    blocking: list  # files without which nothing is painted
    files: list  # [name, bytes sent], the largest first


class Copies(NamedTuple):
    """Where the files of a foreign server are found instead: a prefix, and a folder."""

    prefix: str
    folder: Path


def redirect(context, copies, address):
    """Send what a page asks of a foreign server to the copy; whatever else is foreign fails.

    A redirection, and not the file itself, since only what comes over the network is slowed down.
    """

    def answer(route):
        url = route.request.url
        if url.startswith("http://localhost:"):
            route.continue_()
        elif url.startswith(copies.prefix):
            target = f"{address}/{url.removeprefix(copies.prefix)}"
            headers = {"location": target, "access-control-allow-origin": "*"}
            route.fulfill(status=307, headers=headers)
        else:
            raise RuntimeError(f"the page asks for {url}, of which there is no copy")

    context.route("**/*", answer)


class Visit:
    """One page, opened once with an empty cache, and what the network says of it."""

    def __init__(self, browser, copies, address, slow):
        self.context = browser.new_context(**PHONE)
        if copies:
            redirect(self.context, copies, address)
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.network = self.context.new_cdp_session(self.page)
        self.network.send("Network.enable")
        if slow:
            self.network.send("Network.emulateNetworkConditions", LINE)
            self.network.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        self.names, self.sent, self.unpacked, self.headers = {}, {}, {}, {}
        self.latest = time.monotonic()
        for name, heard in (
            ("requestWillBeSent", self.asked),
            ("responseReceived", self.began),
            ("dataReceived", self.came),
            ("loadingFinished", self.ended),
        ):
            self.network.on(f"Network.{name}", heard)

    def asked(self, event):
        self.latest = time.monotonic()
        # The answer that redirects has the same id, so that it counts as no request of its own.
        if event["request"]["url"].startswith("http"):
            self.names[event["requestId"]] = event["request"]["url"].split("/")[-1].split("?")[0]

    def began(self, event):
        self.headers[event["requestId"]] = event["response"]["encodedDataLength"]
        if event["response"]["status"] != 200:
            raise RuntimeError(f"{event['response']['status']}: {event['response']['url']}")

    def came(self, event):
        at = event["requestId"]
        self.unpacked[at] = self.unpacked.get(at, 0) + event["dataLength"]

    def ended(self, event):
        self.latest = time.monotonic()
        at = event["requestId"]
        self.sent[at] = event["encodedDataLength"] - self.headers.get(at, 0)

    def open(self, url):
        self.page.goto(url, wait_until="load", timeout=120_000)
        while time.monotonic() - self.latest < QUIET:
            self.page.wait_for_timeout(100)

    def scroll(self):
        """Go down to the end, as a reader does, so that what comes late comes too."""
        height = self.page.evaluate("document.documentElement.scrollHeight")
        for y in range(0, height, 700):
            self.page.evaluate("y => window.scrollTo({top: y, behavior: 'instant'})", y)
            self.page.wait_for_timeout(20)
        while time.monotonic() - self.latest < QUIET:
            self.page.wait_for_timeout(100)

    def weight(self):
        ended = [at for at in self.names if at in self.sent]
        files = sorted(([self.names[at], self.sent[at]] for at in ended), key=lambda f: -f[1])
        blocking = sorted(self.page.evaluate(RESOURCES))
        return Weight(
            len(ended),
            sum(size for _, size in files),
            sum(self.unpacked.get(at, 0) for at in ended),
            blocking,
            files,
        )


def weigh(browser, url, copies, address):
    """Return the weight of a page that is read to its end."""
    visit = Visit(browser, copies, address, slow=False)
    visit.open(url)
    visit.scroll()
    found = visit.weight()
    visit.context.close()
    return found._asdict()


def time_paints(browser, url, copies, address):
    """Return when a slow phone shows something of a page, and its largest part, in ms."""
    visit = Visit(browser, copies, address, slow=True)
    visit.open(url)
    found = visit.page.evaluate(PAINTS)
    visit.context.close()
    return found


def compare(browser, sites, pages, copies, rounds):
    """Return, for each page and each site, its weight and the times of all rounds.

    The sites take turns, so that a busy moment of the machine falls on all of them.
    """
    found = {page: {} for page in pages}
    with serving(copies.folder) as address:
        for page in pages:
            print(page, flush=True)
            urls = {name: f"{site}/{page}" for name, site in sites.items()}
            for name, url in urls.items():
                found[page][name] = weigh(browser, url, copies, address)
                found[page][name] |= {"first": [], "largest": []}
            for _ in range(rounds):
                for name, url in urls.items():
                    for paint, ms in time_paints(browser, url, copies, address).items():
                        found[page][name][paint].append(round(ms))
    return found
