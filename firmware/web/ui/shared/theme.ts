// Light and dark. The person's choice on this screen wins over the layout's.

export type Theme = "light" | "dark" | "auto";

const key = "tresen.theme";
let wanted: Theme = "auto";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function show(): void {
  const t = ownTheme() ?? wanted;
  document.documentElement.dataset["theme"] = t === "auto" ? (system.matches ? "dark" : "light") : t;
}

export function ownTheme(): Theme | undefined {
  try {
    const t = localStorage.getItem(key);
    return t === "light" || t === "dark" || t === "auto" ? t : undefined;
  } catch {
    return undefined; // storage is switched off
  }
}

/** The theme of the shop's layout. */
export function setTheme(t: Theme | undefined): void {
  wanted = t ?? "auto";
  show();
}

/** The person's own choice, kept on this screen; undefined goes back to the shop's. */
export function chooseTheme(t: Theme | undefined): void {
  try {
    if (t) localStorage.setItem(key, t);
    else localStorage.removeItem(key);
  } catch {
    wanted = t ?? wanted; // storage is switched off: until the next load
  }
  show();
}

system.addEventListener("change", show);
show();
