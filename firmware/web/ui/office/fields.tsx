// The fields of a form, drawn from the schema and bound to a draft.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { amount, parseMoney, parseRate, rate } from "../shared/format";
import { known, t } from "../shared/i18n";
import type { Draft } from "./draft";
import { ColorField, ListField, ShowField } from "./lists";
import { RatesField } from "./rates";
import { bySort, groupTree, nameOf, rows } from "./rows";
import { numeric, rights } from "./schema";
import type { Field, Kind, Row } from "./schema";
import { choice, label, show } from "./show";

export interface Bound { draft: Draft; field: Field; disabled: boolean }

/** One field with its label, what is wrong with it, and what it was before. */
export function FieldOf(b: Bound) {
  const { draft, field } = b;
  if (field.type === "hidden" || field.type === "pin") return null;
  const id = `f-${field.key}`;
  const error = draft.errors.value[field.key];
  const changed = !draft.isNew && draft.changed.value.has(field.key);
  if (field.type === "flag") return <Flag {...b} id={id} changed={changed} />;
  const group = ["color", "codes", "lines", "rates", "rights", "show"].includes(field.type);
  return (
    <Wrap b={b} id={id} error={error} changed={changed} group={group}>{control(b, id, error !== undefined)}</Wrap>
  );
}

function note({ draft, field }: Bound): string {
  const key = `office.${draft.kind}.${field.key}.note`;
  return known(key) ? t(key) : "";
}

function before({ draft, field }: Bound): string {
  const was = show(draft.kind, field, draft.base.value[field.key]);
  return t("office.form.was", { value: was || "–" });
}

function Wrap(p: { b: Bound; id: string; error?: string; changed: boolean; group: boolean; children: ComponentChildren }) {
  const { field, draft } = p.b;
  const cls = `row-field${field.half ? " half" : ""}${p.error ? " field-bad" : ""}${p.changed ? " changed" : ""}`;
  const head = <>{label(draft.kind, field.key)}{field.required && <span class="must" aria-hidden="true"> *</span>}</>;
  const foot = (
    <>
      {p.error && <span class="field-note" role="alert" id={p.id + "-error"} data-test={`error-${field.key}`}>{p.error}</span>}
      {!p.error && p.changed && <span class="field-note was">{before(p.b)}</span>}
      {!p.error && !p.changed && note(p.b) && <span class="field-note">{note(p.b)}</span>}
    </>
  );
  if (p.group) return <fieldset class={"field " + cls}><legend class="field-label">{head}</legend>{p.children}{foot}</fieldset>;
  return <div class={"field " + cls}><label class="field-label" for={p.id}>{head}</label>{p.children}{foot}</div>;
}

function Flag({ draft, field, disabled, id, changed }: Bound & { id: string; changed: boolean }) {
  return (
    <div class={`row-field flag${field.half ? " half" : ""}${changed ? " changed" : ""}`}>
      <label class="switch" for={id}>
        <input type="checkbox" role="switch" id={id} checked={Boolean(draft.row.value[field.key])} disabled={disabled} data-test={`field-${field.key}`}
          onChange={(e) => draft.set(field.key, e.currentTarget.checked)} />
        <span class="switch-track" aria-hidden="true" /><span>{label(draft.kind, field.key)}</span>
      </label>
      {note({ draft, field, disabled }) && <p class="field-note">{note({ draft, field, disabled })}</p>}
    </div>
  );
}

function control(b: Bound, id: string, bad: boolean) {
  const { draft, field, disabled } = b;
  switch (field.type) {
    case "money": return <Parsed b={b} id={id} bad={bad} write={amount} read={parseMoney} unit="€" wrong={t("office.form.badMoney")} />;
    case "percent": return <Parsed b={b} id={id} bad={bad} write={(v) => rate(v).replace(/\s?%/, "")} read={parseRate} unit="%" wrong={t("office.form.badPercent")} />;
    case "int": return <Parsed b={b} id={id} bad={bad} write={String} read={whole(field)} unit="" wrong={t("office.form.badInt", { min: field.min ?? 0, max: field.max ?? 0 })} />;
    case "ref": return <Select b={b} id={id} bad={bad} options={refs(draft, field)} />;
    case "choice": return <Select b={b} id={id} bad={bad} options={(field.choices ?? []).map((c) => [c, choice(draft.kind, field.key, c)])} />;
    case "color": return <ColorField {...b} />;
    case "codes": return <ListField {...b} mono max={40} />;
    case "lines": return <ListField {...b} max={10} />;
    case "rates": return <RatesField {...b} />;
    case "rights": return <Flags b={b} all={rights} words={(r) => t(`office.right.${r}`)} />;
    case "show": return <ShowField {...b} />;
    default: return <Text b={b} id={id} bad={bad} readOnly={disabled || (field.fixed === true && Boolean(draft.base.value[field.key]))} />;
  }
}

