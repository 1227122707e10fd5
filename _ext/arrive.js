// Who comes from the search without a section finds the page open at the one that has the words
// most often. They are marked a moment after the page is there.
if (!location.hash)
  setTimeout(() => {
    const found = new Map();
    for (const word of document.querySelectorAll("article span.highlighted")) {
      const section = word.closest("section section");
      if (section && word.getClientRects().length) found.set(section, (found.get(section) ?? 0) + 1);
    }
    const most = Math.max(...found.values());
    [...found.keys()].find((section) => found.get(section) === most)?.scrollIntoView();
  }, 50);
