// A row being edited: what it was, what it is now, what is wrong with it.

import { computed, signal } from "@preact/signals";
import { ApiError, sentence } from "../shared/api";
import { t } from "../shared/i18n";
import { failure } from "./load";
import { find, rows, save } from "./rows";
import { fields, newId } from "./schema";
import type { Kind, Row } from "./schema";

/** Empty, false, 0 and missing are the same to the box, and to us. */
function same(a: unknown, b: unknown): boolean {
  return plain(a) === plain(b);
}

function plain(v: unknown): string {
  if (v === undefined || v === null || v === "" || v === false || v === 0) return "";
  if (Array.isArray(v) && v.length === 0) return "";
  return JSON.stringify(v);
}

export class Draft {
  readonly row = signal<Row>({ id: "" });
  readonly errors = signal<Record<string, string>>({});
  readonly general = signal<string>("");
  readonly busy = signal(false);
  readonly base = signal<Row>({ id: "" });
  private readonly typos = new Set<string>(); // fields whose text cannot be read
  readonly changed = computed(() => {
    const keys = new Set<string>();
    for (const f of fields[this.kind]) {
      if (f.type !== "pin" && !same(this.row.value[f.key], this.base.value[f.key])) keys.add(f.key);
    }
    return keys;
  });

  constructor(readonly kind: Kind, readonly isNew: boolean, start: Row) {
    this.row.value = start;
    this.base.value = start; // also of a new row: what nobody typed need not be saved
  }

  dirty = (): boolean => this.changed.value.size > 0 || this.typos.size > 0;

  set(key: string, value: unknown): void {
    this.row.value = { ...this.row.value, [key]: value, ...this.instead(key, value) };
    this.typos.delete(key);
    this.mark(key, undefined);
  }

  /** A discount is a percentage or an amount: typing one takes the other away. */
  private instead(key: string, value: unknown): Partial<Row> {
    if (this.kind !== "discount" || !value) return {};
    return key === "percent" ? { amount: 0 } : key === "amount" ? { percent: 0 } : {};
  }

  /** The text of a field cannot be read; it blocks saving until it is mended. */
  typo(key: string, error: string): void {
    this.typos.add(key);
    this.mark(key, error);
  }

  /** Sets or takes away the sentence below a field. */
  private mark(key: string, error: string | undefined): void {
    const { [key]: old, ...rest } = this.errors.value;
    if (old === error) return;
    this.errors.value = error ? { ...rest, [key]: error } : rest;
  }

  reset(): void {
    this.row.value = this.base.value;
    this.errors.value = {};
    this.typos.clear();
    this.general.value = "";
  }

  /** Takes over what the box has now, unless somebody is in the middle of editing. */
  follow(now: Row): void {
    if (this.dirty() || this.busy.value || same(now, this.base.value)) return;
    this.base.value = now;
    this.row.value = now;
  }

  private complete(): boolean {
    const kept = Object.entries(this.errors.value).filter(([key]) => this.typos.has(key));
    this.errors.value = Object.fromEntries(kept);
    for (const f of fields[this.kind]) {
      const v = this.row.value[f.key];
      if (f.required && (v === undefined || v === null || String(v).trim() === "")) this.mark(f.key, t("office.form.missing"));
    }
    return Object.keys(this.errors.value).length === 0;
  }

  /** Saves; true when the box took it. What is wrong stands at its field. */
  async save(): Promise<boolean> {
    if (this.busy.value || !this.complete()) return false;
    this.busy.value = true;
    this.general.value = "";
    const row = { ...this.row.value };
    if (!row.id) row.id = newId(String(row["name"] ?? this.kind), new Set(rows(this.kind).map((r) => r.id)));
    try {
      await save(this.kind, row);
      this.base.value = find(this.kind, row.id) ?? row;
      this.row.value = this.base.value;
      this.errors.value = {};
      return true;
    } catch (e) {
      this.refused(e);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  private refused(e: unknown): void {
    const field = e instanceof ApiError ? e.problem.args?.["field"] : undefined;
    const own = fields[this.kind].some((f) => f.key === field);
    if (e instanceof ApiError && typeof field === "string" && own) this.mark(field, sentence(e.problem));
    else this.general.value = failure(e).message;
  }
}
