// Where we are: #/page/id?search. Leaving a form with unsaved changes asks first.

import { signal } from "@preact/signals";

export interface Route { page: string; id: string; params: Record<string, string> }

function parse(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", ...rest] = path.split("/");
  const params: Record<string, string> = {};
  new URLSearchParams(search).forEach((v, k) => { params[k] = v; });
  return { page: page || "today", id: decodeURIComponent(rest.join("/")), params };
}

export const route = signal<Route>(parse(location.hash));

/** The address of a page, a row on it, and its search. */
export function href(page: string, id: string | number = "", params: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(params).filter(([, v]) => v !== "")).toString();
  return `#/${page}${id === "" ? "" : "/" + encodeURIComponent(String(id))}${search ? "?" + search : ""}`;
}

export function go(to: string): void {
  location.hash = to;
}

/** Changes the address without a new step in the history. */
export function replace(to: string): void {
  history.replaceState(null, "", to);
  here = location.hash;
  route.value = parse(here);
}

/** What stands in the way of leaving: a form that has unsaved changes. */
export interface Guard { dirty(): boolean; save(): Promise<boolean>; drop(): void }

const guards = new Set<Guard>();

/** Adds a guard; call the result to take it away. */
export function watch(g: Guard): () => void {
  guards.add(g);
  return () => void guards.delete(g);
}

export const dirtyGuards = (): Guard[] => [...guards].filter((g) => g.dirty());

/** An address somebody wants to go to while changes are unsaved. */
export const leaving = signal<string | undefined>(undefined);

let here = location.hash;

/** Goes on to where the person wanted to go. */
export function leave(): void {
  const to = leaving.value;
  leaving.value = undefined;
  if (to !== undefined) {
    for (const g of dirtyGuards()) g.drop();
    location.hash = to;
  }
}

window.addEventListener("hashchange", () => {
  if (location.hash === here) return;
  if (dirtyGuards().length > 0) {
    leaving.value = location.hash;
    history.replaceState(null, "", here || "#/");
    return;
  }
  here = location.hash;
  route.value = parse(here);
});

window.addEventListener("beforeunload", (e) => {
  if (dirtyGuards().length > 0) e.preventDefault();
});
