// Run buttons: a cell becomes an editor, runs in Python in a worker, and answers below itself. The
// page says which cells can, and which earlier ones each needs; nothing is loaded before a click.
(() => {
  const told = document.getElementById("runnable");
  if (!told) return;
  if (location.protocol === "file:") return document.querySelector(".run-note")?.remove();
  const { needs, silent, folder } = JSON.parse(told.textContent);
  const base = new URL(folder, location.href);
  const LIMIT = 20; // seconds
  const cells = [...document.querySelectorAll("article div.cell")];
  const order = Object.keys(needs).map(Number);
  const made = new Map(); // number of a cell -> what has been put around it

  // ---- what is loaded -------------------------------------------------------------------------

  let manifest, files, editors;
  const once = (make) => {
    let promise;
    // What has failed is tried again at the next click.
    return () => (promise ??= make().catch((error) => ((promise = null), Promise.reject(error))));
  };
  const fetched = async (name) => {
    const response = await fetch(new URL(name, base)).catch(() => null);
    if (!response?.ok) throw new Error(`${name} could not be loaded. Is the network there?`);
    return response;
  };
  const loadEditor = once(async () => {
    editors = await import(new URL("editor.js", base)).catch(() => {
      throw new Error("The editor could not be loaded. Is the network there?");
    });
  });
  const loadPython = once(async (/* with a bar for the bytes */) => {
    manifest = await (await fetched("manifest.json")).json();
    const sizes = Object.values(manifest.files);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let done = 0;
    const load = async (name) => {
      const parts = [];
      const reader = (await fetched(name)).body.getReader();
      for (;;) {
        const { done: through, value } = await reader.read().catch(() => {
          throw new Error(`${name} broke off half-way. Run the cell again.`);
        });
        if (through) break;
        parts.push(value);
        done += value.length;
        progress(done, total);
      }
      return [name, await new Blob(parts).arrayBuffer()];
    };
    files = Object.fromEntries(await Promise.all(Object.keys(manifest.files).map(load)));
  });

  let onProgress = null;
  const progress = (done, total) => onProgress?.(done, total);

  // ---- the worker -----------------------------------------------------------------------------

  let worker = null;
  let ready = null;
  let running = null; // the cell that runs, and what its answer is to do
  const ran = new Map(); // what this worker has run -> the text that it had
  let runs = 0;
  let last = null; // the cell that ran last

  function startWorker() {
    const script = new Blob([files["python.js"]], { type: "text/javascript" });
    worker = new Worker(URL.createObjectURL(script), { type: "module" });
    ran.clear();
    const { "python.js": _, ...others } = files;
    worker.postMessage({ files: others, lock: manifest.lock, folder: base.href });
    ready = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.kind === "ready") resolve();
        else if (data.kind === "failed") reject(new Error(`Python did not start: ${data.text}`));
        else if (running && data.id === running.id) running.answer(data);
      };
      worker.onerror = (event) => {
        const error = new Error(`Python ended: ${event.message || "no reason is known"}`);
        reject(error);
        running?.fail(error.message);
      };
    });
    ready.catch(endWorker);
  }

  function endWorker() {
    worker?.terminate();
    worker = ready = null;
  }

  const nameOf = (number) => `cell ${order.indexOf(number) + 1} of this page`;

  // ---- one cell -------------------------------------------------------------------------------

  const element = (name, className, text = "") =>
    Object.assign(document.createElement(name), { className, textContent: text });

  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, text) => { try { localStorage.setItem(key, text); } catch { /* then for now only */ } },
    remove: (key) => { try { localStorage.removeItem(key); } catch { /* as above */ } },
  };

  function furnish(number) {
    const cell = cells[number];
    const input = cell.querySelector(".cell_input");
    const pre = input.querySelector("pre");
    const coloured = pre.innerHTML;
    const original = pre.textContent.replace(/\n$/, "");
    const page = location.pathname.split("/").pop();
    // A cell that has been rewritten since is another one.
    const key = `code:${page}:${[...original].reduce((h, c) => (h * 31 + c.codePointAt()) | 0, 7)}`;
    let text = store.get(key) ?? original;
    let answered = original; // the text whose answer stands below
    let editor = null;

    const bar = element("div", "run-bar");
    const buttons = ["Run", "Edit", "Stop", "Reset"].map((name) => {
      const button = element("button", "btn btn-sm", name);
      button.type = "button";
      bar.append(button);
      return button;
    });
    const [run, write, stop, reset] = buttons;
    run.title = "Run this cell (in the editor: Ctrl and Enter, or Shift and Enter)";
    const state = element("span", "run-state");
    state.setAttribute("role", "status");
    const meter = Object.assign(element("progress", ""), { hidden: true });
    meter.setAttribute("aria-label", "loaded");
    bar.append(meter, state);
    input.after(bar);
    const answer = element("div", "cell_output docutils container run-answer");
    answer.hidden = true;
    bar.after(answer);
    const stored = cell.querySelector(":scope > .cell_output:not(.run-answer)");

    const show = () => {
      reset.hidden = text === original && answer.hidden;
      stop.hidden = running?.number !== number;
      write.hidden = !!editor;
    };
    const say = (words) => (state.textContent = words);
    const compare = () => {
      if (running?.number !== number) say(text === answered ? "" : "Changed: run it for its answer.");
    };
    // A changed text, before there is an editor: the lines that it was left keep their colours.
    const colour = () => {
      const lines = new Map();
      for (const html of coloured.split("\n")) {
        const line = element("code", "");
        line.innerHTML = html;
        // What begins on one line and ends on another stays as it is read.
        if (line.innerHTML === html) lines.set(line.textContent, line);
      }
      pre.replaceChildren(
        ...text.split("\n").flatMap((line) => [...(lines.get(line)?.cloneNode(true).childNodes ?? [line]), "\n"]),
      );
    };

    async function edit(focus) {
      await loadEditor();
      if (editor) return focus && editor.focus();
      pre.replaceChildren();
      editor = editors.edit(pre, text, {
        label: `Python, ${nameOf(number)}; Escape leaves the editor`,
        run: start,
        leave: () => run.focus(),
        changed: () => {
          text = editor.text;
          text === original ? store.remove(key) : store.set(key, text);
          show();
          compare();
        },
      });
      if (focus) editor.focus();
      show();
    }

    function put(kind, words) {
      const last = answer.lastElementChild;
      if (kind === "print" && last?.dataset.kind === "print") return last.querySelector("pre").append(words);
      const box = element("div", `output ${kind === "html" ? "text_html" : "text_plain stream"}`);
      box.dataset.kind = kind;
      if (kind === "html") {
        const to = (whole, link) => (link in manifest.sections
          ? `href="${new URL(manifest.sections[link], new URL("../../", base)).href}"` : whole);
        box.innerHTML = words.replace(/href="([a-z-]+\.ipynb#heading=[^"]+)"/g, to);
        // The page has its own for all explorers.
        for (const own of box.querySelectorAll("script, style")) own.remove();
      } else {
        const highlight = element("div", "highlight");
        highlight.append(element("pre", kind === "error" ? "run-error" : "", words));
        box.append(highlight);
      }
      answer.append(box);
      // What scrolls can be scrolled by keyboard.
      for (const part of box.querySelectorAll("pre"))
        if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    }

    function end(words) {
      clearTimeout(running?.timer);
      running = null;
      meter.hidden = true;
      answer.removeAttribute("aria-busy");
      for (const other of made.values()) other.show();
      say(words);
    }

    async function start() {
      if (running) return say(running.number === number ? "It runs." : "Another cell runs: stop it first.");
      const id = ++runs;
      const mine = () => running?.id === id;
      const fail = (words) => {
        if (!mine()) return;
        put("error", words);
        endWorker();
        end("Ended. Python starts anew at the next run.");
      };
      running = { id, number, fail };
      show();
      stop.hidden = false;
      try {
        say("Python is loaded …");
        onProgress = (done, total) => {
          meter.hidden = false;
          Object.assign(meter, { value: done, max: total });
          const mega = (bytes) => (bytes / 1e6).toFixed(1);
          say(`${mega(done)} of ${mega(total)} MB`);
        };
        await Promise.all([loadPython(), edit(false)]);
        meter.hidden = true;
        if (!mine()) return;
        if (!worker) {
          say("Python starts …");
          startWorker();
        }
        await ready;
        if (!mine()) return;
      } catch (error) {
        if (mine()) {
          answer.replaceChildren();
          answer.hidden = false;
          put("error", error.message);
          end("");
        }
        return;
      }
      // Another cell may have changed what an earlier one left.
      if (last !== number) ran.clear();
      last = number;
      // Cells by their numbers, and single statements of others.
      const codeOf = (what) => made.get(what)?.text() ?? what;
      const before = needs[number].filter((what) => ran.get(what) !== codeOf(what));
      const list = [...before, number].map((what) => ({
        what, code: codeOf(what), shown: what === number,
        name: made.has(what) ? nameOf(what) : "an earlier cell",
      }));
      answered = text;
      if (stored) stored.hidden = true;
      answer.replaceChildren();
      answer.hidden = false;
      answer.setAttribute("aria-busy", "true");
      const began = performance.now();
      let failed = false;
      const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
      running.answer = ({ kind, text: words, what }) => {
        if (kind === "ran") ran.set(what, words);
        else if (kind === "died") fail(`Python broke down: ${words}`);
        else if (kind === "end") {
          const first = before.filter((what) => what > 0).length;
          const also = first ? ` First ran ${first === 1 ? "the cell" : `${first} cells`} above that it needs.` : "";
          end(failed ? "Ended with an error." : `Ran in ${seconds()}.${also}`);
        } else if (kind !== "none") {
          failed ||= kind === "error";
          put(kind, kind === "error" ? words.replaceAll(nameOf(number), "this cell") : words);
        }
      };
      running.timer = setTimeout(
        () => fail(`Stopped after ${LIMIT} seconds. Is there a loop that never ends?`), LIMIT * 1000,
      );
      say("Runs …");
      worker.postMessage({ id, cells: list });
    }

    run.addEventListener("click", start);
    write.addEventListener("click", () => edit(true).catch((error) => say(error.message)));
    stop.addEventListener("click", () => {
      const loads = !running?.answer;
      if (!loads) endWorker();
      end(loads ? "Stopped." : "Stopped. Python starts anew at the next run.");
    });
    reset.addEventListener("click", () => {
      text = answered = original;
      store.remove(key);
      if (editor) editor.text = original;
      else pre.innerHTML = coloured;
      answer.replaceChildren();
      answer.hidden = true;
      if (stored) stored.hidden = false;
      say("");
      show();
      run.focus();
    });
    made.set(number, { text: () => text, show });
    bar.hidden = silent.includes(number); // the set-up runs before all others, by itself
    if (text !== original) colour();
    show();
    compare();
  }

  order.forEach(furnish);
})();
