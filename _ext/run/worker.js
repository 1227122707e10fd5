// Python in a worker of its own: Pyodide, NumPy and the library, and the cells that the page sends.
// `make runtime` bundles it with Pyodide's two scripts. The page sends all files first, for it shows
// how they come, and starts another worker with them when it has ended this one. Then a message
// {id, cells} is answered by messages {id, kind, ...}, the last of which is "end".
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";

const LONGEST = 20_000; // letters that a cell may print on the page

// Runs a cell as a notebook does: what it prints, and the value of its last line.
const CELLS = `
import ast, builtins, linecache, sys, traceback

def no_input(prompt=""):
    raise RuntimeError("input() finds no keyboard on this page: write the value into the code")

builtins.input = no_input
names = {"__name__": "__main__"}

def run(code, name):
    exercise = sys.modules.get("softmax_lib.check._engine.exercise")
    if exercise:
        exercise.has_limit = lambda: True  # the page ends what takes too long
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    try:
        body = ast.parse(code, name).body
        last = ast.Expression(body.pop().value) if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), name, "exec"), names)
        value = last and eval(compile(last, name, "eval"), names)
    except SystemExit as error:
        return "error", f"SystemExit: {error}"
    except BaseException as error:
        kind, value, trace = sys.exc_info()
        while trace and trace.tb_frame.f_code.co_filename != name:
            trace = trace.tb_next
        shown = traceback.format_exception(kind, value, trace, limit=-8)
        return "error", "".join(shown).strip()
    finally:
        sys.stdout.flush()
    if value is None:
        return "none", ""
    html = getattr(value, "_repr_html_", lambda: None)()
    return ("html", html) if html else ("text", repr(value))
`;

let printed = 0;
let id = null;
const decoder = new TextDecoder();
const print = (bytes) => {
  const room = Math.max(0, LONGEST - printed);
  printed += bytes.length;
  const text = room && decoder.decode(bytes.slice(0, room), { stream: true });
  if (text) postMessage({ id, kind: "print", text });
  return bytes.length;
};

async function start({ files, lock, folder }) {
  globalThis.fetch = async (address) => {
    const name = String(address.url ?? address).split("/").pop();
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(files[name], { headers: { "Content-Type": type } });
  };
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: folder,
    lockFileContents: lock,
  });
  python.setStdout({ write: print });
  python.setStderr({ write: print });
  for (const [name, wheel] of Object.entries(files))
    if (name.endsWith(".whl")) python.unpackArchive(wheel, "wheel");
  python.runPython(CELLS);
  postMessage({ kind: "ready" });
  return python.globals.get("run");
}

let ready;
onmessage = async ({ data }) => {
  if (data.files) {
    ready = start(data);
    ready.catch((error) => postMessage({ kind: "failed", text: String(error.message ?? error) }));
    return;
  }
  const run = await ready;
  id = data.id;
  for (const { what, code, name, shown } of data.cells) {
    printed = shown ? 0 : LONGEST; // of an earlier cell that this one needs, only an error is shown
    let kind, text;
    try {
      const result = run(code, name);
      [kind, text] = result.toJs();
      result.destroy();
    } catch (error) {
      // Not an error of Python, which would have come back: Python itself is gone.
      postMessage({ id, kind: "died", text: String(error.message ?? error) });
      return;
    }
    if (shown && printed > LONGEST)
      postMessage({ id, kind: "print", text: `\n… and ${printed - LONGEST} more letters` });
    if (kind === "error" || shown) postMessage({ id, kind, text });
    if (kind === "error") break;
    postMessage({ id, kind: "ran", what, text: code });
  }
  postMessage({ id, kind: "end" });
};
