// Who comes from the search without a section finds the page open at the one that has the words
// most often, and at the exercises only if no other has them. They are marked a moment after the
// page is there.
if (!location.hash)
  setTimeout(() => {
    const found = new Map();
    for (const word of document.querySelectorAll("article span.highlighted")) {
      const section = word.closest("section section");
      if (section && word.getClientRects().length) found.set(section, (found.get(section) ?? 0) + 1);
    }
    const taught = [...found.keys()].filter((section) => section.id !== "exercises");
    const places = taught.length ? taught : [...found.keys()];
    const most = Math.max(...places.map((section) => found.get(section)));
    places.find((section) => found.get(section) === most)?.scrollIntoView();
  }, 50);
// Sphinx's words for a search that finds nothing speak of categories, of which there are none.
Documentation.TRANSLATIONS[
  "Your search did not match any documents. Please make sure that all words are spelled correctly " +
    "and that you've selected enough categories."
] = "The search did not match any page. Is each word spelled right? Fewer words find more.";
