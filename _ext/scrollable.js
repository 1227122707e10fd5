// Whatever is too wide for the screen scrolls inside itself. Without a mouse a reader can scroll
// only what takes the focus: so it does, as long as there is something to scroll, and is no stop
// on the way of the Tab key otherwise. The theme does this too, once, before fonts and pictures have
// their sizes.
(() => {
  const places = document.querySelectorAll(
    ".formula, figure, pre, .pst-scrollable-table-container, .cell_output > .output",
  );
  // Called when a place is laid out for the first time, and whenever its size changes.
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      // Without it, who has just come here by the Tab key would be sent back to the start.
      else if (target !== document.activeElement) target.removeAttribute("tabindex");
  });
  for (const place of places) observer.observe(place);
})();