function Text({ b: { draft, field }, id, bad, readOnly }: { b: Bound; id: string; bad: boolean; readOnly: boolean }) {
  return (
    <input id={id} type="text" class={field.mono ? "mono" : ""} value={String(draft.row.value[field.key] ?? "")} readOnly={readOnly}
      required={field.required} aria-invalid={bad} aria-describedby={bad ? id + "-error" : undefined} data-test={`field-${field.key}`}
      autoComplete="off" onInput={(e) => draft.set(field.key, e.currentTarget.value)} />
  );
}

/** A number that is typed as text; while it cannot be read, the draft cannot be saved. */
function Parsed(p: { b: Bound; id: string; bad: boolean; unit: string; wrong: string; write(v: number): string; read(s: string): number | undefined }) {
  const { draft, field, disabled } = p.b;
  const v = draft.row.value[field.key];
  const own = useRef<number | undefined>(undefined);
  const [text, setText] = useState(() => shown(v, p.write));
  useEffect(() => { // somebody else changed the value: undo, or the box
    if (Number(v ?? 0) !== own.current) {
      setText(shown(v, p.write));
      own.current = Number(v ?? 0);
    }
  }, [v]);
  const typed = (s: string) => {
    setText(s);
    const n = s.trim() === "" ? 0 : p.read(s);
    if (n === undefined) return draft.typo(field.key, p.wrong);
    own.current = n;
    draft.set(field.key, n);
  };
  return (
    <span class="unit">
      <input id={p.id} type="text" inputMode="decimal" class="num" value={text} readOnly={disabled} aria-invalid={p.bad} data-test={`field-${field.key}`}
        aria-describedby={p.bad ? p.id + "-error" : undefined} autoComplete="off" onFocus={(e) => e.currentTarget.select()}
        onInput={(e) => typed(e.currentTarget.value)} onBlur={() => { if (!p.bad) setText(shown(draft.row.value[field.key], p.write)); }} />
      {p.unit && <span aria-hidden="true">{p.unit}</span>}
    </span>
  );
}

const shown = (v: unknown, write: (v: number) => string): string => (typeof v === "number" ? write(v) : "");

function whole(f: Field): (s: string) => number | undefined {
  return (s) => {
    const n = /^\s*-?\d{1,9}\s*$/.test(s) ? Number(s) : NaN;
    return Number.isNaN(n) || n < (f.min ?? 0) || n > (f.max ?? 1e9) ? undefined : n;
  };
}

function Select({ b: { draft, field, disabled }, id, bad, options }: { b: Bound; id: string; bad: boolean; options: [string, string][] }) {
  const value = String(draft.row.value[field.key] ?? "") || (field.usual ?? "");
  const isNumber = numeric.has(`${draft.kind}.${field.key}`);
  const missing = !options.some(([v]) => v === value);
  return (
    <select id={id} disabled={disabled} aria-invalid={bad} aria-describedby={bad ? id + "-error" : undefined} data-test={`field-${field.key}`}
      value={value} onChange={(e) => draft.set(field.key, isNumber ? Number(e.currentTarget.value) : e.currentTarget.value)}>
      {missing && <option value={value}>{value === "" ? t("office.form.choose") : nameOf(field.ref ?? draft.kind, value)}</option>}
      {options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}
    </select>
  );
}

/** The rows a field may point to: active ones, and the one it points to now. */
function refs(draft: Draft, f: Field): [string, string][] {
  const now = draft.row.value[f.key];
  const list = rows(f.ref!).filter((r) => r["active"] || r.id === now).filter((r) => fits(draft, r)).sort(bySort);
  const out = (f.ref === "group" ? groupTree(list) : list).map((r): [string, string] => [r.id, name(f.ref!, r)]);
  return f.optional ? [["", choice(draft.kind, f.key, "")], ...out] : out;
}

/** Groups nest two levels deep: only a top group that is not itself may hold one. */
function fits(draft: Draft, r: Row): boolean {
  return draft.kind !== "group" || (!r["parent"] && r.id !== draft.row.value.id);
}

function name(kind: Kind, r: Row): string {
  return (kind === "group" && r["parent"] ? "\u2003" : "") + String(r["name"]);
}

/** A list of things that are there or not. */
export function Flags({ b: { draft, field, disabled }, all, words }: { b: Bound; all: string[]; words(v: string): string }) {
  const have = (draft.row.value[field.key] as string[] | undefined) ?? [];
  const flip = (v: string, on: boolean) => draft.set(field.key, all.filter((x) => (x === v ? on : have.includes(x))));
  return (
    <div class="checks">
      {all.map((v) => (
        <label key={v} class="check">
          <input type="checkbox" checked={have.includes(v)} disabled={disabled} data-test={`flag-${v}`} onChange={(e) => flip(v, e.currentTarget.checked)} />
          <span>{words(v)}</span>
        </label>
      ))}
    </div>
  );
}
