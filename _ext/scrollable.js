// Whatever is too wide for the screen scrolls inside itself. Without a mouse a reader can scroll
// only what takes the focus: so it does, as long as there is something to scroll, and is no stop
// on the way of the Tab key otherwise. The theme does this too, but measures everything as soon as
// the page is there, with which it undoes that sections out of sight wait.
(() => {
  const places = document.querySelectorAll(
    ".formula, figure, pre, .pst-scrollable-table-container, .cell_output > .output",
  );
  // Called when a place is laid out for the first time, and whenever its size changes.
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const place of places) {
    place.tabIndex = 0;
    observer.observe(place);
  }
})();
