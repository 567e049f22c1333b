// Values of master data in words: for lists, the change log and CSV files.

import { germanDay, money, rate } from "../shared/format";
import { known, t } from "../shared/i18n";
import type { DatedRate } from "../shared/types";
import { nameOf } from "./rows";
import { fields } from "./schema";
import type { Field, Kind, Row } from "./schema";

/** The label of a field. */
export const label = (kind: Kind, key: string): string => t(`office.${kind}.${key}`);

/** The words of a chosen value; the value itself when it needs none. */
export function choice(kind: Kind, key: string, value: string): string {
  const k = `office.${kind}.${key}.${value || "none"}`;
  return known(k) ? t(k) : value;
}

/** A field's value in words; empty when there is none. */
export function show(kind: Kind, f: Field, v: unknown): string {
  switch (f.type) {
    case "flag": return t(v ? "office.yes" : "office.no");
    case "money": return typeof v === "number" ? money(v) : "";
    case "percent": return typeof v === "number" ? rate(v) : "";
    case "ref": return v ? nameOf(f.ref!, String(v)) : f.optional ? choice(kind, f.key, "") : "";
    case "choice": return choice(kind, f.key, String(v ?? "") || (f.usual ?? ""));
    case "pin": return v ? t("office.pin.set") : t("office.pin.none");
    case "rights": case "show": case "codes": case "lines": case "rates": return items(f, v).join(", ");
    default: return v === undefined || v === null ? "" : String(v);
  }
}

/** The parts of a list field in words. */
export function items(f: Field, v: unknown): string[] {
  if (!Array.isArray(v)) return [];
  switch (f.type) {
    case "rights": return v.map((x) => t(`office.right.${x}`));
    case "show": return v.map((x) => label("company", String(x)));
    case "rates": return (v as DatedRate[]).map((r) => t("office.vat.since", { day: germanDay(r.from), rate: rate(r.rate) }));
    default: return v.map(String);
  }
}

/** What changed in one field. Lists tell what came and what went. */
export interface Difference { field: Field; label: string; old: string[]; now: string[] }

const listTypes = new Set(["rights", "show", "codes", "lines", "rates"]);

/** The difference between two rows, field by field; a new row shows all that is set. */
export function differences(kind: Kind, old: Row | undefined, now: Row): Difference[] {
  const out: Difference[] = [];
  for (const f of fields[kind]) {
    if (f.type === "hidden") continue;
    const a = old?.[f.key], b = now[f.key];
    if (JSON.stringify(a ?? null) === JSON.stringify(b ?? null)) continue;
    const d = { field: f, label: label(kind, f.key), ...(listTypes.has(f.type) ? lists(f, a, b) : single(kind, f, old, a, b)) };
    if (d.old.length + d.now.length > 0) out.push(d);
  }
  return out;
}

function lists(f: Field, a: unknown, b: unknown): { old: string[]; now: string[] } {
  const was = items(f, a), is = items(f, b);
  return { old: was.filter((x) => !is.includes(x)), now: is.filter((x) => !was.includes(x)) };
}

function single(kind: Kind, f: Field, old: Row | undefined, a: unknown, b: unknown): { old: string[]; now: string[] } {
  if (f.type === "pin") return { old: [], now: [t(a ? "office.pin.changed" : "office.pin.wasSet")] };
  const was = old ? show(kind, f, a) : "", is = show(kind, f, b);
  if (was === is) return { old: [], now: [] };
  if (!old && (b === undefined || b === "" || b === false)) return { old: [], now: [] };
  return { old: was ? [was] : old ? ["–"] : [], now: [is || "–"] };
}
