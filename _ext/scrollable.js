// Whatever is too wide for the screen scrolls inside itself. Without a mouse a reader can scroll
// only what takes the focus: so it does, as long as there is something to scroll, and is no stop
// on the way of the Tab key otherwise. The theme does this too, but measures everything as soon as
// the page is there, with which it undoes that sections out of sight wait.
(() => {
  const selector =
    ".formula, figure, pre, .pst-scrollable-table-container, .cell_output > .output";
  const places = document.querySelectorAll(selector);
  const measure = (place) => {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    // Without it, who has just come here by the Tab key would be sent back to the start.
    else if (place !== document.activeElement) place.removeAttribute("tabindex");
  };
  // Called when a place is laid out for the first time, and whenever its size changes. What waits
  // by itself has its size before it has its content.
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (getComputedStyle(target).contentVisibility !== "auto") measure(target);
  });
  for (const place of places) {
    place.tabIndex = 0;
    observer.observe(place);
  }
  document.addEventListener("contentvisibilityautostatechange", ({ target, skipped }) => {
    if (!skipped && target.matches(selector)) requestAnimationFrame(() => measure(target));
  });
})();
