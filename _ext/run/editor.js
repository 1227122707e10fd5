// The editor of a cell: CodeMirror 6 with Python, in the page's own colours. `make runtime` bundles
// it with what it imports; the page asks for it when a cell is edited or run for the first time.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The page says what these colours are, light and dark.
const colours = {
  keyword: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword],
  string: [tags.string, tags.special(tags.string)],
  number: [tags.number, tags.bool, tags.null],
  comment: [tags.comment],
  name: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)],
};
const look = HighlightStyle.define(
  Object.entries(colours).map(([name, tag]) => ({ tag, color: `var(--code-${name})` })),
);
const theme = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "inherit", fontSize: "inherit" },
  "&.cm-focused": { outline: "2px solid var(--pst-color-link)", outlineOffset: "2px" },
  ".cm-content": { caretColor: "currentColor", fontFamily: "inherit", padding: 0 },
  ".cm-line": { padding: 0 },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  "& .cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--pst-color-link) 25%, transparent) !important",
  },
});

export function edit(parent, text, { label, run, leave, changed }) {
  const does = (action) => () => (action(), true);
  const view = new EditorView({
    doc: text,
    parent,
    extensions: [
      // Before the keys of CodeMirror, which has a new line for these.
      Prec.highest(
        keymap.of([
          { key: "Mod-Enter", run: does(run) },
          { key: "Ctrl-Enter", run: does(run) },
          { key: "Shift-Enter", run: does(run) },
          { key: "Escape", run: does(leave) },
        ]),
      ),
      history(),
      drawSelection(),
      closeBrackets(),
      bracketMatching(),
      indentUnit.of("    "),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      python(),
      syntaxHighlighting(look),
      theme,
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(other) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: other } });
    },
    focus: () => view.focus(),
  };
}
