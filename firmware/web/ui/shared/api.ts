// Requests to the box. Every failure is an ApiError that a person can read.

import { known, lang, t } from "./i18n";
import type { Args } from "./i18n";
import { amount, rate } from "./format";
import type { Problem } from "./types";

/** What went wrong: status 0 is a dead link, else the HTTP status. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly problem: Problem) {
    super(problem.message);
  }
  get offline(): boolean {
    return this.status === 0;
  }
}

/** Where to go when the session is gone; pages may replace it. */
export const session = {
  lost(): void {
    const next = encodeURIComponent(location.pathname + location.search);
    location.assign("/login?next=" + next);
  },
};

const money = new Set(["total", "open", "cash", "difference", "least"]);
const rates = new Set(["cap"]);

/** A refusal in the person's language: our own words for the code if we have
 * some, the box's sentence else. */
export function sentence(p: Problem): string {
  return words("refusal." + p.code, p) ?? p.message;
}

/** What to do about it; may be empty. */
export function hint(p: Problem): string {
  return words("refusal." + p.code + ".hint", p) ?? p.hint ?? "";
}

function words(key: string, p: Problem): string | undefined {
  if (!known(key)) return undefined;
  const args: Args = {};
  for (const [k, v] of Object.entries(p.args ?? {})) {
    if (typeof v === "number") args[k] = money.has(k) ? amount(v) : rates.has(k) ? rate(v) : v;
    else args[k] = String(v);
  }
  const s = t(key, args);
  return /\{\w+\}/.test(s) ? undefined : s;
}

export interface Options { body?: unknown; timeout?: number; signal?: AbortSignal; quiet401?: boolean }

export async function request<T>(method: string, path: string, o: Options = {}): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), o.timeout ?? 15000);
  o.signal?.addEventListener("abort", () => abort.abort());
  const headers: Record<string, string> = { "Accept-Language": lang.value };
  if (o.body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const r = await fetch(path, {
      method, headers, signal: abort.signal, credentials: "same-origin", cache: "no-store",
      body: o.body === undefined ? undefined : JSON.stringify(o.body),
    });
    if (r.ok) return (r.status === 204 ? undefined : await r.json()) as T;
    throw await failure(r, o.quiet401 ?? false);
  } catch (e) {
    if (e instanceof ApiError) throw e;
    throw new ApiError(0, { code: "offline", message: t("error.offline"), hint: t("error.offline.hint") });
  } finally {
    clearTimeout(timer);
  }
}

async function failure(r: Response, quiet401: boolean): Promise<ApiError> {
  let p: Problem | undefined;
  try {
    p = ((await r.json()) as { error?: Problem }).error;
  } catch {
    p = undefined; // no JSON: something between us and the box answered
  }
  const e = new ApiError(r.status, p ?? { code: "http" + r.status, message: t("error.broken", { status: r.status }), hint: t("error.broken.hint") });
  if (r.status === 401 && !quiet401) session.lost();
  return e;
}

export const get = <T>(path: string, o?: Options) => request<T>("GET", path, o);
export const post = <T>(path: string, body: unknown, o?: Options) => request<T>("POST", path, { ...o, body });

/** Builds "?a=1&b=2", leaving out what is empty. */
export function query(params: Record<string, string | number | undefined>): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(params)) if (v !== undefined && v !== "") q.set(k, String(v));
  const s = q.toString();
  return s ? "?" + s : "";
}

/** A random id for screens, orders and lines: letters and digits. */
export function newID(prefix: string, length = 10): string {
  const abc = "abcdefghijkmnpqrstuvwxyz23456789";
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  let s = "";
  for (const b of bytes) s += abc[b & 31];
  return prefix + s;
}
