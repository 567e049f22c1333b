// What this screen shows that the box need not know.

import { signal } from "@preact/signals";

/** Line whose buttons are shown; empty: none. */
export const lineOpen = signal("");
/** Group shown in the grid, a folder in it, and the page of it. */
export const tab = signal("");
export const folder = signal("");
export const page = signal(0);
/** Text of the article search; undefined: the search is closed. */
export const search = signal<string | undefined>(undefined);
/** The keypad over the grid on small screens. */
export const padOpen = signal(false);
/** The order as a sheet over the grid on a phone. */
export const sheetOpen = signal(false);
