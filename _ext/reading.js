// Shift and an arrow lead to the previous and the next page, but for who writes or has marked text.
for (const [key, link] of [["ArrowLeft", "a.left-prev"], ["ArrowRight", "a.right-next"]]) {
  const page = document.querySelector(link);
  if (!page) continue;
  page.setAttribute("aria-keyshortcuts", `Shift+${key}`);
  page.title += ` (Shift and ${key === "ArrowLeft" ? "←" : "→"})`;
  document.addEventListener("keydown", (event) => {
    const { altKey, ctrlKey, metaKey, shiftKey, target } = event;
    const mine = event.key === key && shiftKey && !altKey && !ctrlKey && !metaKey;
    const writes = target.isContentEditable || target.matches("input, textarea, select");
    if (mine && !writes && getSelection().isCollapsed) location.assign(page.href);
  });
}

// The place last read is kept, on this machine alone, and the front page offers it.
(() => {
  const KEPT = "course-place";
  const root = new URL(document.documentElement.dataset.content_root, location.href).pathname;
  const here = location.pathname.slice(root.length);
  if (here.startsWith("chapters/"))
    addEventListener("pagehide", () => {
      const sections = [...document.querySelectorAll("article section section[id]")];
      const read = sections.filter((section) => section.getBoundingClientRect().top < 160).pop();
      const words = (heading) => {
        const copy = heading.cloneNode(true);
        for (const beside of copy.querySelectorAll(".section-number, .headerlink")) beside.remove();
        return copy.textContent.trim();
      };
      const title = document.title.split(" — ")[0].replace(/^\d+\. /, "").split(":")[0];
      if (read) {
        const place = { at: `${here}#${read.id}`, title, section: words(read.querySelector("h2, h3")) };
        localStorage.setItem(KEPT, JSON.stringify(place));
      }
    });
  const start = document.querySelector("article .start");
  const { at, title, section } = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  if (start && at?.startsWith("chapters/")) {
    const link = Object.assign(document.createElement("a"), { href: at, className: "again" });
    link.textContent = `Go on reading: ${title}, ${section}`;
    start.append(link);
  }
})();
