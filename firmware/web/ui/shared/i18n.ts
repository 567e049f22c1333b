// The words of the pages. Each page registers the files of the one catalogue
// it needs (firmware/web/i18n), so that a bundle carries no others.

import { signal } from "@preact/signals";

export type Words = Record<string, { de: string; en: string }>;
export type Args = Record<string, string | number>;
export type Lang = "de" | "en";

const all: Words = {};

export const lang = signal<Lang>(document.documentElement.lang === "en" ? "en" : "de");

export function register(...areas: Words[]): void {
  for (const area of areas) Object.assign(all, area);
}

export function setLang(l: string | undefined): void {
  if (l !== "de" && l !== "en") return;
  lang.value = l;
  document.documentElement.lang = l;
}

/** The words of a key; {name} is replaced by args.name. */
export function t(key: string, args?: Args): string {
  const text = all[key];
  if (!text) return key;
  const s = text[lang.value] || text.de;
  return args ? s.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole)) : s;
}

export function known(key: string): boolean {
  return key in all;
}
