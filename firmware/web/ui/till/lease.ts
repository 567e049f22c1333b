// Only one tab of a browser may be the till, because all tabs share one queue.
// The tab that sells refreshes a note in localStorage; another one waits until
// the note is old, or takes the till over when somebody asks for it.

import { signal } from "@preact/signals";
import { newID } from "../shared/api";

const key = "tresen.lease";
const fresh = 5000; // ms after which a silent tab has lost the till
const own = newID("", 8);

/** Whether this tab is the till. */
export const mine = signal(false);

function read(): { id: string; at: number } {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "") as { id: string; at: number };
  } catch {
    return { id: "", at: 0 }; // no note, or a damaged one
  }
}

function write(): void {
  try {
    localStorage.setItem(key, JSON.stringify({ id: own, at: Date.now() }));
  } catch {
    // Without storage there is nothing to share and nothing to protect.
  }
}

export function takeOver(): void {
  write();
  mine.value = true;
}

function look(): void {
  const l = read();
  const age = Math.abs(Date.now() - l.at);
  if (l.id === own || age > fresh) takeOver();
  else mine.value = false;
}

export function startLease(): void {
  look();
  setInterval(look, 1500);
  window.addEventListener("storage", (e) => e.key === key && read().id !== own && (mine.value = read().at === 0));
  window.addEventListener("pagehide", () => {
    if (read().id === own) localStorage.removeItem(key);
  });
  window.addEventListener("pageshow", (e) => e.persisted && look());
}
