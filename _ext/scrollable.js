// Whatever is too wide for the screen scrolls inside itself. Without a mouse a reader can scroll
// only what takes the focus: so it does, as long as there is something to scroll, and is no stop
// on the way of the Tab key otherwise.
(() => {
  const wide = document.querySelectorAll(
    ".formula, figure, pre, .pst-scrollable-table-container, .cell_output > .output",
  );
  const check = () => {
    for (const element of wide) {
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    }
  };
  const observer = new ResizeObserver(check); // unfolding gives a size as well
  for (const element of wide) observer.observe(element);
  addEventListener("load", check); // fonts and pictures are there
})();
