// Where a browser blocks storage, in a sandboxed frame or without cookies, already asking for it is
// an error that ends a script. What would have been kept is then kept as long as the page.
try {
  localStorage.length;
} catch {
  const kept = new Map();
  const value = {
    getItem: (key) => kept.get(String(key)) ?? null,
    setItem: (key, text) => void kept.set(String(key), String(text)),
    removeItem: (key) => void kept.delete(String(key)),
  };
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { value });
}
